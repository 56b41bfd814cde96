"""What a way of ranking is worth over a collection, and the product's own way on a day of asking."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from evals.datasets import Question
from evals.studies.markdown import mean_with_interval
from evals.studies.matrices import Collection, Ranking, Scores, asked
from evals.studies.ways import Fused
from index.filters import Filters
from index.lexical import PAIR_BOOST, TITLE_BOOST
from index.preference import Preference
from index.ranking import DEFAULT_WEIGHTS, Weights
from rag.understanding import preferred

MEASURES = ("nDCG@10", "Hits@1", "Hits@4", "Hits@10", "MRR@10", "MAP@10")
FAR = date(2026, 11, 22)  # a day of asking from which all articles are far
Values = NDArray[np.float64]
"""One value a question, shape (questions,)."""
Day = Callable[[Question], date]


def lexical(title: float = TITLE_BOOST, pairs: float = PAIR_BOOST) -> Callable[[Collection], Scores]:
    """The lexical arm with titles and neighbouring words (sequential dependence: Metzler & Croft 2005) by these
    weights; computed once a collection."""
    known: dict[int, tuple[Collection, Scores]] = {}

    def scores(of: Collection) -> Scores:
        if id(of) not in known:
            known[id(of)] = of, of.lexical(title, pairs)
        return known[id(of)][1]

    return scores


SHIPPED = Fused(lexical())


def measured(of: Collection, way: Ranking) -> dict[str, Values]:
    """What `way` is worth, by measure."""
    rows = [of.judged(place, way(of, place)) for place in range(len(of.questions))]
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}  # type: ignore[arg-type]


def bounds(values: Values, of: Collection, style: str = ".3f") -> str:
    """The mean with its interval, as in ``.751 [.668, .823]``."""
    return mean_with_interval(values.tolist(), [question.cluster for question in of.questions], style)


def asked_on(of: Collection, day: Day, weights: Weights = DEFAULT_WEIGHTS) -> Fused:
    """The product's ranking, each question asked on its `day`: what was published later is not known yet."""
    days = [day(question) for question in of.questions]
    published = np.array([passage.published or 0 for passage in of.passages])
    limits = [Filters.of(known_by=one).known_by or 0 for one in days]

    def prefer(place: int) -> Preference | None:
        return preferred(asked(of.questions[place]), days[place])

    return replace(SHIPPED, weights=weights, prefer=prefer, known=lambda _, place: published < limits[place])


def its_day(question: Question) -> date:
    """The day on which the question was asked."""
    return question.as_of or FAR


def halves(of: Collection, rng: random.Random) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The questions in two halves that share no article."""
    clusters = [question.cluster for question in of.questions]
    names = sorted(set(clusters))
    rng.shuffle(names)
    chosen = set(names[: len(names) // 2])
    first = np.array([name in chosen for name in clusters])
    return first, ~first
