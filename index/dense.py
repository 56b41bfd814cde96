"""The dense arm: the passages nearest to a question, of those that pass its filters."""

from collections.abc import Sequence
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from index.candidate import Candidate
from index.filters import Filters
from index.store import Generation

# Chroma reads what it keeps of every passage to test a filter, and what a filter rarely lets pass its graph finds
# slowly (docs/performance.md). So the lexical index, which has the dates in columns, says what passes: as many as this
# are compared one by one, …
_COMPARED = 5_000
_NAMED = 20_000  # … and of as many as this Chroma is given the ids.


def nearest(generation: Generation, vector: NDArray[np.float32], k: int, filters: Filters) -> list[Candidate]:
    """The `k` passages that pass `filters` nearest to `vector`, shape (dimensions,), best first; scores are cosines."""
    if filters == Filters():
        return generation.vectors.search(vector, k, filters)
    passing = generation.lexical.passing(filters, _NAMED)
    if passing.passage_ids is None or passing.count > _COMPARED:
        return generation.vectors.search(vector, k, filters, passing)
    scores = cosines(generation, vector, passing.passage_ids)
    best = nlargest(k, scores.items(), key=lambda one: one[::-1])
    return sorted(generation.lexical.candidates(dict(best)), key=lambda one: -one.score)


def cosines(generation: Generation, vector: NDArray[np.float32], passage_ids: Sequence[str]) -> dict[str, float]:
    """The cosine of each of these passages to `vector`."""
    vectors = generation.embeddings.get(passage_ids)
    if elsewhere := [at for at in passage_ids if at not in vectors]:
        vectors |= generation.vectors.get(elsewhere)
    if not vectors:
        return {}
    return dict(zip(vectors, (np.stack(list(vectors.values())) @ vector).tolist(), strict=True))
