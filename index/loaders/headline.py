"""A title for a text that comes without one."""

import regex

from index.sentences import sentence_spans

LONGEST = 90
_SHORTEST = 25
_OPENING = 2_000
# "KYIV, Ukraine (Reuters) - ", "New York CNN Business —": where and who, not what.
_DATELINE = regex.compile(
    r"(?:\p{Lu}[\p{L}.'’]*(?:[ ,]+\p{Lu}[\p{L}.'’]*){0,6},?\s*)?(?:\([\p{L} /.]{2,30}\)\s*[—–-]*|[—–]|\s-\s)\s*"
)
_CLAUSE = regex.compile(
    r"(?P<mark>\s?[,;:،、，；：](?=\s|\p{Han}|\p{Hiragana}|\p{Katakana})|\s[–—-](?=\s))"
    r"|\s(?=(?:after|although|amid|and|as|because|before|but|despite|if|since|so|that|though|unless|until|when|where"
    r"|while|which|who|whose)\s)"
)
_PAIRS = {"“": "”", "«": "»", "„": "“", "(": ")", "[": "]", "「": "」"}


def headline(text: str) -> str:
    """A title of at most `LONGEST` characters made of the beginning of `text`.

    The first line if it is short and reads as a heading; else the first sentence, without its
    dateline, cut where a clause ends; else cut between words and marked with an ellipsis.
    `text` is canonical and not empty.
    """
    opening = text[:_OPENING]
    lines = [line.strip() for line in opening.splitlines() if any(character.isalnum() for character in line)]
    first = next((line for line in lines if not _is_dateline(line)), lines[0] if lines else opening)
    if dateline := _DATELINE.match(first):
        rest = first[dateline.end() :]
        first = rest if len(rest) >= _SHORTEST else first
    spans = sentence_spans(first)
    sentence = first[spans[0].start : spans[0].end] if spans else first
    return _shortened(" ".join(sentence.split()))


def _is_dateline(line: str) -> bool:
    return len(line) < 60 and (match := _DATELINE.match(line)) is not None and match.end() == len(line)


def _shortened(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence.rstrip(" .。") or sentence
    ends = [match.start() for match in _CLAUSE.finditer(sentence, 0, LONGEST + 1) if match.start() >= _SHORTEST]
    for end in reversed(ends):
        if _is_closed(sentence[:end]):
            return sentence[:end].rstrip(" ,;:")
    cut = sentence.rfind(" ", _SHORTEST, LONGEST)
    if cut < 0:  # no spaces: count characters as they are seen, so that none is cut in two
        cut = max(
            (match.end() for match in regex.finditer(r"\X", sentence) if match.end() < LONGEST), default=LONGEST - 1
        )
    return sentence[:cut].rstrip(" ,;:–—-(“«„「") + "…"


def _is_closed(text: str) -> bool:
    """Whether no quotation mark or bracket is left open at the end of `text`."""
    return text.count('"') % 2 == 0 and all(text.count(left) <= text.count(right) for left, right in _PAIRS.items())
