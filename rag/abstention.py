"""Whether to be silent: decided on the evidence, and by what a small model says of it before it is asked to write.

Each decision is a logistic regression over a few named signs. Weights and thresholds are fitted to questions whose
answerability people have marked, by ``python -m evals.studies.silence``, and stand in abstention.json.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.evidence import EvidenceSentence, coverage, vocabulary
from rag.verify.calibration import Logistic
from rag.words import words

TOP = 6  # sentences that count as the evidence of a question
# Whether more of a sign speaks for (1) or against (-1) there being an answer.
EVIDENCE_SIGNS: Mapping[str, int] = {"dense": 1, "covered": 1, "named": 1}
STATED_SIGNS: Mapping[str, int] = {"stated": 1}


@dataclass(frozen=True, slots=True)
class Silence:
    """Fitted decisions: a probability that the articles hold the answer, and from where on one is given.

    `evidence` goes by the evidence alone, and its threshold is for asking a model that decides by itself; one that is
    asked first whether the answer is stated is asked from `weak` on, and without a model that can say so, sentences
    are quoted from `quoted` on. `stated` goes by that model's word (the sign ``stated``: the log-odds of its surest
    "yes" to whether a sentence states the answer, or, where a question has several parts, whether those that would be
    quoted do): below its threshold no answer is written.
    """

    evidence: Logistic
    weak: float
    quoted: float
    stated: Logistic


@cache
def fitted() -> Silence:
    """The decisions that come with the package."""
    content = json.loads(Path(__file__).with_name("abstention.json").read_text(encoding="utf-8"))

    def logistic(name: str) -> Logistic:
        model = content[name]
        return Logistic(model["intercept"], model["weights"], model["threshold"])

    evidence = content["evidence"]
    return Silence(logistic("evidence"), evidence["weak"], evidence["quoted"], logistic("stated"))


def evidence_signs(question: str, ranked: Sequence[EvidenceSentence]) -> dict[str, float]:
    """How well the best sentences fit the question.

    `dense` is their best cosine to it, `covered` the share of its content words that they, their titles, sources and
    days have, and `named` the share of its names and numbers.
    """
    best = ranked[:TOP]
    there = vocabulary(best)
    named = [word.stem in there for word in words(question) if word.content and (word.name or word.number)]
    return {
        "dense": max((sentence.dense or 0.0 for sentence in best), default=0.0),
        "covered": coverage(question, there) if best else 0.0,
        "named": sum(named) / len(named) if named else 1.0,
    }
