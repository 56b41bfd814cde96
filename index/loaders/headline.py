"""A title for a text that comes without one."""

import regex

from index.sentences import sentence_spans

LONGEST = 90
_SHORTEST = 35  # of a clause that stands for its sentence
_OPENING = 2_000
# "KYIV, Ukraine (Reuters) - ", "New York CNN Business —": where and who, not what.
_DATELINE = regex.compile(
    r"(?:\p{Lu}[\p{L}.'’]*(?:[ ,]+\p{Lu}[\p{L}.'’]*){0,6},?\s*)?(?:\([\p{L} /.]{2,30}\)\s*[—–-]*|[—–]|\s-\s)\s*"
)
_CLAUSE = regex.compile(
    r"\s?[,;:،、，；：](?=\s|\p{Han}|\p{Hiragana}|\p{Katakana})"
    r"|\s(?=(?:after|although|amid|because|before|but|despite|if|since|though|unless|until|when|where|while|which|who)\s)"
)
_ASIDE = regex.compile(r"\s[–—-]\s")
# A word that is not a name: its lack makes a short line a byline, a place, a date.
_PLAIN_WORD = regex.compile(r"(?<![\p{L}\p{M}.])\p{Ll}[\p{L}\p{M}]{3,}")
_CASED = regex.compile(r"\p{Lu}")
_PAIRS = {"“": "”", "«": "»", "„": "“", "(": ")", "[": "]", "「": "」"}


def headline(text: str) -> str:
    """A title of at most `LONGEST` characters made of the beginning of `text`.

    The first line if it is short and reads as a heading; else the first sentence, without its
    dateline, cut where a clause ends; else cut between words and marked with an ellipsis.
    `text` is canonical and not empty.
    """
    opening = text[:_OPENING]
    lines = [line.strip() for line in opening.splitlines() if any(character.isalnum() for character in line)]
    first = next(filter(_says_something, lines), lines[0] if lines else opening)
    if dateline := _DATELINE.match(first):
        rest = first[dateline.end() :]
        first = rest if _says_something(rest) else first
    spans = sentence_spans(first)
    sentence = first[spans[0].start : spans[0].end] if spans else first
    return _shortened(" ".join(sentence.split()))


def _says_something(line: str) -> bool:
    """Whether the line is more than a dateline, a byline, a date or a number."""
    if len(line) >= LONGEST:
        return True
    dateline = _DATELINE.match(line)
    if dateline and dateline.end() == len(line):
        return False
    if not _CASED.search(line) and not any(character.isdigit() for character in line):
        return True  # a script without capitals, or a line without names
    return _PLAIN_WORD.search(line) is not None


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
    """Whether no quotation, bracket or aside between dashes is left open at the end of `text`."""
    if _ASIDE.search(text) or text.count('"') % 2:
        return False
    return all(text.count(left) <= text.count(right) for left, right in _PAIRS.items())
