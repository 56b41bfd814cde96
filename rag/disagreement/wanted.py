"""What sort of number a question wants, by its words alone: a count of what, a price, a length, a day to come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import regex

from rag.answer_types import DIMENSIONS, Kind, kind_of, measured_in
from rag.concepts import concept, is_concept
from rag.disagreement.figures import content_concepts
from rag.verify.units import CURRENCIES
from rag.verify.words import Token, stem, tokens

PEOPLE = frozenset(("person", "die", "injured", "missing", "arrest", "evacuate", "rescue", "protest"))
# Concepts that say of whom or what, and not what befell them.
_LOOSE = frozenset(("person", "quake", "ship", "protest"))
_GUSTS, _AREAS = (frozenset(map(stem, some.split())) for some in ("gusts wind winds", "area land"))
_UNITS: dict[Kind, frozenset[str]] = {
    "count": frozenset(("",)),
    "money": CURRENCIES,
    "share": frozenset(("%", "pp")),
    "duration": frozenset(("s", "m")),  # "How long …?"
    "date": frozenset(("date",)),
    "clock": frozenset(("clock",)),
}
_AMOUNTS = frozenset(("%", "pp", "kg", "l", "m2", "W", "B")) | CURRENCIES  # "How much …?"
# Units in which an article gives few things, so that one in a likely sentence is what is wanted.
_PLAIN = frozenset(("km/h", "kg", "m2", "l", "W", "B", "°C", "°F", "clock", "date"))

_COUNTED = regex.compile(
    r"\bhow many (?:more |other |of the )?"
    r"((?:(?!(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could|who|that|in|on|at|of|from|by|to|after|with"
    r"|without)\b)[\p{L}’'-]+\s?){1,3})",
    regex.IGNORECASE,
)
_NAMED = regex.compile(
    r"\b(turnout|toll|magnitude|strength|price(?: tag)?|cost|value|speed|length|depth|height|width|weight|size|majority"
    r"|lead|(?:unemployment|jobless|inflation|interest|approval|poverty|birth|mortgage|growth) rate)\b",
    regex.IGNORECASE,
)
_RATES = regex.compile(r"\b(?:rate|turnout)\b", regex.IGNORECASE)
_TO_COME = regex.compile(
    r"\b(?:when|what|which) (?:date |day )?(?:will|does|do|is|are)\b"
    r"|\b(?:due|scheduled|planned|expected|supposed|set)\b",
    regex.IGNORECASE,
)
_TAKE_PART = regex.compile(
    r"\b(?:take|took|taken|taking) part\b|\bparticipat|\battend|\bturn(?:ed)? (?:up|out)\b|\bjoin|\bmarched\b",
    regex.IGNORECASE,
)


# "How many people survived", "were on the plane": what is said of them.
_SAID_OF_THEM = regex.compile(
    r"\bhow many (?:[\p{L}-]+ ){1,2}?(?:(?:is|are|was|were|be|been|being|have|has|had|did|do|does|will|would|could|can"
    r"|still|also|now|already|there) )*(?P<said>[\p{L}]{3,}|on (?:the|board|it)\b)",
    regex.IGNORECASE,
)
_PART_OF = regex.compile(r"\b(?:the|its|their) (\p{Ll}+) of (?:the|its|their)(?= \p{Ll})")


# What else happened then is not what is counted: "How many were injured when the plane left the runway?"
_OCCASION = regex.compile(r"(?<=\S )(?:when|while)\b")


def part_wanted(question: str) -> str | None:
    """The concept of the part of something that a question is about, "the roof of the stadium"."""
    found = _PART_OF.search(question)
    if found is None or _NAMED.search(found.group(1)):
        return None
    said = content_concepts(tokens(found.group(1)))
    return next((each for each in said if not is_concept(each)), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sort of number.

    `near` are the concepts that must stand by it, `sizes` the dimension that is asked for, `head` what is counted
    where that is no people. `told` says that the unit alone tells what is meant (kilometres an hour), `people` that
    people are counted, whatever befell them.
    """

    kind: Kind
    units: frozenset[str]
    near: frozenset[str]
    sizes: frozenset[str]
    head: frozenset[str]
    told: bool
    people: bool

    @classmethod
    def of(cls, question: str, common: Collection[Token]) -> "Wanted | None":
        """`common` are the question's words that are neither names nor dates. None where no number is asked for, or
        a day that is past: on that sources hardly differ, and articles name many."""
        kind, named = kind_of(question), _NAMED.search(question)
        if kind is None and named is not None:
            kind = "share" if _RATES.search(named.group()) else "measure"
        if (kind != "measure" and kind not in _UNITS) or (kind == "date" and not _TO_COME.search(question)):
            return None
        occasion = _OCCASION.search(question)
        stems = frozenset(word.stem for word in common if occasion is None or word.start < occasion.start())
        near = {concept(each) for each in stems if is_concept(each)} - _LOOSE
        if _TAKE_PART.search(question):
            near.add("attend")
        if not stems.isdisjoint(_GUSTS):
            near.discard("magnitude")  # "How strong were the gusts?"
        if kind == "share":
            near.discard("share")  # the unit says it
        if kind in ("date", "clock"):
            near.clear()
        sizes = frozenset(near & DIMENSIONS)
        if kind == "duration":
            near.discard("long")
        units = _UNITS.get(kind) or _measures(stems)
        told = kind in ("duration", "date", "clock") or (kind == "measure" and "" not in units)
        counted = _COUNTED.search(question)
        head = content_concepts(_noun(tokens(counted.group(1)))) if counted else frozenset()
        if not near and not told:
            near = set(head or content_concepts(tokens(named.group(1))[-1:] if named else []))
        people = near == {"person"}
        if people and (said := _SAID_OF_THEM.search(question)):
            of_them = "aboard" if said["said"].lower().startswith("on ") else said["said"]
            near = set(content_concepts(tokens(of_them))) - {"person"} or near
            people = near == {"person"}
        near -= {"person"}
        return cls(kind, units, frozenset(near), sizes, head - PEOPLE, told, people)

    def plain(self, unit: str) -> bool:
        """Whether a number in `unit` that a likely sentence gives can hardly be another."""
        return self.told and unit in _PLAIN


def _noun(counted: Sequence[Token]) -> Sequence[Token]:
    """What is counted: the last word of the phrase, but of "people survived" the people."""
    return next(([word] for word in counted if concept(word.stem) == "person"), counted[-1:])


def _measures(stems: frozenset[str]) -> frozenset[str]:
    if not stems.isdisjoint(_GUSTS):
        return frozenset(("km/h",))
    if not stems.isdisjoint(_AREAS):
        return frozenset(("m2",))
    return measured_in(stems) or _AMOUNTS
