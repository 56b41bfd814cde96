"""How good judges are: figures of their rows against the labels, agreement between them, pairs by kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Any

import numpy as np

from evals.figures import Figure, count_left_out, mean_figure, statistic_figure
from evals.judges import FITTED, Row
from evals.metrics import Value, judging, unjudged
from evals.metrics.judging import MinimalPair, ReliabilityBin
from evals.statistics import Floats


@dataclass(frozen=True, slots=True)
class Tokens:
    """Mean tokens of a verdict on one sentence, those that rules decide being in the mean with none. `estimated`: the
    model's server did not report them all, so they are estimated from the texts."""

    prompt: float
    completion: float
    estimated: bool

    def __str__(self) -> str:
        return f"{self.prompt:.0f} + {self.completion:.1f}" + (" (estimated)" if self.estimated else "")


@dataclass(frozen=True, slots=True)
class JudgeScore:
    """One judge on one data set. `by_kind` are the minimal pairs by what was changed; `right` are its counts
    (right, of) on supported and on unsupported items, which correct shares that it judged. `ms` is the median time of a
    verdict, `tokens` what it takes; None for a judge without a language model."""

    judge: str
    dataset: str
    n: int
    supported: int
    fitted: bool
    figures: tuple[Figure, ...]
    by_kind: tuple[Figure, ...]
    bins: tuple[ReliabilityBin, ...]
    ms: float
    tokens: Tokens | None
    right: tuple[tuple[int, int], tuple[int, int]]

    def figure(self, name: str) -> Figure | None:
        """By name."""
        return next((one for one in self.figures if one.name == name), None)


def scores(rows: Sequence[Row]) -> list[JudgeScore]:
    """Every judge on every data set, in the order of the rows."""
    pairs = list(dict.fromkeys((row.dataset, row.judge) for row in rows))
    return [_score(judge, dataset, [row for row in rows if (row.dataset, row.judge) == (dataset, judge)])
            for dataset, judge in pairs]  # fmt: skip


def _score(judge: str, dataset: str, rows: Sequence[Row]) -> JudgeScore:
    said = [row for row in rows if row.said is not None]
    scored = [row for row in rows if row.score is not None]
    out = count_left_out([unjudged("no verdict") if row.said is None else 1.0 for row in rows])
    figures = [
        mean_figure("judged", [float(row.said is not None) for row in rows], [row.cluster for row in rows]),
        _statistic("balanced accuracy", said, [float(bool(row.said)) for row in said], judging.balanced_accuracy, out),
    ]
    given = [float(row.score or 0.0) for row in scored]
    unscored = count_left_out([unjudged("no score") if row.score is None else 1.0 for row in rows])
    for name, measure in (("AUROC", judging.auroc), ("Brier", judging.brier), ("ECE", _ece)):
        figures.append(_statistic(name, scored, given, measure, unscored))
    figures += _detection(rows)
    kinds = _pairs(rows)
    return JudgeScore(
        judge=judge,
        dataset=dataset,
        n=len(rows),
        supported=sum(row.label for row in rows),
        fitted=dataset in FITTED,
        figures=tuple(figures),
        by_kind=tuple(kinds),
        bins=tuple(judging.reliability_bins([row.label for row in scored], given)) if scored else (),
        ms=median(row.ms for row in rows) if rows else 0.0,
        tokens=_tokens(rows),
        right=(_right(said, supported=True), _right(said, supported=False)),
    )


def _tokens(rows: Sequence[Row]) -> Tokens | None:
    counted = [(row.tokens, len(row.sentences)) for row in rows if row.tokens is not None]
    verdicts = sum(n for _, n in counted)
    if not verdicts:
        return None
    prompt, completion = (sum(tokens[place] for tokens, _ in counted) / verdicts for place in range(2))
    return Tokens(prompt, completion, any(row.tokens_estimated for row in rows))


def _ece(labels: Any, values: Any, weights: Any) -> Floats:
    return judging.ece(labels, values, weights=weights)


def _statistic(
    name: str,
    rows: Sequence[Row],
    values: Sequence[float],
    measure: Callable[[Any, Any, Any], Floats],
    left_out: tuple[tuple[str, int], ...],
) -> Figure:
    labels, given = np.array([row.label for row in rows], dtype=bool), np.array(values, dtype=float)
    return statistic_figure(
        name, lambda weights: measure(labels, given, weights), [row.cluster for row in rows], left_out=left_out
    )


def _right(rows: Sequence[Row], *, supported: bool) -> tuple[int, int]:
    own = [row for row in rows if row.label is supported]
    return sum(row.said is supported for row in own), len(own)


def _detection(rows: Sequence[Row]) -> list[Figure]:
    """F1 of finding what is unsupported: responses, sentences, characters. An unjudged one is not found."""
    figures = [_f1("F1, responses", rows, lambda row: [(not row.label, row.said is False)])]
    if any(row.spans for row in rows):
        figures.append(_f1("F1, sentences", rows, _sentences))
        figures.append(_f1("F1, characters", rows, _characters))
    return figures


def _f1(name: str, rows: Sequence[Row], pairs: Callable[[Row], list[tuple[bool, bool]]]) -> Figure:
    counts = np.array(
        [[sum(u and f for u, f in own), sum(u for u, _ in own), sum(f for _, f in own)] for own in map(pairs, rows)],
        dtype=float,
    ).reshape(-1, 3)

    def f1(weights: Floats) -> Floats:
        both, true, said = (weights @ counts[:, i] for i in range(3))
        below = true + said
        return np.asarray(np.divide(2 * both, below, out=np.full(below.shape, np.nan), where=below != 0))

    return statistic_figure(name, f1, [row.cluster for row in rows])


def _sentences(row: Row) -> list[tuple[bool, bool]]:
    return [
        (any(max(a, start) < min(b, end) for a, b in row.spans), verdict in ("contradicted", "not_found"))
        for start, end, verdict, _ in row.sentences
    ]


def _characters(row: Row) -> list[tuple[bool, bool]]:
    marked = {i for start, end in row.spans for i in range(start, end)}
    flagged = {
        i
        for start, end, verdict, _ in row.sentences
        if verdict in ("contradicted", "not_found")
        for i in range(start, end)
    }
    return [(i in marked, i in flagged) for i in sorted(marked | flagged)]


def _pairs(rows: Sequence[Row]) -> list[Figure]:
    """Minimal pairs by kind: the share in which the original is accepted and the corruption is not."""
    by_id = {row.id: row for row in rows}
    found: dict[str, list[tuple[Value, str]]] = {}
    for row in rows:
        if row.pair is not None and row.pair in by_id:
            original = by_id[row.pair]
            pair = MinimalPair(_as_score(original), _as_score(row))
            found.setdefault(row.kind, []).append((judging.pair_decided(pair), row.cluster))
    figures = [mean_figure(kind, [v for v, _ in own], [c for _, c in own]) for kind, own in sorted(found.items())]
    everything = [one for own in found.values() for one in own]
    if everything:
        figures.append(mean_figure("all kinds", [v for v, _ in everything], [c for _, c in everything]))
    return figures


def _as_score(row: Row) -> float | None:
    return None if row.said is None else float(row.said)


def agreement(rows: Sequence[Row]) -> list[tuple[str, str, str, int, Value]]:
    """(data set, judge, judge, items judged by both, Cohen's κ) for every two judges; and on items with the votes of
    three people, how one agrees with the majority of the others."""
    found: list[tuple[str, str, str, int, Value]] = []
    for dataset in dict.fromkeys(row.dataset for row in rows):
        verdicts: dict[str, dict[str, bool]] = {}
        for row in rows:
            if row.dataset == dataset and row.said is not None:
                verdicts.setdefault(row.judge, {})[row.id] = row.said
        for first, second in combinations(verdicts, 2):
            both = sorted(verdicts[first].keys() & verdicts[second].keys())
            kappa = judging.cohen_kappa([verdicts[first][i] for i in both], [verdicts[second][i] for i in both])
            found.append((dataset, first, second, len(both), kappa))
    return found


def humans(rows: Sequence[Row]) -> list[Figure]:
    """Where three people voted: the balanced accuracy of one of them, the label being that of the other two where
    these agree. What a judge can be expected to reach."""
    figures = []
    for dataset in dict.fromkeys(row.dataset for row in rows):
        own = {row.id: row for row in rows if row.dataset == dataset and len(row.votes) == 3}
        asked: list[tuple[bool, bool, str]] = []
        for row in own.values():
            for i, vote in enumerate(row.votes):
                others = [other for j, other in enumerate(row.votes) if j != i]
                if others[0] == others[1]:
                    asked.append((others[0], vote, row.cluster))
        if asked:
            labels, said = np.array([a for a, _, _ in asked]), np.array([float(b) for _, b, _ in asked])
            figures.append(
                statistic_figure(
                    f"one person against two others, {dataset}",
                    lambda w, labels=labels, said=said: judging.balanced_accuracy(labels, said, w),  # type: ignore[misc]
                    [c for _, _, c in asked],
                )
            )
    return figures


def known_error(found: Sequence[JudgeScore], dataset: str = "golden_sentences") -> dict[str, dict[str, Any]]:
    """What reports say of each judge, from its counts on our own labels: sensitivity and specificity as (right, of),
    and the balanced accuracy with its interval in words."""
    known = {}
    for one in found:
        figure = one.figure("balanced accuracy")
        if one.dataset != dataset or figure is None or figure.value is None:
            continue
        between = "" if figure.low is None else f", {figure.low:.2f} to {figure.high:.2f}"
        known[one.judge] = {
            "dataset": dataset,
            "n": one.n,
            "sensitivity": list(one.right[0]),
            "specificity": list(one.right[1]),
            "quality": f"balanced accuracy {figure.value:.2f}{between} on {one.n} labelled sentences",
        }
    return known
