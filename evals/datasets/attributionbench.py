"""AttributionBench: is a claim attributable to the references that its system gave for it.

Reads the rows of the set's JSON Lines files.
"""

from collections.abc import Sequence
from pathlib import Path

from evals.datasets.files import Row, find, read_rows
from evals.datasets.items import Card, Item, Judgement
from index.article import Article

CARD = Card(
    name="attributionbench",
    description="Claims of generative search engines and question answering systems with their references, half of "
    "them attributable; from AttributedQA, LFQA, ExpertQA and Stanford-GenSearch (`kind`).",
    licence="that of each source set; see the set's page",
    citation="Li et al., AttributionBench: How Hard is Automatic Attribution Evaluation?, Findings of ACL 2024",
    origin="OSU-NLP-Group/AttributionBench on GitHub",
    folder="attributionbench",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is one of the source sets ("ExpertQA"), else the part in the file's name ("dev")."""
    assert path is not None
    rows = [(file.name, row) for file in find(path, ("*.jsonl*",)) for _, row in read_rows(file)]
    return [
        _judgement(row) for file, row in rows if split is None or split in (row["src_dataset"], file.split(".")[0])
    ], ()


def _judgement(row: Row) -> Judgement:
    label = str(row["attribution_label"])
    return Judgement(
        id=str(row["id"]),
        claim=str(row["claim"]),
        evidence=tuple(str(reference) for reference in row["references"]),
        label={"attributable": True, "not attributable": False}[label],
        label_name=label,
        kind=str(row["src_dataset"]),
        question=str(row["question"]),
        context=str(row.get("response") or "") or None,
        cluster=f"attributionbench:{row['question']}",
    )
