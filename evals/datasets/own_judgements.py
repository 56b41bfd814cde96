"""Your own labelled claims, from CSV or JSON Lines: the test of a judge on your texts.

A row needs ``claim``, ``evidence`` (a text; in JSON a list of texts too) and ``label`` (supported, contradicted,
not_found; yes/no and true/false will do). It may have ``id``, ``kind`` (what was changed: number, name, date,
negation, attribution), ``pair`` (the id of the sentence that it was made from), ``question`` and ``cluster`` (what it
shares with others: an article).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.datasets.files import Row, no_mistyped_keys, read_own
from evals.datasets.items import Card, Item, Judgement
from evals.errors import DatasetError
from index.article import Article

CARD = Card(
    name="own_judgements",
    description="Claims and their evidence, labelled by you.",
    licence="yours",
    citation="",
    origin="a CSV or JSON Lines file of yours",
)
_KNOWN = ("id", "claim", "evidence", "label", "kind", "pair", "question", "cluster")
_LABELS = {
    **dict.fromkeys(("supported", "yes", "true", "1", "attributable", "consistent"), True),
    **dict.fromkeys(("contradicted", "not_found", "not supported", "not_supported", "unsupported", "no", "false", "0",
                     "not attributable", "inconsistent"), False),
}  # fmt: skip


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` keeps one kind."""
    items = read_own(path, "labelled claims", _judgement)
    seen = {item.id for item in items}
    if lost := [item for item in items if item.pair is not None and item.pair not in seen]:
        raise DatasetError(f"{path}: {lost[0].id!r} was made from {lost[0].pair!r}, which is not there")
    return [item for item in items if split in (None, item.kind)], ()


def _judgement(row: Row, where: str) -> Judgement:
    no_mistyped_keys(row, _KNOWN, where)
    claim, evidence = str(row.get("claim") or "").strip(), _texts(row.get("evidence"))
    said = str(row.get("label", "")).strip().lower()
    if not claim or not evidence or said not in _LABELS:
        raise DatasetError(f"{where}: a row needs a claim, evidence, and a label such as supported or not_found")
    pair = str(row["pair"]) if row.get("pair") else None
    name = str(row.get("id") or where)
    return Judgement(
        id=name,
        claim=claim,
        evidence=evidence,
        label=_LABELS[said],
        label_name=said,
        kind=str(row.get("kind") or ""),
        question=row.get("question") or None,
        pair=pair,
        cluster=str(row.get("cluster") or pair or name),
    )


def _texts(given: Any) -> tuple[str, ...]:
    texts = given if isinstance(given, list) else [given]
    return tuple(text.strip() for text in texts if isinstance(text, str) and text.strip())
