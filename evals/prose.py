"""What the prose of an answer says of itself: which texts its marks cite, and whether it reads like a refusal.

Systems whose answers are prose are read with these, so they belong to what could change an answer, not to the metrics.
"""

import regex

# [1], [1, 2], [1-3], [Source 3], 【4】
MARK = regex.compile(
    r"[\[【]\s*(?:source|doc(?:ument)?)?\s*(\d+(?:\s*[,;–-]\s*(?:source\s*)?\d+)*)\s*[\]】]", regex.IGNORECASE
)
_MARKS = regex.compile(rf"\s*{MARK.pattern}", regex.IGNORECASE)
_REFUSAL = regex.compile(
    r"\b(?:I (?:do not|don't|cannot|can't|could not|couldn't) (?:know|find|answer|say|determine)"
    r"|(?:do|does|did) not (?:say|mention|state|contain|provide|answer|hold)|no (?:information|mention|answer)"
    r"|not (?:found|mentioned|stated|enough information)|insufficient information"
    r"|unable to (?:answer|find|determine))\b",
    regex.IGNORECASE,
)


def strip_marks(text: str) -> str:
    """The sentence without its [n] marks, as judges must see it."""
    return str(_MARKS.sub("", text)).strip()


def sounds_like_refusal(text: str) -> bool:
    """Whether prose reads like a refusal: for systems that say so nowhere else, and to audit the field of those that
    do."""
    return _REFUSAL.search(text.replace("’", "'")) is not None
