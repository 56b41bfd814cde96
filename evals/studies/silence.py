"""When to be silent: fit and report the decisions of rag/abstention.py: ``python -m evals.studies.silence``.

Questions of which people have said whether they can be answered are searched, and the signs of the evidence are fitted
to what people said. With ``--llm local`` the model is asked whether the best sentences state the answer, and the
decision that goes by that too is fitted; what it says is kept, so that a second run asks only what is new. Every figure
is cross-validated over clusters. ``--write`` replaces ``rag/abstention.json``.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.calibrate.fit import Example, fit
from evals.config import EngineConfig
from evals.datasets import Question, load
from evals.kept import Kept
from evals.metrics.judging import auroc
from evals.studies.evidence import share_held
from evals.studies.markdown import mean_with_interval, put, table
from evals.systems.engine import EngineSystem
from rag import abstention
from rag.abstention import EVIDENCE_SIGNS, STATED_SIGNS, evidence_signs
from rag.evidence import EvidenceSentence
from rag.extractive import quotation
from rag.llm.choose import choose
from rag.parts import parts
from rag.reading import read
from rag.settings import load as load_settings
from rag.verify.calibration import Logistic

SETS = ("golden", "clapnq", "multihoprag", "mtrag_un")
FILE = Path(abstention.__file__).with_name("abstention.json")
# Shares of the answerable questions that a decision may refuse: before a model is asked that decides by itself only the
# hopeless, before one is asked whether the answer is stated the weak; without a model; and on that one's word.
BEFORE, WEAK, QUOTED, STATED = 0.005, 0.02, 0.08, 0.07
FOLDS = 5


@dataclass(frozen=True)
class Said:
    """A question's signs, with what people said of it; `ranked` are the sentences found, `read` the same once a model
    has read the best."""

    dataset: str
    id: str
    cluster: str
    answerable: bool
    signs: Mapping[str, float]
    question: Question = field(default=Question(id="", question=""), repr=False)
    asked: str = ""
    ranked: Sequence[EvidenceSentence] = field(default=(), repr=False)
    read: Sequence[EvidenceSentence] = field(default=(), repr=False)


def searched(sets: Sequence[str]) -> Iterator[Said]:
    """All questions of the sets, by their evidence alone. Those for which nothing is found need no decision."""
    system = EngineSystem(EngineConfig(type="engine", settings={"llm": "extractive", "judge": "off"}, parallel=1))
    for name in sets:
        dataset = load(name)
        if dataset.articles:
            system.prepare(dataset.articles)
        for question in dataset.items:
            if isinstance(question, Question) and question.answerable is not None:
                query = system.find(question)
                if query.ranked:
                    yield Said(
                        dataset=name,
                        id=question.id,
                        cluster=question.cluster,
                        answerable=question.answerable,
                        signs=evidence_signs(query.query_str, query.ranked),
                        question=question,
                        asked=query.query_str,
                        ranked=query.ranked,
                    )
    system.close()


def judged(said: Sequence[Said]) -> Iterator[Said]:
    """The questions with the local model's word as well, asked for what is not kept yet."""
    settings = load_settings(llm="local")
    choice = choose(settings)
    if choice.model is None or choice.server is None:
        raise SystemExit(f"no local model to ask: {choice.why}")
    kept = Kept(choice.name, settings.model_cache.parent / "studies" / "stated.jsonl")
    probability = kept.asking(choice.model.probability)
    for number, one in enumerate(said, 1):
        reading = asyncio.run(read(one.asked, one.ranked, probability))
        print(f"\r{number} of {len(said)}", end="", file=sys.stderr)
        yield replace(one, signs={**one.signs, "stated": reading.stated}, read=reading.ranked)
    choice.server.close()


Decide = Callable[[Said], bool]
"""Whether to answer a question."""


def crossed(said: Sequence[Said], learn: Callable[[Sequence[Said]], Decide]) -> NDArray[np.bool_]:
    """Whether each question is answered, decided by what was learnt from the clusters of other folds."""
    clusters = sorted({one.cluster for one in said})
    np.random.default_rng(0).shuffle(clusters)
    fold = {cluster: place % FOLDS for place, cluster in enumerate(clusters)}
    answered = np.zeros(len(said), bool)
    for held in range(FOLDS):
        decide = learn([one for one in said if fold[one.cluster] != held])
        for place, one in enumerate(said):
            if fold[one.cluster] == held:
                answered[place] = decide(one)
    return answered


def by(signs: Mapping[str, int], refused: float) -> Callable[[Sequence[Said]], Decide]:
    """Learns to decide on some signs."""

    def learn(said: Sequence[Said]) -> Decide:
        model = fitted(said, signs, refused)
        return lambda one: model.probability(one.signs) >= model.threshold

    return learn


def by_word(said: Sequence[Said]) -> Decide:
    """Learns to decide on a model's word, where the evidence is not weak."""
    evidence, stated = on_word(said)
    return lambda one: all(model.probability(one.signs) >= model.threshold for model in (evidence, stated))


def on_word(said: Sequence[Said]) -> tuple[Logistic, Logistic]:
    """The decision on the evidence, with the threshold below which it is weak, and that on a model's word."""
    evidence = fitted(said, EVIDENCE_SIGNS, WEAK)
    asked = [one for one in said if evidence.probability(one.signs) >= evidence.threshold]
    return evidence, fitted(asked, STATED_SIGNS, STATED)


def fitted(said: Sequence[Said], signs: Mapping[str, int], refused: float) -> Logistic:
    """Weights by `evals.calibrate.fit`; the threshold refuses at most that share of the answerable, sets counting
    alike."""
    model = fit([Example(one.dataset, one.answerable, one.signs) for one in said], signs)
    return Logistic(model.intercept, model.weights, threshold(model, said, refused))


def threshold(model: Logistic, said: Sequence[Said], refused: float) -> float:
    """The `refused` quantile of the answerable questions' probabilities, each set counting alike, two digits down."""
    answerable = [one for one in said if one.answerable]
    sizes = {name: sum(one.dataset == name for one in answerable) for name in {one.dataset for one in answerable}}
    scored = sorted((model.probability(one.signs), 1 / sizes[one.dataset] / len(sizes)) for one in answerable)
    total = 0.0
    for probability, share in scored:
        total += share
        if total > refused:
            return float(np.floor(100 * probability) / 100)
    return 0.0


def figures(said: Sequence[Said], answered: NDArray[np.bool_], name: str) -> list[str]:
    """A set's abstention precision and recall, over-refusal, and questions of either kind."""
    mine = [place for place, one in enumerate(said) if one.dataset == name]
    silent = sum(not answered[place] for place in mine)
    hopeless = [place for place in mine if not said[place].answerable]
    rightly = sum(not answered[place] for place in hopeless)
    answerable = len(mine) - len(hopeless)

    def share(part: int, whole: int) -> str:
        return f"{part / whole:.2f} ({part}/{whole})" if whole else "–"

    return [share(rightly, silent), share(rightly, len(hopeless)), share(silent - rightly, answerable)]


def telling(said: Sequence[Said], names: Sequence[str]) -> list[list[str]]:
    """How well each sign alone tells the questions of a set apart: its AUROC."""
    rows = []
    for sign in [name for name in (*STATED_SIGNS, *EVIDENCE_SIGNS) if name in said[0].signs]:
        row = [sign]
        for name in names:
            mine = [one for one in said if one.dataset == name]
            told = auroc([one.answerable for one in mine], [one.signs[sign] for one in mine])
            row.append(f"{told.item():.2f}")
        rows.append(row)
    return rows


def brought(said: Sequence[Said], names: Sequence[str]) -> list[list[str]]:
    """What the reading brings to questions of one part with marked evidence: the share of that in the first sentence,
    and in those that would be quoted."""
    rows = []
    for name in names:
        mine = [
            one
            for one in said
            if one.dataset == name
            and len(parts(one.asked)) == 1
            and one.question.evidence
            and not one.question.articles  # known by other names once they are in a library
            and all(piece.start is not None for group in one.question.evidence for piece in group)
        ]
        if not mine:
            continue
        clusters = [one.cluster for one in mine]
        for label, ranked in (("ranked", [one.ranked for one in mine]), ("read", [one.read for one in mine])):
            first = [_marked(one, sentences[:1]) for one, sentences in zip(mine, ranked, strict=True)]
            quoted = [
                _marked(one, quotation(one.asked, sentences)) for one, sentences in zip(mine, ranked, strict=True)
            ]
            columns = [mean_with_interval(shares, clusters) for shares in (first, quoted)]
            rows.append([f"{name}, {label}", str(len(mine)), *columns])
    return rows


def _marked(one: Said, sentences: Sequence[EvidenceSentence]) -> float:
    return share_held(one.question, [(sentence.article_id, sentence.start, sentence.end) for sentence in sentences])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.studies.silence", description=__doc__)
    parser.add_argument("--llm", default="extractive", choices=("extractive", "local"))
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--write", action="store_true", help="replace the package's decisions")
    parser.add_argument("--into", type=Path, help="a Markdown file that gets the table")
    options = parser.parse_args()
    said = list(searched(options.sets))
    decisions = [("on the evidence, before a model is asked", by(EVIDENCE_SIGNS, BEFORE)),
                 ("on the evidence, without a model", by(EVIDENCE_SIGNS, QUOTED))]  # fmt: skip
    if options.llm == "local":
        said = list(judged(said))
        decisions.append(("on the local model's word too", by_word))
    rows = []
    for label, learn in decisions:
        answered = crossed(said, learn)
        rows += [[f"{label}; {name}", *figures(said, answered, name)] for name in options.sets]
    report = table(("decision and set", "silent rightly (precision)", "silent where it should be (recall)",
                    "over-refusal"), rows)  # fmt: skip
    report += "\n\n" + table(("AUROC of a sign alone", *options.sets), telling(said, options.sets))
    if options.llm == "local":
        report += "\n\n" + table(
            ("marked evidence", "questions of one part", "in the first sentence", "in those quoted"),
            brought(said, options.sets),
        )
    print(report)
    if options.into:
        put(options.into, "silence", report)
    if options.write:
        write(said, stated=options.llm == "local")


def write(said: Sequence[Said], *, stated: bool) -> None:
    """Replace what is fitted in the package's file."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    before = fitted(said, EVIDENCE_SIGNS, BEFORE)
    further = {"weak": threshold(before, said, WEAK), "quoted": threshold(before, said, QUOTED)}
    content["evidence"] = {**_readable(before), **further}
    if stated:
        content["stated"] = _readable(on_word(said)[1])
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _readable(model: Logistic) -> dict[str, object]:
    weights = {name: round(weight, 3) for name, weight in model.weights.items()}
    return {"intercept": round(model.intercept, 3), "weights": weights, "threshold": model.threshold}


if __name__ == "__main__":
    main()
