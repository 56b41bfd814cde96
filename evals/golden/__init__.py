"""The golden set: short news articles and questions about them, written for this project.

README.md beside this file describes the format; ``python -m evals.golden.build`` keeps it exact.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from evals.datasets.items import Turn
from index.article import Article
from index.loaders import load_file

__all__ = [
    "KINDS",
    "Evidence",
    "GoldenError",
    "Kind",
    "Question",
    "Turn",
    "articles",
    "question_files",
    "questions",
    "rows",
]

Kind = Literal["single", "multi", "dated", "conflict", "followup", "unanswerable"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Evidence:
    """``article.text[start:end] == quote`` for the article whose file is ``articles/<article>.md``."""

    article: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; README.md says what each field means."""

    id: str
    kind: Kind
    question: str
    conversation: tuple[Turn, ...]
    standalone: str
    as_of: date | None
    after: date | None
    before: date | None
    source: str | None
    answer: str
    aliases: tuple[tuple[str, ...], ...]
    nuggets: tuple[str, ...]
    evidence: tuple[tuple[Evidence, ...], ...]
    timeless: bool
    note: str


class GoldenError(ValueError):
    """The golden set contradicts itself; the text names the file and the line."""


@cache
def _articles() -> Mapping[str, Article]:
    return {path.stem: _read(path) for path in sorted((FOLDER / "articles").glob("*.md"))}


def _read(path: Path) -> Article:
    (article,) = load_file(path)
    if not isinstance(article, Article):
        raise GoldenError(f"{path.name}: {article.reason}")
    if article.url is None:
        raise GoldenError(f"{path.name}: its front matter gives no url")
    # The id must be the same on every machine, so the address is the article's URL, not its path.
    return replace(article, address=article.url, article_id="", metadata={"slug": path.stem})


def articles() -> list[Article]:
    """Every golden article in the order of its number; ``metadata["slug"]`` is its file's stem."""
    return list(_articles().values())


def questions() -> list[Question]:
    """Every golden question, file by file, in the order written."""
    return [_question(row) for path in question_files() for _, row in rows(path)]


def question_files() -> list[Path]:
    """The files that hold the questions, in the order of their names."""
    return sorted(FOLDER.glob("questions-*.jsonl"))


def rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line of a question file, as written, with its place (``file:line``) for messages."""
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if line.strip():
            try:
                yield f"{path.name}:{number}", json.loads(line)
            except json.JSONDecodeError as error:
                raise GoldenError(f"{path.name}:{number}: not JSON: {error}") from error


def _question(row: Mapping[str, Any]) -> Question:
    fields = dict(row)
    for name in ("as_of", "after", "before"):
        fields[name] = date.fromisoformat(row[name]) if row[name] else None
    fields["conversation"] = tuple(Turn(**turn) for turn in row["conversation"])
    fields["aliases"] = tuple(tuple(group) for group in row["aliases"])
    fields["nuggets"] = tuple(row["nuggets"])
    fields["evidence"] = tuple(tuple(Evidence(**one) for one in group) for group in row["evidence"])
    return Question(**fields)
