"""The answer that is shown: its text piece by piece, and its markers, numbered in order of first use."""

from dataclasses import dataclass
from typing import Literal

PlacedBy = Literal["model", "engine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One marker in the shown answer: ``answer[start:end] == f"[{number}]"``.

    `number` is what is shown (1, 2, 3 in order of first use), `source` the position (from 0)
    among the sources that the model was given.
    """

    number: int
    source: int
    start: int
    end: int
    placed_by: PlacedBy = "model"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a piece of the stream adds: `text` to append to the shown answer, and the markers in it."""

    text: str = ""
    uses: tuple[Use, ...] = ()


class Shown:
    """Collects the answer; ``order[number - 1]`` is the source shown as that number."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self.uses: list[Use] = []
        self._length = 0
        self._pieces: list[str] = []  # of what was not taken yet, as are the uses from the first new one on
        self._first_new = 0

    def add(self, text: str) -> None:
        """Text, as it stands."""
        self._pieces.append(text)
        self._length += len(text)

    def cite(self, source: int, placed_by: PlacedBy) -> None:
        """The marker of a source."""
        if source not in self.order:
            self.order.append(source)
        number = self.order.index(source) + 1
        start = self._length
        self.add(f"[{number}]")
        self.uses.append(Use(number=number, source=source, start=start, end=self._length, placed_by=placed_by))

    def take(self) -> Parsed:
        """What is new since this was asked last."""
        parsed = Parsed("".join(self._pieces), tuple(self.uses[self._first_new :]))
        self._pieces, self._first_new = [], len(self.uses)
        return parsed
