"""The project's own claims about invented news: a true one and one that is nearly true about each short text."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from evals.datasets.items import Card, Item, Judgement
from evals.errors import DatasetError
from index.article import Article

CARD = Card(
    name="golden_claims",
    description="Claims about invented news of one to four sentences, put as a small model would, in other words than "
    "the text: one that it bears out and one that shares nearly all its words and is wrong (`kind`: numbers, dates, "
    "names, attribution, negation, comparison, groups, coreference, paraphrase). Written without knowledge of any "
    "verifier, to be hard; rules have been written with them in view since.",
    licence="Apache-2.0, as the project",
    citation="article-rag, evals/golden",
    origin="evals/golden/claims.jsonl",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is a kind."""
    from evals import golden

    if path is not None:
        raise DatasetError("golden_claims comes with the project and takes no path; yours are own_judgements")
    lines = (golden.FOLDER / "claims.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if split in (None, row["kind"])]
    return [
        Judgement(
            id=row["id"],
            claim=row["claim"],
            evidence=(row["evidence"],),
            dates=(date.fromisoformat(row["published"]),),
            label=row["label"] == "supported",
            label_name=row["label"],
            kind=row["kind"] if row["pair"] else "original",
            pair=row["pair"],
            cluster=row["pair"] or row["id"],
        )
        for row in rows
    ], ()
