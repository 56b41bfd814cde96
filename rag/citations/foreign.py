"""Markers that are not the answer's own: those in what is quoted, or shown to a model, out of an article."""

import unicodedata

import regex

from rag.citations.markers import MARKER, MAX_MARKER

_INNER = rf"[^\[\]【】［］〔〕]{{1,{MAX_MARKER}}}"
# Square brackets of any make, a pair or two, or a source named in round ones.
_BRACKETS = regex.compile(
    rf"\[\[(?P<square>{_INNER})\]\]|[\[【［〔](?P<square>{_INNER})[\]】］〕]|\((?P<round>[^()\[\]]{{1,{MAX_MARKER}}})\)"
)
_INVISIBLE = regex.compile(r"\p{Cf}")
_OTHERWISE = regex.compile(r"\d{4}|\d,\d{3}(?!\d)")  # a year, a figure with thousands: never shown as a marker
_WORD = regex.compile(r"^(\s*\p{L}+)[ \t\u00a0]*")


def unmarked(text: str) -> str:
    """`text` with everything in it that looks like a citation in round brackets: "12 people (2)" for "12 people [2]".

    What comes out holds nothing that `CitationParser` takes for a marker, and has the same words in the same order.
    """
    return _BRACKETS.sub(_round, text) if any(bracket in text for bracket in "[【［〔(") else text


def _round(found: regex.Match[str]) -> str:
    whole: str = found.group()
    inner: str = found["square"] or found["round"]
    plain = " ".join(unicodedata.normalize("NFKC", _INVISIBLE.sub("", inner)).split())
    form = f"[{plain}]" if found["square"] else f"({plain})"
    # "1†source" is the form of one kind of bracket; as any of them it is no less a marker.
    if _OTHERWISE.search(plain) or not (MARKER.fullmatch(form) or MARKER.fullmatch(f"【{plain}】")):
        return f"{whole[0]}{_BRACKETS.sub(_round, whole[1:-1])}{whole[-1]}"  # "[see archive (source 2)]"
    # "(Source 1)" is a marker as well, but for a space that does not break.
    spaced = _WORD.sub("\\1\u00a0", inner)
    return f"({spaced})"
