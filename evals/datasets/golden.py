"""The project's own golden set: short news articles, and questions with their evidence to the sentence."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.datasets.items import Card, Evidence, Item, Nugget, Question
from evals.errors import DatasetError
from index.article import Article

if TYPE_CHECKING:
    from evals.golden import Question as GoldenQuestion

CARD = Card(
    name="golden",
    description="Short news articles written for this project about real, public events, and questions of six kinds "
    "(single, multi, dated, conflict, followup, unanswerable) with aliases and every sentence that answers them.",
    licence="Apache-2.0, as the project",
    citation="article-rag, evals/golden",
    origin="evals/golden",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """All questions and articles; `split` keeps one kind of question."""
    from evals import golden

    if path is not None:
        raise DatasetError("golden comes with the project and takes no path; for other questions use their file's name")
    articles = golden.articles()
    ids = {article.metadata["slug"]: article.article_id for article in articles}
    items = [_question(row, ids) for row in golden.questions() if split in (None, row.kind)]
    return items, articles


def _question(row: "GoldenQuestion", ids: dict[str, str]) -> Question:
    return Question(
        id=row.id,
        question=row.question,
        kind=row.kind,
        conversation=row.conversation,
        standalone=row.standalone,
        as_of=row.as_of,
        after=row.after,
        before=row.before,
        source=row.source,
        references=(row.answer,) if row.answer else (),
        aliases=row.aliases,
        nuggets=tuple(Nugget(text) for text in row.nuggets),
        evidence=tuple(
            tuple(Evidence(ids[one.article], one.start, one.end, one.quote) for one in group) for group in row.evidence
        ),
        answerable=row.kind != "unanswerable",
        metadata={"timeless": str(row.timeless).lower(), "note": row.note},
    )
