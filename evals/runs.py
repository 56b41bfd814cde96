"""A run on disk: a folder with the records, their times apart from them, and what was run.

- ``answers.jsonl``: one line a question and system, what was answered (`evals.answers`), without times: the same run is
  the same bytes;
- ``records.jsonl``: one line a question and system, the answer with all that was measured of it (`evals.records`); the
  same again;
- ``timings.jsonl``: ``{"key": …, "system": …, "dataset": …, "question_id": …, "timings": {"total_ms": …}}``, the key
  being the answer's;
- ``run.json``: the configuration, the systems' settings, the judge, the data sets' cards, and the keys of all records
  that belong to the run as it was last asked for. Rows of earlier settings stay in the files and are passed over;
- ``verdicts.jsonl``: what a judge at an endpoint said, so that it is paid once.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evals.errors import RecordError
from evals.records import Record, read_records

RUNS = Path("runs")
"""Where runs go that are not sent elsewhere, seen from the working directory."""
ANSWERS, RECORDS, TIMINGS = "answers.jsonl", "records.jsonl", "timings.jsonl"
ABOUT, VERDICTS = "run.json", "verdicts.jsonl"


@dataclass(frozen=True, slots=True)
class Run:
    """The records of a run, with their times, in the order asked; `missing` is how many are still to be asked.
    `about` is what ``run.json`` says, empty for a mere file of records."""

    name: str
    records: tuple[Record, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    missing: int = 0

    @property
    def systems(self) -> list[str]:
        """In the order asked."""
        return list(dict.fromkeys(record.system for record in self.records))

    @property
    def datasets(self) -> list[str]:
        """In the order asked."""
        return list(dict.fromkeys(record.dataset for record in self.records))

    @property
    def errors(self) -> int:
        """How many questions have an error instead of an answer."""
        return sum(record.error is not None for record in self.records)

    def part(self, system: str, dataset: str) -> list[Record]:
        """The records of one system on one data set."""
        return [record for record in self.records if (record.system, record.dataset) == (system, dataset)]


def load_run(path: str | Path) -> Run:
    """A run's folder, or a file of records (plain or gzipped). Raises RecordError."""
    place = Path(path)
    if place.is_dir():
        return _load_folder(place)
    if place.suffix == ".gz":
        return Run(place.name.split(".")[0], tuple(_unpacked(place)))
    if not place.is_file():
        raise RecordError(f"there is no run at {place}; give a run's folder or its file of records")
    return Run(place.stem, tuple(read_records(place)))


def _load_folder(folder: Path) -> Run:
    if not (folder / RECORDS).is_file():
        raise RecordError(f"{folder} holds no {RECORDS}; give the folder of a run")
    about = read_about(folder)
    records = {record.key: record for record in read_records(folder / RECORDS)}
    plan = about.get("plan") or list(records)
    times = read_timings(folder / TIMINGS)
    found = [
        replace(record, timings=times.get(record.answer_key or key, {})) for key in plan if (record := records.get(key))
    ]
    return Run(str(about.get("name") or folder.name), tuple(found), about, len(plan) - len(found))


def read_about(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says; empty if there is none."""
    place = folder / ABOUT
    if not place.is_file():
        return {}
    try:
        about = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RecordError(f"{place} cannot be read: {error}") from error
    if not isinstance(about, dict):
        raise RecordError(f"{place} must be a JSON object, this is {type(about).__name__}; run the configuration again")
    return about


def read_timings(path: Path) -> dict[str, dict[str, float]]:
    """Times by key, the last line of a key counting; lines that are not whole are passed over."""
    times: dict[str, dict[str, float]] = {}
    if path.is_file():
        for line in path.read_text("utf-8", errors="replace").split("\n")[:-1]:
            try:
                row = json.loads(line)
                times[row["key"]] = row["timings"]
            except (ValueError, KeyError, TypeError):
                continue
    return times


def _unpacked(path: Path) -> list[Record]:
    try:
        lines = gzip.decompress(path.read_bytes()).split(b"\n")
        return [Record.from_json(json.loads(line)) for line in lines if line.strip()]
    except (OSError, EOFError, ValueError, RecursionError, zlib.error, RecordError) as error:
        raise RecordError(f"{path} cannot be read: {error}") from error


def slim(records: Iterable[Record], metrics: Iterable[str] | None = None) -> list[Record]:
    """The records without answers and times, with the metrics named: what a baseline in a repository needs."""
    wanted = None if metrics is None else set(metrics)
    return [
        replace(
            record,
            answer=None,
            answer_key=None,
            timings={},
            metrics={name: value for name, value in record.metrics.items() if wanted is None or name in wanted},
        )
        for record in records
    ]


def write_records(path: Path, records: Iterable[Record]) -> None:
    """A new file of records, plain, or gzipped if its name says so; the same records are the same bytes."""
    data = "".join(record.to_line() for record in records).encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
