"""The dev parts as rows: a claim's features, the judge's answer, and what people said."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from evals.datasets import Judgement, load
from evals.datasets.items import sentences_of
from evals.kept import Kept
from evals.learned.pairs import held_out
from rag.verify.analysis import Case, Parsed, Source
from rag.verify.check import Evidence
from rag.verify.features import features
from rag.verify.judge import YesJudge, question
from rag.verify.learned import LearnedJudge
from rag.verify.values import findings
from rag.verify.verifier import is_copy
from rag.verify.words import without_marks

# (data set, split): the parts that calibration may see.
DEV_PARTS: Mapping[str, str | None] = {"ragtruth": "train", "qags": "xsum", "summedits": None, "wice": "dev"}
# A part that no fit sees at all.
OUTSIDE: Mapping[str, str | None] = {"attributionbench": "dev"}
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Row:
    """One claim. `group` is the response that a sentence is of, else its own id; `label` True for supported.

    `tier` is who decides it: ``values`` or ``copy`` by rule, ``open`` otherwise; then `learned` is the learned judge's
    logit, and `messages` ask the language model.
    """

    dataset: str
    id: str
    group: str
    cluster: str
    label: bool
    tier: str
    features: dict[str, float]
    learned: float
    messages: list[dict[str, str]] = field(repr=False)


def read_rows(learned: LearnedJudge, responses: int, parts: Mapping[str, str | None] = DEV_PARTS) -> Iterator[Row]:
    """The rows of some parts; of RAGTruth `responses` whole responses, as many of each model, of sources from which the
    learned judge has not learnt."""
    source = lru_cache(maxsize=512)(Source)
    for name, split in parts.items():
        judgements = load(name, split=split).judgements
        if name == "ragtruth":
            judgements = tuple(judgement for judgement in judgements if held_out(judgement.cluster))
            judgements = tuple(s for response in _balanced(judgements, responses) for s in sentences_of(response))
        for judgement in judgements:
            row = _row(learned, name, judgement, [source(Evidence(text)) for text in _texts(name, judgement)])
            if row is not None:
                yield row


def _balanced(responses: Sequence[Judgement], count: int) -> list[Judgement]:
    """A seeded sample with as many responses of each model, the models in turn."""
    by_model: dict[str, list[Judgement]] = {}
    for response in responses:
        by_model.setdefault(response.kind, []).append(response)
    rng = random.Random(SEED)
    for own in by_model.values():
        rng.shuffle(own)
    in_turn = [
        response for turn in zip(*(by_model[model] for model in sorted(by_model)), strict=False) for response in turn
    ]
    return in_turn[:count]


def _texts(name: str, judgement: Judgement) -> Sequence[str]:
    """WiCE's evidence comes in sentences of one page; everywhere else an evidence is a text."""
    return ["\n".join(judgement.evidence)] if name == "wice" else judgement.evidence


def _row(learned: LearnedJudge, name: str, judgement: Judgement, sources: Sequence[Source]) -> Row | None:
    claim = without_marks(judgement.claim)
    case = Case(Parsed(claim), sources)
    if not case.claim.stems or case.best is None:
        return None
    found = findings(case)
    tier = "values" if any(finding.hard for finding in found) else "copy" if is_copy(case) else "open"
    group = judgement.id.rpartition("/")[0] if name == "ragtruth" else judgement.id
    logit = learned.logit(case) if tier == "open" else 0.0
    given = features(case, found)
    return Row(name, judgement.id, group, judgement.cluster, judgement.label, tier, given, logit, question(claim, case))


def _first(rows: Sequence[Row], most: int) -> list[Row]:
    """Open rows of whole groups, in a fixed random order of those, until there are `most` of a data set."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.tier == "open":
            groups.setdefault((row.dataset, row.group), []).append(row)
    order = sorted(groups)
    random.Random(SEED).shuffle(order)
    chosen: list[Row] = []
    for dataset, group in order:
        if sum(row.dataset == dataset for row in chosen) < most:
            chosen += groups[dataset, group]
    return chosen


class Answers:
    """The judge's answers, kept as `evals.kept` keeps them."""

    def __init__(self, model: str, path: Path, judge: YesJudge | None) -> None:
        self._kept, self._judge = Kept(model, path), judge

    def collect(self, rows: Sequence[Row], most: int, progress: TextIO | None = None) -> None:
        """Ask for the open rows that have no answer yet, `most` of each data set or a few more, as groups stay whole;
        killed, it goes on where it was."""
        if self._judge is None:
            return
        missing = [row for row in _first(rows, most) if self.of(row) is None]
        for number, row in enumerate(missing, 1):
            self._kept.put(row.messages, self._judge.probability(row.messages))
            if progress is not None and (number % 20 == 0 or number == len(missing)):
                print(f"judged {number} of {len(missing)}", file=progress, flush=True)

    def of(self, row: Row) -> float | None:
        """P(yes) for a row, if it was asked."""
        return self._kept.get(row.messages)
