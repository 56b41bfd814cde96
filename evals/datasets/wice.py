"""WiCE: claims of Wikipedia with the web page that they cite and the sentences of it that support them.

Reads the repository's ``data/entailment_retrieval/claim/*.jsonl`` (or ``subclaim``).
"""

from collections.abc import Sequence
from pathlib import Path

from evals.datasets.files import Row, find, part, read_rows
from evals.datasets.items import Card, Item, Judgement
from index.article import Article

CARD = Card(
    name="wice",
    description="Natural claims with the sentences of the cited page; supported, partially supported or not. As in "
    "the paper's binary setting, only fully supported claims count as supported; `label_name` keeps the three.",
    licence="annotations ODC-BY, text of Wikipedia CC BY-SA, web pages under the Common Crawl terms",
    citation="Kamoi et al., WiCE: Real-World Entailment for Claims in Wikipedia, EMNLP 2023",
    origin="ryokamoi/wice on GitHub",
    folder="wice",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is "dev", "test" or "train": the part in the file's name."""
    assert path is not None
    files = find(path, [part(split, ".jsonl*")])
    return [_judgement(row) for file in files for _, row in read_rows(file)], ()


def _judgement(row: Row) -> Judgement:
    label, meta = str(row["label"]), row["meta"]
    supported = {"supported": True, "partially_supported": False, "not_supported": False}[label]
    return Judgement(
        id=str(meta["id"]),
        claim=str(row["claim"]),
        evidence=tuple(str(sentence) for sentence in row["evidence"]),
        label=supported,
        label_name=label,
        kind=label,
        context=str(meta.get("claim_context") or "") or None,
        gold_evidence=tuple(tuple(int(i) for i in one) for one in row["supporting_sentences"] if one),
        cluster=f"wice:{meta['claim_title']}",
    )
