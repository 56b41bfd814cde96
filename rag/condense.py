"""A language model's way to make a follow-up stand alone, and the guard that keeps its inventions out."""

from collections.abc import Sequence

import regex

import prompts
from rag.followup import standalone
from rag.words import content_stems

EXCHANGES = 3  # of the conversation that the model sees
LONGEST_ANSWER = 300  # characters of each answer
MAX_TOKENS = 80  # what a rewrite may take

_LABEL = regex.compile(
    r"^\s*(?:(?:the )?(?:rewritten|standalone|stand-alone|last)?\s*question\s*:)\s*", regex.IGNORECASE
)
_QUESTION_WORDS = regex.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", regex.IGNORECASE)
# Words that a rewrite may drop: they pointed into the conversation, or greeted.
_POINTING = regex.compile(
    r"\b(?:ok(?:ay)?|well|and|so|also|else|something|anything|exactly|ones?|latter|former|then|counterpart|please)\b",
    regex.IGNORECASE,
)


def messages(question: str, exchanges: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Chat messages that ask for the rewrite: the last exchanges, answers shortened, and the question."""
    told = [f"Question: {_line(asked)}\nAnswer: {_line(answer)[:LONGEST_ANSWER]}" for asked, answer in exchanges]
    return prompts.load("condense").messages(conversation="\n".join(told[-EXCHANGES:]), question=_line(question))


def condensed(
    reply: str, question: str, exchanges: Sequence[tuple[str, str]], subject: str | None = None
) -> tuple[str, bool]:
    """The model's rewrite where it can be trusted, else the one by rules; and whether it was the model's."""
    rewrite = _LABEL.sub("", reply.strip().split("\n")[0]).strip(" \"'“”*`")
    ruled = standalone(question, exchanges, subject)
    # A rewrite that adds nothing has resolved nothing, where the rules find something to add.
    idle = content_stems(rewrite) <= content_stems(question) < content_stems(ruled)
    if acceptable(rewrite, question, exchanges) and not idle:
        return rewrite, True
    return ruled, False


def acceptable(rewrite: str, question: str, exchanges: Sequence[tuple[str, str]]) -> bool:
    """Whether `rewrite` asks the same: one question that keeps the content words of `question`, asks
    with the same question word, and adds no content word that the conversation does not have."""
    if not rewrite.endswith("?") or rewrite.count("?") > 1 or len(rewrite) > 3 * len(question) + 200:
        return False
    asked = {word.lower() for word in _QUESTION_WORDS.findall(question)}
    asks = {word.lower() for word in _QUESTION_WORDS.findall(rewrite)}
    if asked and asks and not asked & asks:
        return False
    kept = content_stems(_POINTING.sub(" ", question))
    said = content_stems(rewrite)
    known = content_stems(" ".join([question, *(text for exchange in exchanges for text in exchange)]))
    return kept <= said <= known


def _line(text: str) -> str:
    return " ".join(text.split())
