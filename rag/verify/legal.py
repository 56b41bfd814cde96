"""How far the law has come with somebody: suspected, arrested, charged, found guilty."""

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
        if known & frozenset().union(*_STAGES[place:]):
            return None
        earlier = frozenset().union(*_STAGES[:place])
        stated = next((word for word in best.words if word.stem in earlier), None)
        if stated is None or case.coverage(best.stems, without=frozenset([said.stem])) < ENOUGH:
            return None
        return Finding("negation", "not_found", True, f"“{said.text}”: the evidence says only {stated.text}")
    return None
