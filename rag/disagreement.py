"""Where sources give different values for the same thing: a toll that rose, a length that two reports give.

Numbers come from the verifier's normalised reading. Two of them are values of one thing only if
their units agree and the words around them strongly do; a missed disagreement costs less than a
false one. The question, where there is one, says which thing is asked about.
"""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import combinations

import regex

from rag.concepts import concept, is_concept
from rag.verify.dates import Moment, moments
from rag.verify.numbers import Quantity, holds, quantities, same_unit
from rag.verify.units import SMALL_NUMBERS
from rag.verify.words import Token, content_stems, stem, tokens

_CHANGING = {"die", "injured", "missing", "wait", "cost", "collect", "person"}
_CHANGED = regex.compile(
    r"\b(?:rose|risen|rises?|raised|revised|lowered|fell|fallen|climbed|increased|decreased|now|so far"
    r"|confirmed|no longer|update[ds]?|latest"
    r"|had (?:stood|said|spoken|hoped|estimated)|previous(?:ly)?|initial(?:ly)?|earlier)\b",
    regex.IGNORECASE,
)
_CLAUSE = regex.compile(
    r"[;—]|,(?!\d)|\s[–-]\s|\b(?:and|but|while|whereas|compared with|down from|up from)\b", regex.IGNORECASE
)
# Figures of which a newer one takes in the older; of others two days have two.
_ADDING_UP = {"die", "injured", "missing", "wait", "cost", "collect"}
_PERIODIC = frozenset(
    map(stem, ("revenue", "profit", "earnings", "sales", "inflation", "unemployment", "gdp", "growth", "approval"))
)
_PARTIAL = frozenset(map(stem, ("aftershock", "foreshock", "young", "youth", "core", "average", "median")))
_GROUPS = """
    children child kids babies infants women woman girls men boys soldiers troops police policemen officers
    firefighters rescuers workers employees staff crew students pupils teachers doctors nurses journalists tourists
    foreigners migrants refugees militants rebels fighters hostages patients
"""
_SAME_PHRASE = regex.compile(r"[^,;:.()]*")
_OF_ITS = regex.compile(r"\s+of\s+(?:its|their|his|her|our|the)\b", regex.IGNORECASE)
_SAID = regex.compile(
    r"\b(?:said|says|told|reported|announced|wrote|put|added|confirmed)\s(?:\p{L}+\s){0,3}$", regex.IGNORECASE
)
_POSSESSIVE = regex.compile(r"['’]s\b")
_ORDINALS = frozenset(("first", "second", "third", "fourth", "fifth", "last"))  # their own stems
_SIDES = frozenset(("against",))  # of a vote; whoever was not is not said to be for
_THAT_OF = regex.compile(r"\b(?:that|those) of\b")
_PLACING = regex.compile(r"\b(?:[Ii]n|[Aa]t|near|across|outside|around|of)\s(?:the\s)?(?:\p{Lu}\p{L}*\s)*$")
_MONEY = frozenset(("USD", "EUR", "GBP", "JPY", "CNY", "RUB", "INR"))
_AS_WRITTEN = _MONEY | {"", "%", "pp"}  # units that are not converted

NEAR = 0.6  # words around two values that must be the same, without a question
COVERED = 0.5  # content of the question that a sentence and its title must have
PLACE = 30  # characters from a number within which a place is the number's
SPREAD = 20  # a value this many times smaller than another is of something else
GROUP = 14  # characters after a number in which those stand who are counted
PERIOD = timedelta(days=31)  # between figures of one period
SOON = timedelta(days=7)  # after a day, in which articles without a date tell of it
DIFFERENT = 0.03  # values closer than this may be one value, differently rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence of an article, as evidence."""

    text: str
    article_id: str
    title: str = ""
    source: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One value, ``statements[index].text[start:end] == text``, and since when it is known.

    `indices` are all statements that have it. `superseded` says that a newer article has another
    value of something that changes.
    """

    text: str
    index: int
    start: int
    end: int
    published: date | None
    indices: tuple[int, ...]
    superseded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Different values of one thing, the newest first. `changed`: it moved with time, else it is disputed."""

    values: tuple[Stated, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """A quantity with the words around it, as concepts: of its clause, and of its sentence and title.

    `names` are the proper names of sentence and title, `group` says which people alone are counted (children,
    soldiers), `days` when it happened, as far as the clause says.
    """

    index: int
    quantity: Quantity
    near: frozenset[str]
    wide: frozenset[str]
    places: frozenset[str]
    names: frozenset[str]
    group: frozenset[str]
    dates: tuple[Moment, ...]
    days: frozenset[date]
    hyphened: bool


def disagreements(statements: Sequence[Statement], question: str | None = None) -> list[Disagreement]:
    """Groups of differing values among the statements of different articles.

    With a question, only values of what it asks for, one an article; without, values whose clauses
    share nearly all their words.
    """
    found = [replace(item, index=at) for at, statement in enumerate(statements) for item in _values(statement)]
    groups = _asked(found, statements, question) if question else _alike(found, statements)
    made = (_disagreement(group, statements) for group in groups)
    return [disagreement for disagreement in made if disagreement is not None]


def states(text: str, value: str) -> bool:
    """Whether `text` has the figure that `value` is, however it is written."""
    said, wanted = (quantities(each, tokens(each)) for each in (text, value))
    return any(same_unit(one, other) and one.value == other.value for one in said for other in wanted)


def _concepts(words: Iterable[Token]) -> frozenset[str]:
    return frozenset(concept(found) for found in content_stems(words) if not found[0].isdigit())


@lru_cache(maxsize=4096)
def _values(statement: Statement) -> tuple[_Found, ...]:
    """The quantities of a statement. Kept: it is looked at before an answer, after it, and for further questions."""
    words = tokens(statement.text)
    dated = moments(statement.text, statement.published)
    taken = [(moment.start, moment.end) for moment in dated]
    read = [q for q in quantities(statement.text, words, taken) if q.kind == "count" and not q.weak]
    title = tokens(statement.title)
    names = _names(statement.text, [w for w in words if not any(start <= w.start < end for start, end in taken)])
    names |= _names(statement.title, title)
    found: list[_Found] = []
    for quantity in read:
        begin, end = _reach(statement.text, quantity, [q for q in read if q is not quantity and same_unit(q, quantity)])
        around = [w for w in words if begin <= w.start < end and not quantity.start <= w.start < quantity.end]
        near = _concepts(around) | {w.stem for w in around if w.stem in _ORDINALS or w.stem in _SIDES}
        if found and _THAT_OF.search(statement.text, begin, quantity.start):
            near |= found[-1].near - _ORDINALS  # "… a magnitude of 7.7, and that of the second at 7.6"
        dates = tuple(moment for moment in dated if begin <= moment.start < end and not moment.relative)
        local = [w for w in around if quantity.start - PLACE <= w.start < quantity.end + PLACE]
        placed = [w for w in local if _capital(w, statement.text) and _PLACING.search(statement.text[: w.start])]
        places = frozenset(w.stem for w in placed)
        hyphened = "-" in statement.text[quantity.start : quantity.end + 1]
        wide, days = _concepts([*words, *title]), _days(statement.text, [m for m in dated if begin <= m.start < end])
        group = _group(statement.text, quantity, words)
        found.append(_Found(0, quantity, near, wide, places, names, group, dates, days, hyphened))
    return tuple(found)


def _reach(text: str, quantity: Quantity, others: Iterable[Quantity]) -> tuple[int, int]:
    """How far the words around a number are about it: up to the next number of its kind, or the clause between."""
    begin, end = 0, len(text)
    for other in others:
        if other.end <= quantity.start:
            cuts = [m.start() for m in _CLAUSE.finditer(text, other.end, quantity.start)]
            begin = max(begin, cuts[-1] if cuts else other.end)
        elif other.start >= quantity.end:
            cut = _CLAUSE.search(text, quantity.end, other.start)
            end = min(end, cut.start() if cut else other.start)
    return begin, end


def _names(text: str, words: Iterable[Token]) -> frozenset[str]:
    """The stems of proper names: capitalised inside a sentence, or a possessive at its start ("Spain's …")."""
    return frozenset(
        w.stem
        for w in words
        if _capital(w, text) or (w.text[0].isupper() and _POSSESSIVE.search(text, w.start, w.end + 2))
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
    return frozenset((after & _groups()) | own)


@cache
def _groups() -> frozenset[str]:
    return frozenset(stem(word) for word in _GROUPS.split())


def _differ(one: Quantity, other: Quantity) -> bool:
    if not same_unit(one, other) or (one.unit != other.unit and "" not in (one.unit, other.unit)):
        return False
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


def _compatible(one: _Found, other: _Found) -> bool:
    """Not plainly about two things: the first and the second, this year and last, one day and another."""
    if (one.near & _ORDINALS) and (other.near & _ORDINALS) and not one.near & other.near & _ORDINALS:
        return False
    years = [{m.year for m in found.dates if m.year} for found in (one, other)]
    if years[0] and years[1] and not years[0] & years[1]:
        return False
    counted = one.near | other.near | set(map(concept, (*one.quantity.counted, *other.quantity.counted)))
    return not (one.days and other.days) or bool(one.days & other.days or counted & _ADDING_UP)


def _elsewhere(one: _Found, other: _Found) -> bool:
    """Whether the two speak of no name in common, where the question has none: of an attack here and one there."""
    return bool(one.names and other.names) and not one.names & other.names


def _alike(found: Sequence[_Found], statements: Sequence[Statement]) -> list[list[_Found]]:
    """Groups of values whose clauses share nearly all their words."""
    groups: list[list[_Found]] = []
    for one, other in combinations(found, 2):
        shared, least = one.near & other.near, min(len(one.near), len(other.near))
        aligned = len(shared) >= 3 and len(shared) >= NEAR * max(len(one.near), len(other.near)) and least >= 3
        apart = statements[one.index].article_id != statements[other.index].article_id
        if aligned and apart and _compatible(one, other) and _differ(one.quantity, other.quantity):
            home = next((group for group in groups if one in group or other in group), None)
            if home is None:
                groups.append([one, other])
            else:
                home += [item for item in (one, other) if item not in home]
    return groups


def _asked(found: Sequence[_Found], statements: Sequence[Statement], question: str) -> list[list[_Found]]:
    """The values of what the question asks for: of each article the one that it gives anew."""
    asked = _Asked.of(question, statements)
    if asked is None:
        return []
    named = moments(question)
    years = {moment.year for moment in named if moment.year}
    days = [moment.first for moment in named if moment.first and moment.first == moment.last]
    by_article: dict[str, list[_Found]] = {}
    for item in sorted(found, key=lambda item: (statements[item.index].published or date.min, item.index)):
        article = statements[item.index].article_id
        published = statements[item.index].published
        if _bygone(item, published, years) or _later(item, published, days):
            continue
        if asked.fits(item, frozenset().union(*(f.wide for f in found if statements[f.index].article_id == article))):
            by_article.setdefault(statements[item.index].article_id, []).append(item)
    if asked.content & _PERIODIC and by_article:
        # A quarter's figure does not replace that of the quarter before.
        newest = max(statements[item.index].published or date.min for items in by_article.values() for item in items)
        by_article = {
            article: items
            for article, items in by_article.items()
            if newest - (statements[items[0].index].published or date.min) <= PERIOD
        }
    group: list[_Found] = []
    for items in by_article.values():
        # An article that gives a new figure often repeats the old one: "97, not 115".
        known = [item for item in items if any(not _differ(item.quantity, old.quantity) for old in group)]
        fresh = [item for item in items if item not in known]
        if len(fresh) > 1:  # "36 dead in Lahaina", six of them confirmed by noon: what says more of what is asked
            closest = max(map(asked.closeness, fresh))
            fresh = [item for item in fresh if asked.closeness(item) == closest]
        if all(not _differ(a.quantity, b.quantity) for a, b in combinations(fresh, 2)):
            group += fresh or known
    most = max((item.quantity.value for item in group), default=0.0)
    nearest = max((asked.closeness(item)[0] for item in group), default=0)
    group = [
        item for item in group if item.quantity.value * SPREAD >= most and asked.closeness(item)[0] >= COVERED * nearest
    ]
    pairs = list(combinations(group, 2))
    if any(not _compatible(a, b) or (not asked.names and _elsewhere(a, b)) for a, b in pairs):
        return []
    return [group] if group else []


def _bygone(item: _Found, published: date | None, asked: AbstractSet[int]) -> bool:
    """Whether the value is of another time than was asked for: "the quake of 1999, which killed …"."""
    years = {moment.year for moment in item.dates if moment.year} or {published.year if published else 0}
    if asked:
        return not years & asked
    return published is not None and max(years) < published.year - 1


def _later(item: _Found, published: date | None, asked: Sequence[date]) -> bool:
    """Whether the value may be of another day than was asked for: told weeks after it, and without a date."""
    if not asked or published is None or item.dates:
        return False
    return all(published - day > SOON for day in asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question about a quantity wants: concepts by the number, names and content in its sentence or title."""

    units: Callable[[str], bool]
    near: frozenset[str]
    ordinals: frozenset[str]
    sides: frozenset[str]
    names: frozenset[str]
    group: frozenset[str]
    content: frozenset[str]

    @classmethod
    def of(cls, question: str, statements: Sequence[Statement]) -> "_Asked | None":
        """None when the question does not ask for a quantity."""
        match = _QUANTITY.search(question)
        if match is None or _REASON.match(question):
            return None
        dated = moments(question)
        asked_words = [w for w in tokens(question) if not any(m.start <= w.start < m.end for m in dated)]
        content = _concepts(asked_words) - {"much", "mani", "number", "person"}
        # A lower-case question has names too: words that the evidence writes with capitals.
        texts = [question, *(text for statement in statements for text in (statement.text, statement.title))]
        proper = {word.stem for text in texts for word in tokens(text) if _capital(word, text)}
        proper -= {word for word in proper if is_concept(word)} | {stem(word) for word in SMALL_NUMBERS}
        names = frozenset(word.stem for word in asked_words if word.stem in proper)
        near = {concept(word.stem) for word in asked_words if is_concept(word.stem)} - _LOOSE
        if regex.search("share|percent|proportion|fast", match.group(), regex.IGNORECASE):  # their units say it
            near.discard("share")
        elif not near:
            near = set(_concepts(tokens(next((part for part in match.groups() if part), ""))[-1:]))
        ordinals, sides = (frozenset(w.stem for w in asked_words if w.stem in some) for some in (_ORDINALS, _SIDES))
        group = frozenset(w.stem for w in asked_words) & _groups()
        return cls(_units_of(match), frozenset(near - {"much"}), ordinals, sides, names & content, group, content)

    def fits(self, item: _Found, article: frozenset[str]) -> bool:
        """Whether the item can be what is asked for; `article` is what its article's statements speak of."""
        close = item.near | set(map(concept, item.quantity.counted))
        if not self.units(item.quantity.unit) or not (self.near <= close or self._size(item)):
            return False
        if (self.ordinals and not self.ordinals & item.near) or self.sides != item.near & _SIDES:
            return False
        if item.group != self.group or (item.near & _PARTIAL) - self.content:
            return False
        # Every name of the question must be there, and the number must not be that of another place.
        elsewhere = item.places - self.names and not self.names & (item.near | item.places)
        if not self.names <= article or (self.names and elsewhere):
            return False
        return len(self.content & (item.wide | self.names)) >= COVERED * len(self.content)

    def closeness(self, item: _Found) -> tuple[int, bool]:
        """How much of the question stands around the number itself, and whether it is told as of now (no date)."""
        return len(self.content & (item.near | item.places)), not item.dates

    def _size(self, item: _Found) -> bool:
        """ "The 21-foot craft": a length without the word."""
        return self.near == {"long"} and item.hyphened


_REASON = regex.compile(r"\W*(?:and |so |but )?(?:why|how come)\b", regex.IGNORECASE)
_LOOSE = {"person", "quake", "ship"}
_QUANTITY = regex.compile(
    r"\bhow many ((?:\p{L}+\s?){1,2})|\bhow (much)\b|\b(?:death )?(toll|magnitude)\b|\bhow (strong)\b"
    r"|\b(?:what|which) (share|percentage|proportion|percent)\b|\bhow (long|deep|wide|tall|high|fast)\b"
    r"|\b((?:unemployment|inflation|interest|approval|poverty|birth) rate)\b"
    r"|\bwhat (?:is|was) the (length|depth|height|width|price|cost)\b|\bwhat did (?:\p{L}+ )+(cost)\b",
    regex.IGNORECASE,
)


def _units_of(match: "regex.Match[str]") -> Callable[[str], bool]:
    """Which units answer the question."""
    asked = match.group().lower()
    if regex.search(r"share|percent|proportion|rate", asked):
        return lambda unit: unit in ("%", "pp")
    if "fast" in asked:
        return lambda unit: unit == "km/h"
    if regex.search(r"much|price|cost", asked):
        return lambda unit: unit in _MONEY
    if regex.search(r"long|deep|wide|tall|high|length|depth|height|width", asked):
        return lambda unit: unit == "m"
    return lambda unit: unit == ""


def _capital(word: Token, text: str) -> bool:
    return word.text[0].isupper() and word.start > 0 and text[word.start - 2 : word.start - 1] not in ".!?"


def _disagreement(group: Sequence[_Found], statements: Sequence[Statement]) -> Disagreement | None:
    """The distinct values of a group, if there are two that no rounding reconciles."""
    order = sorted(group, key=lambda item: (statements[item.index].published or date.min, item.index))
    distinct: list[list[_Found]] = []
    for item in order:
        home = next((same for same in distinct if not _differ(same[0].quantity, item.quantity)), None)
        if home is None:
            distinct.append([item])
        else:
            home.append(item)
    articles = {statements[item.index].article_id for same in distinct for item in same}
    if len(distinct) < 2 or len(articles) < 2:
        return None
    concepts = frozenset().union(*(item.near for item in group))
    texts = [statements[item.index].text for item in group]
    changed = bool(concepts & _CHANGING) or any(_CHANGED.search(text) for text in texts)
    dates = [statements[same[0].index].published for same in distinct]
    newest = max((day for day in dates if day), default=None)
    values = []
    for same, day in zip(distinct, dates, strict=True):
        first = same[0]
        quantity = first.quantity
        values.append(
            Stated(
                text=statements[first.index].text[quantity.start : quantity.end],
                index=first.index,
                start=quantity.start,
                end=quantity.end,
                published=day,
                indices=tuple(dict.fromkeys(item.index for item in same)),
                superseded=bool(changed and day and newest and day < newest),
            )
        )
    values.sort(key=lambda value: (value.published or date.min, value.index), reverse=True)
    return Disagreement(values=tuple(values), changed=changed and len({day for day in dates if day}) > 1)
