"""Hybrid retrieval: the dense and the lexical arm, fused, their hits checked against the library."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.candidate import Candidate
from index.filters import Filters
from index.library import Library
from index.passage import Passage
from index.store import Generation

if TYPE_CHECKING:
    from index.embedding import Embedder

DENSE_WEIGHT = 0.6
_POOL = 100  # candidates from each arm, at least
_OVERFETCH = 4  # candidates for each passage asked for: some will be of replaced articles


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with its text as the library has it now.

    `score` is the fused one, in [0, 1]; `dense` is the cosine, `lexical` the BM25 score, None where
    that arm did not find the passage.
    """

    passage: Passage
    score: float
    dense: float | None
    lexical: float | None


def search(
    library: Library, generation: Generation, embedder: "Embedder", query: str, k: int, filters: Filters
) -> list[Hit]:
    """The `k` best passages for `query`, best first."""
    pool = max(_POOL, _OVERFETCH * k)
    vector, languages = embedder.embed([query])[0], library.languages()
    with generation.reading():
        dense = generation.vectors.search(vector, pool, filters)
        lexical = generation.lexical.search(query, pool, filters, languages)
    ranked = fuse(dense, lexical)
    return hydrated(
        library, ranked, {c.passage_id: c.score for c in dense}, {c.passage_id: c.score for c in lexical}, k
    )


def fuse(
    dense: Sequence[Candidate], lexical: Sequence[Candidate], dense_weight: float = DENSE_WEIGHT
) -> list[tuple[Candidate, float]]:
    """Candidates of both arms by the weighted sum of their min-max normalised scores, best first.

    A candidate that an arm did not find gets that arm's worst, 0. Ties are broken by passage id.
    """
    candidates = {c.passage_id: c for c in (*lexical, *dense)}
    scores = dict.fromkeys(candidates, 0.0)
    for arm, weight in ((dense, dense_weight), (lexical, 1.0 - dense_weight)):
        for passage_id, score in _normalised(arm):
            scores[passage_id] += weight * score
    order = sorted(candidates, key=lambda passage_id: (-scores[passage_id], passage_id))
    return [(candidates[passage_id], scores[passage_id]) for passage_id in order]


def hydrated(
    library: Library,
    ranked: Iterable[tuple[Candidate, float]],
    dense: dict[str, float],
    lexical: dict[str, float],
    k: int,
) -> list[Hit]:
    """The first `k` candidates whose article is in the library in the very version that was indexed.

    Whatever the derived indexes hold, nothing of a deleted or replaced article passes here: text and
    version are read together, in one query.
    """
    waiting = list(ranked)
    hits: list[Hit] = []
    while waiting and len(hits) < k:
        some, waiting = waiting[: 2 * k], waiting[2 * k :]
        articles = library.get_many(candidate.article_id for candidate, _ in some)
        versions = {article_id: article.version for article_id, article in articles.items()}
        for candidate, score in some:
            if versions.get(candidate.article_id) != candidate.version or len(hits) == k:
                continue
            article = articles[candidate.article_id]
            passage = Passage(
                article_id=candidate.article_id,
                version=candidate.version,
                start=candidate.start,
                end=candidate.end,
                position=int(candidate.passage_id.rpartition("-")[2]),
                text=article.text[candidate.start : candidate.end],
                title=article.title,
                source=article.source,
                url=article.url,
                published=None if article.published is None else int(article.published.timestamp()),
                language=article.language,
            )
            at = candidate.passage_id
            hits.append(Hit(passage, score, dense.get(at), lexical.get(at)))
    return hits


def _normalised(arm: Sequence[Candidate]) -> Iterable[tuple[str, float]]:
    if not arm:
        return
    low = min(c.score for c in arm)
    span = max(c.score for c in arm) - low
    for c in arm:
        yield c.passage_id, (c.score - low) / span if span > 0 else 1.0
