"""A question in, events out: find, weigh the evidence, write, cite, check, finish.

`Engine.stream` is the one way in which an answer comes about: the library, the command line, the
page and the evaluation all use it. docs/answers.md walks through it with an example.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from rag import abstention
from rag.answer import Checked, Citation, Cited, Condensed, Delta, Event, Found, Notice, Retrieved, Sentence
from rag.citing import Citer, Source, iso_day
from rag.draft import Draft
from rag.evidence import Embed
from rag.extractive import answering
from rag.llm.choose import LOCAL_CONTEXT, Choice
from rag.llm.errors import LLMError
from rag.sentinel import Sentinel, refuses
from rag.settings import Settings
from rag.understanding import Ask, Understood, understand
from rag.verify import Evidence, Verifier

if TYPE_CHECKING:
    from llama_index.core.schema import NodeWithScore

    from index.facade import Index
    from index.search import Hit
    from rag.query_engine import NewsQuery


class Engine:
    """Answers questions over one index. Safe for concurrent questions.

    `embed` is None where there is no embedding model; `article_text` gives the text of an article
    id, None when it is gone.
    """

    def __init__(
        self,
        index: "Index",
        embed: Embed | None,
        choice: Choice,
        verifier: Verifier,
        settings: Settings,
        article_text: Callable[[str], str | None],
    ) -> None:
        from rag.query_engine import ArticleRetriever, CitedSynthesizer, EvidencePostprocessor

        model = choice.model
        self._choice = choice
        self._embed = embed
        self._verifier = verifier
        self._settings = settings
        self._article_text = article_text
        self._retriever = ArticleRetriever(index)
        self._evidence = EvidencePostprocessor(
            embed=embed, budget=model.context if model else LOCAL_CONTEXT, numbered=bool(model and model.marks)
        )
        self._synthesizer = CitedSynthesizer(model) if model else None

    async def stream(self, ask: Ask) -> AsyncIterator[Event]:
        """The events of one answer; `Finished` is the last. Raises ArticleRagError where nothing can be found."""
        draft = Draft(ask.question, self._choice.name, ask.today)
        understood = await understand(ask, self._choice.model)
        draft.standalone = understood.question
        draft.notices.extend(understood.notices)
        yield Condensed(draft.standalone)
        query, nodes = await self._retrieve(ask, understood, draft)
        draft.passages = tuple(found(hit) for hit in query.hits)
        draft.clock("retrieve_ms")
        yield Retrieved(draft.passages)
        nodes = await self._evidence.apostprocess_nodes(nodes, query_bundle=query)
        draft.clock("evidence_ms")
        if not abstention.strength(draft.standalone, query.ranked).enough:
            draft.abstain()
        elif self._choice.problem is not None:
            draft.error = str(self._choice.problem)
        else:
            writing = self._quote(draft, query) if self._synthesizer is None else self._write(draft, query, nodes)
            async with aclosing(writing) as deltas:
                async for delta in deltas:
                    yield delta
        for citation in draft.citations:
            yield Cited(citation)
        for index, sentence in enumerate(draft.sentences):
            draft.sentences[index] = await asyncio.to_thread(self._check, sentence, draft, query)
            yield Checked(index, draft.sentences[index])
        draft.clock("checked_ms")
        self._act_on_checks(draft)
        for notice in draft.notices:
            yield Notice(notice)
        finished = draft.finish()
        if ask.conversation is not None:
            ask.conversation.add(finished.answer)
        yield finished

    async def _retrieve(
        self, ask: Ask, understood: Understood, draft: Draft
    ) -> "tuple[NewsQuery, list[NodeWithScore]]":
        from rag.query_engine import NewsQuery

        query = NewsQuery(
            understood.question,
            filters=understood.filters,
            preference=understood.preference,
            k=ask.k,
            favoured=understood.cited,
        )
        nodes = await self._retriever.aretrieve(query)
        if not nodes and understood.time_range is not None:
            draft.notices[:] = [f"No article has those dates (“{understood.time_range.phrase}”): all were searched."]
            query.filters = understood.without_range
            nodes = await self._retriever.aretrieve(query)
        return query, nodes

    async def _quote(self, draft: Draft, query: "NewsQuery") -> AsyncGenerator[Delta, None]:
        """The extractive answer: sentences as they stand, each with its citation."""
        sources: list[Source] = [(sentence,) for sentence in answering(draft.standalone, query.ranked)]
        citer = Citer(sources, marks=True)
        for number, source in enumerate(sources, 1):
            yield Delta(citer.feed(f"{source[0].text} [{number}] "))
        yield Delta(citer.finish())
        draft.clock("first_token_ms")
        draft.mark_used([(s.article_id, s.start, s.end) for (s,) in sources])
        draft.take(citer, self._quoted)
        draft.citations = [replace(citation, placed_by="engine") for citation in draft.citations]

    async def _write(
        self, draft: Draft, query: "NewsQuery", nodes: "list[NodeWithScore]"
    ) -> AsyncGenerator[Delta, None]:
        """The model's answer, cited as it streams."""
        assert self._synthesizer is not None
        assert self._choice.model is not None
        marks = self._choice.model.marks
        shown_to_model = [sentence for excerpt in query.excerpts for sentence in excerpt.sentences]
        draft.mark_used([(s.article_id, s.start, s.end) for s in shown_to_model])
        sources: list[Source] = (
            [excerpt.sentences for excerpt in query.excerpts] if marks else [(s,) for s in shown_to_model]
        )
        citer = Citer(sources, marks=marks, similarity=self._similarity if self._embed else None)
        sentinel = Sentinel()
        try:
            response: Any = await self._synthesizer.asynthesize(query, nodes, today=draft.today, usage=draft.usage)
            async with aclosing(response.async_response_gen()) as pieces:
                async for piece in pieces:
                    draft.clock("first_token_ms")
                    if shown := citer.feed(sentinel.feed(piece)):
                        yield Delta(shown)
            if shown := citer.feed(sentinel.finish()) + citer.finish():
                yield Delta(shown)
        except LLMError as error:
            draft.error = str(error)
            if shown := citer.finish():
                yield Delta(shown)
        draft.clock("written_ms")
        if draft.error is None and (sentinel.found or not citer.text.strip() or refuses(citer.text)):
            draft.abstain()
        else:
            draft.take(citer, self._quoted)

    def _similarity(self, text: str, others: Sequence[str]) -> Sequence[float]:
        assert self._embed is not None
        vectors = self._embed([text, *others])
        cosines: list[float] = (vectors[1:] @ vectors[0]).tolist()
        return cosines

    def _quoted(self, citation: Citation) -> Citation:
        """With its quote cut from the article itself, so that it is exact to the character."""
        text = self._article_text(citation.article_id)
        return citation if text is None else replace(citation, quote=text[citation.start : citation.end])

    def _check(self, sentence: Sentence, draft: Draft, query: "NewsQuery") -> Sentence:
        """Hold a sentence against the articles that it cites, or, if it cites none, against all that was shown."""
        cited = {c.article_id for c in draft.citations if c.number in sentence.citations}
        quotes = [
            Evidence(c.quote, c.title, None if c.published is None else date.fromisoformat(c.published))
            for c in draft.citations
            if c.number in sentence.citations
        ]
        around = [
            Evidence(excerpt.text, excerpt.sentences[0].title, excerpt.sentences[0].day)
            for excerpt in query.excerpts
            if not cited or excerpt.sentences[0].article_id in cited
        ]
        check = self._verifier.check(plain(sentence.text), [*quotes, *around])
        return replace(sentence, verdict=check.verdict, support=check.support, tier=check.tier, reasons=check.reasons)

    def _act_on_checks(self, draft: Draft) -> None:
        """What the settings say is done with sentences that their evidence does not bear out."""
        failed = [sentence for sentence in draft.sentences if sentence.verdict in ("contradicted", "not_found")]
        if failed and len(failed) == len(draft.sentences) and draft.error is None:
            draft.abstain("What could be written was not borne out by them. ")


def plain(text: str) -> str:
    """A sentence of an answer without its markers."""
    return re.sub(r"\s*\[\d{1,3}\]", "", text).strip()


def found(hit: "Hit") -> Found:
    """A search hit as the answer's data show it."""
    passage = hit.passage
    return Found(
        article_id=passage.article_id,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        title=passage.title,
        source=passage.source,
        url=passage.url,
        published=iso_day(passage.published),
        score=hit.score,
        dense=hit.dense,
        lexical=hit.lexical,
    )
