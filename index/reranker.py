"""A second look at what was found first: a model reads each passage together with the query.

It is optional, and its share of the score has not been measured here: no model for it comes with the project.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from index.errors import ModelError
from index.ranking import Part, Scale
from index.search import Hit

DEPTH = 30  # passages that are read again
SHARE = 0.7  # of the score of those, for what the second look says; the fused score has the rest
NAME = "rerank"


class Reranker(Protocol):
    """What reads a query and a text together."""

    @property
    def name(self) -> str:
        """For messages."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """How well each text fits the query, on any scale, higher is better. Raises ConfigError and ModelError."""


def rerank(hits: Sequence[Hit], query: str, reranker: Reranker) -> list[Hit]:
    """The same hits in the order of the second look, which the first `DEPTH` of them get; the others stay behind.

    A score stays in [0, 1] and the sum of its parts: those of the fused score weigh less by `SHARE`, and what the
    reranker says, brought to [0, 1] over the passages that it read, is one more. So a preference for some days still
    counts. Raises ModelError for scores that are none.
    """
    first = hits[:DEPTH]
    if not first:
        return []
    raw = [float(score) for score in reranker.scores(query, [_text(hit) for hit in first])]
    if len(raw) != len(first) or not all(map(math.isfinite, raw)):
        raise ModelError(
            f"the reranker {reranker.name} gave {len(raw)} scores for {len(first)} passages, or some that are no "
            "numbers; choose another, or unset RAG_RERANK"
        )
    scale = Scale.of(raw)
    again = [_scored(hit, Part(NAME, score, scale(score), SHARE)) for hit, score in zip(first, raw, strict=True)]
    return [*sorted(again, key=lambda hit: -hit.score), *(_scored(hit) for hit in hits[DEPTH:])]


def _text(hit: Hit) -> str:
    """What is read: the title says what a passage from the middle of an article is about."""
    return f"{hit.passage.title}\n{hit.passage.text}"


def _scored(hit: Hit, *more: Part) -> Hit:
    parts = (*(replace(part, weight=part.weight * (1 - SHARE)) for part in hit.parts), *more)
    return replace(hit, parts=parts, score=sum(part.weight * part.value for part in parts))
