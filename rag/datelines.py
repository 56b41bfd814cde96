"""Where a story was written, and when: "BREZNO, March 9 (Reuters) – …". It is not what happened there and then."""

import regex

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\p{L}*\.?"
# "ST. JOHN’S, Newfoundland – ", "LONDON, March 9 (Reuters) - "
_DATELINE = regex.compile(
    r"\p{Lu}[\p{Lu} .’'-]{2,30}(?:, [\p{L}. ]{2,20})?"
    rf"(?:, (?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH}))?(?:,? \d{{4}})?"
    r"(?: \([\p{L} .]{2,30}\))? ?(?:[–—-]|--) "
)


def dateline_end(text: str, start: int = 0) -> int:
    """Where the dateline that begins at `start` ends; `start` where there is none."""
    found = _DATELINE.match(text, start)
    return found.end() if found else start
