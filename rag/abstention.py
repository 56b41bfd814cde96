"""Whether to be silent: decided on the evidence, before a model is asked, and again on what it has written.

Each decision is a logistic regression over a few named signs. Weights and thresholds are fitted to questions whose
answerability people have marked, by ``python -m evals.studies.silence``, and stand in abstention.json.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.answer import Sentence
from rag.evidence import EvidenceSentence, coverage, vocabulary
from rag.verify.calibration import Logistic
from rag.verify.features import log_odds
from rag.words import words

TOP = 6  # sentences that count as the evidence of a question
UNLIKELY = 1e-4
# Whether more of a sign speaks for (1) or against (-1) there being an answer.
EVIDENCE_SIGNS: Mapping[str, int] = {"dense": 1, "covered": 1, "named": 1}
WRITTEN_SIGNS: Mapping[str, int] = {"dense": 1, "silence": -1, "sure": 1, "support": 1, "wrong": -1}
REFUSED_SIGNS: Mapping[str, int] = {"dense": 1, "covered": 1, "named": 1, "likely": 1, "silence": -1, "sure": 1}


@dataclass(frozen=True, slots=True)
class Silence:
    """Fitted decisions: a probability that the articles hold the answer, and from where on one is given.

    `evidence` goes by the evidence alone, and its threshold is for asking a model; without one, from `quoted` on the
    sentences are quoted. `written` goes by what a model has written as well, and `refused`, when it was silent itself,
    says whether the sentences are quoted all the same.
    """

    evidence: Logistic
    quoted: float
    written: Logistic
    refused: Logistic


@cache
def fitted() -> Silence:
    """The decisions that come with the package."""
    content = json.loads(Path(__file__).with_name("abstention.json").read_text(encoding="utf-8"))

    def logistic(name: str) -> Logistic:
        model = content[name]
        return Logistic(model["intercept"], model["weights"], model["threshold"])

    return Silence(logistic("evidence"), content["evidence"]["quoted"], logistic("written"), logistic("refused"))


def evidence_signs(question: str, ranked: Sequence[EvidenceSentence]) -> dict[str, float]:
    """How well the best sentences fit the question.

    `dense` is their best cosine to it, `covered` the share of its content words that they, their titles, sources and
    days have, `named` the share of its names and numbers, and `likely` the log-probability of the likeliest to answer.
    """
    best = ranked[:TOP]
    there = vocabulary(best)
    named = [word.stem in there for word in words(question) if word.content and (word.name or word.number)]
    return {
        "dense": max((sentence.dense or 0.0 for sentence in best), default=0.0),
        "covered": coverage(question, there) if best else 0.0,
        "named": sum(named) / len(named) if named else 1.0,
        "likely": math.log(max((sentence.score for sentence in best), default=0.0) + UNLIKELY),
    }


def answer_signs(silence: float, sure: float, sentences: Sequence[Sentence]) -> dict[str, float]:
    """What a model's answer adds; no sentences if it was silent. All but the last two are log-odds.

    `silence`, how near the model was to it; `sure`, its own "yes, that answers"; `support`, that of its best sentence,
    0 where none was judged; `wrong`, the share of its sentences that a rule refutes; `refused`, 1 if it was silent.
    """
    written = [sentence for sentence in sentences if sentence.tier != "engine"]
    supports = [sentence.support for sentence in written if sentence.support is not None]
    refuted = sum(one.tier == "values" and one.verdict != "supported" for one in written)
    return {
        "silence": log_odds(silence),
        "sure": log_odds(sure),
        "support": log_odds(max(supports)) if supports else 0.0,
        "wrong": refuted / len(written) if written else 0.0,
        "refused": float(not written),
    }
