"""The values of a claim held against the evidence: what is stated differently, or nowhere.

A finding is `hard` where a careful reader would reject the sentence for it whatever else it
says; the others count as evidence only.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.verify import dates, numbers
from rag.verify.analysis import Case, SentenceView
from rag.verify.dates import Moment
from rag.verify.names import Name, named, surname_with_other_first_name
from rag.verify.numbers import Quantity, Reading
from rag.verify.places import other_in_place
from rag.verify.polarity import TURNING, denied_question, nobody, opposites, overclaimed
from rag.verify.quotes import office_of, offices, stands_in
from rag.verify.ranks import PLACES, ranks
from rag.verify.roles import deeds
from rag.verify.vague import vague
from rag.verify.words import content_stems, stem

Kind = Literal["number", "unit", "date", "name", "quote", "speaker", "negation", "direction", "comparison"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the claim says otherwise than the evidence (`contradicted`) or of its own (`not_found`)."""

    kind: Kind
    verdict: Literal["contradicted", "not_found"]
    hard: bool
    reason: str


def findings(case: Case) -> list[Finding]:
    """Everything that the rules find against the claim, in a fixed order."""
    return [
        *_numbers(case),
        *_vague(case),
        *_ranks(case),
        *_dates(case),
        *_names(case),
        *_quotes(case),
        *_speakers(case),
        *_relations(case),
    ]


def _shown(text: str, item: Quantity | Moment | Name) -> str:
    return " ".join(text[item.start : item.end].split())


def _view_text(case: Case, view: SentenceView, item: Quantity | Moment | Name) -> str:
    return _shown(case.sources[view.index].body.text, item)


# ---------------------------------------------------------------- numbers


def _numbers(case: Case) -> Iterable[Finding]:
    best = case.best
    stated = [q for s in case.sources for q in (*s.body.quantities, *s.title.quantities)]
    stated += [_year_as_number(m) for s in case.sources for m in s.moments if m.year and not m.month]
    for claimed in case.claim.quantities:
        if claimed.weak and claimed.kind == "count":
            if other := _instead_of_one(case, claimed):
                reason = f"“{_shown(case.claim.text, claimed)}”: the evidence says {other}"
                yield Finding("number", "contradicted", True, reason)
            continue
        text = _shown(case.claim.text, claimed)
        here = [q for q in best.quantities if claimed.denied or not q.denied] if best else []
        rest = case.rest(best, claimed.start, claimed.end) if best else 0.0
        holding = [q for q in stated if numbers.holds(q, claimed) and (claimed.denied or not q.denied)]
        if holding:
            rivals = [q for q in here if _counts_same(q, claimed) and not numbers.holds(q, claimed)]
            elsewhere = not any(_counts_same(q, claimed) or not q.counted for q in holding)
            holders = [v for v in case.sentences if any(q in holding for q in v.quantities)]
            apart = all(case.rest(view, claimed.start, claimed.end) < rest for view in holders)
            if best and rivals and elsewhere and (apart or best in holders) and rest >= 0.5:
                reason = f"“{text}”: the evidence says {_view_text(case, best, rivals[0])} here"
                yield Finding("number", "contradicted", True, reason)
            elif claimed.kind == "count" and (other := _number_slot(case, claimed)):
                yield Finding(
                    "number", "contradicted", True, f"“{text}” stands elsewhere; the evidence says {other} here"
                )
            elif all(claimed.per and q.per and q.per != claimed.per for q in holding):
                reason = f"“{text}” a {claimed.per}: the evidence says a {holding[0].per}"
                yield Finding("unit", "contradicted", True, reason)
            elif rest >= 0.5 and all(claimed.part and q.part and q.part != claimed.part for q in holding):
                reason = f"“{claimed.part} {text}”: the evidence says “{holding[0].part}”"
                yield Finding("number", "contradicted", True, reason)
            continue
        if _derived(claimed, case):
            continue
        converted = [q for q in here if numbers.same_numeral(q, claimed)]
        if best and converted and claimed.kind != "ordinal":
            reason = f"“{text}”: the evidence says {_view_text(case, best, converted[0])}, another unit"
            yield Finding("unit", "contradicted", True, reason)
            continue
        rivals = [q for q in here if _comparable(q, claimed) and not _used(q, case.claim.quantities)]
        if best and rivals and rest >= 0.5:
            rival = next((q for q in rivals if _counts_same(q, claimed)), rivals[0])
            hard = not claimed.weak or rest >= 0.75
            reason = f"“{text}”: the evidence says {_view_text(case, best, rival)}"
            yield Finding("number", "contradicted", hard, reason)
        else:
            # Small counts may be counted off the text, and spelled ordinals and fractions are loosely used.
            small = not claimed.unit and claimed.kind == "count" and 0 <= claimed.value <= 10
            yield Finding("number", "not_found", not (small or claimed.weak), f"“{text}” is not in the evidence")


def _derived(claimed: Quantity, case: Case) -> bool:
    """Whether the number is what lies between two numbers of the claim, or two dates of the evidence."""
    value = round(claimed.readings[0].written, 6)
    others = {round(q.readings[0].written, 6) for q in case.claim.quantities if q is not claimed}
    if value and any(round(other + value, 6) in others for other in others):
        return True
    if claimed.unit_word.rstrip("s") not in ("year", "day") or value > 1000:
        return False
    days = {m.first for s in case.sources for m in (*s.moments, *s.publication) if m.first and m.first == m.last}
    if claimed.unit_word.startswith("day"):
        numbered = {day.toordinal() for day in days}
    else:
        numbered = {m.year for s in case.sources for m in (*s.moments, *s.publication) if m.year}
    return any(number + value in numbered for number in numbered)


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


def _used(stated: Quantity, claimed: Sequence[Quantity]) -> bool:
    return any(numbers.holds(stated, other) for other in claimed)


def _instead_of_one(case: Case, claimed: Quantity) -> str | None:
    """The number of those of which the claim has one; "one" means little but in "one person", "one soldier"."""
    if not claimed.counted or case.claim.text[claimed.end : claimed.end + 4] == " of ":
        return None
    for view in _slots(case, claimed, lambda view: any(q.weak for q in view.quantities)):
        rivals = [q for q in view.quantities if _counts_same(q, claimed) and _comparable(q, claimed)]
        if rivals and not _used(rivals[0], case.claim.quantities):
            return _view_text(case, view, rivals[0])
    return None


def _number_slot(case: Case, claimed: Quantity) -> str | None:
    for view in _slots(case, claimed, lambda view: any(numbers.holds(q, claimed) for q in view.quantities)):
        for other in view.quantities:
            if _comparable(other, claimed) and not _used(other, case.claim.quantities):
                return _view_text(case, view, other)
    return None


def _slots(case: Case, claimed: Quantity | Moment, holds: Callable[[SentenceView], bool]) -> list[SentenceView]:
    """Clauses that say the rest of the claim without `claimed`, when none that holds it says half of the rest."""
    rests = [(view, case.rest(view, claimed.start, claimed.end)) for view in case.clauses]
    if any(rest > 0.5 and holds(view) for view, rest in rests):
        return []
    return [view for view, rest in rests if rest >= 0.85 and not holds(view)]


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


# ---------------------------------------------------------------- dates


def _dates(case: Case) -> Iterable[Finding]:
    best = case.best
    numbers_stated = {q.value for s in case.sources for q in (*s.body.quantities, *s.title.quantities)}
    for claimed in case.claim.moments:
        if claimed.relative and claimed.weekday is None:
            continue  # "last week" in an answer counts from the day of asking, which is not known here
        text = _shown(case.claim.text, claimed)
        rest = case.rest(best, claimed.start, claimed.end) if best else 0.0
        rivals = [m for m in best.moments if _same_grain(m, claimed)] if best else []
        rivals = [m for m in rivals if not any(dates.holds(m, other) for other in case.claim.moments)]
        if any(dates.held_by_any(claimed, source.moments) for source in case.sources):
            if other := _date_slot(case, claimed):
                yield Finding(
                    "date", "contradicted", True, f"“{text}” stands elsewhere; the evidence says {other} here"
                )
            continue
        if claimed.year and not claimed.month and float(claimed.year) in numbers_stated:
            continue
        if best and rivals and rest >= 0.5:
            reason = f"“{text}”: the evidence says {_view_text(case, best, rivals[0])}"
            yield Finding("date", "contradicted", True, reason)
        elif not any(dates.holds(day, claimed) for source in case.sources for day in source.publication):
            yield Finding("date", "not_found", True, f"“{text}” is not in the evidence")


def _date_slot(case: Case, claimed: Moment) -> str | None:
    for view in _slots(case, claimed, lambda view: any(dates.holds(m, claimed) for m in view.moments)):
        for other in view.moments:
            if _same_grain(other, claimed) and not any(dates.holds(other, m) for m in case.claim.moments):
                return _view_text(case, view, other)
    return None


def _same_grain(stated: Moment, claimed: Moment) -> bool:
    if bool(stated.minutes) != bool(claimed.minutes):
        return False
    if claimed.minutes:
        return True
    if claimed.weekday is not None or claimed.day is not None:
        return stated.weekday is not None or stated.day is not None or stated.relative
    return not stated.relative or stated.weekday is None


# ---------------------------------------------------------------- names


def _names(case: Case) -> Iterable[Finding]:
    best = case.best
    capitals = sum(len(name.words) for name in case.claim.names)
    content = sum(1 for word in case.claim.words if word.content)
    # A headline, a language that capitalises nouns, or one that spells names in its own way.
    headline = (content >= 4 and capitals > 0.65 * content) or case.foreign
    stated = [name for source in case.sources for name in (*source.body.names, *source.title.names)]
    for name in case.claim.names:
        if any(q.start <= name.start < q.end for q in case.claim.quantities):
            continue  # "Fahrenheit" is part of a value, and compared with it
        text = _shown(case.claim.text, name)
        if case.known.knows(name):
            if not headline and (slot := other_in_place(case, name, stated)):
                reason = f"“{text}” stands elsewhere; the evidence says {_view_text(case, *slot)} here"
                yield Finding("name", "contradicted", True, reason)
            continue
        clash = surname_with_other_first_name(name, stated)
        if clash is not None:
            yield Finding("name", "contradicted", not headline, f"“{text}”: the evidence has another first name")
            continue
        rest = case.rest(best, name.start, name.end) if best else 0.0
        partial = len(name.words) > 1 and name.words[-1] in case.known
        hard = not (name.initial or headline or partial)
        rivals = [n for n in best.names if not named(n, case.claim.names)] if best else []
        if best and rivals and rest >= 0.6 and not partial:
            reason = f"“{text}”: the evidence says {_view_text(case, best, rivals[0])}"
            in_its_place = rest >= 0.85 and any(n.next_stem == name.next_stem for n in rivals)
            yield Finding("name", "contradicted", hard or in_its_place, reason)
        elif not name.initial and not _abbreviates(case, name):
            yield Finding("name", "not_found", hard, f"“{text}” is not in the evidence")


def _abbreviates(case: Case, name: Name) -> bool:
    """Whether the name is the initials of the words before it in the claim: "interrupt on change (IOC)"."""
    before = [word.norm[0] for word in case.claim.words if word.end <= name.start]
    letters = name.words[0].norm
    return len(name.words) == 1 and len(letters) > 1 and "".join(before).endswith(letters)


# ---------------------------------------------------------------- quotes and speakers


def _quotes(case: Case) -> Iterable[Finding]:
    texts = [f"{source.title.folded} {source.body.folded}" for source in case.sources]
    for quote in case.claim.quotes:
        if any(stands_in(quote, text) for text in texts):
            continue
        shown = case.claim.text[quote.start : quote.end]
        said = {stem(word) for piece in quote.pieces for word in piece}
        near = any(len(said & {w.stem for w in view.words}) >= 0.6 * len(said) for view in case.sentences)
        verdict: Literal["contradicted", "not_found"] = "contradicted" if near and quote.length > 2 else "not_found"
        yield Finding(
            "quote", verdict, quote.length > 2 and not quote.title, f"{shown} is not quoted so in the evidence"
        )


def _speakers(case: Case) -> Iterable[Finding]:
    best = case.best
    claimed = case.claim.speakers
    if best is None:
        return
    if not claimed:
        yield from _offices(case, best)
        return
    view = next((v for q in case.claim.quotes for v in case.sentences if _holds_quote(v, q.pieces)), best)
    own = content_stems(word for name in claimed for word in name.words)
    if view is best and case.coverage(view.stems, without=own | {"say", "accord", "tell"}) < 0.6:
        return
    near = [v for v in case.sentences if v.index == view.index and abs(v.number - view.number) <= 1]
    stated = view.speakers or [name for v in near for name in v.speakers]
    if not stated or named(claimed[0], [n for v in (near if not view.speakers else [view]) for n in v.names]):
        return
    if _words_of(stated) & case.claim.stems or _words_of(claimed) & view.stems or not case.known.knows(claimed[0]):
        return  # named in the sentence, or found missing already
    reason = f"the evidence has {_shown(case.sources[view.index].body.text, stated[0])} say this"
    yield Finding("speaker", "contradicted", True, reason)


def _offices(case: Case, best: SentenceView) -> Iterable[Finding]:
    """ "The police said" for "the mayor said", where all else is the same and the first are not near it."""
    near = [v for v in case.sentences if v.index == best.index and abs(v.number - best.number) <= 1]
    others = offices(best.words)
    for word, office in offices(case.claim.words)[:1]:
        if not others or any(office in map(office_of, v.words) for v in near):
            continue
        if case.coverage(best.stems | case.held, without=frozenset([word.stem])) >= 0.85:
            reason = f"the evidence has the {others[0][0].text} say this, not the {word.text}"
            yield Finding("speaker", "contradicted", True, reason)


def _words_of(several: Iterable[Name]) -> frozenset[str]:
    return frozenset(word.stem for name in several for word in name.words)


def _holds_quote(view: SentenceView, pieces: Sequence[Sequence[str]]) -> bool:
    folded = f" {' '.join(word.norm for word in view.words)} "
    return all(f" {' '.join(piece)} " in folded for piece in pieces)


# ---------------------------------------------------------------- roles and polarity


def _relations(case: Case) -> Iterable[Finding]:
    """Who did what to whom the other way round, where no sentence has it as the claim does; else what one word turns.

    A deed that the evidence has of the same two is not turned by its verb: "lost to" says what "beat" says.
    """
    claimed = deeds(case.claim.words, case.claim.names)
    stated = [deed for view in case.sentences for deed in deeds(view.words, view.names)] if claimed else []
    told = [deed for deed in claimed if any(deed.repeats(other) for other in stated)]
    turned = [deed for deed in claimed if deed not in told and any(deed.turns(other) for other in stated)]
    for deed in turned:
        yield Finding("comparison", "contradicted", True, f"the two sides of “{deed.word.text}” are exchanged")
    if not turned:
        yield from _polarity(case, frozenset(deed.word.stem for deed in told))


def _polarity(case: Case, told: frozenset[str]) -> Iterable[Finding]:
    """What one word turns into its contrary, but for the words `told`."""
    if case.best is None:
        return
    if question := denied_question(case.claim.text, case.claim.words):
        stems = content_stems(question)
        if len(stems & case.best.stems) >= 0.85 * len(stems) and not opposites(question, case.best.words):
            yield Finding("negation", "contradicted", True, "the evidence says yes to the question")
        return
    # The clause first, so that "exports rose while imports fell" is read as two statements.
    valued = [(q.start, q.end) for q in case.claim.quantities] + [(m.start, m.end) for m in case.claim.moments]
    inside = frozenset(w.stem for w in case.claim.words if any(start <= w.start < end for start, end in valued))
    clause = max(
        case.clauses,
        key=lambda view: (
            case.coverage(view.stems, without=TURNING | inside),
            case.coverage(view.stems),
            -len(view.words),
        ),
        default=case.best,
    )
    for view in (clause, case.best):
        found = list(_turned(case, view, told))
        yield from found
        if found or case.coverage(view.stems) >= 0.95:
            return


def _turned(case: Case, view: SentenceView, told: frozenset[str]) -> Iterable[Finding]:
    turned = [o for o in opposites(case.claim.words, view.words) if o.claimed.stem not in told]
    whole = next(s for s in case.sentences if (s.index, s.number) == (view.index, view.number))
    without = frozenset(opposite.claimed.stem for opposite in turned)
    if nobody(view.words):  # who it was not, whom the claim counts
        counted = [(q.start, q.end) for q in case.claim.quantities]
        numerals = content_stems(w for w in case.claim.words if any(start <= w.start < end for start, end in counted))
        without |= numerals | {"person"}
    rest = case.coverage(whole.stems | case.held, without=without)
    if not turned and rest >= 0.85 and (flat := overclaimed(case.claim.words, view.words)):
        yield Finding("negation", "contradicted", True, f"“{flat.text}”: by the evidence it only may be so")
    for opposite in turned:
        if rest < 0.5:
            continue
        word = opposite.claimed.text
        match opposite.kind:
            case "negation":
                reason = f"“{word}” is negated in one and not in the other"
                yield Finding("negation", "contradicted", rest >= 0.65, reason)
            case "comparison":
                yield Finding("comparison", "contradicted", rest >= 0.75, f"the two sides of “{word}” are exchanged")
            case _:
                said = opposite.stated.text if opposite.stated else ""
                yield Finding("direction", "contradicted", rest >= 0.65, f"“{word}”: the evidence says {said}")
