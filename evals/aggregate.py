"""From the values of single questions to the figures of a data set, each with its interval, n and what was left out."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np

from evals.compare import metrics_of, unit_of
from evals.errors import MetricError
from evals.figures import (
    Figure,
    attack_figure,
    count_left_out,
    f1_figure,
    mean_figure,
    quantile_figure,
    ratio_figure,
    statistic_figure,
)
from evals.metrics import judging
from evals.metrics.citations import CitationScores
from evals.metrics.faithfulness import Faithfulness
from evals.metrics.values import LeftOut, unjudged
from evals.records import Record
from evals.statistics import Floats, rogan_gladen, wilson

Clusters = Sequence[Hashable]


def run_figures(records: Sequence[Record], metrics: Sequence[str] | None = None) -> tuple[Figure, ...]:
    """The mean of every metric over a run's records, and for times the median and the 95th percentile too."""
    clusters = [record.cluster for record in records]
    figures: list[Figure] = []
    for name in metrics_of(records) if metrics is None else metrics:
        values = [record.value(name) for record in records]
        if name == "attack_success":
            figures.append(attack_figure(name, values, clusters))
            continue
        unit = unit_of(name)
        figures.append(mean_figure(name, values, clusters, unit=unit, bounds=(0.0, 1.0) if unit == "share" else None))
        if unit == "ms":
            figures += [quantile_figure(f"{name} p{q:.0f}", values, q / 100, unit=unit) for q in (50, 95)]
    return tuple(figures)


def faithfulness_figures(answers: Sequence[Faithfulness], clusters: Clusters) -> tuple[Figure, ...]:
    """Macro (mean over answers), micro (pooled claims), strict (all claims supported), the contradicted and the
    not-found rate (pooled), and the judged coverage (judged claims / claims) that belongs beside them."""
    counted = [(one.counts, key) for one, key in zip(answers, clusters, strict=True) if one.counts is not None]
    keys = [key for _, key in counted]
    out = count_left_out([one.score for one in answers])

    def pooled(name: str, top: Sequence[int], bottom: Sequence[int]) -> Figure:
        return ratio_figure(name, top, bottom, keys, left_out=out)

    counts = [one for one, _ in counted]
    judged, claims = [one.judged for one in counts], [one.claims for one in counts]
    return (
        mean_figure("faithfulness, macro", [one.score for one in answers], clusters),
        pooled("faithfulness, micro", [one.supported for one in counts], judged),
        mean_figure("faithfulness, strict", [one.strict for one in answers], clusters),
        pooled("contradicted", [one.contradicted for one in counts], judged),
        pooled("not found", [one.not_found for one in counts], judged),
        pooled("judged coverage", judged, claims),
    )


def citation_figures(answers: Sequence[CitationScores], clusters: Clusters) -> tuple[Figure, ...]:
    """ALCE over a data set: mean recall, mean precision, and the harmonic mean of these two means."""
    recall, precision = [one.recall for one in answers], [one.precision for one in answers]
    return (
        mean_figure("citation recall", recall, clusters),
        mean_figure("citation precision", precision, clusters),
        f1_figure("citation F1", precision, recall, clusters),
    )


def abstention_figures(
    answerable: Sequence[bool | None], abstained: Sequence[bool | None], clusters: Clusters
) -> tuple[Figure, ...]:
    """Precision, recall and F1 of abstaining, and the over-refusal. Questions of which it is not known whether they
    can be answered are left out, and those without an answer (None: an error) are unjudged."""
    given = [
        LeftOut("answerability not known") if a is None else unjudged("error") if s is None else 1.0
        for a, s in zip(answerable, abstained, strict=True)
    ]
    out = count_left_out(given)
    kept = [
        (bool(a), bool(s), key)
        for a, s, key, value in zip(answerable, abstained, clusters, given, strict=True)
        if not isinstance(value, LeftOut)
    ]
    keys = [key for _, _, key in kept]
    right = [float(not a and s) for a, s, _ in kept]
    silent = [float(s) for _, s, _ in kept]
    due = [float(not a) for a, _, _ in kept]
    f1 = ratio_figure("abstention F1", [2 * one for one in right],
                      [s + d for s, d in zip(silent, due, strict=True)], keys, left_out=out)  # fmt: skip
    return (
        ratio_figure("abstention precision", right, silent, keys, left_out=out),
        ratio_figure("abstention recall", right, due, keys, left_out=out),
        replace(f1, n=len(keys)),  # its denominator counts no things
        ratio_figure(
            "over-refusal", [float(a and s) for a, s, _ in kept], [float(a) for a, _, _ in kept], keys, left_out=out
        ),
    )


def judge_figures(
    labels: Sequence[bool], scores: Sequence[float | None], clusters: Clusters, *, threshold: float = 0.5
) -> tuple[Figure, ...]:
    """How good a judge is: balanced accuracy (score ≥ threshold means supported), AUROC, AUPRC, and of its scores as
    probabilities the Brier score and the expected calibration error. None is an item that it did not judge."""
    kept = [(y, s, key) for y, s, key in zip(labels, scores, clusters, strict=True) if s is not None]
    out = count_left_out([unjudged("no verdict") if s is None else s for s in scores])
    truth, given = np.array([y for y, _, _ in kept], dtype=bool), np.array([s for _, s, _ in kept], dtype=float)
    keys = [key for _, _, key in kept]
    said = given >= threshold
    measures: dict[str, Callable[[Floats], Floats]] = {
        "balanced accuracy": lambda w: judging.balanced_accuracy(truth, said, w),
        "AUROC": lambda w: judging.auroc(truth, given, w),
        "AUPRC": lambda w: judging.auprc(truth, given, w),
        "Brier": lambda w: judging.brier(truth, given, w),
        "ECE": lambda w: judging.ece(truth, given, weights=w),
    }
    return tuple(statistic_figure(name, measure, keys, left_out=out) for name, measure in measures.items())


def corrected_share(
    figure: Figure, *, sensitivity: tuple[int, int], specificity: tuple[int, int], name: str | None = None
) -> Figure:
    """A judged share with the judge's known error taken out of it and carried into the interval (Rogan & Gladen).

    `sensitivity` and `specificity` are (right, of) counts of this judge on labelled items; the interval of `figure`,
    clusters and all, gives the sampling error: it is that of a share of as many independent items as would make
    Wilson's interval as wide. Raises MetricError for a judge no better than chance.
    """
    if figure.value is None or figure.low is None or figure.high is None:
        return replace(figure, name=name or figure.name)
    if figure.unit != "share":
        raise MetricError(f"{figure.name} is in {figure.unit or 'no unit'}; only shares can be corrected")
    n = _effective_n(figure.value, figure.high - figure.low, figure.n)
    found = rogan_gladen(figure.value * n, n, sensitivity=sensitivity, specificity=specificity)
    return Figure(
        name or f"{figure.name}, corrected for the judge's error",
        found.value,
        found.low,
        found.high,
        figure.n,
        figure.left_out,
        figure.unit,
        f"{found.method} on {figure.method}",
    )


def _effective_n(value: float, width: float, most: int) -> int:
    """The number of independent items (at most `most`) whose Wilson interval is at least `width` wide."""
    low, high = 1, max(1, most)
    while low < high:
        middle = (low + high + 1) // 2
        interval = wilson(value * middle, middle)
        wide = (interval.high or 0.0) - (interval.low or 0.0)
        low, high = (middle, high) if wide >= width else (low, middle - 1)
    return low
