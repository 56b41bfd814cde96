"""MTRAG and MTRAG-UN: turns of long conversations with their passages, some unanswerable or underspecified.

Reads the repository's generation tasks (``reference.jsonl`` and the like: ``input``, ``contexts``, ``targets``).
"""

from collections.abc import Sequence
from pathlib import Path

from evals.datasets.files import Row, find, read_rows
from evals.datasets.items import Card, Item, Question, Turn, passage_article
from index.article import Article

CARD = Card(
    name="mtrag",
    description="The last turn of human conversations over Wikipedia, finance, government and technical documents, "
    "with the passages that hold the answer and a reference answer. `kind` is the answerability; what is "
    "underspecified is neither answerable nor not.",
    licence="Apache-2.0",
    citation="Katsis et al., MTRAG: A Multi-Turn Conversational Benchmark for Evaluating Retrieval-Augmented "
    "Generation Systems, TACL 2025; Rosenthal et al., MTRAG-UN, 2026, arXiv:2602.23184",
    origin="IBM/mt-rag-benchmark on GitHub",
    folder="mtrag_un",
)
_ANSWERABLE = {"answerable": True, "partial": True, "conversational": None, "unanswerable": False,
               "underspecified": None}  # fmt: skip


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is an answerability ("unanswerable") or a collection ("govt")."""
    assert path is not None
    rows = [row for file in find(path, ("*.jsonl*",)) for _, row in read_rows(file)]
    items = [_question(row) for row in rows]
    return [item for item in items if split in (None, item.kind, item.metadata["collection"])], ()


def _question(row: Row) -> Question:
    task = str(row["task_id"])
    *earlier, last = row["input"]
    answerability = row["answerability"] if "answerability" in row else row["Answerability"]
    kind = str(answerability[0]).lower()
    return Question(
        id=task,
        question=str(last["text"]),
        kind=kind,
        conversation=_turns(earlier),
        references=tuple(str(target["text"]) for target in row["targets"]) if _ANSWERABLE[kind] else (),
        answerable=_ANSWERABLE[kind],
        articles=tuple(
            passage_article(
                f"mtrag/{task}#{context['document_id']}", str(context["text"]), title=str(context.get("title") or "")
            )
            for context in row["contexts"]
            if str(context["text"]).strip()
        ),
        cluster=f"mtrag:{row['conversation_id']}",
        metadata={"collection": str(row["Collection"]), "type": ", ".join(map(str, row.get("Multi-Turn") or ()))},
    )


def _turns(messages: Sequence[Row]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    asked: str | None = None
    for message in messages:
        if message["speaker"] == "user":
            asked = str(message["text"])
        elif asked is not None:
            turns.append(Turn(asked, str(message["text"])))
            asked = None
    return tuple(turns)
