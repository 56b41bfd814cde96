"""How far the law has come with somebody: suspected, arrested, charged, found guilty."""

import regex

from rag.verify.analysis import Case
from rag.verify.finding import Finding
from rag.verify.polarity import HEDGES
from rag.verify.words import stem, word_set

_STAGES = tuple(
    frozenset(map(stem, word_set(line)))
    for line in (
        "suspect suspicion suspected question questioned wanted",
        "arrest detain custody",
        "charge indict prosecute trial accuse plead face",
        "convict conviction guilty sentence jail imprison",
    )
)
# The words with which a claim says that a stage is reached, the last first.
_REACHED = ((3, _STAGES[3]), (2, frozenset(map(stem, word_set("charge indict")))), (1, _STAGES[1]))
# A sentence told by its length: "got six years for arson", "behind bars"; who is held.
_TERM = regex.compile(
    r"\b(?:(?<!up to )(?:\w+-year (?:term|sentence)|\w+ years? (?:in (?:prison|jail)|behind bars|for)"
    r"|(?:got|gave|given|handed)\s(?:\p{L}+\s){0,3}?\w+ (?:years?|months?))|life term|behind bars)\b",
    regex.IGNORECASE,
)
_HELD = regex.compile(
    r"\b(?:is|are|was|were|being|police)\s(?:being\s)?(?:held|holding)\b|\bhandcuff|\btaken away\b", regex.I
)
ENOUGH = 0.5  # of the rest of the claim that the sentence has


def stage_ahead(case: Case) -> Finding | None:
    """A stage that the claim says somebody has reached, where the evidence knows of an earlier one only."""
    best = case.best
    if best is None or any(word.norm in HEDGES for word in case.claim.words):
        return None
    known = frozenset().union(
        *(view.stems for view in case.sentences), *(source.title.stems for source in case.sources)
    )
    for place, reached in _REACHED:
        said = next((word for word in case.claim.words if word.stem in reached), None)
        if said is None:
            continue
        texts = [source.text for source in case.sources]
        if known & frozenset().union(*_STAGES[place:]) or any(map(_TERM.search, texts)):
            return None
        if place == 1 and any(map(_HELD.search, texts)):
            return None
        earlier = frozenset().union(*_STAGES[:place])
        stated = next((word for word in best.words if word.stem in earlier), None)
        if stated is None or case.coverage(best.stems, without=frozenset([said.stem])) < ENOUGH:
            return None
        return Finding("negation", "not_found", True, f"“{said.text}”: the evidence says only {stated.text}")
    return None
