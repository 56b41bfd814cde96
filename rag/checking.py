"""An answer's sentences checked one after the other, each against what it cites."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from rag.answer import Checked, Citation, Place, Sentence
from rag.draft import Draft
from rag.evidence import Excerpt
from rag.verify import Evidence, Verifier

FRAGMENT = 4  # words of an answer that is no sentence

Placed = tuple[Evidence, Callable[[int, int], Place]]
"""An evidence, and what finds ``text[start:end]`` of it in its article."""


async def check(
    draft: Draft, excerpts: Sequence[Excerpt], verifier: Verifier, *, since: int = 0
) -> AsyncGenerator[Checked, None]:
    """Check the sentences of `draft`, which was written from `excerpts`, from the one at `since` on; each mark is sent
    as it comes."""
    for index, sentence in enumerate(draft.sentences[since:], since):
        if sentence.tier == "engine":  # made of the values that the verifier's reader took from what it cites
            draft.sentences[index] = replace(sentence, verdict="supported", support=1.0)
        else:
            evidence = evidence_of(sentence, draft, excerpts)
            draft.sentences[index] = await asyncio.to_thread(_checked, sentence, draft.standalone, evidence, verifier)
        yield Checked(index, draft.sentences[index])


def _checked(sentence: Sentence, question: str, evidence: Sequence[Placed], verifier: Verifier) -> Sentence:
    claim = plain(sentence.text)
    if len(claim.split()) <= FRAGMENT:
        # "656": what is claimed shows only together with what was asked.
        claim = f"{question} {claim}"
    found = verifier.check(claim, [text for text, _ in evidence])
    closest = None
    if found.evidence_index is not None and found.start is not None and found.end is not None:
        closest = evidence[found.evidence_index][1](found.start, found.end)
    return replace(
        sentence,
        verdict=found.verdict,
        support=found.support,
        tier=found.tier,
        reasons=found.reasons,
        evidence=closest,
    )


def evidence_of(sentence: Sentence, draft: Draft, excerpts: Sequence[Excerpt]) -> list[Placed]:
    """What a sentence is held against: what it cites and what was shown of those articles, or, if it
    cites nothing, all that was shown."""
    citations = [citation for citation in draft.citations if citation.number in sentence.citations]
    articles = {citation.article_id for citation in citations}
    quotes: list[Placed] = [
        (Evidence(c.quote, heading(c), date.fromisoformat(c.published) if c.published else None), partial(_in_quote, c))
        for c in citations
    ]
    around: list[Placed] = [
        (Evidence(excerpt.text, excerpt.heading, excerpt.sentences[0].day), partial(_in_excerpt, excerpt))
        for excerpt in excerpts
        if not articles or excerpt.sentences[0].article_id in articles
    ]
    return [*quotes, *around]


def _in_quote(citation: Citation, start: int, end: int) -> Place:
    return Place(citation.article_id, citation.start + start, citation.start + end)


def _in_excerpt(excerpt: Excerpt, start: int, _end: int) -> Place:
    sentence = excerpt.at(start)
    return Place(sentence.article_id, sentence.start, sentence.end)


def heading(citation: Citation) -> str:
    """Title, source and date of a cited article: an answer may name them."""
    day = citation.published and date.fromisoformat(citation.published)
    known = ", ".join(part for part in (citation.source, day and f"{day.day} {day:%B %Y}") if part)
    return f"{citation.title} ({known})" if known else citation.title


def plain(text: str) -> str:
    """A sentence of an answer without its markers."""
    return re.sub(r"\s*\[\d{1,3}\]", "", text).strip()
