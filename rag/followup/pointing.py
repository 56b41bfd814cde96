"""What points into a list that the conversation has: "the first one", "the latter", "that one"."""

from collections.abc import Sequence

import regex

from rag.mentions import mentions
from rag.words import content_stems

# "the first one", "that one", "the latter", "the second bank"; not "the first to leave" or "the last of them".
_POINTED = regex.compile(
    r"\b(?:that one\b|the (?P<nth>first|second|third|fourth|fifth|last|latter|former)(?: one\b"
    r"|(?:\s(?!one\b)(?P<noun>\p{Ll}+))??"
    r"(?:(?=\s*[?.!]*$|\s(?:is|are|was|were|do|does|did|has|have|had|will|would|can)\b)"
    r"|(?<=\b(?:do|does|did|will|would|can|could)\sthe\s\p{L}+(?:\s\p{L}+)?)"
    r"(?=\s\p{Ll}+(?:\s*[?.!]*$|\s(?:in|on|at|by|from|to|with|for|after|before|so)\b)))))",
    regex.I,
)
_PLACES = {"first": 0, "former": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "latter": -1}
_JOINED = regex.compile(r"\s*(?:,|,?\s(?:and|or|&))\s(?:the\s)?")


def pointed(question: str, exchanges: Sequence[tuple[str, str]]) -> str:
    """ "The first one", "the latter" and "that one" become the names of the list that they point into."""
    match = _POINTED.search(question)
    if match is None:
        return question
    place = _PLACES[match["nth"].lower()] if match["nth"] else -1
    # "that one" is of the last answer, "the second" may come after an answer about the first
    for asked, answered in reversed(exchanges if match["nth"] else exchanges[-1:]):
        if match["noun"] and not content_stems(match["noun"]) & content_stems(asked):
            continue
        if names := _listed(answered) or _listed(asked):
            named = names[place] if place < len(names) else match.group()
            return question[: match.start()] + named + question[match.end() :]
    return question


def _listed(text: str) -> list[str]:
    """The first list of names in a text: "Norden Bank, Suden Bank and Ostbank"."""
    end: int | None = None
    names: list[str] = []
    joined = False
    for mention in mentions(text):
        if not mention.named or mention.modifier:
            continue
        between = _JOINED.fullmatch(text, end, mention.start) if end is not None and end < mention.start else None
        if between is None:
            if joined:
                break
            names = []
        parts = [mention.text] if mention.kind == "work" else regex.split(r"\s(?:and|&)\s(?:the\s)?", mention.text)
        joined = joined or len(parts) > 1 or bool(between and between.group().strip() != ",")
        names += parts
        end = mention.end
    return names if joined else []
