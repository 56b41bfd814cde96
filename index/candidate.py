"""What an arm of the search finds: a passage by its place, not yet checked against the library."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of one version of an article; `score` is the arm's own (cosine, BM25)."""

    passage_id: str
    article_id: str
    version: str
    start: int
    end: int
    score: float
