"""Files of JSON Lines that are only ever added to, and outlive being killed in the middle of a line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evals.errors import RecordError


def read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """The number and the value of each line. A last line without its end is passed over: a killed process leaves it.

    Raises RecordError for a file that cannot be read, and for a line that is not JSON, naming it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        if line.strip():
            try:
                value = json.loads(line.decode("utf-8"))
            except (ValueError, RecursionError) as error:
                raise RecordError(f"{path}:{number}: not JSON: {error}") from error
            yield number, value


@contextmanager
def only_writer(place: Path) -> Iterator[None]:
    """While it lasts no other process writes to the file `place` and those beside it: two would ask the same questions,
    and cut off each other's open lines. Raises RecordError if one does."""
    from filelock import FileLock, Timeout

    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place.with_name(f"{place.name}.lock"), timeout=0):
            yield
    except Timeout:
        raise RecordError(
            f"another process is writing to {place}; wait until it is done, or have this one write elsewhere"
        ) from None


def append_line(path: Path, line: str) -> None:
    """Add one line; what a killed process left of the last one is dropped first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.tell() and not _ended(path):
            file.truncate(_last_end(path))
        file.write(line.encode("utf-8"))


def _ended(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"


def _last_end(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1
