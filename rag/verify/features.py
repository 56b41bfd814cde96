"""What is known of a claim and its evidence, as a few named numbers that all point one way.

`SIGNS` fixes for each feature whether more of it speaks for (1) or against (-1) support; the
calibration may set a weight to nothing but never turn it round, so that the score stays one that
a reader can follow.
"""

import itertools
import math
from collections.abc import Sequence

from rag.verify.analysis import Case
from rag.verify.copying import copied
from rag.verify.finding import Finding

SIGNS: dict[str, int] = {
    "coverage": 1,  # of the claim's content words by the three closest sentences, weighted by rarity
    "one_sentence": 1,  # the same by the closest sentence alone
    "together": 1,  # share of neighbouring content words of the claim that stand in one clause of the evidence
    "copied": 1,  # share of words in shared sequences of three or more
    "density": 1,  # length of those sequences (1: verbatim)
    "new_words": -1,  # content words that no evidence has: ln(1 + n)
    "length": -1,  # content words of the claim: ln(n); more words, more that can be wrong
    "value_missing": -1,  # a number or date that no evidence states
    "value_other": -1,  # a number or date that is another in the evidence
    "name": -1,  # a name that no evidence has, or another one in its place
    "said": -1,  # a quote that is not one, or said by another
    "turned": -1,  # a negation, direction or comparison turned round
    "apart": -1,  # names, numbers and dates that the evidence has, but not near the closest sentence
    "doubts": -1,  # findings that alone would not decide
}
# Of the combination with a judge: log-odds by what was known before, and by the judge.
JUDGED_SIGNS: dict[str, int] = {"before": 1, "judge": 1}
MAX_LOGIT = 6.0


def features(case: Case, found: Sequence[Finding]) -> dict[str, float]:
    """The features of a claim by name, those of `SIGNS`."""
    three = frozenset().union(*(view.stems for view in case.closest(3)))
    anywhere = frozenset().union(*(view.stems for view in case.sentences))
    overlap = copied([w.norm for w in case.claim.words], [[w.norm for w in s.body.words] for s in case.sources])
    hard = {(finding.kind, finding.verdict) for finding in found if finding.hard}
    kinds = {kind for kind, _ in hard}
    values = {
        "coverage": case.coverage(three | case.held),
        "one_sentence": case.coverage(case.best.stems | case.held) if case.best else 0.0,
        "together": _together(case),
        "copied": overlap.coverage,
        "density": overlap.density,
        "new_words": math.log1p(len(case.claim.stems - anywhere - case.held)),
        "length": math.log(max(1, len(case.claim.stems))),
        "value_missing": bool(hard & {("number", "not_found"), ("date", "not_found")}),
        "value_other": bool(hard & {(kind, "contradicted") for kind in ("number", "unit", "date")}),
        "name": "name" in kinds,
        "said": bool(kinds & {"quote", "speaker"}),
        "turned": bool(kinds & {"negation", "direction", "comparison"}),
        "apart": min(2, len(case.apart)),
        "doubts": min(2, sum(not finding.hard for finding in found)),
    }
    return {name: float(value) for name, value in values.items()}


def judged_features(before: float, logit: float) -> dict[str, float]:
    """Those of `JUDGED_SIGNS`, from the probability by what was known before and the judge's log-odds."""
    return {"before": log_odds(before), "judge": max(-MAX_LOGIT, min(MAX_LOGIT, logit))}


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), kept within ±6 so that no single answer is beyond appeal."""
    if probability <= 0.0 or probability >= 1.0:
        return math.copysign(MAX_LOGIT, probability - 0.5)
    return max(-MAX_LOGIT, min(MAX_LOGIT, math.log(probability / (1 - probability))))


def _together(case: Case) -> float:
    content = [word.stem for word in case.claim.words if word.content]
    pairs = [(a, b) for a, b in itertools.pairwise(content) if a != b]
    if not pairs:
        return 1.0
    return sum(any({a, b} <= clause.stems for clause in case.clauses) for a, b in pairs) / len(pairs)
