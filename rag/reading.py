"""Reading the likeliest sentences: a small model says of one at a time whether it states the answer.

What ranks sentences goes by their words and by what is near to these in meaning; a model that reads them also tells
"The owner, X, said" from "X fell". A judgement is some 75 tokens to read: the likeliest sentence comes first, and none
after one that plainly states the answer.
"""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import prompts
from rag.evidence import EvidenceSentence, leant_on
from rag.extractive import quotation
from rag.parts import parts
from rag.verify.features import log_odds

MOST = 3  # sentences read for a question
PLAINLY = 1.0  # log-odds of "yes" from which on no further one is
LONGEST = 900  # characters of what is judged at once

Probability = Callable[[list[dict[str, str]]], float]
"""A model's probability of "yes" to chat messages (`LanguageModel.probability`)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The sentences anew, the likeliest first, and the log-odds of the surest "yes" that one states the answer."""

    ranked: list[EvidenceSentence]
    stated: float


async def read(question: str, ranked: Sequence[EvidenceSentence], probability: Probability, given: str = "") -> Reading:
    """Ask of the best of `ranked`, at least one, whether they answer `question`; `given` is what of it holds anyhow.

    One that leans on the sentence before is read with it. Where a question has parts, which no sentence answers alone,
    what would be quoted is judged as a whole. Raises what `probability` does.
    """
    asked = question.replace(given, "")

    async def states(sentences: Sequence[EvidenceSentence]) -> float:
        return log_odds(await asyncio.to_thread(probability, stated_messages(asked, sentences)))

    if len(parts(question)) > 1:
        return Reading(list(ranked), await states(quotation(question, ranked)))
    by_position = {sentence.position: sentence for sentence in ranked}
    said: dict[int, float] = {}
    for sentence in ranked[:MOST]:
        before = leant_on(sentence, by_position)
        said[sentence.position] = await states([sentence] if before is None else [before, sentence])
        if said[sentence.position] >= PLAINLY:
            break
    return Reading(_weighed(ranked, said), max(said.values()))


def stated_messages(question: str, sentences: Sequence[EvidenceSentence]) -> list[dict[str, str]]:
    """The prompt that asks whether `sentences`, under the titles of their articles, state the answer."""
    titles = "; ".join(dict.fromkeys(one.title for one in sentences))
    text = " ".join(f"{titles}: {' '.join(one.text for one in sentences)}".split())
    return prompts.load("states_answer").messages(evidence=text[:LONGEST], question=" ".join(question.split()))


def _weighed(ranked: Sequence[EvidenceSentence], said: Mapping[int, float]) -> list[EvidenceSentence]:
    """The likeliest of those read as likely as any, those of which the model rather says no less likely by its odds.

    What else was likely stays so: the answer may take a second sentence.
    """
    first = max(
        (one for one in ranked if one.position in said), key=lambda one: one.score * math.exp(said[one.position])
    )
    most = max(one.score for one in ranked)
    others = [
        _rated(one, one.score * math.exp(min(0.0, said.get(one.position, 0.0)))) for one in ranked if one is not first
    ]
    return [_rated(first, most), *sorted(others, key=lambda one: -one.score)]


def _rated(sentence: EvidenceSentence, score: float) -> EvidenceSentence:
    return replace(sentence, score=score, by_part=(score,))
