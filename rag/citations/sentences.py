"""The sentences of an answer, each with the markers that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from index.sentences import Span, sentence_spans
from rag.citations.markers import SPACES
from rag.citations.shown import Use

_CLOSING = regex.compile(r"[.!?…。！？]+[\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSentence:
    """A sentence of the shown answer: ``answer[start:end]``, its own markers included; `plain` is without them."""

    start: int
    end: int
    plain: str
    uses: tuple[Use, ...]


def cited_sentences(answer: str, uses: Sequence[Use], language: str | None = None) -> list[CitedSentence]:
    """The sentences of an answer, each with the markers that belong to it.

    A marker belongs to the sentence in which or after which it stands, on whichever side of the
    full stop; at the start of a line or of the answer, to the sentence that follows.
    """
    masked = _without_markers(answer, uses)
    spans = sentence_spans(masked, language)
    owned: list[list[Use]] = [[] for _ in spans]
    owner = 0
    for use in uses if spans else ():
        while owner + 1 < len(spans) and spans[owner + 1].start < use.start:
            owner += 1
        follows = owner + 1 < len(spans) and "\n" in masked[spans[owner].end : use.start]
        owned[owner + follows].append(use)
    return [
        CitedSentence(
            start=min([span.start, *(use.start for use in own)]),
            end=max([span.end, *(use.end for use in own)]),
            plain=_plain(answer, span, own),
            uses=tuple(own),
        )
        for span, own in zip(spans, owned, strict=True)
    ]


def marker_offset(answer: str, sentence: CitedSentence) -> int:
    """Where in `answer` a marker added to `sentence` goes: before its full stop, or at its end."""
    closing = _CLOSING.search(answer, sentence.start, sentence.end)
    return closing.start() if closing else sentence.end


def _without_markers(answer: str, uses: Sequence[Use]) -> str:
    """The answer with spaces where its markers are: offsets stay what they were."""
    pieces: list[str] = []
    done = 0
    for use in uses:
        pieces += answer[done : use.start], " " * (use.end - use.start)
        done = use.end
    pieces.append(answer[done:])
    return "".join(pieces)


def _plain(answer: str, span: Span, uses: Sequence[Use]) -> str:
    """The sentence without its markers and the space that stands before each."""
    pieces: list[str] = []
    done = span.start
    for use in uses:
        if span.start <= use.start < span.end:
            pieces.append(answer[done : use.start].rstrip(SPACES))
            done = use.end
    pieces.append(answer[done : span.end])
    return "".join(pieces).strip()
