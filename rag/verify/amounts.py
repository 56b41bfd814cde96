"""The amounts of a claim held against the evidence: numbers with what they count, vague ones, ranks."""

from collections.abc import Iterable, Sequence

import regex

from rag.verify import numbers
from rag.verify.analysis import OF_THE, SOME, Case, Parsed, SentenceView
from rag.verify.dates import Moment
from rag.verify.finding import Finding, shown, shown_in
from rag.verify.groups import told_of
from rag.verify.numbers import Quantity, Reading
from rag.verify.places import clauses_without, governed, instead
from rag.verify.polarity import negated_stems
from rag.verify.predicates import counted_otherwise
from rag.verify.ranks import PLACES, ranks
from rag.verify.reckoning import derived
from rag.verify.shares import overstated
from rag.verify.timed import of_another, of_that_time
from rag.verify.vague import vague
from rag.verify.words import stem, word_set

_NAMED_SPANS = {
    ("month", 3.0): r"\b(?:first|second|third|fourth|last) quarter\b",
    ("month", 6.0): r"\b(?:first|second|last) half of (?:the year|\d{4})\b|\bhalf[- ]year\b",
}
_WHOLE = regex.compile(rf"(?:{SOME}|\bnone){OF_THE}", regex.IGNORECASE)
_ALL = regex.compile(r"\ball (?:of )?(?:the |its |their |these |those )?$", regex.IGNORECASE)


def amounts(case: Case) -> list[Finding]:
    """Everything against the amounts of the claim, in a fixed order."""
    return [*_numbers(case), *_vague(case), *_ranks(case), *_shares(case), *_scores(case), *_unanimous(case)]


def _numbers(case: Case) -> Iterable[Finding]:
    stated = [q for s in case.sources for q in (*s.body.quantities, *s.title.quantities)]
    stated += [_year_as_number(m) for s in case.sources for m in s.moments if m.year and not m.month]
    for claimed in case.claim.quantities:
        instead = claimed.denied or claimed.part == "from"  # "50 kroner instead of 28": it goes up from 28
        holding = [q for q in stated if numbers.holds(q, claimed) and (instead or not q.denied)]
        if told_of(case, claimed) or of_that_time(case, claimed):
            yield from _per(case, claimed, holding)
            continue
        if claimed.weak and claimed.kind == "count":
            if other := _instead_of_one(case, claimed):
                reason = f"“{shown(case.claim.text, claimed)}”: the evidence says {other}"
                yield Finding("number", "contradicted", True, reason)
        elif holding:
            yield from _misplaced(case, claimed, holding)
        else:
            yield from _missing(case, claimed)


def _misplaced(case: Case, claimed: Quantity, holding: Sequence[Quantity]) -> Iterable[Finding]:
    """A number that the evidence has, as `holding`, but of something else."""
    before = case.claim.text[: claimed.start]
    if _WHOLE.search(before):
        return  # of "one of the three" the three may be told before
    if all(q in case.wholes for q in holding) and _ALL.search(before):
        yield Finding("number", "contradicted", True, f"“all {shown(case.claim.text, claimed)}”: some by the evidence")
        return
    best, text = case.best, shown(case.claim.text, claimed)
    rest = case.rest(best, claimed.start, claimed.end) if best else 0.0
    rivals = [q for q in _here(case, claimed) if _counts_same(q, claimed) and not numbers.holds(q, claimed)]
    elsewhere = not any(_counts_same(q, claimed) or not q.counted for q in holding)
    holders = [v for v in case.sentences if any(q in holding for q in v.quantities)]
    apart = all(case.rest(view, claimed.start, claimed.end) < rest for view in holders)
    if best and rivals and elsewhere and (apart or best in holders) and rest >= 0.5:
        reason = f"“{text}”: the evidence says {shown_in(case, best, rivals[0])} here"
        yield Finding("number", "contradicted", True, reason)
    elif other := _other_number(case, claimed) or counted_otherwise(case, claimed) or of_another(case, claimed):
        yield Finding("number", "contradicted", True, f"“{text}” stands elsewhere; the evidence says {other} here")
    elif per := list(_per(case, claimed, holding)):
        yield from per
    elif rest >= 0.5 and all(claimed.part and q.part and q.part != claimed.part for q in holding):
        reason = f"“{claimed.part} {text}”: the evidence says “{holding[0].part}”"
        yield Finding("number", "contradicted", True, reason)
    elif rest >= 0.8 and all(q.excepted != claimed.excepted for q in holding) and not _denies(case):
        reason = f"“{text}”: {'not ' * claimed.excepted}“all but” so many by the evidence"
        yield Finding("number", "contradicted", True, reason)


def _per(case: Case, claimed: Quantity, holding: Sequence[Quantity]) -> Iterable[Finding]:
    """A rate that the evidence gives for another time or thing: a week's for a day's."""
    if holding and all(claimed.per and q.per and q.per != claimed.per for q in holding):
        reason = f"“{shown(case.claim.text, claimed)}” a {claimed.per}: the evidence says a {holding[0].per}"
        yield Finding("unit", "contradicted", True, reason)


def _missing(case: Case, claimed: Quantity) -> Iterable[Finding]:
    """A number that the evidence does not have."""
    best, text, here = case.best, shown(case.claim.text, claimed), _here(case, claimed)
    rest = case.rest(best, claimed.start, claimed.end) if best else 0.0
    if claimed.unit == "s" and _said_of_time(case, claimed):
        return
    spans = [q for q in here if q.unit == claimed.unit == "s" and not case.claims(q)]
    if not spans and derived(claimed, case):
        return
    converted = [q for q in here if numbers.same_numeral(q, claimed)]
    if best and converted and claimed.kind != "ordinal":
        reason = f"“{text}”: the evidence says {shown_in(case, best, converted[0])}, another unit"
        yield Finding("unit", "contradicted", True, reason)
        return
    rivals = [q for q in here if _comparable(q, claimed) and not case.claims(q)]
    if best and rivals and rest >= 0.5:
        rival = next((q for q in rivals if _counts_same(q, claimed)), rivals[0])
        hard = not claimed.weak or rest >= 0.75
        reason = f"“{text}”: the evidence says {shown_in(case, best, rival)}"
        yield Finding("number", "contradicted", hard, reason)
    else:
        # Small counts may be counted off the text, and spelled ordinals and fractions are loosely used.
        small = not claimed.unit and claimed.kind == "count" and 0 <= claimed.value <= 10
        yield Finding("number", "not_found", not (small or claimed.weak), f"“{text}” is not in the evidence")


def _said_of_time(case: Case, claimed: Quantity) -> bool:
    """Whether the evidence has the span as part of a date ("three years later") or by its name ("first quarter")."""
    said = shown(case.claim.text, claimed).lower()
    named = _NAMED_SPANS.get((claimed.unit_word[:5], claimed.readings[0].written))
    span = regex.compile(rf"\b{regex.escape(said)} (?:later|earlier|after|before)\b" + (f"|{named}" if named else ""))
    return any(span.search(" ".join(source.text.lower().split())) for source in case.sources)


def _here(case: Case, claimed: Quantity) -> list[Quantity]:
    """The numbers of the closest sentence, without those that it denies."""
    here = case.best.quantities if case.best else ()
    return [q for q in here if (claimed.denied or not q.denied) and q not in case.wholes]


def _denies(case: Case) -> bool:
    return any(negated_stems(case.claim.words).values())


def _year_as_number(moment: Moment) -> Quantity:
    return Quantity(moment.start, moment.end, (Reading(float(moment.year or 0), "", float(moment.year or 0)),))


def _comparable(stated: Quantity, claimed: Quantity) -> bool:
    if (stated.kind == "ordinal") != (claimed.kind == "ordinal") or (stated.weak and stated.kind == "count"):
        return False
    if (stated.second is None) != (claimed.second is None):
        return False
    return numbers.same_unit(stated, claimed)


def _counts_same(stated: Quantity, claimed: Quantity) -> bool:
    return bool(stated.counted and claimed.counted) and stated.counted[0] == claimed.counted[0]


def _counted(stated: Quantity, claimed: Sequence[Quantity]) -> bool:
    """Whether the claim has the number as well, and of the same things as far as both say of what."""
    holding = [other for other in claimed if numbers.holds(stated, other)]
    return any(_counts_same(stated, other) or not (stated.counted and other.counted) for other in holding)


def _instead_of_one(case: Case, claimed: Quantity) -> str | None:
    """The number of those of which the claim has one; "one" means little but in "one person", "one soldier"."""
    if not claimed.counted or case.claim.text[claimed.end : claimed.end + 4] == " of ":
        return None
    for view in clauses_without(case, claimed, lambda view: any(q.weak for q in view.quantities)):
        rivals = [q for q in view.quantities if _counts_same(q, claimed) and _comparable(q, claimed)]
        if rivals and not case.claims(rivals[0]):
            return shown_in(case, view, rivals[0])
    return None


def _other_number(case: Case, claimed: Quantity) -> str | None:
    """The number that the evidence has where the claim has one that stands elsewhere."""
    place = instead(
        case,
        claimed,
        lambda view: view.quantities,
        lambda stated: numbers.holds(stated, claimed),
        lambda stated: (
            not _counted(stated, case.claim.quantities)
            and (stated.kind == "ordinal") == (claimed.kind == "ordinal")
            and stated not in case.wholes
        ),
    )
    if place is not None:
        return shown_in(case, *place)
    return _number_slot(case, claimed) if claimed.kind == "count" else None


def _number_slot(case: Case, claimed: Quantity) -> str | None:
    for view in clauses_without(case, claimed, lambda view: any(numbers.holds(q, claimed) for q in view.quantities)):
        for other in view.quantities:
            if _comparable(other, claimed) and not case.claims(other) and other not in case.wholes:
                return shown_in(case, view, other)
    place = governed(
        case,
        claimed,
        lambda view: view.quantities,
        lambda stated: numbers.holds(stated, claimed),
        lambda stated: (
            _comparable(stated, claimed)
            and (bool(stated.unit or claimed.unit) or _counts_same(stated, claimed))
            and not case.claims(stated)
            and stated not in case.wholes
        ),
    )
    return shown_in(case, *place) if place is not None else None


def _vague(case: Case) -> Iterable[Finding]:
    """ "Thousands" for "hundreds", where no number of the evidence can be meant by it."""
    stated = [one for view in case.sentences for one in vague(view.words)]
    counts = [q.value for source in case.sources for q in source.body.quantities]
    here = vague(case.best.words) if case.best else []
    for word, least in vague(case.claim.words):
        if any(other == least for _, other in stated) or any(least / 2 <= value <= 100 * least for value in counts):
            continue
        if case.best and here and case.coverage(case.best.stems, without=frozenset([word.stem])) >= 0.65:
            yield Finding("number", "contradicted", True, f"“{word.text}”: the evidence says {here[0][0].text}")


def _ranks(case: Case) -> Iterable[Finding]:
    """ "The second largest" for "the largest", "the largest" for "one of the largest"."""
    stated = [(view, rank) for view in case.sentences for rank in ranks(view.words)]
    places = frozenset(word.stem for word in case.claim.words if word.norm in PLACES)
    for claimed in ranks(case.claim.words):
        same = [(view, rank) for view, rank in stated if rank.order == claimed.order]
        if any(rank.place == claimed.place or not claimed.place for _, rank in same):
            continue
        for view, rank in same:
            if case.coverage(view.stems, without=places) >= 0.8:
                said = {0: "one of several", 1: "the first"}.get(rank.place, f"number {rank.place}")
                yield Finding("number", "contradicted", True, f"“{claimed.word.text}”: by the evidence it is {said}")
                break


def _shares(case: Case) -> Iterable[Finding]:
    if finding := overstated(case):
        yield finding


def _scores(case: Case) -> Iterable[Finding]:
    """ "Won 3-1" for "won 1-3": the same pair the other way round after the same word and the same name.

    Without the same words before it a pair may stand either way, as in "beat them 3-1" and "lost 1-3".
    """
    for claimed in case.claim.quantities:
        pair = _pair(claimed)
        if pair is None or pair[0] == pair[1]:
            continue
        stated = [(view, q) for view in case.sentences for q in view.quantities if _pair(q) in (pair, pair[::-1])]
        if any(_pair(q) == pair for _, q in stated):
            continue
        for view, other in stated:
            if _before(case.claim, claimed) == _before(view, other):
                reason = f"“{shown(case.claim.text, claimed)}”: the evidence says {shown_in(case, view, other)}"
                yield Finding("number", "contradicted", True, reason)
                break


def _pair(quantity: Quantity) -> tuple[float, float] | None:
    return (quantity.readings[0].written, quantity.second) if quantity.second is not None else None


def _before(text: Parsed | SentenceView, quantity: Quantity) -> tuple[str, frozenset[str]]:
    """The word before a quantity, and the words of the name that is nearest to its left."""
    word = next((w.stem for w in reversed(text.words) if w.end <= quantity.start), "")
    name = next((n for n in reversed(text.names) if n.end <= quantity.start), None)
    return word, frozenset(w.stem for w in name.words) if name else frozenset()


_UNANIMOUS = frozenset(map(stem, word_set("unanimous unanimously")))
_OPPOSED = word_set("against dissented dissenting opposed")
_VOTING = frozenset(map(stem, word_set("vote pass approve adopt reject back agree decide rule elect ruling decision")))


def _unanimous(case: Case) -> Iterable[Finding]:
    """ "Unanimously" where the evidence counts votes on two sides."""
    said = next((word for word in case.claim.words if word.stem in _UNANIMOUS), None)
    if said is None or any(view.stems & _UNANIMOUS for view in case.sentences) or _denies(case):
        return
    for view in case.sentences:
        opposed = not _OPPOSED.isdisjoint(word.norm for word in view.words)
        near = case.coverage(view.stems, without=_UNANIMOUS | _VOTING)
        if not view.stems & _VOTING or near < 0.8:
            continue
        for q in view.quantities:
            if q.value and ((q.kind == "ratio" and q.second) or opposed):
                reason = f"“{said.text}”: the evidence says {shown_in(case, view, q)}"
                yield Finding("number", "contradicted", True, reason)
                return
