"""Files of JSON Lines that are only ever added to, and outlive being killed in the middle of a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.errors import RecordError


def read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """The number and the value of each line. A last line without its end is passed over: a killed process leaves it.

    Raises RecordError for a file that cannot be read, and for a line that is not JSON, naming it.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        if line.strip():
            try:
                value = json.loads(line)
            except json.JSONDecodeError as error:
                raise RecordError(f"{path}:{number}: not JSON: {error}") from error
            yield number, value


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
