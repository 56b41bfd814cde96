"""CLAPnq: questions with one passage and long answers made of its sentences, or with a passage that has no answer.

Reads the repository's ``annotated_data/*/clapnq_*_answerable.jsonl`` and ``…_unanswerable.jsonl``.
"""

from collections.abc import Sequence
from pathlib import Path

from evals.datasets.files import Row, find, read_rows
from evals.datasets.items import RELEVANT, Card, Item, Question, passage_article, place
from index.article import Article

CARD = Card(
    name="clapnq",
    description="Natural questions whose answer is a few, often not consecutive sentences of a Wikipedia passage; as "
    "many with a passage that does not hold the answer. Answers are long: there are references, no aliases.",
    licence="Apache-2.0; the passages are Wikipedia's, CC BY-SA",
    citation="Rosenthal et al., CLAPNQ: Cohesive Long-form Answers from Passages in Natural Questions for RAG systems, "
    "TACL 2025",
    origin="primeqa/clapnq on GitHub",
    folder="clapnq",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is "answerable" or "unanswerable"."""
    assert path is not None
    files = find(path, ("*.jsonl*", "*/clapnq_dev_*.jsonl*"))
    items = [_question(row) for file in files for _, row in read_rows(file)]
    return [item for item in items if split in (None, "answerable" if item.answerable else "unanswerable")], ()


def _question(row: Row) -> Question:
    passages = tuple(
        passage_article(
            f"clapnq/{row['id']}#{number}", str(passage["text"]), title=str(passage["title"]), role=RELEVANT
        )
        for number, passage in enumerate(row["passages"])
    )
    answers = [output for output in row["output"] if str(output["answer"]).strip()]
    # Sentences chosen by any annotator; each is one needed piece, as the long answer draws on all of them.
    chosen = dict.fromkeys(str(text) for output in answers[:1] for text in output["selected_sentences"])
    return Question(
        id=str(row["id"]),
        question=str(row["input"]),
        kind="long" if answers else "unanswerable",
        references=tuple(str(output["answer"]).strip() for output in answers),
        evidence=tuple((place(passages[0], sentence),) for sentence in chosen if sentence.strip()),
        answerable=bool(answers),
        articles=passages,
        cluster=f"clapnq:{row['id']}",
    )
