"""A question in, events out: find, weigh the evidence, write, cite, check, finish.

`Engine.stream` is the one way in which an answer comes about: the library, the command line, the
page and the evaluation all use it. docs/answers.md walks through it with an example.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rag import abstention
from rag.answer import Cited, Condensed, Delta, Event, Found, Notice, Retrieved
from rag.answer_types import lacks
from rag.checking import check, plain
from rag.citing import Citer, Source, iso_day
from rag.comparing import both_sides, conclusion
from rag.draft import Draft, Grounded
from rag.evidence import Embed
from rag.extractive import quotation
from rag.llm.choose import LOCAL_CONTEXT, Choice
from rag.llm.errors import LLMError
from rag.llm.model import Usage
from rag.partial import open_parts
from rag.policy import failed, hopeless, supported, without_failed
from rag.reading import read, stated_messages
from rag.remark import COMPARED, newest_figure, remark
from rag.sentinel import Sentinel, refuses
from rag.settings import Settings
from rag.understanding import Ask, Understood, understand
from rag.verify import Verifier

if TYPE_CHECKING:
    from llama_index.core.schema import NodeWithScore

    from index.facade import Index
    from index.filters import Filters
    from index.search import Hit
    from rag.query_engine import Correction, NewsQuery


NOT_BORNE_OUT = "What could be written was not borne out by them. "
INSTEAD = "What the model wrote does not answer, or is not borne out by the articles: this is quoted from them instead."
OUTDATED = "The model gave an older figure: the newest is quoted instead."


class Engine:
    """Answers questions over one index. Safe for concurrent questions.

    `embed` is None where there is no embedding model; `grounded` gives a citation with what the library knows of
    its article, None where that does not hold what was read any more.
    """

    def __init__(
        self,
        index: "Index",
        embed: Embed | None,
        choice: Choice,
        verifier: Verifier,
        settings: Settings,
        grounded: Grounded,
    ) -> None:
        from rag.query_engine import ArticleRetriever, CitedSynthesizer, EvidencePostprocessor

        model = choice.model
        self._choice = choice
        self._silence = abstention.fitted()
        self._small = model is not None and not model.marks
        self._judges = model is not None and model.judges
        if self._judges:
            self._needed = self._silence.weak
        elif model is not None and model.marks:
            self._needed = self._silence.evidence.threshold
        else:  # a small model that cannot say whether the answer is stated writes where sentences would be quoted
            self._needed = self._silence.quoted
        self._embed = embed
        self._verifier = verifier
        self._settings = settings
        self._grounded = grounded
        self._retriever = ArticleRetriever(index)
        self._evidence = EvidencePostprocessor(
            embed=embed, budget=model.context if model else LOCAL_CONTEXT, numbered=bool(model and model.marks)
        )
        self._synthesizer = CitedSynthesizer(model) if model else None

    def warm_up(self) -> None:
        """Start the model, and have a local one read what is fixed of the prompt that it is asked first. Raises
        LLMError."""
        if self._choice.model is not None:
            self._choice.model.warm_up()
            if self._judges:
                self._choice.model.probability(stated_messages("", []))

    async def find(self, ask: Ask) -> "NewsQuery":
        """What an answer would be written from: the passages found and their sentences, the most relevant first."""
        understood = await understand(ask, None)
        query, nodes = await self._retrieve(ask, understood, understood.filters)
        if not nodes:
            query, nodes = await self._retrieve(ask, understood, understood.without_range)
        await self._evidence.apostprocess_nodes(nodes, query_bundle=query)
        return query

    async def stream(self, ask: Ask) -> AsyncGenerator[Event, None]:
        """The events of one answer; `Finished` is the last. Raises ArticleRagError where nothing can be found."""
        draft = Draft(ask.question, self._choice.name, ask.today)
        understood = await understand(ask, self._choice.model)
        draft.standalone = understood.question
        draft.notices.extend(understood.notices)
        yield Condensed(draft.standalone)
        quoting = self._synthesizer is None
        for filters in dict.fromkeys((understood.filters, understood.without_range)):
            query, nodes = await self._retrieve(ask, understood, filters)
            draft.passages = tuple(found(hit) for hit in query.hits)
            draft.clock("retrieve_ms")
            yield Retrieved(draft.passages)
            within = understood.time_range if filters != understood.without_range else None
            given = within.phrase if within else ""  # articles of those days need not say it
            if nodes := await self._weigh(draft, query, nodes, given):
                break
        if understood.time_range is not None and not given:
            phrase = understood.time_range.phrase
            draft.notices = [f"No article of those days answers (“{phrase}”): all were searched."]
        if not nodes:
            draft.abstain()
        elif self._choice.problem is not None:
            draft.error = str(self._choice.problem)
        else:
            # Which of two is more, a small model guesses: what each comes to is quoted.
            quoting = quoting or (self._small and bool(both_sides(draft.standalone, query.ranked)))
            writing = self._quote(draft, query) if quoting else self._write(draft, query, nodes)
            async with aclosing(writing) as deltas:
                async for delta in deltas:
                    yield delta
        for citation in draft.citations:
            yield Cited(citation)
        async with aclosing(check(draft, query.excerpts, self._verifier)) as checks:
            async for checked in checks:
                yield checked
        shown = draft.text
        if self._settings.on_unsupported == "retry" and failed(draft.sentences) and self._synthesizer is not None:
            draft = await self._retry(draft, query, nodes)
        await self._act_on_checks(draft, query)
        if draft.sentences and draft.error is None:
            async with aclosing(self._complete(draft, query)) as additions:
                async for addition in additions:
                    if draft.text.startswith(shown):  # what takes its place comes as a whole, with `Finished`
                        yield addition
        draft.clock("checked_ms")
        for notice in draft.told():
            yield Notice(notice)
        finished = draft.finish()
        if ask.conversation is not None:
            ask.conversation.add(finished.answer)
        yield finished

    async def _retrieve(
        self, ask: Ask, understood: Understood, filters: "Filters"
    ) -> "tuple[NewsQuery, list[NodeWithScore]]":
        from rag.query_engine import NewsQuery

        query = NewsQuery(
            understood.question,
            filters=filters,
            preference=understood.preference,
            days=understood.days,
            k=ask.k,
            favoured=understood.cited,
        )
        return query, await self._retriever.aretrieve(query)

    async def _weigh(
        self, draft: Draft, query: "NewsQuery", nodes: "list[NodeWithScore]", given: str
    ) -> "list[NodeWithScore]":
        """The excerpts to answer from, or none where the articles are not likely to hold the answer."""
        nodes = await self._evidence.apostprocess_nodes(nodes, query_bundle=query)
        draft.clock("evidence_ms")
        draft.signs = abstention.evidence_signs(draft.standalone.replace(given, ""), query.ranked)
        draft.confidence = held = self._silence.evidence.probability(draft.signs)
        if held < self._needed:
            return []
        return await self._read(draft, query, nodes, given) if self._judges else nodes

    async def _read(
        self, draft: Draft, query: "NewsQuery", nodes: "list[NodeWithScore]", given: str
    ) -> "list[NodeWithScore]":
        """The excerpts once a small model has read the best sentences: those that state the answer first, or none
        where, as far as it can tell, none does."""
        assert self._choice.model is not None
        try:
            reading = await read(draft.standalone, query.ranked, self._choice.model.probability, given)
        except LLMError:
            return nodes  # the same error will be met in writing, and told
        draft.signs["stated"] = reading.stated
        draft.confidence = self._silence.stated.probability(draft.signs)
        draft.clock("weighed_ms")
        if draft.confidence < self._silence.stated.threshold:
            return []
        self._evidence.rank(query, reading.ranked)
        return self._evidence.packed(query)

    async def _quote(self, draft: Draft, query: "NewsQuery") -> AsyncGenerator[Delta, None]:
        """The extractive answer: sentences as they stand, each with its citation."""
        draft.quoted = True
        quoted = quotation(draft.standalone, query.ranked)
        if all(lacks(draft.standalone, sentence.text) for sentence in quoted):
            draft.abstain()
            return
        sources: list[Source] = [(sentence,) for sentence in quoted]
        further: list[Source] = [(sentence,) for sentence in query.ranked[:COMPARED] if sentence not in quoted]
        citer = Citer(sources, marks=True, further=further)
        for source in range(len(quoted)):
            yield Delta(citer.quote(source))
        added = conclusion(draft.standalone, quoted) or remark(draft.standalone, citer.text, [*sources, *further])
        yield Delta(citer.finish(added))
        draft.clock("first_token_ms")
        draft.mark_used([(s.article_id, s.start, s.end) for s in quoted])
        draft.take(citer, self._grounded)

    async def _write(
        self, draft: Draft, query: "NewsQuery", nodes: "list[NodeWithScore]", correction: "Correction | None" = None
    ) -> AsyncGenerator[Delta, None]:
        """The model's answer, cited as it streams."""
        assert self._synthesizer is not None
        assert self._choice.model is not None
        marks = self._choice.model.marks
        draft.mark_used([(s.article_id, s.start, s.end) for s in query.shown])
        sources: list[Source] = (
            [excerpt.sentences for excerpt in query.excerpts] if marks else [(s,) for s in query.shown]
        )
        seen = set(query.shown)
        further: list[Source] = [(sentence,) for sentence in query.ranked[:COMPARED] if sentence not in seen]
        similarity = self._similarity if self._embed else None
        citer = Citer(sources, marks=marks, similarity=similarity, further=further)
        sentinel = Sentinel()
        try:
            response: Any = await self._synthesizer.asynthesize(
                query, nodes, today=draft.today, usage=draft.usage, correction=correction
            )
            async with aclosing(response.async_response_gen()) as pieces:
                async for piece in pieces:
                    draft.clock("first_token_ms")
                    if shown := citer.feed(sentinel.feed(piece)):
                        yield Delta(shown)
            if shown := citer.feed(sentinel.finish()):
                yield Delta(shown)
            silent = sentinel.found or not citer.text.strip() or refuses(citer.text)
            draft.outdated = newest_figure(draft.standalone, [*sources, *further], citer.text) is not None
            if shown := citer.finish(() if silent else remark(draft.standalone, citer.text, [*sources, *further])):
                yield Delta(shown)
        except LLMError as error:
            silent = False
            draft.error = str(error)
            if shown := citer.finish():
                yield Delta(shown)
        draft.clock("written_ms")
        if not (silent or refuses(citer.text)):
            draft.take(citer, self._grounded)
        elif self._small and not citer.text:
            # A small model is often silent although what it was shown states the answer: then that is quoted.
            async with aclosing(self._quote(draft, query)) as deltas:
                async for delta in deltas:
                    yield delta
        else:
            draft.abstain()

    async def _retry(self, draft: Draft, query: "NewsQuery", nodes: "list[NodeWithScore]") -> Draft:
        """Let the model write once more, told what the check objects to: the better of the two answers.

        Silence is better only than an answer of which nothing is supported. The tokens of both are counted.
        """
        from rag.query_engine import Correction

        objections = "\n".join(
            f"- {plain(sentence.text)}" + (f" ({'; '.join(sentence.reasons)})" if sentence.reasons else "")
            for sentence in failed(draft.sentences)
        )
        second = replace(
            draft,
            sentences=[],
            citations=[],
            uses=(),
            usage=Usage(),
            notices=[],
            error=None,
            quoted=False,
            outdated=False,
            signs=dict(draft.signs),
        )
        async with aclosing(self._write(second, query, nodes, Correction(draft.text, objections))) as deltas:
            async for _ in deltas:
                continue
        async with aclosing(check(second, query.excerpts, self._verifier)) as checks:
            async for _ in checks:
                continue
        spent, more = draft.usage, second.usage
        if second.abstained or second.quoted:
            better = not supported(draft.sentences)
        else:
            better = len(failed(second.sentences)) < len(failed(draft.sentences))
        if second.error is None and better:
            again = "The first answer was not borne out in all of its sentences and was written again."
            second.notices = [*draft.notices, *second.notices, again]
            draft = second
        draft.usage = replace(
            draft.usage,
            prompt_tokens=spent.prompt_tokens + more.prompt_tokens,
            completion_tokens=spent.completion_tokens + more.completion_tokens,
            cached_tokens=spent.cached_tokens + more.cached_tokens,
        )
        return draft

    def _similarity(self, text: str, others: Sequence[str]) -> Sequence[float]:
        assert self._embed is not None
        vectors = self._embed([text, *others])
        cosines: list[float] = (vectors[1:] @ vectors[0]).tolist()
        return cosines

    async def _act_on_checks(self, draft: Draft, query: "NewsQuery") -> None:
        """What is done with sentences that their evidence does not bear out."""
        if draft.error is None and draft.sentences and not draft.quoted:
            if hopeless(draft.sentences) or lacks(draft.standalone, plain(draft.text), surely=True):
                if self._small:  # what would be quoted was weighed before
                    await self._withdraw(draft, query, INSTEAD)
                else:
                    draft.abstain(NOT_BORNE_OUT)
                return
            if draft.outdated:
                await self._withdraw(draft, query, OUTDATED)
                return
        if self._settings.on_unsupported == "drop" and (bad := failed(draft.sentences)):
            if hopeless(draft.sentences):
                draft.abstain(NOT_BORNE_OUT)
                return
            draft.text, draft.sentences, draft.citations = without_failed(draft.sentences, draft.citations, draft.uses)
            draft.notices.append(f"{len(bad)} sentence(s) that the articles do not bear out were left out.")

    async def _complete(self, draft: Draft, query: "NewsQuery") -> AsyncGenerator[Event, None]:
        """What the answer leaves open of the question is quoted where it is found, and named where it is not."""
        for part in open_parts(draft.standalone, draft.sentences, draft.citations, query.ranked):
            if part.sentence is None:
                draft.notices.append(f"No answer was found to “{part.asks}”.")
                continue
            draft.notices.append(f"Left open was “{part.asks}”: the sentence nearest to it is quoted at the end.")
            shown = draft.add(part.sentence, self._grounded)
            yield Delta(shown)
            yield Cited(draft.citations[-1])
            async with aclosing(check(draft, query.excerpts, self._verifier, since=len(draft.sentences) - 1)) as checks:
                async for checked in checks:
                    yield checked

    async def _withdraw(self, draft: Draft, query: "NewsQuery", notice: str) -> None:
        """A quotation in place of an answer of which nothing is borne out, or that has no figure where one is asked for
        or one that was superseded."""
        draft.text, draft.sentences, draft.citations = "", [], []
        for events in (self._quote(draft, query), check(draft, query.excerpts, self._verifier)):
            async with aclosing(events) as each:
                async for _ in each:
                    continue
        if not draft.abstained:
            draft.notices.append(notice)


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
