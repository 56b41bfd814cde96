"""Hybrid retrieval: the dense and the lexical arm, fused, their hits checked against the library."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.article import Article
from index.dense import cosines, nearest
from index.filters import Filters
from index.library import Library
from index.passage import Passage
from index.preference import Preference
from index.ranking import DEFAULT_WEIGHTS, Arm, Part, Ranked, Scale, Weights, rank
from index.store import Generation
from index.wording import Wording, repeats

if TYPE_CHECKING:
    from index.embedding import Embedder

POOL = 100  # candidates from each arm, at least
_OVERFETCH = 4  # candidates for each passage asked for: some will be of replaced articles


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with its text as the library has it now.

    `score` is the fused one, in [0, 1], and the sum of its `parts`; `dense` is the cosine, `lexical`
    the BM25 score, None for a passage that has none of the words.
    """

    passage: Passage
    score: float
    dense: float | None
    lexical: float | None
    parts: tuple[Part, ...] = ()


def search(
    library: Library,
    generation: Generation,
    embedder: "Embedder",
    query: str,
    k: int,
    filters: Filters,
    preference: Preference | None = None,
    weights: Weights = DEFAULT_WEIGHTS,
) -> list[Hit]:
    """The `k` best passages for `query`, best first."""
    pool = max(POOL, _OVERFETCH * k)
    vector, languages = embedder.embed([query])[0], library.languages()
    with generation.reading():
        dense = nearest(generation, vector, pool, filters)
        lexical = generation.lexical.search(query, pool, filters, languages)
        found = [*dense, *lexical]
        if preference is not None and preference.strength > 0:
            # Of the preferred days more passages are worth looking at than of all days.
            found += generation.lexical.search(query, pool, preference.within(filters), languages)
        candidates = {candidate.passage_id: candidate for candidate in found}
        wanted = list(dict.fromkeys([*candidates, *(c.lead_id for c in candidates.values())]))
        near = {c.passage_id: c.score for c in dense}
        near |= cosines(generation, vector, [at for at in wanted if at not in near])
        bm25 = {c.passage_id: c.score for c in lexical}
        bm25 |= generation.lexical.scores(query, [at for at in wanted if at not in bm25], languages)
    # What only its words or its place in the article brought here is as far as passages get: the dense arm's own
    # hits are all near, and a scale from the last of them would make too much of small differences.
    arms = (
        Arm("dense", near, Scale.of(near.values()), weights.dense),
        Arm("lexical", bm25, Scale.of((c.score for c in lexical), low=0.0), 1.0 - weights.dense),
    )
    ranked = rank(candidates, arms, preference, weights)
    return hydrated(library, ranked, near, bm25, k)


def hydrated(
    library: Library, ranked: Sequence[Ranked], dense: dict[str, float], lexical: dict[str, float], k: int
) -> list[Hit]:
    """The first `k` candidates whose article is in the library in the very version that was indexed.

    Whatever the derived indexes hold, nothing of a deleted or replaced article passes here: text and
    version are read together, in one query. What a copy only repeats of its original is left out where
    the original was found as well.
    """
    waiting = list(ranked)
    hits: list[Hit] = []
    told = _Told(library, ranked)
    while waiting and len(hits) < k:
        some, waiting = waiting[: 2 * k], waiting[2 * k :]
        articles = library.get_many(one.candidate.article_id for one in some)
        versions = {article_id: article.version for article_id, article in articles.items()}
        for one in some:
            candidate = one.candidate
            if versions.get(candidate.article_id) != candidate.version or len(hits) == k:
                continue
            article = articles[candidate.article_id]
            if told.already(article, article.text[candidate.start : candidate.end]):
                continue
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
            hits.append(Hit(passage, one.score, dense.get(at), lexical.get(at), one.parts))
    return hits


class _Told:
    """Knows which passages of copies say nothing new.

    Of articles that are copies of one another one speaks for all: the original, if it was found (the
    filters may not let it pass), else the copy that was found first.
    """

    def __init__(self, library: Library, ranked: Sequence[Ranked]) -> None:
        candidates = [one.candidate for one in ranked]
        self._originals = library.originals(candidate.article_id for candidate in candidates)
        articles = library.get_many([*self._originals.values(), *self._originals]) if self._originals else {}
        self._speakers: dict[str, str] = {}
        self._wordings: dict[str, Wording] = {}
        found = [
            c.article_id for c in candidates if c.article_id in articles and c.version == articles[c.article_id].version
        ]
        for article_id in found:
            original = self._originals.get(article_id)
            if original is not None:
                self._speakers.setdefault(original, original if original in found else article_id)
        for article_id in self._speakers.values():
            self._wordings[article_id] = Wording(articles[article_id].text)

    def already(self, article: Article, text: str) -> bool:
        """Whether `text`, a passage of `article`, is in the article that speaks for its copies."""
        speaker = self._speakers.get(self._originals.get(article.article_id, ""), article.article_id)
        return speaker != article.article_id and repeats(Wording(text), self._wordings[speaker])
