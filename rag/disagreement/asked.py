"""What a question about a quantity asks for, and which figures can be that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from rag.concepts import concept, is_concept
from rag.disagreement.figures import MONEY, ORDINALS, SIDES, Figure, Statement, capitalised, content_concepts, groups
from rag.verify.dates import moments
from rag.verify.units import SMALL_NUMBERS
from rag.verify.words import stem, tokens

_PARTIAL = frozenset(map(stem, ("aftershock", "foreshock", "young", "youth", "core", "average", "median")))
_REASON = regex.compile(r"\W*(?:and |so |but )?(?:why|how come)\b", regex.IGNORECASE)
_LOOSE = {"person", "quake", "ship"}
_QUANTITY = regex.compile(
    r"\bhow many ((?:\p{L}+\s?){1,2})|\bhow (much)\b|\b(?:death )?(toll|magnitude)\b|\bhow (strong)\b"
    r"|\b(?:what|which) (share|percentage|proportion|percent)\b|\bhow (long|deep|wide|tall|high|fast)\b"
    r"|\b((?:unemployment|inflation|interest|approval|poverty|birth) rate)\b"
    r"|\bwhat (?:is|was) the (length|depth|height|width|price|cost)\b|\bwhat did (?:\p{L}+ )+(cost)\b",
    regex.IGNORECASE,
)
# Every figure is of its day, and need not say so.
_NOW = frozenset(map(stem, ("latest", "current", "currently", "far", "still", "today", "now")))
COVERED = 0.5  # content of the question that a sentence and its title must have


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question about a quantity wants: concepts by the number, names and content in its sentence or title."""

    units: Callable[[str], bool]
    near: frozenset[str]
    ordinals: frozenset[str]
    sides: frozenset[str]
    names: frozenset[str]
    group: frozenset[str]
    content: frozenset[str]

    @classmethod
    def of(cls, question: str, statements: Sequence[Statement]) -> "Asked | None":
        """None when the question does not ask for a quantity."""
        match = _QUANTITY.search(question)
        if match is None or _REASON.match(question):
            return None
        dated = moments(question)
        asked_words = [w for w in tokens(question) if not any(m.start <= w.start < m.end for m in dated)]
        content = content_concepts(asked_words) - {"much", "mani", "number", "person"} - _NOW
        # A lower-case question has names too: words that the evidence writes with capitals.
        texts = [question, *(text for statement in statements for text in (statement.text, statement.title))]
        proper = {word.stem for text in texts for word in tokens(text) if capitalised(word, text)}
        proper -= {word for word in proper if is_concept(word)} | {stem(word) for word in SMALL_NUMBERS}
        names = frozenset(word.stem for word in asked_words if word.stem in proper)
        near = {concept(word.stem) for word in asked_words if is_concept(word.stem)} - _LOOSE
        if regex.search("share|percent|proportion|fast", match.group(), regex.IGNORECASE):  # their units say it
            near.discard("share")
        elif not near:
            near = set(content_concepts(tokens(next((part for part in match.groups() if part), ""))[-1:]))
        ordinals, sides = (frozenset(w.stem for w in asked_words if w.stem in some) for some in (ORDINALS, SIDES))
        group = frozenset(w.stem for w in asked_words) & groups()
        return cls(_units_of(match), frozenset(near - {"much"}), ordinals, sides, names & content, group, content)

    def fits(self, item: Figure, article: frozenset[str]) -> bool:
        """Whether the item can be what is asked for; `article` is what its article's statements speak of."""
        close = item.near | set(map(concept, item.quantity.counted))
        if not self.units(item.quantity.unit) or not (self.near <= close or self._size(item)):
            return False
        if (self.ordinals and not self.ordinals & item.near) or self.sides != item.near & SIDES:
            return False
        if item.group != self.group or (item.near & _PARTIAL) - self.content:
            return False
        # Every name of the question must be there, and the number must not be that of another place.
        elsewhere = item.places - self.names and not self.names & (item.near | item.places)
        if not self.names <= article or (self.names and elsewhere):
            return False
        return len(self.content & (item.wide | self.names)) >= COVERED * len(self.content)

    def closeness(self, item: Figure) -> tuple[int, bool]:
        """How much of the question stands around the number itself, and whether it is told as of now (no date)."""
        return len(self.content & (item.near | item.places)), not item.dates

    def _size(self, item: Figure) -> bool:
        """ "The 21-foot craft": a length without the word."""
        return self.near == {"long"} and item.hyphened


def _units_of(match: "regex.Match[str]") -> Callable[[str], bool]:
    """Which units answer the question."""
    asked = match.group().lower()
    if regex.search(r"share|percent|proportion|rate", asked):
        return lambda unit: unit in ("%", "pp")
    if "fast" in asked:
        return lambda unit: unit == "km/h"
    if regex.search(r"much|price|cost", asked):
        return lambda unit: unit in MONEY
    if regex.search(r"long|deep|wide|tall|high|length|depth|height|width", asked):
        return lambda unit: unit == "m"
    return lambda unit: unit == ""
