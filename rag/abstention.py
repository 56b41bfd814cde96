"""Whether the evidence found can hold an answer at all: the decision to be silent before a model is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.evidence import EvidenceSentence, coverage

TOP = 6  # sentences that count as the evidence of a question


@dataclass(frozen=True, slots=True)
class Strength:
    """How well the evidence fits the question.

    `dense` is the best cosine of a sentence, `covered` the share of the question's content words
    that the best sentences and their titles have.
    """

    dense: float
    covered: float

    @property
    def enough(self) -> bool:
        """Whether to try an answer."""
        return self.dense >= LEAST_DENSE and self.covered >= LEAST_COVERED and self.dense + self.covered >= LEAST_SUM


LEAST_DENSE = 0.3
LEAST_COVERED = 0.25
LEAST_SUM = 0.8


def strength(question: str, ranked: Sequence[EvidenceSentence]) -> Strength:
    """Measured on the best sentences."""
    best = ranked[:TOP]
    texts = [sentence.text for sentence in best] + list({sentence.title for sentence in best})
    return Strength(
        dense=max((sentence.dense or 0.0 for sentence in best), default=0.0),
        covered=coverage(question, texts) if best else 0.0,
    )
