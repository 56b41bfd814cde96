"""What the prose of an answer says of itself: which texts its marks cite, and whether it reads like a refusal.

Systems whose answers are prose are read with these, so they belong to what could change an answer, not to the metrics.
"""

import regex

# [1], [1, 2], [1-3], [Source 3], 【4】; not the year in "[1999]"
MARK = regex.compile(
    r"[\[【]\s*(?:source|doc(?:ument)?)?\s*(\d{1,3}(?:\s*[,;–-]\s*(?:source\s*)?\d{1,3})*)\s*[\]】]", regex.IGNORECASE
)
_NUMBERS = regex.compile(r"(\d+)(?:\s*[–-]\s*(\d+))?")
_MARKS = regex.compile(rf"\s*{MARK.pattern}", regex.IGNORECASE)
_SOURCES = (
    r"(?:(?:the|these|those|this|any of|provided|given|available|supplied|retrieved|cited|search|news)\s+){0,4}"
    r"(?:excerpts?|articles?|passages?|texts?|sources?|context|documents?|snippets?|results?)\b"
)
# What may stand between "the articles" and their verb: who says something there is not the articles.
_WHICH = (
    r"(?:\s+(?:found|provided|given|supplied|retrieved|above|here|about|on|from|in|of|that)\b"
    r"(?:(?!\b(?:says?|said|reports?|reported|states?|stated|notes?|noted)\b)[^.!?;:,]){0,60}?)?\s+"
)
_SAY = (
    r"(?:say|state|mention|contain|provide|answer|specify|include|give|tell|discuss|address|indicate|reveal|name|cover"
    r"|describe|explain|disclose|hold|have)"
)
_SAID = r"(?:mentioned|stated|provided|specified|given|named|found|described|discussed|addressed|disclosed|contained)"
_CANNOT = r"(?:cannot|can not|can't|could not|couldn't)"
# Of what news is made of itself ("She did not say why", "Police were unable to determine the cause") nothing is a
# refusal: it is the articles that do not say, or the one who answers that cannot.
_REFUSAL = regex.compile(
    r"\bI (?:(?:do not|don't|did not|didn't|cannot|can not|can't|could not|couldn't)"
    r"(?: \w+)?? (?:know|find|answer|say|determine|tell|have (?:any |enough |the )?information)"
    r"|(?:am|was) (?:unable|not able) to (?:answer|find|determine|say|tell))\b"
    r"|\bI'm (?:unable|not able) to\b|(?:^|[.!?]\s+)(?:unable to (?:answer|find|determine)|insufficient information)\b"
    # The articles do not say.
    rf"|\b(?:{_SOURCES}|information){_WHICH}(?:(?:do|does|did)(?: not|n't)|cannot|can't|never) (?:\w+ ){{0,2}}?{_SAY}\b"
    rf"|\b{_SOURCES}{_WHICH}(?:says? nothing|said nothing|\w+ no (?:\w+ )?(?:information|mention|answer|details?))\b"
    rf"|\b(?:none|neither) of {_SOURCES}{_WHICH}{_SAY}s?\b|\bno (?:article|passage|source|document|text) {_SAY}s?\b"
    # It is not said in the articles.
    rf"|(?:\bnot|n't)(?: been)?(?: \w+ly)? {_SAID}(?: anywhere)? (?:in|by|within) {_SOURCES}"
    rf"|\b(?:is|are)(?: not|n't)(?: \w+ly)? (?:mentioned|stated|provided|specified)"
    r"(?: here| anywhere)?(?=\s*(?:[.!?]|$))"
    rf"|\b(?:answer|information|this|that|it) (?:is|was)(?: not|n't) in {_SOURCES}"
    # There is nothing to say it from.
    r"|\bthere(?: is|'s| are) (?:\w+ )?no (?:\w+ )?(?:information|mention|answer)\b"
    r"|\bthere (?:is|are)(?: not|n't) (?:any|enough|sufficient) (?:information|mention|details?)\b"
    rf"|\bno (?:\w+ )?(?:information|mention|answer|details?)\b[^.!?;]{{0,80}}? (?:in|from|by) {_SOURCES}"
    rf"|\b{_CANNOT} be (?:\w+ly )?answered\b"
    rf"|\b{_CANNOT} be (?:determined|found|established|inferred|told|said)\b[^.!?;,]{{0,40}}?"
    rf" (?:from|in|with|by|using|based on) {_SOURCES}"
    rf"|(?:\bnot|n't) (?:clear|possible|evident)\b[^.!?;]{{0,60}}? from {_SOURCES}"
    # The whole answer, or the words that our prompts ask for.
    rf"|^\W*not {_SAID}\W*$|^\W*no (?:information|mention|answer)(?: is)?(?: (?:found|available|given|provided))?"
    r"(?: (?:about|on|regarding|for) [^.!?]*)?\W*$|^\W*(?-i:NOT FOUND)\b",
    regex.IGNORECASE,
)
_QUOTED = regex.compile(r"“[^“”]*”|\"[^\"\n]*\"")


def numbers_of(mark: str) -> list[int]:
    """The numbers that a mark's list gives, in its order: of ``1, 3-5`` 1, 3, 4 and 5."""
    found = (map(int, (first, last or first)) for first, last in _NUMBERS.findall(mark))
    return [number for first, last in found for number in (range(first, last + 1) if first <= last else (first, last))]


def strip_marks(text: str) -> str:
    """The sentence without its [n] marks, as judges must see it."""
    return str(_MARKS.sub("", text)).strip()


def sounds_like_refusal(text: str) -> bool:
    """Whether prose reads like a refusal: for systems that say so nowhere else, and to audit the field of those that
    do."""
    said = _QUOTED.sub("…", text)  # what others say in it is not what it says of itself
    said = (said if regex.search(r"\w", said) else text).replace("’", "'")
    return _REFUSAL.search(" ".join(said.split())) is not None
