"""Which way of ranking finds the article that answers: ``python -m evals.studies.retrieval``.

Three collections: RealTimeQA (quiz questions of summer 2022 over 898 articles), MultiHop-RAG (questions over two to
four articles, of which only the evidence sentences are searched) and the golden set. Ways are compared on articles,
each by its best passage; intervals resample the articles that hold the evidence. ``--write FILE`` puts the tables
between the file's markers. Passages are embedded once and kept; the first run takes an hour and a half of processor
time, most of it for passages cut in other ways (``--every 8`` takes fewer articles).
"""

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from evals.benchmarks.retrieval import CACHE
from evals.studies.embeddings import CachedEmbedder
from evals.studies.markdown import put, short, table
from evals.studies.matrices import Collection, Ranking, asked, collection
from evals.studies.measuring import (
    FAR,
    MEASURES,
    SHIPPED,
    Day,
    Values,
    asked_on,
    bounds,
    halves,
    its_day,
    lexical,
    measured,
)
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
from index.lexical import PAIR_BOOST, TITLE_BOOST
from index.passages import PassageRules
from index.ranking import DEFAULT_WEIGHTS, Weights
from rag.embedder import LocalEmbedder
from rag.settings import load as load_settings
from rag.timeline import question_range

HALVINGS = 40
GRID = tuple(Weights(dense=dense, lead=lead) for dense in (0.4, 0.5, 0.6, 0.7) for lead in (0.0, 0.3, 0.5, 1.0))


def arms(of: Collection) -> str:
    """Each arm alone, fused, and with the day of asking known."""
    ways: dict[str, Ranking] = {
        "dense alone": alone(lambda one: one.dense),
        "lexical alone, without titles": alone(lexical(title=0.0)),
        "lexical alone, without neighbouring words": alone(lexical(pairs=0.0)),
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
        *((f"lead {lead:g}", replace(weights, lead=lead)) for lead in (0.1, 0.3, 0.5, 0.8, 1.2)),
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
        Way("dense scores from the last of its hundred", replace(SHIPPED, near=True)),
        Way("the same, dense share .4", replace(SHIPPED, near=True, weights=replace(weights, dense=0.4))),
        *(
            Way(f"neighbouring words by {t:g}", Fused(lexical(pairs=t)))
            for t in (0.0, 0.1, 0.2, 0.5)
            if t != PAIR_BOOST
        ),
        *(
            Way(f"the title's words by {t:g}", Fused(lexical(title=t)))
            for t in (0.0, 0.1, 0.2, 0.5)
            if t != TITLE_BOOST
        ),
        *(Way(f"{pool} candidates of each arm", replace(SHIPPED, pool=pool)) for pool in (50, 200)),
        Way(
            "question without its time words",
            SHIPPED,
            lambda of: of.rephrased(embedder, lambda one: without_time(asked(one))),
        ),
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


def cases(news: Collection, golden: Collection) -> list[tuple[str, Collection, Day]]:
    """Questions of each kind, and the day on which they are asked.

    The golden articles come long after the quiz; for questions of no time they are also moved to a year before it, so
    that the news of its week is what a preference may wrongly lift.
    """
    quiz = max(its_day(question) for question in news.questions)
    last = max(article.published for article in golden.articles if article.published).date()
    timeless = golden.of(
        lambda one: one.metadata.get("timeless") == "true" and question_range(asked(one), quiz) is None
    )
    archive = timeless.shifted((quiz - last).days - 365).among(news)
    dated = golden.of(lambda one: one.kind == "dated").among(news)
    return [
        ("of the week, the day known", news, its_day),
        ("of the week, asked years later", news, lambda _: FAR),
        ("of the week, all articles ten years older", news.shifted(-3_650), its_day),
        ("timeless, of an archive beside the week's news", archive, lambda _: quiz),
        ("timeless, asked after the last article", timeless.among(news), lambda _: last + timedelta(days=1)),
        ("with a date, asked a year after", dated, lambda _: last + timedelta(days=365)),
    ]


def times(kinds: Sequence[tuple[str, Collection, Day]]) -> str:
    """What the preference for some days does to questions of each kind."""
    rows = []
    for name, of, day in kinds:
        way = asked_on(of, day)
        without, found = measured(of, replace(way, prefer=None)), measured(of, way)
        change = found["nDCG@10"] - without["nDCG@10"]
        shown = [bounds(without["nDCG@10"], of), bounds(found["nDCG@10"], of), bounds(change, of, "+.3f")]
        rows.append([name, str(len(of.questions)), *shown, short(float(found["Hits@4"].mean()))])
    return table(("questions", "n", "nDCG@10 without", "with the preference", "difference", "Hits@4"), rows)


def days(kinds: Sequence[tuple[str, Collection, Day]]) -> str:
    """How much days may count: the first kind of question against the fourth; nDCG@10, the first's halves too."""
    (name, news, day), (other, archive, then) = kinds[0], kinds[3]
    parts = halves(news, random.Random(0))
    rows = []
    for time in (0.0, 0.3, 0.6, 0.9, 1.2, 1.8):
        weights = replace(DEFAULT_WEIGHTS, time=time)
        found = measured(news, asked_on(news, day, weights))
        ndcg, old = found["nDCG@10"], measured(archive, asked_on(archive, then, weights))["nDCG@10"]
        split = ", ".join(short(float(ndcg[half].mean())) for half in parts)
        shown = [bounds(ndcg, news), split, short(float(found["Hits@4"].mean())), bounds(old, archive)]
        rows.append([f"{time:g}" + (", as shipped" if weights == DEFAULT_WEIGHTS else ""), *shown])
    return table(("weight", name, "its halves", "Hits@4", other), rows)


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
    """Other passages: smaller, larger, overlapping, embedded without their titles."""
    kinds: Mapping[str, tuple[PassageRules, bool]] = {
        "900 characters, as shipped": (PassageRules(), True),
        "without the title in the embedding": (PassageRules(), False),
        "450 characters": (PassageRules(target=450), True),
        "1,600 characters": (PassageRules(target=1_600), True),
        "900 characters, up to 200 repeated": (PassageRules(overlap=200), True),
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
    parser.add_argument("--every", type=int, default=1, help="of the articles without evidence, for other passages")
    parser.add_argument("--only", nargs="+", help="some of: arms ways halves times days diversity passages")
    parser.add_argument("--write", type=Path, help="a Markdown file that gets the tables")
    options = parser.parse_args()
    embedder = CachedEmbedder(LocalEmbedder(load_settings()), options.cache)
    news, hops = (collection(name, embedder, options.data) for name in ("realtimeqa", "multihoprag"))
    golden = collection("golden", embedder)
    both, ways, kinds = (news, hops), tried(embedder), cases(news, golden)
    studies: dict[str, Callable[[], str]] = {
        "arms": lambda: "\n\n".join(arms(of) for of in both),
        "ways": lambda: "\n\n".join(compared(of, ways) for of in both),
        "halves": lambda: "\n\n".join(chosen_on_half(of, GRID) for of in both),
        "times": lambda: times(kinds),
        "days": lambda: days(kinds),
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
