"""The LlamaIndex query engine: our retriever, postprocessor and streaming synthesizer, composed.

`rag.engine` drives these parts and turns what they say into an `Answer`; `query_engine` gives the
composition to those who build on LlamaIndex themselves.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE
from llama_index.core.callbacks import CallbackManager
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

import prompts
from index.embedding import Embedder
from index.facade import Index
from index.filters import Filters
from index.preference import Preference
from index.search import Hit
from rag.answer_types import kind_of
from rag.citations import unmarked
from rag.evidence import EvidenceSentence, Excerpt, excerpts, pack, rank_sentences
from rag.llm.model import LanguageModel
from rag.parts import parts
from rag.remark import newest_first
from rag.remembering import Remembering
from rag.timeline import TimeRange
from rag.tokens import tokens

ANSWER_TOKENS = 160  # a small model that has not finished by then repeats itself
CITED_ANSWER_TOKENS = 600
DATES = 30  # tokens that resolved dates may take


@dataclass
class NewsQuery(QueryBundle):
    """A question with what belongs to it: `favoured` are articles that a follow-up is
    likely to be about; `hits`, `ranked` and `excerpts` are filled in on the way."""

    filters: Filters = field(default_factory=Filters)
    preference: Preference | None = None
    days: TimeRange | None = None
    k: int = 10
    favoured: tuple[str, ...] = ()
    hits: list[Hit] = field(default_factory=list)
    ranked: list[EvidenceSentence] = field(default_factory=list)
    excerpts: list[Excerpt] = field(default_factory=list)

    @property
    def shown(self) -> list[EvidenceSentence]:
        """The sentences of the excerpts, in their order."""
        return [sentence for excerpt in self.excerpts for sentence in excerpt.sentences]


class ArticleRetriever(BaseRetriever):
    """`index.search` as a LlamaIndex retriever; a node is a passage, its id the passage's."""

    def __init__(self, index: Index) -> None:
        super().__init__(callback_manager=CallbackManager())
        self._index = index

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = _news_query(query_bundle)
        query.hits = self._index.search(query.query_str, query.k, query.filters, query.preference)
        if query.favoured:
            # The best passage of each article that the conversation was about, if it is not among them.
            there = {hit.passage.article_id for hit in query.hits}
            if missing := tuple(article for article in query.favoured if article not in there):
                filters = replace(query.filters, article_ids=missing)
                query.hits += self._index.search(query.query_str, len(missing), filters)
        return [NodeWithScore(node=_passage_node(hit), score=hit.score) for hit in query.hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class EvidencePostprocessor(BaseNodePostprocessor):
    """Passages in, excerpts out: the evidence sentences that `budget` tokens hold beside the question.

    With `numbered`, an excerpt is a run of neighbouring sentences under a number that the model can
    cite; without, all sentences of an article stand together.
    """

    embed: Any
    budget: int
    numbered: bool

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        query = _news_query(query_bundle)
        self.rank(query, rank_sentences(query.query_str, query.hits, self.embed, query.days))
        return self.packed(query)

    def rank(self, query: NewsQuery, ranked: Sequence[EvidenceSentence]) -> None:
        """Take the sentences in this order, but of figures that changed the newest first."""
        query.ranked = newest_first(query.query_str, ranked)

    def packed(self, query: NewsQuery) -> list[NodeWithScore]:
        """Excerpts of the sentences as they are ranked."""
        # Who asks when is told what day "Tuesday" was; a prompt that must be short has more evidence for the others.
        dated = self.numbered or any(kind_of(part.asks) == "date" for part in parts(query.query_str))
        budget = self.budget - tokens(query.query_str) - DATES * dated
        query.excerpts = excerpts(pack(query.ranked, budget), whole_articles=not self.numbered)
        return [
            NodeWithScore(node=self._node(number, excerpt, dated=dated), score=max(s.score for s in excerpt.sentences))
            for number, excerpt in enumerate(query.excerpts, 1)
        ]

    async def _apostprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._postprocess_nodes, nodes, query_bundle)

    def _node(self, number: int, excerpt: Excerpt, *, dated: bool) -> TextNode:
        first, last = excerpt.sentences[0], excerpt.sentences[-1]
        # The number goes before the metadata: after it, it would seem to belong to the text above.
        return TextNode(
            id_=f"{first.article_id}:{first.start}-{last.end}",
            # An article's own "[2]" would be copied, and then count as a citation of what has that number here.
            text=unmarked(excerpt.dated if dated else excerpt.text),
            metadata={"heading": unmarked(excerpt.heading)},
            metadata_template="{value}",
            text_template=f"[{number}] {{metadata_str}}\n{{content}}"
            if self.numbered
            else "{metadata_str}:\n{content}",
        )


class CitedSynthesizer(BaseSynthesizer):
    """One call to the model with the evidence, streamed as it is written; markers are not resolved here."""

    def __init__(self, model: LanguageModel) -> None:
        # A language model is asked for only because the base class falls back to a global one.
        super().__init__(llm=MockLLM(), callback_manager=CallbackManager(), streaming=True)
        self._model = model

    async def aget_response(
        self, query_str: str, text_chunks: Sequence[str], **response_kwargs: Any
    ) -> AsyncGenerator[str, None]:
        """Pieces of the answer."""
        today = response_kwargs.get("today") or date.today()
        first: Correction | None = response_kwargs.get("correction")
        messages = answer_messages(query_str, text_chunks, today=today, marks=self._model.marks, correction=first)
        most = CITED_ANSWER_TOKENS if self._model.marks else ANSWER_TOKENS
        usage = response_kwargs.get("usage")

        async def pieces() -> AsyncGenerator[str, None]:
            async with aclosing(self._model.stream(messages, max_tokens=most, usage=usage)) as stream:
                async for piece in stream:
                    yield piece

        return pieces()

    def get_response(self, query_str: str, text_chunks: Sequence[str], **response_kwargs: Any) -> str:
        """The whole answer, for LlamaIndex's synchronous calls outside an event loop."""

        async def gather() -> str:
            return "".join(
                [piece async for piece in await self.aget_response(query_str, text_chunks, **response_kwargs)]
            )

        return asyncio.run(gather())

    def _get_prompts(self) -> dict[str, Any]:
        return {}

    def _update_prompts(self, prompts: dict[str, Any]) -> None:
        """The prompts are in ``prompts/``."""


class NewsQueryEngine(RetrieverQueryEngine):
    """LlamaIndex's engine, for which every question is a `NewsQuery`."""

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return super()._query(_as_news(query_bundle))

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return await super()._aquery(_as_news(query_bundle))


def _as_news(bundle: QueryBundle) -> NewsQuery:
    return bundle if isinstance(bundle, NewsQuery) else NewsQuery(bundle.query_str)


def query_engine(index: Index, model: LanguageModel, embedder: Embedder | None) -> RetrieverQueryEngine:
    """A LlamaIndex engine over the library; asked with a string or a `NewsQuery`."""
    embed = embedder and Remembering(embedder.embed, getattr(embedder, "encode", None))
    return NewsQueryEngine(
        retriever=ArticleRetriever(index),
        response_synthesizer=CitedSynthesizer(model),
        node_postprocessors=[EvidencePostprocessor(embed=embed, budget=model.context, numbered=model.marks)],
        callback_manager=CallbackManager(),
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """A first answer, and what the check objects to in it."""

    answer: str
    objections: str


def answer_messages(
    question: str, texts: Sequence[str], *, today: date, marks: bool, correction: Correction | None = None
) -> list[dict[str, str]]:
    """The prompt of an answer from excerpts, each with its heading."""
    values = {
        "passages": "\n\n".join(texts),
        "question": " ".join(question.split()),
        "date": f"{today.day} {today:%B %Y}",
        "not_found": prompts.NOT_FOUND,
    }
    if correction is not None:
        return prompts.load("answer_again").messages(**values, text=correction.answer, objection=correction.objections)
    return prompts.load("answer_cited" if marks else "answer_plain").messages(**values)


def _news_query(bundle: QueryBundle | None) -> NewsQuery:
    if isinstance(bundle, NewsQuery):
        return bundle
    raise TypeError("ask with a NewsQuery: NewsQuery('Why …?')")


def _passage_node(hit: Hit) -> TextNode:
    passage = hit.passage
    return TextNode(
        id_=passage.passage_id,
        text=passage.text,
        metadata={"title": passage.title, "source": passage.source, "url": passage.url},
    )
