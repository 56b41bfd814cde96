"""What callers pass in, read: texts and days, or an error that says which of them is wrong."""

from collections.abc import Iterable
from datetime import date, datetime

from index.article import valid_text
from index.errors import InputError
from index.loaders.dates import EARLIEST, LATEST

Day = date | str | None
MOST_PASSAGES = 200  # that a question may find


def text_of(value: object, name: str, *, empty: bool = False) -> str:
    """`value`, which is called `name`. Raises InputError where it is no text or, unless it may be, empty."""
    if not isinstance(value, str):
        raise InputError(f"the {name} is {value!r}; give it as text")
    value = valid_text(value)
    if not empty and not value.strip():
        raise InputError(f"the {name} is empty")
    return value


def sources_of(value: str | Iterable[str] | None) -> tuple[str, ...]:
    """The names of sources. Raises InputError for one that is no text."""
    if not isinstance(value, Iterable | None):
        raise InputError(f"source is {value!r}; give a name, or a list of names")
    return tuple(text_of(each, "source") for each in ([value] if isinstance(value, str) else value or ()))


def days_of(after: Day, before: Day) -> tuple[date | None, date | None]:
    """Both days. Raises InputError where no day lies between: nothing could be found, whatever is asked."""
    first, end = day_of(after, "after"), day_of(before, "before")
    if first is not None and end is not None and first >= end:
        raise InputError(
            f"after is {first} and before is {end}, which leaves no day: before must be later, its own day is left out"
        )
    return first, end


def day_of(value: Day, name: str) -> date | None:
    """The day that `value`, which is called `name`, stands for. Raises InputError where it stands for none."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError:
        raise InputError(f"{name} is {value!r}; give a date like 2023-03-08") from None


def as_of_day(value: Day) -> date | None:
    """The day of asking. Raises InputError for none at all, and for one before or after all news."""
    day = day_of(value, "as_of")
    if day is not None and not EARLIEST <= day.year <= LATEST:
        raise InputError(f"as_of is {day}; give a day from {EARLIEST} to {LATEST}")
    return day


def count_of(value: int | None, default: int) -> int:
    """How many passages to find. Raises InputError for less than one, and for more than `MOST_PASSAGES`."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_PASSAGES:
        raise InputError(f"k is {value!r}; give the number of passages, from 1 to {MOST_PASSAGES}")
    return value
