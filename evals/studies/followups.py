"""How well follow-up questions are made to stand alone, by rules: ``python -m evals.studies.followups``.

CANARD (Elgohary et al. 2019) in its public form, one JSON object a line with ``History`` (the page's
title, the section, then questions and answers in turn), ``Question`` and ``Rewrite``. Half of its
dialogues, chosen by a hash of their id, served to develop the rules; the figures are of the other
half. The title is given to the rules as the conversation's subject, as the people who rewrote had it.

The golden conversations say what it is worth: what is found with the rules' rewriting, beside what is found with a
person's and with the question as asked. ``--write FILE`` puts both tables between the file's markers.
"""

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.retrieval import CACHE
from evals.datasets import Question
from evals.figures import Figure, mean_figure
from evals.metrics.followups import rewrite_f1, term_resolution
from evals.metrics.values import LeftOut, Value
from evals.studies.embeddings import CachedEmbedder
from evals.studies.markdown import put, short, table
from evals.studies.matrices import Collection, asked, collection
from evals.studies.measuring import SHIPPED, bounds, measured
from rag.embedder import LocalEmbedder
from rag.followup import standalone
from rag.settings import load as load_settings

FOUND = ("nDCG@10", "Hits@1", "Evidence@4", "Evidence@10")


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


def rewritten(items: Sequence[FollowUp]) -> str:
    """How near the rewriting comes to a person's, and what it gains."""
    ways = {"as asked": as_asked, "by rules": by_rules, "by rules, the subject not known": by_rules_without_subject}
    rows = [[name, *map(_shown, figures(items, name, rewrite))] for name, rewrite in ways.items()]
    rows.append(["by rules, difference to as asked", _shown(gain(items), "+.3f"), ""])
    return table((f"CANARD, {len(items)} questions", "token F1", "F1 of the terms to be resolved"), rows)


def _shown(figure: Figure, style: str = ".3f") -> str:
    value, low, high = (short(one or 0.0, style) for one in (figure.value, figure.low, figure.high))
    return f"{value} [{low}, {high}]"


def found(golden: Collection, embedder: CachedEmbedder) -> str:
    """What is found for the golden follow-ups: rewritten by a person, by the rules, and as they are."""
    turns = golden.of(lambda question: bool(question.conversation))
    ways: dict[str, Callable[[Question], str]] = {
        "rewritten by a person": asked,
        "by rules": lambda one: standalone(one.question, [(turn.question, turn.answer) for turn in one.conversation]),
        "as asked": lambda one: one.question,
    }
    rows = []
    for name, how in ways.items():
        of = turns.rephrased(embedder, how)
        values = measured(of, SHIPPED)
        rows.append([name, *(bounds(values[one], of) for one in FOUND)])
    return table((f"golden, {len(turns.questions)} follow-ups", *FOUND), rows)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evals.studies.followups", description="Follow-ups made to stand alone."
    )
    shared = Path(os.environ.get("RAG_SHARED_DATA", "../shared/data"))
    parser.add_argument("path", nargs="?", type=Path, default=shared / "canard" / "dev.jsonl")
    parser.add_argument("--development", action="store_true", help="the half that the rules were developed on")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where vectors are kept")
    parser.add_argument("--write", type=Path, help="a Markdown file that gets the tables")
    options = parser.parse_args(arguments)
    items = [item for item in load(options.path) if developed_on(item) == options.development]
    embedder = CachedEmbedder(LocalEmbedder(load_settings()), options.cache)
    studies: dict[str, Callable[[], str]] = {
        "rewritten": lambda: rewritten(items),
        "found": lambda: found(collection("golden", embedder), embedder),
    }
    for name, study in studies.items():
        text = study()
        print(f"\n{text}", flush=True)
        if options.write:
            put(options.write, name, text)


if __name__ == "__main__":
    main()
