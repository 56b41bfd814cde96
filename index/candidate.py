"""What an arm of the search finds: a passage by its place, not yet checked against the library."""

from dataclasses import dataclass

from index.passage import passage_id


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of one version of an article; `score` is the arm's own (cosine, BM25).

    `published` is in epoch seconds, None for an article without a date.
    """

    passage_id: str
    article_id: str
    version: str
    start: int
    end: int
    published: int | None
    score: float

    @property
    def lead_id(self) -> str:
        """The id of the first passage of the same version of the same article."""
        return passage_id(self.article_id, self.version, 0)
