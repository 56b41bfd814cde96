"""Sentence segmentation: exact spans of a text, in any language."""

from typing import NamedTuple

import sentencex

# A "sentence" past this is a list, a table or a text without full stops: cut it at white space,
# so that nothing downstream meets a sentence that no model can read.
MAX_SENTENCE = 800


class Span(NamedTuple):
    """Half-open range of code points: ``text[start:end]``."""

    start: int
    end: int


def sentence_spans(text: str, language: str | None = None) -> list[Span]:
    """Spans of the sentences of `text`, in order, without the white space around them.

    `language` is an ISO 639-1 code; an unknown one is segmented by the default rules.
    Every character outside the spans is white space.
    """
    spans: list[Span] = []
    for boundary in sentencex.get_sentence_boundaries(language or "en", text):
        spans.extend(_trimmed_pieces(text, boundary["start_index"], boundary["end_index"]))
    return spans


def _trimmed_pieces(text: str, start: int, end: int) -> list[Span]:
    pieces: list[Span] = []
    while start < end:
        stop = end
        if end - start > MAX_SENTENCE:
            cut = max(text.rfind(" ", start + 1, start + MAX_SENTENCE), text.rfind("\n", start + 1, start + MAX_SENTENCE))
            stop = cut if cut > start else start + MAX_SENTENCE
        piece = text[start:stop]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            pieces.append(Span(left, right))
        start = stop
    return pieces
