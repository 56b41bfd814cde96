"""RealTimeQA with the search results stored at the time: each question is answered from its own documents.

Reads ``with_documents.jsonl`` (``documents`` in each row), or the repository's ``*_qa.jsonl`` with the ``*_gcs.jsonl``
of the same name beside it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evals.datasets.files import Row, find, read_rows
from evals.datasets.items import Item, Question
from evals.datasets.realtimeqa import CARD as _QUIZ
from evals.datasets.realtimeqa import question
from evals.errors import DatasetError
from index.article import Article, canonical_text
from index.loaders.dates import parse_date

CARD = replace(
    _QUIZ,
    name="realtimeqa_documents",
    description="News quiz questions with the up to ten search results that the published baselines answered from in "
    "2022 (GPT-3 with these documents: EM 40.7, F1 49.7). Whether the documents hold the answer is not marked.",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`path` is a folder or one file of questions; `split` keeps one year ("2022")."""
    assert path is not None
    items: list[Question] = []
    for file in find(path, ("with_documents.jsonl*", "*[0-9]_qa.jsonl")):
        rows = [row for _, row in read_rows(file)]
        found = {} if all("documents" in row for row in rows) else _search_results(file)
        for row in rows:
            plain = question(row, {})
            if split is None or str(plain.as_of).startswith(split):
                documents = row["documents"] if "documents" in row else found.get(plain.id, [])
                items.append(replace(plain, articles=_articles(documents, plain.id)))
    return items, ()


def _search_results(file: Path) -> dict[str, list[Row]]:
    beside = file.with_name(file.name.replace("_qa.", "_gcs."))
    if not beside.is_file():
        raise DatasetError(f"{file} has no documents, and there is no {beside.name} beside it")
    return {str(row["question_id"]): row["search_result"] for _, row in read_rows(beside)}


def _articles(documents: Sequence[Row], name: str) -> tuple[Article, ...]:
    return tuple(
        Article(
            text=text,
            title=str(document.get("title") or text.split("\n", 1)[0][:80]),
            address=str(document.get("url") or f"dataset:realtimeqa/{name}#{number}"),
            url=document.get("url") or None,
            published=parse_date(document.get("publish_date")),
        )
        for number, document in enumerate(documents)
        if (text := canonical_text(str(document["text"])))
    )
