"""The values of a claim held against the evidence: what is stated differently, or nowhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from rag.verify import dates, numbers
from rag.verify.ages import whose_age
from rag.verify.amounts import amounts
from rag.verify.analysis import Case, SentenceView
from rag.verify.axes import TURNING
from rag.verify.comparing import uncompared, widened
from rag.verify.dates import Moment
from rag.verify.finding import Finding, shown, shown_in
from rag.verify.givers import another_gives, another_tells
from rag.verify.groups import told_of
from rag.verify.latter import of_the_other
from rag.verify.legal import stage_ahead
from rag.verify.names import Name, named, surname_with_other_first_name
from rag.verify.nobody import nobody_and_somebody
from rag.verify.pairing import exchanged_predicates, exchanged_values
from rag.verify.places import clauses_without, governed, instead, other_name
from rag.verify.polarity import denied_question, nobody, opposites, overclaimed
from rag.verify.quotes import office_of, offices, stands_in
from rag.verify.roles import deeds
from rag.verify.timed import timed
from rag.verify.vouching import unvouched
from rag.verify.ways import other_way
from rag.verify.words import content_stems, stem

# In small letters a word of sentences that headlines leave out or capitalise.
_TOLD = regex.compile(r"\b(?:is|are|was|were|has|have|had|will|from)\b")
_PLACED = regex.compile(r"\b(?:in|on|at|near|off|outside)\s(?:the\s)?\Z", regex.IGNORECASE)


def findings(case: Case) -> list[Finding]:
    """Everything that the rules find against the claim, in a fixed order."""
    return [
        *amounts(case),
        *whose_age(case),
        *exchanged_values(case),
        *exchanged_predicates(case),
        *uncompared(case),
        *widened(case),
        *_dates(case),
        *_names(case),
        *_quotes(case),
        *_speakers(case),
        *_relations(case),
    ]


# ---------------------------------------------------------------- dates


def _dates(case: Case) -> Iterable[Finding]:
    best = case.best
    numbers_stated = {q.value for s in case.sources for q in (*s.body.quantities, *s.title.quantities)}
    for claimed in case.claim.moments:
        text = shown(case.claim.text, claimed)
        if claimed.relative and claimed.weekday is None:
            # "last week" in an answer may count from the day of asking, which is not known here
            if other := _other_words(case, claimed):
                yield Finding("date", "contradicted", True, f"“{text}”: the evidence says {other} here")
            continue
        rest = case.rest(best, claimed.start, claimed.end) if best else 0.0
        rivals = [m for m in best.moments if _same_grain(m, claimed)] if best else []
        rivals = [m for m in rivals if not any(dates.holds(m, other) for other in case.claim.moments)]
        if any(dates.held_by_any(claimed, source.moments) for source in case.sources):
            if not _of_its_value(case, claimed) and (other := _date_slot(case, claimed)):
                yield Finding(
                    "date", "contradicted", True, f"“{text}” stands elsewhere; the evidence says {other} here"
                )
            continue
        if claimed.year and not claimed.month and float(claimed.year) in numbers_stated:
            continue
        if best and rivals and rest >= 0.5:
            reason = f"“{text}”: the evidence says {shown_in(case, best, rivals[0])}"
            yield Finding("date", "contradicted", True, reason)
        elif not any(dates.holds(day, claimed) for source in case.sources for day in source.publication):
            yield Finding("date", "not_found", True, f"“{text}” is not in the evidence")


def _of_its_value(case: Case, claimed: Moment) -> bool:
    """Whether the evidence gives a value of the claim for that time."""
    return any(
        dates.holds(moment, claimed) and any(numbers.holds(quantity, mine) for mine in case.claim.quantities)
        for view in case.sentences
        for quantity, moment in timed(case.sources[view.index].text, view)
    )


@dataclass(frozen=True, slots=True)
class _Wording:
    """A part of a text, and how it is worded."""

    start: int
    end: int
    text: str


def _other_words(case: Case, claimed: Moment) -> str | None:
    """The relative date in whose place the claim has another relative one: "last year" for "last month"."""
    said = _Wording(claimed.start, claimed.end, shown(case.claim.text, claimed))

    def wordings(view: SentenceView) -> list[_Wording]:
        relative = (m for m in view.moments if m.relative and m.weekday is None)
        return [_Wording(m.start, m.end, shown_in(case, view, m)) for m in relative]

    place = instead(case, said, wordings, lambda stated: stated.text.lower() == said.text.lower(), lambda _: True)
    return place and place[1].text


def _date_slot(case: Case, claimed: Moment) -> str | None:
    """The date that the evidence has where the claim has one that stands elsewhere."""
    named_days = [m for m in case.claim.moments if not m.relative or m.weekday is not None]
    place = instead(
        case,
        claimed,
        lambda view: view.moments,
        lambda stated: dates.holds(stated, claimed),
        lambda stated: not any(dates.holds(stated, m) or dates.holds(m, stated) for m in named_days),
    )
    if place is not None:
        return shown_in(case, *place)
    for view in clauses_without(case, claimed, lambda view: any(dates.holds(m, claimed) for m in view.moments)):
        for other in view.moments:
            if _same_grain(other, claimed) and not any(dates.holds(other, m) for m in case.claim.moments):
                return shown_in(case, view, other)
    place = governed(
        case,
        claimed,
        lambda view: view.moments,
        lambda stated: dates.holds(stated, claimed),
        lambda stated: _same_grain(stated, claimed) and not any(dates.holds(stated, m) for m in case.claim.moments),
    )
    return shown_in(case, *place) if place is not None else None


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
    if other := of_the_other(case):
        yield other
    capitals = sum(len(name.words) for name in case.claim.names)
    content = sum(1 for word in case.claim.words if word.content)
    # A headline, a language that capitalises nouns, or one that spells names in its own way.
    headline = (content >= 4 and capitals > 0.65 * content and not _TOLD.search(case.claim.text)) or case.foreign
    stated = [name for source in case.sources for name in (*source.body.names, *source.title.names)]
    for name in case.claim.names:
        if any(q.start <= name.start < q.end for q in case.claim.quantities):
            continue  # "Fahrenheit" is part of a value, and compared with it
        text = shown(case.claim.text, name)
        if case.known.knows(name):
            if not headline and (slot := other_name(case, name, stated)):
                reason = f"“{text}” stands elsewhere; the evidence says {shown_in(case, *slot)} here"
                yield Finding("name", "contradicted", True, reason)
            continue
        clash = surname_with_other_first_name(name, stated)
        if clash is not None:
            yield Finding("name", "contradicted", not headline, f"“{text}”: the evidence has another first name")
            continue
        rest = case.rest(best, name.start, name.end) if best else 0.0
        partial = len(name.words) > 1 and name.words[-1] in case.known
        hard = not (name.initial or headline or partial)
        rivals = _rivals(case, name) if best else []
        if best and rivals and rest >= 0.6 and not partial:
            reason = f"“{text}”: the evidence says {shown_in(case, best, rivals[0])}"
            in_its_place = rest >= 0.85 and any(n.next_stem == name.next_stem for n in rivals)
            yield Finding("name", "contradicted", hard or in_its_place, reason)
        elif not name.initial and not _abbreviates(case, name):
            yield Finding("name", "not_found", hard, f"“{text}” is not in the evidence")


def _rivals(case: Case, name: Name) -> list[Name]:
    """The names of the closest sentence that the claim does not have; of a place ("on Maui") those of places only."""
    assert case.best is not None
    text = case.sources[case.best.index].text
    place = _PLACED.search(case.claim.text, 0, name.start) is not None
    others = [other for other in case.best.names if not named(other, case.claim.names)]
    return [other for other in others if not place or _PLACED.search(text, case.best.start, other.start)]


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
        words = case.claim.text[quote.start : quote.end]
        said = {stem(word) for piece in quote.pieces for word in piece}
        near = any(len(said & {w.stem for w in view.words}) >= 0.6 * len(said) for view in case.sentences)
        verdict: Literal["contradicted", "not_found"] = "contradicted" if near and quote.length > 2 else "not_found"
        yield Finding(
            "quote", verdict, quote.length > 2 and not quote.title, f"{words} is not quoted so in the evidence"
        )


def _speakers(case: Case) -> Iterable[Finding]:
    best = case.best
    claimed = case.claim.speakers
    if best is None:
        return
    if other := another_gives(case) or another_tells(case):
        yield other
        return
    if not claimed:
        yield from _offices(case, best)
        return
    view = next((v for q in case.claim.quotes for v in case.sentences if _holds_quote(v, q.pieces)), best)
    own = content_stems(word for name in claimed for word in name.words)
    if view is best and case.coverage(view.stems, without=own | {"say", "accord", "tell"}) < 0.6:
        return
    near = case.beside(view)
    stated = view.speakers or [name for v in near for name in v.speakers]
    if not stated or named(claimed[0], [n for v in (near if not view.speakers else [view]) for n in v.names]):
        return
    if _words_of(stated) & case.claim.stems or _words_of(claimed) & view.stems or not case.known.knows(claimed[0]):
        return  # named in the sentence, or found missing already
    reason = f"the evidence has {shown(case.sources[view.index].body.text, stated[0])} say this"
    yield Finding("speaker", "contradicted", True, reason)


def _offices(case: Case, best: SentenceView) -> Iterable[Finding]:
    """ "The police said" for "the mayor said", where all else is the same and the first are not near it."""
    near = case.near
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
        of_the_counted = (told_of(case, quantity) for quantity in case.claim.quantities)
        turning = list(_polarity(case, frozenset(deed.word.stem for deed in told).union(*of_the_counted)))
        yield from turning
        if not turning:
            yield from filter(None, (nobody_and_somebody(case), unvouched(case), stage_ahead(case), other_way(case)))


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
        if rest < 0.5 or (opposite.kind == "negation" and any(q.excepted for q in view.quantities)):
            continue  # "all but three burned" says that three did not
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
