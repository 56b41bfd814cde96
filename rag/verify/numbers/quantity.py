"""A number that a text states, with all that it says of it."""

from dataclasses import dataclass
from typing import Literal

from rag.verify.changes import Part

Bound = Literal["exact", "about", "nearly", "over", "under"]
Kind = Literal["count", "ordinal", "ratio", "fraction"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a numeral: a value in a unit (``""``: a bare number), and the number as written."""

    value: float
    unit: str
    written: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text states, ``text[start:end]``.

    `readings` has more than one entry where the writing is ambiguous ("1.500", "5m").
    `slack` is half a unit of the last written digit where the writing is rounded, else 0.
    `second` is the other number of a ratio, a score or a range. `counted` are the stems of the
    words that follow, i.e. what is counted. `weak` marks what may be no number at all ("one"), `denied` what the text
    says is not so ("97, not 115"), `excepted` what is left out ("all but three"). `part` and `per` are as in
    `rag.verify.changes`.
    """

    start: int
    end: int
    readings: tuple[Reading, ...]
    kind: Kind = "count"
    bound: Bound = "exact"
    slack: float = 0.0
    second: float | None = None
    unit_word: str = ""
    counted: tuple[str, ...] = ()
    weak: bool = False
    denied: bool = False
    excepted: bool = False
    part: Part = ""
    per: str = ""

    @property
    def value(self) -> float:
        return self.readings[0].value

    @property
    def unit(self) -> str:
        return self.readings[0].unit
