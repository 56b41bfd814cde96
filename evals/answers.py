"""What systems answered, before anything is measured: one JSON object a line, appended and never changed.

A line has this shape (version 1)::

    {"version": 1, "key": "<sha256>", "system": "extractive", "dataset": "golden", "question_id": "a001",
     "answer": {…as `rag ask --json` prints…}, "error": null}

`key` is the hash of everything that could change the answer, and of nothing else: not of what a right answer is, not
of how answers are measured. A later line with the same key replaces an earlier one (a retried error).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.errors import RecordError
from evals.lines import append_line, read_lines

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one system answered to one question; `document` is None if there was an error."""

    key: str
    system: str
    dataset: str
    question_id: str
    document: Mapping[str, Any] | None = None
    error: str | None = None

    def to_line(self) -> str:
        """The line with its end; the same answer is the same bytes."""
        row = {"version": VERSION, "key": self.key, "system": self.system, "dataset": self.dataset,
               "question_id": self.question_id, "answer": self.document, "error": self.error}  # fmt: skip
        return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, row: Any) -> "Answer":
        """The answer of a line. Raises RecordError for a newer version or a missing key."""
        if not isinstance(row, Mapping):
            raise RecordError(f"a row must be a JSON object, this is {type(row).__name__}")
        if row.get("version") != VERSION:
            raise RecordError(
                f"the row has version {row.get('version')!r}, this program reads {VERSION}; use the one that wrote it"
            )
        try:
            return cls(document=row["answer"], **{name: row[name] for name in _PLAIN})
        except KeyError as error:
            raise RecordError(f"the row has no {error}") from error


_PLAIN = ("key", "system", "dataset", "question_id", "error")


def read_answers(path: Path) -> dict[str, Answer]:
    """All answers of a run's file by key, the last line of a key counting; none if there is no file.

    Raises RecordError, naming the line, for one that is damaged; only a last line without its end is passed over.
    """
    found: dict[str, Answer] = {}
    if path.is_file():
        for number, row in read_lines(path):
            try:
                answer = Answer.from_json(row)
            except RecordError as error:
                raise RecordError(f"{path}:{number}: {error}") from error
            found[answer.key] = answer
    return found


def append_answer(path: Path, answer: Answer) -> None:
    """Add one answer to a run's file."""
    append_line(path, answer.to_line())
