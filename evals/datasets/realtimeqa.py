"""RealTimeQA: weekly news quizzes. Find the answer in a collection of news articles.

Reads questions (``questions.jsonl`` with ``article_ids``, or the repository's ``*_qa.jsonl`` with the answer as the
index of a choice) and, beside them, ``articles.jsonl`` as any library takes it. The repository has no relevance marks;
without ``article_ids`` there is no evidence.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from evals.datasets.files import Row, find, read_rows
from evals.datasets.items import Card, Evidence, Item, Question
from index.article import Article
from index.loaders import load_file
from index.loaders.dates import parse_date

_CITATION = "Kasai et al., RealTime QA: What's the Answer Right Now?, 2022, arXiv:2207.13332"
_ORIGIN = "realtimeqa/realtimeqa_public on GitHub"

CARD = Card(
    name="realtimeqa",
    description="News quiz questions of 2022–2023 with four choices; the answer is looked for in full news articles. "
    "Relevance marks are incomplete: mostly one article a question.",
    licence="none stated; the articles are their publishers'",
    citation=_CITATION,
    origin=_ORIGIN,
    folder="realtimeqa",
)
_QUESTIONS = ("questions.jsonl*", "*[0-9]_qa.jsonl")
_ARTICLES = ("articles.jsonl*",)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`path` is a folder or one file of questions; `split` keeps one year ("2022")."""
    assert path is not None
    folder = path if path.is_dir() else path.parent
    files = [file for pattern in _ARTICLES for file in sorted(folder.glob(pattern))]
    articles = [one for file in files for one in load_file(file) if isinstance(one, Article)]
    ids = {name: article.article_id for article in articles if (name := article.metadata.get("id"))}
    rows = [row for file in find(path, _QUESTIONS) for _, row in read_rows(file)]
    return [question(row, ids) for row in rows if split is None or _day(row).startswith(split)], articles


def question(row: Row, ids: dict[str, str]) -> Question:
    """One row, in either spelling; `ids` maps the file's article ids to ours."""
    choices = tuple(str(choice) for choice in row.get("choices") or ())
    answers = tuple(_answers(row["answer"], choices))
    linked = tuple(Evidence(ids[name]) for name in row.get("article_ids", ()) if name in ids)
    return Question(
        id=str(row["question_id"]),
        question=row["question"] if "question" in row else row["question_sentence"],
        as_of=_date(_day(row)),
        references=answers,
        aliases=(answers,),
        choices=choices,
        evidence=(linked,) if linked else (),
    )


def _answers(given: Sequence[object], choices: Sequence[str]) -> Iterator[str]:
    for answer in map(str, given):
        # The repository gives the choice's index, from 0; a year as an answer is not one.
        yield choices[int(answer)] if answer.isdecimal() and answer not in choices and choices else answer


def _day(row: Row) -> str:
    return str(row["date"] if "date" in row else row["question_date"])


def _date(text: str) -> date | None:
    moment = parse_date(text)
    return moment.date() if moment else None
