"""Further citations, put into an answer that is finished."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.citations.shown import Use


def place(answer: str, uses: Sequence[Use], additions: Iterable[tuple[int, int]]) -> tuple[str, tuple[Use, ...]]:
    """Put further citations into a finished answer: `additions` are (offset in `answer`, source).

    All are renumbered in order of first use, so numbers that were shown before may change.
    An offset at a marker or inside it counts as after it.
    """
    added = []
    for offset, source in additions:
        at = _after_markers(offset, uses)
        added.append(Use(number=0, source=source, start=at, end=at, placed_by="engine"))
    numbers: dict[int, int] = {}
    pieces: list[str] = []
    placed: list[Use] = []
    done = length = 0
    for use in sorted([*uses, *added], key=lambda use: use.start):
        number = numbers.setdefault(use.source, len(numbers) + 1)
        before = answer[done : use.start]
        if use.start == use.end and before and not before[-1].isspace():
            before += " "
        shown = f"[{number}]"
        pieces += before, shown
        start = length + len(before)
        length = start + len(shown)
        done = use.end
        placed.append(replace(use, number=number, start=start, end=length))
    pieces.append(answer[done:])
    return "".join(pieces), tuple(placed)


def _after_markers(offset: int, uses: Sequence[Use]) -> int:
    for use in uses:
        if use.start <= offset < use.end:
            offset = use.end
    return offset
