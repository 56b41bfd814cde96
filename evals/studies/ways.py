"""Ways of ranking that the retrieval study compares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import regex
from numpy.typing import NDArray

from evals.studies.matrices import OUT, Collection, Ranking, Scores
from index.embedding import Embedder
from index.preference import Preference
from index.ranking import DEFAULT_WEIGHTS, Arm, Scale, Weights, rank
from index.search import POOL
from index.sentences import sentence_spans
from rag.timeline import time_ranges

Norm = Literal["min-max", "max", "z"]
_SOME_DAY = date(2022, 7, 28)
_LATELY = regex.compile(r"\b(?:recently|lately|currently|this (?:week|month|year))\b", regex.IGNORECASE)
Prefer = Callable[[int], Preference | None]
"""The preference of the question at this place."""


def alone(scores: Callable[[Collection], Scores]) -> Ranking:
    """One arm by itself."""
    return lambda collection, place: scores(collection)[place]


@dataclass(frozen=True)
class Fused:
    """The product's own fusion, over arms whose scores were computed beforehand.

    `near` scales the dense arm from the last of its own candidates instead of the farthest of all.
    `known` says which passages a question may see, `prefer` which days it prefers; `window` looks for
    candidates among the preferred days as well.
    """

    lexical: Callable[[Collection], Scores]
    weights: Weights = DEFAULT_WEIGHTS
    pool: int = POOL
    prefer: Prefer | None = None
    window: bool = True
    near: bool = False
    known: Callable[[Collection, int], NDArray[np.bool_]] | None = None
    dense: Callable[[Collection], Mapping[int, Scores] | Scores] = lambda collection: collection.dense

    def __call__(self, collection: Collection, place: int) -> Scores:
        cosines, bm25 = self.dense(collection)[place], self.lexical(collection)[place]
        seen = np.ones(len(cosines), bool) if self.known is None else self.known(collection, place)
        near = best(np.where(seen, cosines, OUT), self.pool)
        worded = best(np.where(seen & (bm25 > 0), bm25, OUT), self.pool)
        places = {*near.tolist(), *worded.tolist()}
        preference = self.prefer(place) if self.prefer else None
        if preference is not None and preference.strength > 0 and self.window:
            days = np.array([preference.value(p.published) > 0 for p in collection.passages])
            places |= set(best(np.where(seen & days & (bm25 > 0), bm25, OUT), self.pool).tolist())
        wanted = sorted(places | set(collection.lead[sorted(places)].tolist()))
        ids = {collection.passages[at].passage_id: at for at in wanted}
        arms = (
            Arm("dense", {name: float(cosines[at]) for name, at in ids.items()},
                Scale.of(cosines[near if self.near else wanted].tolist()), self.weights.dense),
            Arm("lexical", {name: float(bm25[at]) for name, at in ids.items()},
                Scale.of(bm25[worded].tolist(), low=0.0), 1 - self.weights.dense),
        )  # fmt: skip
        candidates = {collection.passages[at].passage_id: collection.candidates[at] for at in places}
        scores = np.full(len(cosines), OUT)
        for one in rank(candidates, arms, preference, self.weights):
            scores[ids[one.candidate.passage_id]] = one.score
        return scores


def best(scores: Scores, count: int) -> NDArray[np.int64]:
    """The places of the `count` highest, of those that are not out."""
    count = min(count, len(scores))
    places = np.argpartition(-scores, count - 1)[:count]
    return places[scores[places] > OUT / 2]


def reciprocal_ranks(lexical: Callable[[Collection], Scores], pool: int = 100, k: int = 60) -> Ranking:
    """Reciprocal rank fusion (Cormack et al. 2009)."""

    def ranking(collection: Collection, place: int) -> Scores:
        scores = np.zeros(len(collection.passages), np.float32)
        for arm in (collection.dense[place], lexical(collection)[place]):
            order = best(np.where(arm > 0, arm, OUT), pool)
            order = order[np.argsort(-arm[order], kind="stable")]
            scores[order] += 1 / (k + 1 + np.arange(len(order)))
        return np.where(scores > 0, scores, OUT)

    return ranking


def normalised(lexical: Callable[[Collection], Scores], norm: Norm, dense: float = 0.6, pool: int = 100) -> Ranking:
    """Fusion of the passages' own scores alone, brought to one scale in different ways."""

    def ranking(collection: Collection, place: int) -> Scores:
        total = np.zeros(len(collection.passages), np.float32)
        found: set[int] = set()
        for arm, weight in ((collection.dense[place], dense), (lexical(collection)[place], 1 - dense)):
            pooled = best(np.where(arm > 0, arm, OUT), pool)
            found |= set(pooled.tolist())
            values = arm[pooled] if len(pooled) else np.ones(1, np.float32)
            if norm == "z":
                total += weight * (arm - values.mean()) / max(1e-9, float(values.std()))
            else:
                low = float(values.min()) if norm == "min-max" else 0.0
                total += weight * (arm - low) / max(1e-9, float(values.max()) - low)
        scores = np.full(len(total), OUT)
        places = sorted(found)
        scores[places] = total[places]
        return scores

    return ranking


def with_feedback(first: Fused, articles: int, share: float) -> Ranking:
    """Rocchio's feedback: the question's vector moved towards the best passages of the first articles, then again."""

    def ranking(collection: Collection, place: int) -> Scores:
        order = collection.ranking(first(collection, place))
        places: dict[int, int] = {}
        for at in order:
            places.setdefault(int(collection.article[at]), at)
        nearest = collection.vectors[list(places.values())[:articles]]
        moved = collection.queries[place] + share * nearest.mean(axis=0)
        cosines = {place: collection.vectors @ (moved / np.linalg.norm(moved))}
        again = replace(first, dense=lambda _: cosines)
        return again(collection, place)

    return ranking


def summed(lexical: Callable[[Collection], Scores], most: int, dense: float = 0.6) -> Ranking:
    """An article by the sum of its best passages instead of its best one."""
    fused = normalised(lexical, "min-max", dense, 400)

    def ranking(collection: Collection, place: int) -> Scores:
        scores = fused(collection, place)
        order = collection.ranking(scores)
        sums: dict[int, list[float]] = {}
        for at in order:
            sums.setdefault(int(collection.article[at]), []).append(float(scores[at]))
        for at in order:
            scores[at] = sum(sums[int(collection.article[at])][:most])
        return scores

    return ranking


def capped(first: Ranking, most: int) -> Ranking:
    """Diversity: of each article the best `most` passages, then the rest."""

    def ranking(collection: Collection, place: int) -> Scores:
        scores = first(collection, place).copy()
        had: dict[int, int] = {}
        for at in collection.ranking(scores):
            article = int(collection.article[at])
            had[article] = had.get(article, 0) + 1
            if had[article] > most:
                scores[at] -= 10  # scores are in [0, 1]
        return scores

    return ranking


def by_sentences(first: Ranking, embedder: Embedder, top: int, share: float) -> Ranking:
    """A second stage: the best `top` passages ordered anew, by `share` as their best sentence fits."""

    def ranking(collection: Collection, place: int) -> Scores:
        scores = first(collection, place).copy()
        order = collection.ranking(scores)[:top]
        sentences = [
            (at, passage.text[span.start : span.end])
            for at in order
            for passage in (collection.passages[at],)
            for span in sentence_spans(passage.text, passage.language)
        ]
        fits = embedder.embed([text for _, text in sentences]) @ collection.queries[place]
        nearest: dict[int, float] = {}
        for (at, _), fit in zip(sentences, fits.tolist(), strict=True):
            nearest[at] = max(fit, nearest.get(at, -1.0))
        scale = Scale.of(nearest.values())
        for at in order:  # they stay above the others
            scores[at] = 1 + (1 - share) * scores[at] + share * scale(nearest.get(at, -1.0))
        return scores

    return ranking


def without_time(question: str) -> str:
    """A question without the words that only say when, which a preference for days takes care of."""
    for found in reversed(time_ranges(question, _SOME_DAY)):
        question = question[: found.start] + question[found.end :]
    return " ".join(_LATELY.sub(" ", question).split())
