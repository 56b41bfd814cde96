"""Which way of ranking finds the article that answers: ``python -m evals.studies.retrieval``.

Three collections: RealTimeQA (quiz questions of summer 2022 over 898 articles), MultiHop-RAG (questions over two to
four articles, of which only the evidence sentences are searched) and the golden set. Ways are compared on articles,
each by its best passage; intervals resample the articles that hold the evidence. ``--write FILE`` puts the tables
between the file's markers. Passages are embedded once and kept; the first run takes half an hour of processor time.
"""

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks.retrieval import CACHE
from evals.datasets import Question
from evals.statistics import cluster_bootstrap, weighted_mean
from evals.studies.embeddings import CachedEmbedder
from evals.studies.markdown import put, table
from evals.studies.matrices import Collection, Ranking, Scores, asked, collection
from evals.studies.ways import (
    Fused,
    alone,
    by_sentences,
    capped,
    normalised,
    reciprocal_ranks,
    summed,
    with_feedback,
    without_time,
)
from index.filters import Filters
from index.lexical import TITLE_BOOST
from index.passages import PassageRules
from index.preference import Preference
from index.ranking import DEFAULT_WEIGHTS, Weights
from rag.embedder import LocalEmbedder
from rag.settings import load as load_settings
from rag.understanding import preferred

MEASURES = ("nDCG@10", "Hits@1", "Hits@4", "Hits@10", "MRR@10", "MAP@10")
FAR = date(2026, 11, 22)  # a day of asking from which all articles are far
HALVINGS = 40
GRID = tuple(Weights(dense=dense, lead=lead) for dense in (0.4, 0.5, 0.6, 0.7) for lead in (0.0, 0.3, 0.6, 1.0))
Values = NDArray[np.float64]
"""One value a question, shape (questions,)."""
Day = Callable[[Question], date]


def lexical(title: float) -> Callable[[Collection], Scores]:
    """The lexical arm with titles by that weight; computed once a collection."""
    known: dict[int, tuple[Collection, Scores]] = {}

    def scores(of: Collection) -> Scores:
        if id(of) not in known:
            known[id(of)] = of, of.lexical(title)
        return known[id(of)][1]

    return scores


SHIPPED = Fused(lexical(TITLE_BOOST))


def measured(of: Collection, way: Ranking) -> dict[str, Values]:
    """What `way` is worth, by measure."""
    rows = [of.judged(place, way(of, place)) for place in range(len(of.questions))]
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}  # type: ignore[arg-type]


def bounds(values: Values, of: Collection, style: str = ".3f") -> str:
    """The mean with its interval, as in ``.751 [.668, .823]``."""
    interval = cluster_bootstrap(weighted_mean(values), [question.cluster for question in of.questions])
    low, high = interval.low, interval.high
    mean = short(float(values.mean()), style)
    return mean if low is None or high is None else f"{mean} [{short(low, style)}, {short(high, style)}]"


def short(value: float, style: str = ".3f") -> str:
    shown = format(value, style)
    return shown.replace("0.", ".", 1) if abs(value) < 1 else shown


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


def arms(of: Collection) -> str:
    """Each arm alone, fused, and with the day of asking known."""
    ways: dict[str, Ranking] = {
        "dense alone": alone(lambda one: one.dense),
        "lexical alone, without titles": alone(lexical(0.0)),
        "lexical alone": alone(SHIPPED.lexical),
        "both, by reciprocal ranks": reciprocal_ranks(SHIPPED.lexical),
        "**as shipped, day unknown**": asked_on(of, lambda _: FAR),
    }
    if any(question.as_of for question in of.questions):
        ways["**as shipped, day known**"] = asked_on(of, its_day)
    found = {name: measured(of, way) for name, way in ways.items()}
    return table(
        (f"{of.name}, {len(of.questions)} questions", *MEASURES),
        [[name, *(bounds(values[measure], of) for measure in MEASURES)] for name, values in found.items()],
    )


@dataclass(frozen=True)
class Way:
    """A way of ranking, over a collection of its own where it asks other words."""

    name: str
    ranking: Ranking
    over: Callable[[Collection], Collection] = lambda of: of


def tried(embedder: CachedEmbedder) -> list[Way]:
    """The shipped way, then what was tried instead; the day of asking unknown."""
    arm, weights = SHIPPED.lexical, DEFAULT_WEIGHTS
    changed = [
        ("without lead", replace(weights, lead=0.0)),
        *((f"lead {lead:g}", replace(weights, lead=lead)) for lead in (0.1, 0.3, 0.6, 1.0)),
        *((f"dense share {dense:g}", replace(weights, dense=dense)) for dense in (0.4, 0.5, 0.6, 0.7, 0.8)),
    ]
    return [
        Way("as shipped", SHIPPED),
        Way("dense alone", alone(lambda of: of.dense)),
        Way("lexical alone", alone(arm)),
        Way("reciprocal ranks", reciprocal_ranks(arm)),
        Way("scores alone, from 0 to the best", normalised(arm, "max")),
        Way("scores alone, from the lowest to the best", normalised(arm, "min-max")),
        Way("scores alone, standardised", normalised(arm, "z")),
        *(Way(name, replace(SHIPPED, weights=one)) for name, one in changed if one != weights),
        *(Way(f"the title's words by {t:g}", Fused(lexical(t))) for t in (0.0, 0.1, 0.2, 0.5) if t != TITLE_BOOST),
        *(Way(f"{pool} candidates of each arm", replace(SHIPPED, pool=pool)) for pool in (50, 200)),
        Way("question without its time words", SHIPPED, lambda of: of.rephrased(embedder, without_time)),
        Way("feedback of 3 articles, by .3", with_feedback(SHIPPED, 3, 0.3)),
        Way("feedback of 5 articles, by .6", with_feedback(SHIPPED, 5, 0.6)),
        *(Way(f"an article by its {most} best passages", summed(arm, most)) for most in (2, 3)),
        *(Way(f"best sentence of the first 20 by {s:g}", by_sentences(SHIPPED, embedder, 20, s)) for s in (0.2, 0.4)),
    ]


def compared(of: Collection, ways: Sequence[Way]) -> str:
    """The figures, and the differences to the first of `ways`, also in each of two halves of the questions."""
    parts = halves(of, random.Random(0))
    first: Values | None = None
    rows = []
    for way in ways:
        values = measured(way.over(of), way.ranking)
        ndcg = values["nDCG@10"]
        row = [way.name, bounds(ndcg, of), *(short(float(values[name].mean())) for name in ("Hits@4", "Hits@10"))]
        if first is None:
            first = ndcg
            rows.append([*row, "", ""])
            continue
        change = ndcg - first
        rows.append(
            [*row, bounds(change, of, "+.3f"), ", ".join(short(float(change[half].mean()), "+.3f") for half in parts)]
        )
    return table((of.name, "nDCG@10", "Hits@4", "Hits@10", "difference", "in each half"), rows)


def chosen_on_half(of: Collection, grid: Sequence[Weights]) -> str:
    """nDCG@10 of weights chosen on one half of the questions and measured on the other: means of many halvings."""
    values = {one: measured(of, replace(SHIPPED, weights=one))["nDCG@10"] for one in (*grid, DEFAULT_WEIGHTS)}
    rng = random.Random(0)
    seen, unseen, shipped = [], [], []
    for _ in range(HALVINGS):
        for here, there in (pair := halves(of, rng), pair[::-1]):
            chosen = grid[int(np.argmax([values[one][here].mean() for one in grid]))]
            seen.append(values[chosen][here].mean())
            unseen.append(values[chosen][there].mean())
            shipped.append(values[DEFAULT_WEIGHTS][there].mean())
    means = [short(float(np.mean(some))) for some in (seen, unseen, shipped)]
    names = ("best of one half, on that half", "best of one half, on the other", "as shipped, on the other")
    return table((f"{of.name}, {len(grid)} weights", "nDCG@10"), list(zip(names, means, strict=True)))


def times(news: Collection, golden: Collection) -> str:
    """What the preference for some days does to questions of each kind."""
    latest, last = (max(a.published for a in one.articles if a.published).date() for one in (news, golden))
    timeless = golden.of(lambda one: one.metadata.get("timeless") == "true")
    archive = timeless.shifted((latest - last).days - 365).among(news)
    dated = golden.of(lambda one: one.kind == "dated").among(news)
    cases: list[tuple[str, Collection, Day]] = [
        ("of the week, the day known", news, its_day),
        ("of the week, asked years later", news, lambda _: FAR),
        ("of the week, all articles ten years older", news.shifted(-3_650), its_day),
        ("timeless, asked after the last article", timeless.among(news), lambda _: last + timedelta(days=1)),
        ("timeless, of an archive beside the week's news", archive, lambda _: latest),
        ("with a date, asked a year after", dated, lambda _: last + timedelta(days=365)),
    ]
    rows = []
    for name, of, day in cases:
        way = asked_on(of, day)
        without, found = measured(of, replace(way, prefer=None)), measured(of, way)
        change = found["nDCG@10"] - without["nDCG@10"]
        shown = [bounds(without["nDCG@10"], of), bounds(found["nDCG@10"], of), bounds(change, of, "+.3f")]
        rows.append([name, str(len(of.questions)), *shown, short(float(found["Hits@4"].mean()))])
    return table(("questions", "n", "nDCG@10 without", "with the preference", "difference", "Hits@4"), rows)


def diversity(of: Collection) -> str:
    """How many passages of one article may stand together: the evidence known to the sentence, over passages."""
    ways: dict[str, Ranking] = {
        "as shipped": SHIPPED,
        "an article's other passages gain as much by its lead": replace(SHIPPED, weights=Weights(others=1.0)),
        "they gain nothing by it": replace(SHIPPED, weights=Weights(others=0.0)),
        **{f"{most} of each article first": capped(SHIPPED, most) for most in (1, 2, 3)},
    }
    names = ("Evidence@1", "Evidence@4", "Evidence@10")
    found = {name: measured(of, way) for name, way in ways.items()}
    rows = [[name, *(bounds(values[one], of) for one in names)] for name, values in found.items()]
    return table((f"{of.name}, {len(of.questions)} questions", *names), rows)


def passages(data: Path | None, embedder: CachedEmbedder, every: int) -> str:
    """Other passages, over a part of the articles: smaller, larger, embedded without their titles."""
    kinds: Mapping[str, tuple[PassageRules, bool]] = {
        "900 characters, as shipped": (PassageRules(), True),
        "without the title in the embedding": (PassageRules(), False),
        "450 characters": (PassageRules(target=450), True),
        "1,600 characters": (PassageRules(target=1_600), True),
    }
    rows: list[list[str]] = []
    first: Values | None = None
    for name, (rules, titled) in kinds.items():
        of = collection("realtimeqa", embedder, data, rules, titled=titled, every=every)
        values = measured(of, SHIPPED)
        ndcg = values["nDCG@10"]
        change = "" if first is None else bounds(ndcg - first, of, "+.3f")
        first = ndcg if first is None else first
        rows.append([name, f"{len(of.passages):,}", bounds(ndcg, of), short(float(values["Hits@4"].mean())), change])
    return table((f"{len(of.articles)} articles", "passages", "nDCG@10", "Hits@4", "difference"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.studies.retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with realtimeqa/ and multihoprag/; default: ../shared/data")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where vectors are kept")
    parser.add_argument("--every", type=int, default=8, help="of the articles without evidence, which are cut anew")
    parser.add_argument("--only", nargs="+", help="some of: arms ways halves times diversity passages")
    parser.add_argument("--write", type=Path, help="a Markdown file that gets the tables")
    options = parser.parse_args()
    embedder = CachedEmbedder(LocalEmbedder(load_settings()), options.cache)
    news, hops = (collection(name, embedder, options.data) for name in ("realtimeqa", "multihoprag"))
    golden = collection("golden", embedder)
    both, ways = (news, hops), tried(embedder)
    studies: dict[str, Callable[[], str]] = {
        "arms": lambda: "\n\n".join(arms(of) for of in both),
        "ways": lambda: "\n\n".join(compared(of, ways) for of in both),
        "halves": lambda: "\n\n".join(chosen_on_half(of, GRID) for of in both),
        "times": lambda: times(news, golden),
        "diversity": lambda: diversity(golden.among(news)),
        "passages": lambda: passages(options.data, embedder, options.every),
    }
    for name, study in studies.items():
        if options.only is None or name in options.only:
            text = study()
            print(f"\n{name}\n\n{text}", flush=True)
            if options.write:
                put(options.write, name, text)


if __name__ == "__main__":
    main()
