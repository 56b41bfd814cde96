"""Does the answer say only what its evidence says.

An answer is a list of claims (or sentences), each with a verdict. Rules that hold everywhere here:

- no claims and no abstention → unjudged, neither NaN nor 1;
- an abstention is left out: "I do not know" is never supported;
- a missing verdict → unjudged, never supported, and counted in the judged coverage, never dropped in silence;
- no context to be faithful to → error.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from evals.errors import MetricError
from evals.metrics.values import LeftOut, Value, checked_share, unjudged

Verdict = Literal["supported", "contradicted", "not_found", "not_judged"]
ABSTAINED = LeftOut("abstained")
NO_CLAIMS = unjudged("no claims")
NOT_JUDGED = unjudged("no claim was judged")


@dataclass(frozen=True, slots=True)
class ClaimCounts:
    """How the claims of one answer were judged; sums of these pool claims over answers (micro)."""

    supported: int
    contradicted: int
    not_found: int
    not_judged: int

    @property
    def judged(self) -> int:
        return self.supported + self.contradicted + self.not_found

    @property
    def claims(self) -> int:
        return self.judged + self.not_judged


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """One answer's faithfulness; `counts` is None for an abstention."""

    counts: ClaimCounts | None
    score: Value
    strict: Value
    contradicted: Value
    not_found: Value
    judged_coverage: Value


def count_claims(verdicts: Sequence[Verdict | None]) -> ClaimCounts:
    """Verdicts counted by kind; None counts as not judged."""
    if unknown := {v for v in verdicts if v is not None} - set(get_args(Verdict)):
        raise MetricError(f"unknown verdict {min(unknown)!r}; it is one of {', '.join(get_args(Verdict))}")
    return ClaimCounts(
        supported=sum(v == "supported" for v in verdicts),
        contradicted=sum(v == "contradicted" for v in verdicts),
        not_found=sum(v == "not_found" for v in verdicts),
        not_judged=sum(v is None or v == "not_judged" for v in verdicts),
    )


def faithfulness(verdicts: Sequence[Verdict | None], *, abstained: bool, contexts: int) -> Faithfulness:
    """Faith(a) = #supported / (#supported + #contradicted + #not-found), the judged coverage beside it.

    `strict` is 1 if every claim is supported; one unsupported claim makes it 0 even if others are unjudged, but
    with all judged claims supported and some unjudged it is unjudged. `contexts` is the number of passages that the
    answer was judged against. The mean of `score` over answers is the macro figure, the ratio of the summed counts
    the micro one, the mean of `strict` the strict one.

    Raises MetricError if an answer that does not abstain has no context.
    """
    if abstained:
        return Faithfulness(None, ABSTAINED, ABSTAINED, ABSTAINED, ABSTAINED, ABSTAINED)
    if contexts < 1:
        raise MetricError("an answer without any context cannot be faithful or unfaithful; retrieve or pass evidence")
    counts = count_claims(verdicts)
    if counts.claims == 0:
        return Faithfulness(counts, NO_CLAIMS, NO_CLAIMS, NO_CLAIMS, NO_CLAIMS, NO_CLAIMS)
    coverage = counts.judged / counts.claims
    if counts.judged == 0:
        return Faithfulness(counts, NOT_JUDGED, NOT_JUDGED, NOT_JUDGED, NOT_JUDGED, coverage)
    strict: Value = 0.0
    if counts.supported == counts.judged:
        strict = unjudged("a claim was not judged") if counts.not_judged else 1.0
    return Faithfulness(
        counts=counts,
        score=counts.supported / counts.judged,
        strict=strict,
        contradicted=counts.contradicted / counts.judged,
        not_found=counts.not_found / counts.judged,
        judged_coverage=coverage,
    )


def factscore(supported: int, claims: int, gamma: int = 10) -> Value:
    """FActScore with its length penalty: precision · exp(1 − γ/n) if n ≤ γ, else precision (Min et al. 2023,
    factscorer.py); n is the number of claims."""
    if claims == 0:
        return NO_CLAIMS
    precision = checked_share(supported / claims, "the supported share")
    return precision * (math.exp(1 - gamma / claims) if claims <= gamma else 1.0)


def veriscore_f1(supported: int, claims: int, k: float) -> Value:
    """VeriScore F1@K (Song et al. 2024): P = S/|C|, R = min(S/K, 1), 0 if S = 0; K is `median_claims` of the set."""
    if claims == 0:
        return NO_CLAIMS
    if k <= 0:
        raise MetricError(f"K is {k}; it is the median number of claims, more than 0")
    if supported == 0:
        return 0.0
    precision = checked_share(supported / claims, "the supported share")
    recall = min(supported / k, 1.0)
    return 2 * precision * recall / (precision + recall)


def median_claims(counts: Sequence[int]) -> float:
    """K of VeriScore: the median number of claims over the answers of a data set."""
    if not counts:
        raise MetricError("the median number of claims of no answers is not defined")
    return float(statistics.median(counts))


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """One claim of an answer: entailed by a retrieved passage (`faithful`), entailed by the gold answer (`correct`)."""

    faithful: bool | None
    correct: bool | None


def hallucination(claims: Sequence[JudgedClaim]) -> Value:
    """RAGChecker: share of the claims that are neither in the passages nor in the gold answer."""
    return _share_of(claims, faithful=False, correct=False)


def self_knowledge(claims: Sequence[JudgedClaim]) -> Value:
    """RAGChecker: share of the claims that are right but not from the passages."""
    return _share_of(claims, faithful=False, correct=True)


def _share_of(claims: Sequence[JudgedClaim], *, faithful: bool, correct: bool) -> Value:
    if not claims:
        return NO_CLAIMS
    if any(claim.faithful is None or claim.correct is None for claim in claims):
        return unjudged("a claim was not judged")
    return sum(claim.faithful is faithful and claim.correct is correct for claim in claims) / len(claims)


def context_utilisation(gold_claims: Sequence[tuple[bool | None, bool | None]]) -> Value:
    """RAGChecker: |gold claims both retrieved and in the answer| / |gold claims retrieved|; one pair
    (retrieved, in the answer) a gold claim."""
    if any(retrieved is None or stated is None for retrieved, stated in gold_claims):
        return unjudged("a gold claim was not judged")
    used = [bool(stated) for retrieved, stated in gold_claims if retrieved]
    return sum(used) / len(used) if used else LeftOut("no gold claim was retrieved")
