"""How well follow-up questions are made to stand alone, by rules: ``python -m evals.followups``.

CANARD (Elgohary et al. 2019) in its public form, one JSON object a line with ``History`` (the page's
title, the section, then questions and answers in turn), ``Question`` and ``Rewrite``. Half of its
dialogues, chosen by a hash of their id, served to develop the rules; the figures are of the other
half. The title is given to the rules as the conversation's subject, as the people who rewrote had it.
"""

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.figures import Figure, mean_figure
from evals.metrics.followups import rewrite_f1, term_resolution
from evals.metrics.values import LeftOut, Value
from rag.followup import standalone


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One question of a dialogue, what came before, and a person's rewriting of it."""

    dialogue: str
    subject: str
    exchanges: tuple[tuple[str, str], ...]
    question: str
    reference: str


def load(path: Path) -> list[FollowUp]:
    """The questions of a CANARD file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        FollowUp(
            dialogue=row["QuAC_dialog_id"],
            subject=row["History"][0],
            exchanges=tuple(zip(row["History"][2::2], row["History"][3::2], strict=False)),
            question=row["Question"],
            reference=row["Rewrite"],
        )
        for row in rows
    ]


def developed_on(item: FollowUp) -> bool:
    """Whether the rules were developed on this item's dialogue."""
    return hashlib.sha256(item.dialogue.encode()).digest()[-1] % 2 == 0


def by_rules(item: FollowUp) -> str:
    """The rewriting under test."""
    return standalone(item.question, item.exchanges, item.subject)


def by_rules_without_subject(item: FollowUp) -> str:
    """The same from the questions and answers alone."""
    return standalone(item.question, item.exchanges)


def as_asked(item: FollowUp) -> str:
    """The baseline: the question as it is."""
    return item.question


def figures(items: Sequence[FollowUp], name: str, rewrite: Callable[[FollowUp], str]) -> list[Figure]:
    """Token F1 and term resolution F1, with intervals over dialogues."""
    dialogues = [item.dialogue for item in items]
    f1: list[Value] = [rewrite_f1(rewrite(item), item.reference) for item in items]
    history = [[item.subject, *(text for exchange in item.exchanges for text in exchange)] for item in items]
    terms: list[Value] = [
        term_resolution(item.question, said, rewrite(item), item.reference).f1
        for item, said in zip(items, history, strict=True)
    ]
    return [
        mean_figure(f"{name}: token F1", f1, clusters=dialogues),
        mean_figure(f"{name}: term resolution F1", terms, clusters=dialogues),
    ]


def gain(items: Sequence[FollowUp]) -> Figure:
    """Token F1 by rules minus that of the question as asked, pair by pair."""
    return mean_figure(
        "rules minus as asked: token F1",
        [
            _difference(rewrite_f1(by_rules(item), item.reference), rewrite_f1(item.question, item.reference))
            for item in items
        ],
        clusters=[item.dialogue for item in items],
        bounds=(-1.0, 1.0),
    )


def _difference(one: Value, other: Value) -> Value:
    if isinstance(one, LeftOut):
        return one
    return other if isinstance(other, LeftOut) else one - other


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m evals.followups", description="Follow-ups made to stand alone.")
    shared = Path(os.environ.get("RAG_SHARED_DATA", "../shared/data"))
    parser.add_argument("path", nargs="?", type=Path, default=shared / "canard" / "dev.jsonl")
    parser.add_argument("--development", action="store_true", help="the half that the rules were developed on")
    options = parser.parse_args(arguments)
    items = [item for item in load(options.path) if developed_on(item) == options.development]
    for name, rewrite in (("as asked", as_asked), ("rules", by_rules), ("rules, no subject", by_rules_without_subject)):
        for figure in figures(items, name, rewrite):
            print(figure)
    print(gain(items))


if __name__ == "__main__":
    main()
