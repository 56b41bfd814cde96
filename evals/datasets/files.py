"""Reading the files of public data sets: JSON Lines, JSON arrays and CSV, plain or gzipped."""

import csv
import difflib
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from evals.errors import DatasetError

Row = dict[str, Any]


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_HasId)
_SURROGATE = "\\ud"
_TRUTHS = {**dict.fromkeys(("yes", "y", "true", "1"), True), **dict.fromkeys(("no", "n", "false", "0"), False)}
# How alike two names are of which one is the other mistyped.
_ALIKE = 0.8


def find(path: Path, patterns: Sequence[str]) -> list[Path]:
    """The files of a data set: `path` itself if it is one, else those in it that match, pattern by pattern."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DatasetError(f"{path} does not exist; give the folder or file of your download")
    found = [file for pattern in patterns for file in sorted(path.glob(pattern)) if file.is_file()]
    if not found:
        raise DatasetError(f"{path} holds none of {', '.join(patterns)}; give the folder or file of your download")
    return list(dict.fromkeys(found))


def part(split: str | None, ending: str) -> str:
    """The pattern of the files whose name holds `split`: ``part("dev", ".jsonl*")`` is ``*dev*.jsonl*``."""
    return f"*{split}*{ending}" if split else f"*{ending}"


def read_text(path: Path) -> str:
    """The file's text, unpacked if its content says gzip."""
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error


def read_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Each row with its place (``file:line``): a JSON array's, or one JSON object a line, or CSV with a header."""
    text = read_text(path)
    if ".csv" in path.suffixes:
        try:
            for number, record in enumerate(csv.DictReader(io.StringIO(text)), start=2):
                yield f"{path.name}:{number}", {key: value for key, value in record.items() if key is not None}
        except csv.Error as error:
            raise DatasetError(f"{path} cannot be read as CSV: {error}; give such rows as JSON Lines") from error
    elif text.lstrip().startswith("["):
        for number, row in enumerate(_parse(text, path.name), start=1):
            yield _checked(f"{path.name}[{number}]", row)
    else:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                place = f"{path.name}:{number}"
                yield _checked(place, _parse(line, place))


def read_own(path: Path | None, what: str, item: Callable[[Row, str], _T]) -> list[_T]:
    """Every row of the user's own files as `item` makes it of the row and its place; two with one id are refused."""
    if path is None:
        raise DatasetError(f"your own {what} need their file: a CSV with a header, or JSON Lines")
    items: dict[str, _T] = {}
    for file in find(path, ("*.jsonl*", "*.csv*")):
        for where, row in read_rows(file):
            try:
                one = item(row, where)
            except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
                raise DatasetError(
                    f"{where}: a value is not of the form that docs/evals.md shows: {type(error).__name__} {error}"
                ) from error
            if items.setdefault(one.id, one) is not one:
                raise DatasetError(f"{path}: the id {one.id!r} is given twice")
    return list(items.values())


def truth(said: object) -> bool | None:
    """What "yes", "false", 1 or a JSON truth says; None for anything else."""
    return _TRUTHS.get(str(said).strip().lower())


def meant(name: str, known: Iterable[str]) -> str | None:
    """The known name of which `name` is a mistyping; None where it is one, or is something else. A compound
    ("question_id") is something else, and so is what looks like a name of two letters."""
    names = set(known)
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    if name in names or plain in names:
        return None if name in names else plain
    long = [one for one in names if len(one) > 2 and plain.count("_") <= one.count("_")]
    near = difflib.get_close_matches(plain, sorted(long), n=1, cutoff=_ALIKE)
    return near[0] if near else None


def no_mistyped_keys(row: Row, known: Iterable[str], where: str) -> None:
    """Other keys are kept as notes, so that one that is nearly a known one would be passed over in silence. Raises
    DatasetError."""
    names = list(known)
    for key in row:
        if near := meant(key, names):
            raise DatasetError(f"{where}: there is no key or column {key!r}; did you mean {near!r}? Else rename it")


def _parse(text: str, place: str) -> Any:
    try:
        value = json.loads(text)
        if _SURROGATE in text.lower():  # half a pair cannot be written down again
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{place}: not JSON: {error}") from error
    return value


def _checked(place: str, row: object) -> tuple[str, Row]:
    if not isinstance(row, dict):
        raise DatasetError(f"{place}: a row must be a JSON object, this is {type(row).__name__}")
    return place, row
