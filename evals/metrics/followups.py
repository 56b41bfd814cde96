"""Follow-up questions: is the stand-alone question that the engine made of one as good as a person's.

The reference is a person's rewriting (CANARD, Elgohary et al. 2019). What counts in the end is whether the rewriting
finds the same passages (use the ranking metrics on it); these compare the texts.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evals.metrics.answers import normalise, token_f1
from evals.metrics.values import LeftOut, Value, harmonic_mean


@dataclass(frozen=True, slots=True)
class TermResolution:
    """Did the words that the follow-up leaves unsaid come back: precision, recall and F1 over distinct words."""

    precision: Value
    recall: Value
    f1: Value


def rewrite_f1(rewrite: str, reference: str) -> Value:
    """Token F1 of the rewriting against the person's (SQuAD's normalisation)."""
    return token_f1(rewrite, [reference])


def term_resolution(question: str, history: Sequence[str], rewrite: str, reference: str) -> TermResolution:
    """Term resolution (QuReTeC, Voskarides et al. 2020) over distinct normalised words.

    Gold words: those of the history that the person's rewriting holds and the question does not; found words: the
    same of the engine's rewriting. A question that needs none of the history is left out of recall and F1; adding
    nothing leaves precision out.
    """
    asked = _words([question])
    past = _words(history)
    gold = (_words([reference]) & past) - asked
    found = (_words([rewrite]) & past) - asked
    nothing_needed, nothing_added = LeftOut("stands alone already"), LeftOut("added nothing")
    right = len(gold & found)
    precision: Value = right / len(found) if found else nothing_added
    if not gold:
        return TermResolution(precision, nothing_needed, nothing_needed)
    recall = right / len(gold)
    f1 = 0.0 if isinstance(precision, LeftOut) else harmonic_mean(precision, recall)
    return TermResolution(precision, recall, f1)


def _words(texts: Sequence[str]) -> set[str]:
    # The possessive's s would make "Safran's" another word than "Safran".
    return {word for text in texts for word in normalise(text.replace("’", "'").replace("'s", " ")).split()}


def corpus_bleu(rewrites: Sequence[str], references: Sequence[str], order: int = 4) -> float:
    """BLEU over a corpus with one reference each, in [0, 1] (Papineni et al. 2002): the geometric mean of the pooled
    n-gram precisions for n = 1..4 times the brevity penalty, on normalised tokens; 0 if any precision is 0."""
    matches, totals = [0] * order, [0] * order
    length = reference_length = 0
    for rewrite, reference in zip(rewrites, references, strict=True):
        said, gold = normalise(rewrite).split(), normalise(reference).split()
        length += len(said)
        reference_length += len(gold)
        for n in range(1, order + 1):
            ngrams = Counter(tuple(said[i : i + n]) for i in range(len(said) - n + 1))
            gold_ngrams = Counter(tuple(gold[i : i + n]) for i in range(len(gold) - n + 1))
            matches[n - 1] += (ngrams & gold_ngrams).total()
            totals[n - 1] += ngrams.total()
    if not length or 0 in matches:
        return 0.0
    precision = math.fsum(math.log(m / t) for m, t in zip(matches, totals, strict=True)) / order
    return math.exp(precision + min(0.0, 1 - reference_length / length))
