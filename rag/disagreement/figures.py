"""The figures that sentences of articles state, and what stands around each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise

import regex

from rag.answer_types import APPOSED_AGE
from rag.concepts import concept
from rag.datelines import dateline_end
from rag.verify.dates import Moment, moments
from rag.verify.numbers import Quantity, Reading, holds, quantities, same_unit
from rag.verify.units import CURRENCIES
from rag.verify.words import Token, content_stems, stem, tokens

_CLAUSE = regex.compile(
    r"[;—]|,(?!\d)|\s[–-]\s|\b(?:and|but|while|whereas|compared with|down from|up from)\b", regex.IGNORECASE
)
_GROUPS = """
    children child kids babies infants women woman girls men boys soldiers troops police policemen officers
    firefighters rescuers workers employees staff crew students pupils teachers doctors nurses journalists tourists
    foreigners migrants refugees militants rebels fighters hostages patients
"""
_WHOLE = regex.compile(r"\s+of\s+(?:(?:its|their|his|her|our|the|all|these|those)\s+){0,2}", regex.IGNORECASE)
_VERB = regex.compile(
    r"[,.;:]|\b(?:is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|\p{L}{2,}ed)\b",
    regex.IGNORECASE,
)
_SAME_PHRASE = regex.compile(r"[^,;:.()]*")
# "60 of its soldiers"; not "23 of the 68 people on board"
_OF_ITS = regex.compile(r"\s+of\s+(?:its|their|his|her|our|the)\b(?!\s+\d)", regex.IGNORECASE)
_SAID = regex.compile(
    r"\b(?:said|says|told|reported|announced|wrote|put|added|confirmed)\s(?:\p{L}+\s){0,3}$", regex.IGNORECASE
)
_TALLY = regex.compile(
    r"\b(?:count|figure|number|total|tally|estimate|it)\s(?:\p{L}+\s){0,2}?"
    r"(?:is|was|stands|stood|rose|fell|covers?|now|has)\s(?:\p{L}+\s){0,2}$",
    regex.IGNORECASE,
)
_POSSESSIVE = regex.compile(r"['’]s\b")
ORDINALS = frozenset(("first", "second", "third", "fourth", "fifth", "last"))  # their own stems
SIDES = frozenset(("against",))  # of a vote; whoever was not is not said to be for
_THAT_OF = regex.compile(r"\b(?:that|those) of\b")
_PLACING = regex.compile(r"\b(?:[Ii]n|[Aa]t|near|across|outside|around|(?<!ahead )of)\s(?:the\s)?(?:\p{Lu}\p{L}*\s)*$")
_STOP = regex.compile(r"(?:\p{L}{5,}|May|June|July)\.$")  # of the sentence, not of "Nov."
_AS_WRITTEN = CURRENCIES | {"", "%", "pp"}  # units that are not converted
PLACE = 30  # characters from a number within which a place is the number's
GROUP = 14  # characters after a number in which those stand who are counted
DIFFERENT = 0.03  # values closer than this may be one value, differently rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence of an article, as evidence."""

    text: str
    article_id: str
    title: str = ""
    source: str | None = None
    published: date | None = None

    @property
    def speaks_of(self) -> frozenset[str]:
        """What it and its title say, as concepts."""
        return _speaks_of(self.text) | _speaks_of(self.title)


@lru_cache(maxsize=4096)
def _speaks_of(text: str) -> frozenset[str]:
    return content_concepts(tokens(text))


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity with the words around it, as concepts: of its clause, and of its sentence and title.

    `names` are the proper names of sentence and title, `titled` the places that the title names, `group` says which
    people alone are counted (children, soldiers), `days` when it happened, as far as the clause says, `tally` that the
    sentence before speaks of what is counted ("The count is now 51").
    """

    index: int
    quantity: Quantity
    near: frozenset[str]
    wide: frozenset[str]
    places: frozenset[str]
    names: frozenset[str]
    titled: frozenset[str]
    group: frozenset[str]
    dates: tuple[Moment, ...]
    days: frozenset[date]
    hyphened: bool
    tally: bool


@lru_cache(maxsize=4096)
def figures_of(statement: Statement) -> tuple[Figure, ...]:
    """The quantities of a statement. Kept: it is looked at before an answer, after it, and for further questions."""
    words = tokens(statement.text)
    dated = moments(statement.text, statement.published)
    taken = [(moment.start, moment.end) for moment in dated]
    read = [
        q
        for q in quantities(statement.text, words, taken)
        if q.kind == "count" and not q.weak and not APPOSED_AGE.match(statement.text, q.start)
    ]
    read += [told for moment in dated if (told := _as_quantity(statement.text, moment)) is not None]
    title = tokens(statement.title)
    names = _names(statement.text, [w for w in words if not any(start <= w.start < end for start, end in taken)])
    names |= _names(statement.title, title)
    titled = frozenset(
        w.stem for w in title if capitalised(w, statement.title) and _PLACING.search(statement.title[: w.start])
    )
    found: list[Figure] = []
    # "23 of the 68 people on board were injured": what befell the 23 did not befall the 68.
    in_order = pairwise(sorted(read, key=lambda q: q.start))
    whole_of = {a.start: b for a, b in in_order if _WHOLE.fullmatch(statement.text, a.end, b.start)}
    wholes = {each.start for each in whole_of.values()}
    for quantity in read:
        whole = whole_of.get(quantity.start)
        others = [q for q in read if q is not quantity and q is not whole and same_unit(q, quantity)]
        begin, end = _reach(statement.text, quantity, others)
        if quantity.start in wholes:
            verb = _VERB.search(statement.text, quantity.end, end)
            begin, end = quantity.start, verb.start() if verb else end
        around = [w for w in words if begin <= w.start < end and not quantity.start <= w.start < quantity.end]
        near = content_concepts(around) | {w.stem for w in around if w.stem in ORDINALS or w.stem in SIDES}
        if found and _THAT_OF.search(statement.text, begin, quantity.start):
            near |= found[-1].near - ORDINALS  # "… a magnitude of 7.7, and that of the second at 7.6"
        dates = tuple(moment for moment in dated if begin <= moment.start < end and not moment.relative)
        local = [w for w in around if quantity.start - PLACE <= w.start < quantity.end + PLACE]
        placed = [w for w in local if capitalised(w, statement.text) and _PLACING.search(statement.text[: w.start])]
        places = frozenset(w.stem for w in placed)
        hyphened = "-" in statement.text[quantity.start : quantity.end + 1]
        wide, days = (
            content_concepts([*words, *title]),
            _days(statement.text, [m for m in dated if begin <= m.start < end]),
        )
        tally = _TALLY.search(statement.text[: quantity.start]) is not None
        group = _group(statement.text, quantity, words)
        found.append(Figure(0, quantity, near, wide, places, names, titled, group, dates, days, hyphened, tally))
    return tuple(found)


def _as_quantity(text: str, moment: Moment) -> Quantity | None:
    """A day or a time of day as a value: its ordinal, or its minute; none for a weekday and for when something was
    said or written."""
    if moment.relative or moment.start < dateline_end(text) or _SAID.search(text[: moment.start]):
        return None
    if moment.minutes:
        value, unit = float(min(moment.minutes)), "clock"
    elif moment.month and moment.first and moment.first == moment.last:
        value, unit = float(moment.first.toordinal()), "date"
    else:
        return None
    end = moment.end - bool(_STOP.search(text, moment.start, moment.end))
    return Quantity(moment.start, end, (Reading(value, unit, value),))


def states(text: str, value: str) -> bool:
    """Whether `text` has the figure that `value` is, however it is written."""
    said, wanted = (quantities(each, tokens(each)) for each in (text, value))
    return any(same_unit(one, other) and one.value == other.value for one in said for other in wanted)


def content_concepts(words: Iterable[Token]) -> frozenset[str]:
    """What the words say, numbers left out, alike for all that say one thing (rag/concepts.py)."""
    telling = (word for word in words if word.norm != "left")  # "left 40 injured": nobody left
    return frozenset(concept(found) for found in content_stems(telling) if not found[0].isdigit())


def _reach(text: str, quantity: Quantity, others: Iterable[Quantity]) -> tuple[int, int]:
    """How far the words around a number are about it: up to the next number of its kind, or the clause between."""
    begin, end = 0, len(text)
    others = list(others)
    before = max((other.end for other in others if other.end <= quantity.start), default=None)
    after = min((other.start for other in others if other.start >= quantity.end), default=None)
    if before is not None:
        begin = max((m.start() for m in _CLAUSE.finditer(text, before, quantity.start)), default=before)
    if after is not None:
        cut = _CLAUSE.search(text, quantity.end, after)
        end = cut.start() if cut else after
    return begin, end


def _names(text: str, words: Iterable[Token]) -> frozenset[str]:
    """The stems of proper names: capitalised inside a sentence, or a possessive at its start ("Spain's …")."""
    return frozenset(
        w.stem
        for w in words
        if capitalised(w, text) or (w.text[0].isupper() and _POSSESSIVE.search(text, w.start, w.end + 2))
    )


def _days(text: str, dated: Iterable[Moment]) -> frozenset[date]:
    """The single days of these on which something happened; not those on which it was said."""
    single = (m for m in dated if m.first and m.first == m.last)
    return frozenset(m.first for m in single if m.first and not _SAID.search(text[: m.start]))


def _group(text: str, quantity: Quantity, words: Iterable[Token]) -> frozenset[str]:
    """Of whom alone the number is: "45 children", "60 of its soldiers"."""
    until = quantity.end + min(GROUP, len(_SAME_PHRASE.match(text, quantity.end).group()))
    after = {w.stem for w in words if quantity.end <= w.start < until} | set(quantity.counted[:2])
    # "12% of the world's trade" is a share as anybody gives it, "60 of the soldiers" are some of them.
    own = {"own"} if quantity.unit not in ("%", "pp") and _OF_ITS.match(text, quantity.end) else set()
    return frozenset((after & groups()) | own)


@cache
def groups() -> frozenset[str]:
    """The stems of those who may be counted apart: children, soldiers."""
    return frozenset(stem(word) for word in _GROUPS.split())


def differ(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities in one unit are two values, however they were rounded or bounded."""
    if not same_unit(one, other) or (one.unit != other.unit and "" not in (one.unit, other.unit)):
        return False
    if one.unit in ("date", "clock"):
        return one.value != other.value
    if holds(one, replace(other, bound="exact")) or holds(other, replace(one, bound="exact")):
        return False
    apart = DIFFERENT * max(abs(one.value), abs(other.value))
    if one.unit in _AS_WRITTEN:  # 3,500 is 3,549 rounded, 48 is not 49
        apart = min(apart, max(_step(one.value), _step(other.value)) / 2)
    return abs(one.value - other.value) > apart * (1 + 1e-9)


def _step(value: float) -> float:
    """To what a figure was rounded, by its last digits: 3,500 to a hundred, 7.8 to a tenth."""
    digits = f"{abs(value):.3f}".rstrip("0")
    if not digits.endswith("."):
        return float(10.0 ** -len(digits.partition(".")[2]))
    whole = digits[:-1]
    return float(10 ** (len(whole) - len(whole.rstrip("0"))))


def capitalised(word: Token, text: str) -> bool:
    """Whether the word has a capital that no beginning of a sentence gave it."""
    return word.text[0].isupper() and word.start > 0 and text[word.start - 2 : word.start - 1] not in ".!?"
