"""Silence when the articles do not hold the answer: how often it is right, and what it costs.

Positive means abstaining. Whether an answer abstains is read from its structured field; prose is looked
at (`evals.prose.sounds_like_refusal`) only to audit that field.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.errors import MetricError
from evals.metrics.values import LeftOut, Value, harmonic_mean, mean


@dataclass(frozen=True, slots=True)
class AbstentionCounts:
    """TP unanswerable & abstained, FP answerable & abstained, FN unanswerable & answered, TN answerable & answered."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def precision(self) -> Value:
        """TP / (TP + FP): how often silence was right."""
        silent = self.tp + self.fp
        return self.tp / silent if silent else LeftOut("never abstained")

    @property
    def recall(self) -> Value:
        """TP / (TP + FN): how often it was silent when it had to be."""
        unanswerable = self.tp + self.fn
        return self.tp / unanswerable if unanswerable else LeftOut("no unanswerable question")

    @property
    def f1(self) -> Value:
        """Harmonic mean of the two; 0 if it never abstained although it had to."""
        if isinstance(self.recall, LeftOut):
            return self.recall
        return 0.0 if isinstance(self.precision, LeftOut) else harmonic_mean(self.precision, self.recall)

    @property
    def over_refusal(self) -> Value:
        """FP / answerable: how often it was silent although the answer was there."""
        answerable = self.fp + self.tn
        return self.fp / answerable if answerable else LeftOut("no answerable question")


def count_abstentions(answerable: Sequence[bool], abstained: Sequence[bool]) -> AbstentionCounts:
    """Counts over questions; the two sequences run in parallel."""
    pairs = list(zip(answerable, abstained, strict=True))
    return AbstentionCounts(
        tp=sum(not a and s for a, s in pairs),
        fp=sum(a and s for a, s in pairs),
        fn=sum(not a and not s for a, s in pairs),
        tn=sum(a and not s for a, s in pairs),
    )


def accuracy_if_answered(correct: Sequence[bool], abstained: Sequence[bool]) -> Value:
    """Share of right answers among the questions that were answered."""
    answered = [float(c) for c, s in zip(correct, abstained, strict=True) if not s]
    return mean(answered) if answered else LeftOut("never answered")


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """One point: answering only the most confident share `coverage` is wrong in the share `risk` of those."""

    coverage: float
    risk: float
    threshold: float


def risk_coverage(confidence: Sequence[float], correct: Sequence[bool]) -> list[RiskCoverage]:
    """The risk–coverage curve (El-Yaniv & Wiener 2010), one point a distinct confidence, from the surest down.

    Questions with equal confidence are answered together: no threshold can tell them apart.
    """
    points: list[RiskCoverage] = []
    wrong = 0
    ranked = sorted(zip(confidence, correct, strict=True), key=lambda pair: -pair[0])
    for answered, (score, right) in enumerate(ranked, start=1):
        wrong += not right
        if answered == len(ranked) or ranked[answered][0] != score:
            points.append(RiskCoverage(answered / len(ranked), wrong / answered, score))
    return points


def aurc(confidence: Sequence[float], correct: Sequence[bool]) -> float:
    """Area under the risk–coverage curve: (1/n) Σ_i risk of the i most confident (Geifman, Uziel & El-Yaniv 2019).

    Among equal confidences the errors are spread evenly (the expectation over their orders), so that the order of
    the questions does not matter. 0 is best; a random order gives the error rate. Raises MetricError for no questions.
    """
    if not confidence:
        raise MetricError("the risk–coverage curve of no questions is not defined")
    total, answered, wrong = 0.0, 0, 0.0
    n = len(confidence)
    for point in risk_coverage(confidence, correct):
        upto = round(point.coverage * n)
        block = upto - answered
        errors = point.risk * upto - wrong
        for i in range(1, block + 1):
            total += (wrong + errors * i / block) / (answered + i)
        answered, wrong = upto, wrong + errors
    return total / n


def optimal_aurc(correct: Sequence[bool]) -> float:
    """The AURC of a perfect order, every right answer before every wrong one; AURC minus this is E-AURC."""
    ordered = sorted(correct, reverse=True)
    return aurc([-float(rank) for rank in range(len(ordered))], ordered)
