"""What a run leaves behind: one JSON object a line, one line a question, appended and never changed.

A line has this shape (version 1); ``metrics`` has null where there is no number, and ``left_out`` says why::

    {"version": 1, "question_id": "a001", "dataset": "golden", "system": "extractive", "key": "<sha256>",
     "answer_key": "<sha256>", "question": "…", "kind": "single", "cluster": "<article id>", "answerable": true,
     "expected": "…",
     "answer": {…as `rag ask --json` prints…}, "metrics": {"EM": 1.0, "faithfulness": null},
     "left_out": {"faithfulness": {"reason": "no claims", "unjudged": true}}, "error": null,
     "timings": {"total_ms": 21.0}}

`answer_key` is the hash of everything that could change the answer (`evals.answers`), `key` of that and of everything
that could change what was measured of it: what a right answer is, the judge, the code of the metrics. A later line with
the same key replaces an earlier one (a retried error). `answer_key` is null where the answer was given elsewhere.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.errors import RecordError
from evals.lines import append_line, read_lines
from evals.metrics.values import LeftOut, Value, unjudged

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One question asked of one system. `answer` is None if there was an error; `metrics` then has no numbers."""

    question_id: str
    dataset: str
    system: str
    key: str
    answer_key: str | None = None
    question: str
    kind: str
    cluster: str
    answerable: bool | None = None
    expected: str | None = None
    answer: Mapping[str, Any] | None = None
    metrics: Mapping[str, Value] = field(default_factory=dict)
    error: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str]:
        """(data set, question id): what pairs two runs."""
        return self.dataset, self.question_id

    def value(self, metric: str) -> Value:
        """The metric's number, or why there is none; an error and a metric not computed are unjudged."""
        if self.error is not None:
            return unjudged("error")
        return self.metrics.get(metric, unjudged("not measured"))

    def to_json(self) -> dict[str, Any]:
        """The line, as a dictionary in a fixed order."""
        return {
            "version": VERSION,
            "question_id": self.question_id,
            "dataset": self.dataset,
            "system": self.system,
            "key": self.key,
            "answer_key": self.answer_key,
            "question": self.question,
            "kind": self.kind,
            "cluster": self.cluster,
            "answerable": self.answerable,
            "expected": self.expected,
            "answer": self.answer,
            "metrics": {
                name: None if isinstance(value, LeftOut) else _finite(name, value)
                for name, value in self.metrics.items()
            },
            "left_out": {
                name: {"reason": value.reason, "unjudged": value.unjudged}
                for name, value in self.metrics.items()
                if isinstance(value, LeftOut)
            },
            "error": self.error,
            "timings": dict(self.timings),
        }

    def to_line(self) -> str:
        """The line with its end; the same record is the same bytes."""
        return json.dumps(self.to_json(), ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, row: Any) -> "Record":
        """The record of a line. Raises RecordError for a newer version, a missing key or a value of another form."""
        if not isinstance(row, Mapping):
            raise RecordError(f"a row must be a JSON object, this is {type(row).__name__}")
        version = row.get("version")
        if version != VERSION:
            raise RecordError(
                f"the row has version {version!r}, this program reads {VERSION}; use the one that wrote it"
            )
        try:
            reasons = row["left_out"]
            metrics: dict[str, Value] = {
                name: _left_out(reasons.get(name)) if value is None else _finite(name, float(value))
                for name, value in row["metrics"].items()
            }
            plain = {name: row[name] for name in _PLAIN}
        except KeyError as error:
            raise RecordError(f"the row has no {error}") from error
        except (AttributeError, TypeError, ValueError) as error:
            raise RecordError(f"metrics or left_out is not as a run writes it: {error}") from error
        return cls(metrics=metrics, answer_key=row.get("answer_key"), **plain)


_PLAIN = ("question_id", "dataset", "system", "key", "question", "kind", "cluster", "answerable", "expected", "answer",
          "error", "timings")  # fmt: skip


def _finite(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise RecordError(f"the metric {name} is {value}; a missing value is a LeftOut with its reason, never NaN")
    return value


def _left_out(reason: Mapping[str, Any] | None) -> LeftOut:
    return LeftOut(str(reason["reason"]), bool(reason["unjudged"])) if reason else unjudged("no reason given")


def read_records(path: Path) -> list[Record]:
    """All records of a run's file, in the order of the first line of each key, the last line of a key counting.

    Raises RecordError, naming the line, for one that is damaged; only a last line without its end is passed over.
    """
    found: dict[tuple[str, str, str, str], Record] = {}
    for number, row in read_lines(path):
        try:
            record = Record.from_json(row)
        except RecordError as error:
            raise RecordError(f"{path}:{number}: {error}") from error
        found[(*record.place, record.system, record.key)] = record
    return list(found.values())


def append(path: Path, record: Record) -> None:
    """Add one record to a run's file."""
    append_line(path, record.to_line())


def of_system(records: Iterable[Record], system: str | None = None) -> list[Record]:
    """The records of one system, which need not be named if there is only one; one record a question.

    Raises RecordError if the system is unclear, or a question was answered under two keys (two settings in one file).
    """
    rows = list(records)
    systems = sorted({record.system for record in rows})
    if system is None and len(systems) > 1:
        raise RecordError(f"the run holds {', '.join(systems)}; say which")
    if system is not None and system not in systems:
        raise RecordError(f"the run holds no system {system!r}; it holds {', '.join(systems) or 'nothing'}")
    chosen = [record for record in rows if system in (None, record.system)]
    seen: set[tuple[str, str]] = set()
    for record in chosen:
        if record.place in seen:
            raise RecordError(
                f"{record.dataset} question {record.question_id} is there under two keys: the run mixes settings; "
                "start a new run file for new settings"
            )
        seen.add(record.place)
    return chosen
