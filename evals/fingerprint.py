"""What could change a result, as hashes: settings, texts, and the program's own sources."""

import dataclasses
import hashlib
import importlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path, PurePath
from typing import Any

# What an answer goes through. What data sets and conditions make of their files is hashed itself, as what is asked.
ANSWERING = ("rag", "index", "prompts", "evals.systems", "evals.prose")
# What its measurement goes through then; a judge says itself what its verdicts go through. Reports change no rows.
MEASURING = ("evals.metrics", "evals.measure", "evals.prose", "index.sentences")
_SOURCES = (".py", ".md", ".json", ".txt", ".yaml", ".safetensors")


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON. Dataclasses, dates, paths and sets are taken for what they hold."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "items"):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no fingerprint")


@cache
def code_version(names: tuple[str, ...]) -> str:
    """SHA-256 of the sources of packages and modules; read once a process."""
    whole = hashlib.sha256()
    for name in names:
        for path, data in _sources(name):
            whole.update(f"{name}/{path}\x00{len(data)}\x00".encode())
            whole.update(data)
    return whole.hexdigest()


def _sources(name: str) -> Iterable[tuple[str, bytes]]:
    file = importlib.import_module(name).__file__
    assert file is not None
    place = Path(file)
    if place.name != "__init__.py":
        return [(place.name, place.read_bytes())]
    return [
        (path.relative_to(place.parent).as_posix(), path.read_bytes())
        for path in sorted(place.parent.rglob("*"))
        if path.is_file() and path.suffix in _SOURCES and "__pycache__" not in path.parts
    ]


@cache
def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes; read once a process."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
