"""RAGTruth, question answering: answers of language models with every unsupported span marked by people.

Reads the repository's ``response.jsonl`` with ``source_info.jsonl`` beside it, or rows that hold both.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.datasets.files import Row, find, read_rows
from evals.datasets.items import Card, Item, Judgement, MarkedSpan
from evals.errors import DatasetError
from index.article import Article

CARD = Card(
    name="ragtruth",
    description="Answers of four language models to MS MARCO questions over three passages, with the spans that the "
    "passages do not support or contradict. A response is supported if nothing in it is marked.",
    licence="MIT",
    citation="Niu et al., RAGTruth: A Hallucination Corpus for Developing Trustworthy Retrieval-Augmented Language "
    "Models, ACL 2024",
    origin="ParticleMedia/RAGTruth on GitHub",
    folder="ragtruth_qa",
)
_PASSAGE = re.compile(r"passage \d+:")


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is "train" or "test", where the rows say which they are of."""
    assert path is not None
    items = []
    for file in find(path, ("response.jsonl*", "train.jsonl*", "test.jsonl*")):
        rows = [row for _, row in read_rows(file)]
        sources = {} if all("passages" in row for row in rows) else _sources(file)
        for row in rows:
            if split not in (None, row.get("split", split)):
                continue
            info = row if "passages" in row else sources.get(str(row["source_id"]))
            if info is not None:
                items.append(_judgement(row, info))
    return items, ()


def _sources(file: Path) -> dict[str, Row]:
    beside = find(file.parent, ("source_info.jsonl*",)) if file.parent.is_dir() else []
    if not beside:
        raise DatasetError(f"{file} names its sources only by id, and there is no source_info.jsonl beside it")
    return {str(row["source_id"]): row["source_info"] for _, row in read_rows(beside[0]) if row["task_type"] == "QA"}


def _judgement(row: Row, info: Row) -> Judgement:
    spans = tuple(sorted(_spans(row["labels"]), key=lambda span: (span.start, span.end)))
    return Judgement(
        id=str(row["id"]),
        claim=str(row["response"]),
        evidence=tuple(text for part in _PASSAGE.split(str(info["passages"])) if (text := part.strip())),
        label=not spans,
        label_name=spans[0].kind if spans else "supported",
        kind=str(row["model"]),
        question=str(info["question"]),
        spans=spans,
        cluster=f"ragtruth:{row['source_id']}",
    )


def _spans(labels: Sequence[Row]) -> Iterator[MarkedSpan]:
    for label in labels:
        yield MarkedSpan(int(label["start"]), int(label["end"]), str(label["label_type"]))
