"""What callers pass in, read: texts and days, or an error that says which of them is wrong."""

from datetime import date, datetime

from index.errors import InputError

Day = date | str | None


def text_of(value: object, name: str, *, empty: bool = False) -> str:
    """`value`, which is called `name`. Raises InputError where it is no text or, unless it may be, empty."""
    if not isinstance(value, str):
        raise InputError(f"the {name} is {value!r}; give it as text")
    if not empty and not value.strip():
        raise InputError(f"the {name} is empty")
    return value


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


def count_of(value: int | None, default: int) -> int:
    """How many passages to find. Raises InputError for less than one."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"k is {value!r}; give the number of passages, at least 1")
    return value
