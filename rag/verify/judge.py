"""A language model as judge: the probability of "yes" to one fixed question about the closest sentences."""

from typing import Protocol

import prompts
from rag.verify.analysis import Case

SENTENCES = 3
MAX_CHARACTERS = 800
"""Of evidence in the prompt. On two cores a 1.5B model reads some 42 tokens a second, so length is what it costs."""


class YesJudge(Protocol):
    """What can say how likely "yes" is (`rag.llm.model.LanguageModel` does)."""

    def probability(self, messages: list[dict[str, str]]) -> float:
        """P(yes) / (P(yes) + P(no)) of the first token of the answer to chat `messages`. Raises LLMError."""
        ...


def question(claim: str, case: Case) -> list[dict[str, str]]:
    """Chat messages that ask whether the sentences closest to `claim` support it; what never changes comes first."""
    return prompts.load("judge").messages(evidence=excerpt(case), claim=" ".join(claim.split()))


def excerpt(case: Case, sentences: int = SENTENCES, characters: int = MAX_CHARACTERS) -> str:
    """The sentences closest to the claim in the order of the evidence, a line each, as many as fit."""
    chosen = case.closest(sentences)
    while len(chosen) > 1 and sum(view.end - view.start for view in chosen) > characters:
        chosen.pop()  # the one that adds least
    chosen.sort(key=lambda view: (view.index, view.number))
    texts = (case.sources[view.index].text[view.start : view.end] for view in chosen)
    return "\n".join(" ".join(text.split())[:characters] for text in texts)
