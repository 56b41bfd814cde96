"""Which parts of a question an answer leaves open."""

from collections.abc import Sequence

import regex

from rag.answer import Citation, Sentence
from rag.answer_types import kind_of, offers
from rag.concepts import concept
from rag.parts import parts
from rag.words import content_stems

_JOINED = regex.compile(r"[\s,;?.!]+(?:(?:and|und|et|y)\s*)?$", regex.IGNORECASE)


def open_parts(question: str, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> list[str]:
    """The parts of `question` that no sentence of its answer answers which is borne out by what it cites."""
    quoted = {number: "" for sentence in sentences for number in sentence.citations}
    for citation in citations:
        quoted[citation.number] = f"{quoted.get(citation.number, '')} {citation.title}. {citation.quote}"
    return left_open(
        question,
        [
            " ".join((sentence.text, *(quoted[number] for number in sentence.citations)))
            for sentence in sentences
            if sentence.verdict == "supported"
        ],
    )


def left_open(question: str, stated: Sequence[str]) -> list[str]:
    """The parts of `question` of which nothing in `stated` says what they ask for; none where it has one part only.

    `stated` are the sentences of an answer that are borne out, each with what it cites. A part is answered by one that
    offers its kind of answer (a date, a price, a person) and shares a word with it that is not the other parts'. What
    asks for a reason, or for nothing of a kind, is never said to be open: that would be a guess.
    """
    each = parts(question)
    if len({part.asks for part in each}) < 2:
        return []
    asked = content_stems(question)
    stems = [_concepts(part.asks) for part in each]
    found = []
    for place, part in enumerate(each):
        kind = kind_of(part.asks)
        if kind in (None, "reason"):
            continue
        own = stems[place].difference(*(other for at, other in enumerate(stems) if at != place))
        if not any(offers(kind, asked, text) > 0 and (not own or own & _concepts(text)) for text in stated):
            found.append(_JOINED.sub("", part.asks.strip()))
    return found


def _concepts(text: str) -> set[str]:
    return set(map(concept, content_stems(text)))
