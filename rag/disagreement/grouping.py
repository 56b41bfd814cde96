"""Which figures are different values of one thing."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

import regex

from rag.concepts import concept
from rag.disagreement.asked import COVERED, LIKELY, Asked
from rag.disagreement.figures import ORDINALS, Figure, Statement, differ, figures_of
from rag.verify.dates import moments
from rag.verify.numbers import same_unit
from rag.verify.units import CURRENCIES
from rag.verify.words import stem

_CHANGED = regex.compile(
    r"\b(?:rose|risen|rises?|raised|revised|lowered|fell|fallen|climbed|increased|decreased|now|so far"
    r"|confirmed|no longer|update[ds]?|latest|instead|delayed|postponed|put off|pushed back|moved to"
    r"|had (?:stood|said|spoken|hoped|estimated)|previous(?:ly)?|initial(?:ly)?|earlier)\b",
    regex.IGNORECASE,
)
_LIMIT = regex.compile(r"\b(?:by|until|till|before|up to|as of)\s(?:\p{L}+\s){0,3}$", regex.IGNORECASE)
# Figures of which a newer one takes in the older; of others two days have two.
_ADDING_UP = {"die", "injured", "missing", "wait", "cost", "collect"}
_CHANGING = _ADDING_UP | {"person"}
_ENDING = {"missing", "wait"}
_PERIODIC = frozenset(
    map(stem, ("revenue", "profit", "earnings", "sales", "inflation", "unemployment", "gdp", "growth", "approval"))
)
SPREAD = 20  # a value this many times smaller than another is of something else
SPREAD_SAME = 5  # the same of a size or a duration
SPREAD_DOWN = 200  # the same of what comes to an end
PERIOD = timedelta(days=31)  # between figures of one period
SOON = timedelta(days=7)  # after a day, in which articles without a date tell of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One value, as ``statements[index]`` writes it, and since when it is known.

    `indices` are all statements that have it. `superseded` says that a newer article has another
    value of something that changes.
    """

    text: str
    index: int
    published: date | None
    indices: tuple[int, ...]
    superseded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Different values of one thing, the newest first. `unit` is as the verifier reads it, or ``date`` or ``clock``.
    `changed`: it moved with time, else it is disputed."""

    values: tuple[Stated, ...]
    unit: str
    changed: bool


def disagreements(statements: Sequence[Statement], question: str) -> list[Disagreement]:
    """Groups of differing values of what `question` asks for, one value an article, among the statements, of which
    those likeliest to answer come first."""
    found = [replace(item, index=at) for at, statement in enumerate(statements) for item in figures_of(statement)]
    made = (_disagreement(group, statements) for group in _asked(found, statements, question))
    return [disagreement for disagreement in made if disagreement is not None]


def _compatible(one: Figure, other: Figure, names: AbstractSet[str] = frozenset()) -> bool:
    """Not plainly about two things: the first and the second, here and there, this year and last, two days."""
    if (one.near & ORDINALS) and (other.near & ORDINALS) and not one.near & other.near & ORDINALS:
        return False
    if one.places - names and other.places - names and not one.places & other.places:
        return False
    years = [{m.year for m in found.dates if m.year} for found in (one, other)]
    if years[0] and years[1] and not years[0] & years[1]:
        return False
    counted = one.near | other.near | set(map(concept, (*one.quantity.counted, *other.quantity.counted)))
    lasting = counted & _ADDING_UP or one.quantity.unit in ("s", "date", "clock", *CURRENCIES)
    return not (one.days and other.days) or bool(one.days & other.days or lasting)


def _elsewhere(one: Figure, other: Figure) -> bool:
    """Whether the two speak of no name in common, where the question has none: of an attack here and one there."""
    return bool(one.names and other.names) and not one.names & other.names


def _asked(found: Sequence[Figure], statements: Sequence[Statement], question: str) -> list[list[Figure]]:
    """The values of what the question asks for: of each article the one that it gives anew."""
    asked = Asked.of(question, statements)
    if asked is None:
        return []
    named = moments(question)
    if any(_LIMIT.search(question[: moment.start]) for moment in named):
        return []  # the figure of one day is wanted, and articles of other days do not contradict it
    years = {moment.year for moment in named if moment.year}
    days = [moment.first for moment in named if moment.first and moment.first == moment.last]
    spoken: dict[str, set[str]] = {}
    for statement in statements:
        spoken.setdefault(statement.article_id, set()).update(statement.speaks_of)
    by_article: dict[str, list[Figure]] = {}
    for item in sorted(found, key=lambda item: (statements[item.index].published or date.min, item.index)):
        article = statements[item.index].article_id
        published = statements[item.index].published
        cell = " | " in statements[item.index].text and not item.dates  # of a table: one of many
        if cell or _bygone(item, published, years) or _later(item, published, days):
            continue
        if asked.fits(item, spoken[article], statements[item.index].text):
            by_article.setdefault(statements[item.index].article_id, []).append(item)
    if asked.content & _PERIODIC and by_article:
        # A quarter's figure does not replace that of the quarter before.
        newest = max(statements[item.index].published or date.min for items in by_article.values() for item in items)
        by_article = {
            article: items
            for article, items in by_article.items()
            if newest - (statements[items[0].index].published or date.min) <= PERIOD
        }
    group: list[Figure] = []
    for items in by_article.values():
        # An article that gives a new figure often repeats the old one: "97, not 115".
        known = [item for item in items if any(not differ(item.quantity, old.quantity) for old in group)]
        group += _best(asked, [item for item in items if item not in known]) or known
    plain = [item for item in group if asked.says(item)]
    if len({statements[item.index].article_id for item in plain}) > 1:
        group = plain
    group = _comparable(asked, group)
    pairs = list(combinations(group, 2))
    if any(not _compatible(a, b, asked.names) or (not asked.names and _elsewhere(a, b)) for a, b in pairs):
        return []
    return [group] if group else []


def _comparable(asked: Asked, group: Sequence[Figure]) -> list[Figure]:
    """Those in the unit of the likeliest that are of its order and speak of what is asked as much as the others."""
    if not group:
        return []
    likeliest = min(group, key=lambda item: item.index).quantity
    spread = SPREAD_DOWN if asked.wanted.near & _ENDING else SPREAD_SAME if asked.wanted.told else SPREAD
    group = [
        item
        for item in group
        if same_unit(item.quantity, likeliest) and item.quantity.value <= likeliest.value * spread
    ]
    most = max(item.quantity.value for item in group)
    nearest = max((asked.closeness(item)[0] for item in group), default=0)
    return [
        item
        for item in group
        if item.quantity.value * spread >= most
        and (asked.plainly(item) or asked.closeness(item)[0] >= COVERED * nearest)
    ]


def _best(asked: Asked, items: Sequence[Figure]) -> list[Figure]:
    """Of an article's figures that fit those that say plainly what is asked for, of the likeliest sentence; none where
    that leaves two values.

    "36 dead in Lahaina", six of them confirmed by noon: what says more of what is asked.
    """
    plain = [item for item in items if item.tally] or [item for item in items if asked.says(item)]
    if not plain and asked.wanted.told:
        likeliest = min((item.index for item in items), default=LIKELY)
        plain = [item for item in items if item.index == likeliest]
    plain = plain or list(items)
    closest = max(map(asked.closeness, plain), default=None)
    plain = [item for item in plain if asked.closeness(item) == closest]
    if any(differ(a.quantity, b.quantity) for a, b in combinations(plain, 2)):
        likeliest = min(item.index for item in plain)
        plain = [item for item in plain if item.index == likeliest < LIKELY]
    return [] if any(differ(a.quantity, b.quantity) for a, b in combinations(plain, 2)) else plain


def _bygone(item: Figure, published: date | None, asked: AbstractSet[int]) -> bool:
    """Whether the value is of another time than was asked for: "the quake of 1999, which killed …"."""
    years = {moment.year for moment in item.dates if moment.year} or {published.year if published else 0}
    if asked:
        return not years & asked
    return published is not None and max(years) < published.year - 1


def _later(item: Figure, published: date | None, asked: Sequence[date]) -> bool:
    """Whether the value may be of another day than was asked for: told weeks after it, and without a date."""
    if not asked or published is None or item.dates:
        return False
    return all(published - day > SOON for day in asked)


def _disagreement(group: Sequence[Figure], statements: Sequence[Statement]) -> Disagreement | None:
    """The distinct values of a group, if there are two that no rounding reconciles."""
    order = sorted(group, key=lambda item: (statements[item.index].published or date.min, item.index))
    distinct: list[list[Figure]] = []
    for item in order:
        home = next((same for same in distinct if not differ(same[0].quantity, item.quantity)), None)
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
                published=day,
                indices=tuple(dict.fromkeys(item.index for item in same)),
                superseded=bool(changed and day and newest and day < newest),
            )
        )
    values.sort(key=lambda value: (value.published or date.min, value.index), reverse=True)
    return Disagreement(
        values=tuple(values), unit=order[0].quantity.unit, changed=changed and len({day for day in dates if day}) > 1
    )
