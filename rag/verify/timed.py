"""Which value is of which time, and of which place: "18 stores in 2023, after 25 in 2022"."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

import regex

from rag.verify import dates, numbers
from rag.verify.analysis import Case, Parsed, SentenceView, Spanned
from rag.verify.dates import Moment
from rag.verify.finding import shown_in
from rag.verify.names import same_name
from rag.verify.numbers import Quantity

# From a value to its time or place, in one clause and past no other value.
_OF = regex.compile(r"(?:\s[\p{L}’'-]+){0,5}?\s(?:in|on|for|during|at)\s(?:the\s|early\s|late\s)?", regex.IGNORECASE)
_NEAR = 120  # characters from a value in which that must stand
_What = TypeVar("_What", bound=Spanned)


def timed(text: str, parsed: Parsed | SentenceView) -> list[tuple[Quantity, Moment]]:
    """The values of `parsed`, a part of `text`, that their time follows."""
    return list(_followed(text, parsed.quantities, parsed.moments))


def _followed(text: str, values: Sequence[Quantity], several: Sequence[_What]) -> Iterator[tuple[Quantity, _What]]:
    return (
        (value, one)
        for value in values
        for one in several
        if value.end < one.start <= value.end + _NEAR and _OF.fullmatch(text, value.end, one.start)
    )


def of_that_time(case: Case, claimed: Quantity) -> bool:
    """Whether the evidence gives the value for a time that the claim names."""
    return any(
        numbers.holds(quantity, claimed) and any(dates.holds(moment, named) for named in case.claim.moments)
        for view in case.sentences
        for quantity, moment in timed(case.sources[view.index].text, view)
    )


def of_another(case: Case, claimed: Quantity) -> str | None:
    """The value that a sentence gives for the one time that the claim names, or the place right after the claim's
    value, where it gives the claim's for another."""
    claim = case.claim
    places = [name for value, name in _followed(claim.text, claim.quantities, claim.names) if value is claimed]
    for view in case.sentences:
        text = case.sources[view.index].text
        if len(claim.moments) == 1:
            (named,) = claim.moments
            if other := _instead(timed(text, view), claimed, partial(_is_time, named)):
                return shown_in(case, view, other)
        for place in places:
            if other := _instead(
                list(_followed(text, view.quantities, view.names)), claimed, partial(same_name, place)
            ):
                return shown_in(case, view, other)
    return None


def _is_time(named: Moment, stated: Moment) -> bool:
    return dates.holds(stated, named)


def _instead(
    pairs: Sequence[tuple[Quantity, _What]], claimed: Quantity, meant: Callable[[_What], bool]
) -> Quantity | None:
    """The value of what is meant, if the claimed one is another's."""
    whose = [one for value, one in pairs if numbers.holds(value, claimed)]
    if not whose or any(map(meant, whose)):
        return None
    return next((v for v, one in pairs if meant(one) and numbers.same_unit(v, claimed)), None)
