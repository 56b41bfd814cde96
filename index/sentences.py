"""Sentence segmentation: exact spans of a text, in any language.

The segmenter is sentencex, which knows the abbreviations of many languages and is fast. What news
text needs beyond it is mended here: times of day, initials, list numbers, quotation marks and
brackets at the seam, and quotations so long that they are several sentences.
"""

from collections.abc import Iterator
from typing import NamedTuple

import regex
import sentencex

# A "sentence" past this is a list, a table or a text without full stops: cut it at white space,
# so that nothing downstream meets a sentence that no model can read.
MAX_SENTENCE = 800
# A quotation is kept whole up to this length (with who said it), and past it cut into its sentences.
LONG_QUOTATION = 200
_PART = 20_000

_QUOTES = '"“”„«»‹›‘’「」『』'
_OPENING = r"[\"“„«‘'(\[]"

# Seams that sentencex sees where there are none. Each is matched against the end of what comes
# before the seam; the second part against the beginning of what comes after it.
_TIME = (
    regex.compile(r"\d\s?[ap]\.m\.\s*$"),
    # "6:04 p.m. Indian time", "7:19 p.m. April 15"; not "at 5 p.m. This time …"
    regex.compile(
        r"(?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[A-Z]{2,4}\b"
        r"|(?!(?:This|That|The|Some|Each|Every|Any|No|One|Last|Next|Prime|Half|Extra|Injury)\b)"
        r"(?:\p{Lu}[\p{L}.]+ ){1,3}[Tt]ime\b"
        r"|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:\p{Ll}*|\.) \d{1,2}\b"
    ),
)
_INITIALS = (
    regex.compile(r"(?<![\p{L}.])(?!U\.[KNS]\.|D\.C\.|E\.U\.|N\.Y\.|L\.A\.)(?:\p{Lu}\.){2,3}\s*$"),
    regex.compile(r"\p{Lu}\p{Ll}"),
)
# "488,6 Mrd. Euro", whatever the language is taken for; German nouns have capitals, so only what begins like a sentence
# ends one here.
_SCALED = (
    regex.compile(r"\d\s?(?:Mrd|Mio|Mia|Tsd|Bio)\.\s*$"),
    regex.compile(
        r"(?!(?:D(?:as|er|ie|en|em|ies\w*|och|abei|amit|azu|afür|avon|ann|eshalb)|E[rs]|Sie|Eine?[mnrs]?|Wir|I[mn]|A[mn]"
        r"|Und|Aber|Auch|Für|Bei|Nach|Mit|Von|Zu[mr]?|Vor|So|Nun|Nur|Noch|Man|Ob|Wie|Wer|Was|Wenn|Weil|Während|Seit|Ab"
        r"|Auf|Aus|Bis|Durch|Gegen|Ohne|Um|Unter|Über|The|It|This|That)\b)[\p{L}€$£]"
    ),
)
_FALSE = (_TIME, _INITIALS, _SCALED)
_LIST_NUMBER = regex.compile(r"\s*\(?(?:\d{1,3}|\p{L})[.)][^\S\n]*")
_LOOK_BACK = 24
_CLUSTER = regex.compile(r"\X")

# Seams that it does not see: after a sentence in brackets, before an opening quotation mark, after
# an ellipsis.
_MISSED = regex.compile(
    rf"""
      [(\[] (?=\p{{Lu}}) [^()\[\]\n]{{18,}} [.!?…] [)\]] [^\S\n]+ (?={_OPENING}?\p{{Lu}})
    | (?<! \b(?:Mr|Mrs|Ms|Dr|Prof|Gov|Rep|Reps|Sen|Sens|Gen|Col|Lt|Capt|Sgt|St|No|vs) ) [.!?…] [^\S\n]+ (?=["“]\p{{Lu}})
    | [.!?…] ["”’)\]]+ [^\S\n]+ (?=["“]\p{{Lu}})
    | …  [^\S\n]+ (?=\p{{Lu}}\p{{Ll}})
    """,
    regex.VERBOSE,
)
# Marks on the wrong side of a seam: closing ones after it, opening ones before it.
_CLOSING = regex.compile(r"[)\]”’»]+\s")
_STRAY_QUOTE = regex.compile(r"(?<=\s)[\"“„«‘]+\s*$")


class Span(NamedTuple):
    """Half-open range of code points: ``text[start:end]``."""

    start: int
    end: int


def sentence_spans(text: str, language: str | None = None) -> list[Span]:
    """Spans of the sentences of `text`, in order, without the white space around them.

    `language` is an ISO 639-1 code; an unknown one is segmented by the default rules.
    Every character outside the spans is white space.
    """
    language = language or "en"
    seams = sorted({*_seams(text, language), *(missed.end() for missed in _MISSED.finditer(text))})
    spans: list[Span] = []
    for start, end in _between(0, seams, len(text)):
        if end - start > LONG_QUOTATION and any(mark in _QUOTES for mark in text[start:end]):
            bare = text[start:end].translate(_WITHOUT_QUOTES)
            inner = (_mended(text, start, start + seam) for seam in _seams(bare, language))
            for first, last in _between(start, [seam for seam in inner if seam is not None], end):
                spans.extend(_trimmed_pieces(text, first, last))
        else:
            spans.extend(_trimmed_pieces(text, start, end))
    return spans


_WITHOUT_QUOTES = str.maketrans(dict.fromkeys(_QUOTES.replace("’", ""), " "))


def _seams(text: str, language: str) -> list[int]:
    """Where one sentence ends and the next begins, in order."""
    seams: list[int] = []
    start = 0
    for seam in _raw_seams(text, language):
        mended = _mended(text, start, seam)
        if mended is not None and mended > start:
            seams.append(mended)
            start = mended
    return seams


def _raw_seams(text: str, language: str) -> Iterator[int]:
    """Those of sentencex. Its time grows faster than the text, so a long one goes in parts."""
    start = 0
    while start < len(text):
        end, is_seam = _part(text, start)
        for boundary in sentencex.get_sentence_boundaries(language, text[start:end])[1:]:
            yield start + boundary["start_index"]
        if is_seam and end < len(text):
            yield end
        start = end


def _part(text: str, start: int) -> tuple[int, bool]:
    """Where a part that begins at `start` may end, and whether a sentence ends there."""
    if len(text) - start <= 2 * _PART:
        return len(text), False
    for seam in ("\n\n", "\n", ". ", "。"):
        at = text.find(seam, start + _PART, start + 2 * _PART)
        if at >= 0:
            return at + len(seam), True
    at = text.find(" ", start + _PART, start + 2 * _PART)
    return (at + 1 if at >= 0 else start + _PART), False


def _mended(text: str, start: int, seam: int) -> int | None:
    """The seam where it belongs; None where there is none. `start` is the seam before it."""
    before, after = text[max(start, seam - _LOOK_BACK) : seam], text[seam : seam + _LOOK_BACK]
    if _LIST_NUMBER.fullmatch(before) or any(end.search(before) and begin.match(after) for end, begin in _FALSE):
        return None
    if stray := _STRAY_QUOTE.search(before):
        return seam - len(stray.group())
    closing = _CLOSING.match(after)
    return seam + len(closing.group()) if closing and not before[-1:].isspace() else seam


def _between(start: int, seams: list[int], end: int) -> Iterator[tuple[int, int]]:
    for seam in [*seams, end]:
        if start < seam:
            yield start, seam
            start = seam


def _between_clusters(text: str, start: int, stop: int) -> int:
    """`stop`, or where the character that it would cut begins: a letter with its marks, an emoji of several parts.

    One that reaches back to `start` is cut all the same.
    """
    # A slice, since before a flag regex looks back over all flags that the text has.
    *_, last = _CLUSTER.finditer(text[start : stop + 1])
    return start + last.start() if last.start() else stop


def _trimmed_pieces(text: str, start: int, end: int) -> list[Span]:
    pieces: list[Span] = []
    while start < end:
        stop = end
        if end - start > MAX_SENTENCE:
            cut = max(
                text.rfind(" ", start + 1, start + MAX_SENTENCE), text.rfind("\n", start + 1, start + MAX_SENTENCE)
            )
            stop = cut if cut > start else _between_clusters(text, start, start + MAX_SENTENCE)
        piece = text[start:stop]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            pieces.append(Span(left, right))
        start = stop
    return pieces
