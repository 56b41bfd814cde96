"""CANARD: follow-up questions of conversations about Wikipedia, rewritten by people to stand alone.

Reads ``dev.json`` (an array) or the same rows as JSON Lines.
"""

from collections.abc import Sequence
from pathlib import Path

from evals.datasets.files import Row, find, part, read_rows
from evals.datasets.items import Card, Item, Question, Turn
from index.article import Article

CARD = Card(
    name="canard",
    description="Questions in context with a person's stand-alone rewriting. The first turn of each conversation is "
    "the article's title and section (`subject`, `section`), which the questioner saw. There are no answers to score.",
    licence="CC BY-SA 4.0",
    citation="Elgohary, Peskov & Boyd-Graber, Can You Unpack That? Learning to Rewrite Questions-in-Context, "
    "EMNLP 2019",
    origin="the authors' page of CANARD (University of Maryland)",
    folder="canard",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is "dev", "test" or "train": the part in the file's name."""
    assert path is not None
    files = find(path, [part(split, ".json*")])
    return [_question(row) for file in files for _, row in read_rows(file)], ()


def _question(row: Row) -> Question:
    history = [str(text) for text in row["History"]]
    dialogue = str(row["QuAC_dialog_id"])
    return Question(
        id=f"{dialogue}#{row['Question_no']}",
        question=str(row["Question"]),
        kind="followup",
        conversation=tuple(Turn(*pair) for pair in zip(history[::2], history[1::2], strict=False)),
        standalone=str(row["Rewrite"]),
        answerable=None,
        cluster=f"canard:{dialogue}",
        metadata=dict(zip(("subject", "section"), history, strict=False)),
    )
