"""QAGS: sentences of machine summaries, each judged by three people against its article.

Reads the repository's ``mturk_xsum.jsonl`` and ``mturk_cnndm.jsonl``.
"""

from collections.abc import Sequence
from pathlib import Path

from evals.datasets.files import Row, find, part, read_rows
from evals.datasets.items import Card, Item, Judgement
from index.article import Article

CARD = Card(
    name="qags",
    description="Summary sentences of news articles (XSum: BBC, one sentence each; CNN/DM: several), three votes each "
    "whether the article supports the sentence; the majority is the label.",
    licence="none stated; the articles are their publishers'",
    citation="Wang, Cho & Lewis, Asking and Answering Questions to Evaluate the Factual Consistency of Summaries, "
    "ACL 2020",
    origin="W4ngatang/qags on GitHub",
    folder="qags",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is "xsum" or "cnndm": the part in the file's name."""
    assert path is not None
    items = []
    for file in find(path, [part(split, ".jsonl*")]):
        kind = file.name.split(".", 1)[0].removeprefix("mturk_")
        for number, (_, row) in enumerate(read_rows(file)):
            items.extend(_judgements(row, kind, number))
    return items, ()


def _judgements(row: Row, kind: str, number: int) -> list[Judgement]:
    items = []
    for place, sentence in enumerate(row["summary_sentences"]):
        votes = tuple(str(vote["response"]).strip().lower() == "yes" for vote in sentence["responses"])
        supported = 2 * sum(votes) > len(votes)
        items.append(
            Judgement(
                id=f"{kind}-{number}-{place}",
                claim=str(sentence["sentence"]),
                evidence=(str(row["article"]),),
                label=supported,
                label_name="yes" if supported else "no",
                kind=kind,
                votes=votes,
                cluster=f"qags:{kind}:{number}",
            )
        )
    return items
