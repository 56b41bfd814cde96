"""SummEdits: summaries with small edits, some of which make them say what the document does not.

Reads the repository's ``summedits_<domain>.json`` (arrays), or the same rows as JSON Lines.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from evals.datasets.files import Row, find, part, read_rows
from evals.datasets.items import Card, Item, Judgement
from index.article import Article

CARD = Card(
    name="summedits",
    description="Edited summaries of a few documents, each consistent or not, with the kinds of edit. Many summaries "
    "share one document, so intervals are over few clusters.",
    licence="Apache-2.0; the news documents are their publishers'",
    citation="Laban et al., SummEdits: Measuring LLM Ability at Factual Reasoning Through The Lens of Summarization, "
    "EMNLP 2023",
    origin="salesforce/factualNLG on GitHub, data/summedits",
    folder="summedits",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is a domain ("news"): the part in the file's name."""
    assert path is not None
    files = find(path, [part(split, ".json*")])
    return [_judgement(row, file.name) for file in files for _, row in read_rows(file)], ()


def _judgement(row: Row, file: str) -> Judgement:
    consistent = {1: True, 0: False}[int(row["label"])]
    document = str(row["doc"])
    return Judgement(
        id=str(row["id"]),
        claim=str(row["summary"]),
        evidence=(document,),
        label=consistent,
        label_name="consistent" if consistent else "inconsistent",
        kind=", ".join(sorted(row.get("edit_types") or ())) or ("consistent" if consistent else file),
        cluster=f"summedits:{hashlib.sha256(document.encode()).hexdigest()[:16]}",
    )
