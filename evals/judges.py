"""Judges measured against people: every judge on every data set of labels, each verdict a row that is kept.

A response is judged sentence by sentence, as answers are; it is supported if no sentence is found unsupported. Its
score is `evals.calibrate.fit.response_score` of its sentences' probabilities.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.calibrate.fit import response_score
from evals.config import JudgeConfig
from evals.datasets import Judgement, load
from evals.errors import ConfigurationError, DatasetError
from evals.fingerprint import digest
from evals.judge import Judge, open_judge
from evals.learned.pairs import held_out
from evals.lines import append_line, only_writer
from index.sentences import sentence_spans
from rag.verify import Evidence

# Data set → the split that may be looked at while developing, and how many items are judged unless all are asked for:
# by rules, and by a language model on a processor.
SETS: Mapping[str, tuple[str | None, int, int]] = {
    "golden_sentences": (None, 1000, 60),
    "golden_claims": (None, 1000, 60),
    "ragtruth": ("train", 150, 20),
    "qags": ("xsum", 120, 24),
    "summedits": ("news", 133, 24),
    "wice": ("dev", 120, 24),
    "attributionbench": ("dev", 120, 24),
}
# Those to which the verifier's probabilities were fitted: figures on them flatter it.
FITTED = frozenset({"ragtruth", "qags", "summedits", "wice"})
# Those whose claims are one sentence, whatever full stops they hold.
_ONE_SENTENCE = frozenset({"golden_sentences", "golden_claims", "qags", "wice"})
SEED = 11


@dataclass(frozen=True, slots=True)
class Row:
    """One judgement by one judge. `sentences` are (start, end, verdict, support) of each sentence of the claim.

    `tokens` are those of all their verdicts, (prompt, completion), none for what rules decide; None for a judge without
    a language model, and in rows of before they were counted.
    """

    key: str
    judge: str
    dataset: str
    id: str
    label: bool
    kind: str
    pair: str | None
    cluster: str
    spans: tuple[tuple[int, int], ...]
    votes: tuple[bool, ...]
    sentences: tuple[tuple[int, int, str, float | None], ...]
    ms: float
    tokens: tuple[int, int] | None = None
    tokens_estimated: bool = False

    @property
    def said(self) -> bool | None:
        """Whether every sentence is supported: one that is not settles it, one that was not judged leaves it open
        (None)."""
        verdicts = {verdict for _, _, verdict, _ in self.sentences}
        if verdicts - {"supported", "not_judged"}:
            return False
        return None if "not_judged" in verdicts or not verdicts else True

    @property
    def score(self) -> float | None:
        """The probability that it is supported; None where `said` is."""
        given = [support for _, _, _, support in self.sentences if support is not None]
        return response_score(given) if given and self.said is not None else None


def judge_all(
    judges: Sequence[str],
    datasets: Sequence[str],
    out: Path,
    *,
    full: bool = False,
    limit: int | None = None,
    model: JudgeConfig | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> tuple[list[Row], dict[str, str]]:
    """Rows of all judges on all data sets, from the file `out` where they are there, else judged now; and why data
    sets were skipped. Data sets are names, or files of your own labels; judges are "rules-only", "rules", "learned",
    "local", or "endpoint" with its configuration in `model`.

    Killed, it goes on where it was. Raises ConfigurationError for an unknown judge or data set, RecordError where
    another process writes to the same file.
    """
    rows: list[Row] = []
    skipped: dict[str, str] = {}
    with ExitStack() as stack:
        stack.enter_context(only_writer(out))
        known = _read(out)
        for name in judges:
            judge = _opened(name, model, out)
            stack.callback(judge.close)
            for dataset in datasets:
                if dataset not in SETS and not Path(dataset).is_file():
                    raise ConfigurationError(
                        f"there are no labels called {dataset}; there are {', '.join(SETS)}, or give a file of your own"
                    )
                try:
                    items = _items(dataset, None if full else limit or _usual(dataset, cheap=_cheap(name)))
                except DatasetError as error:
                    skipped[dataset] = str(error)
                    continue
                rows += _judged(judge, Path(dataset).name, items, known, out, progress)
    return rows, skipped


def _usual(dataset: str, *, cheap: bool) -> int | None:
    """How many items are judged if nothing is said; of people's own labels all."""
    if dataset not in SETS:
        return None
    _, by_rules, by_model = SETS[dataset]
    return by_rules if cheap else by_model


def _cheap(name: str) -> bool:
    return name.startswith("rules") or name == "learned"


def _opened(name: str, model: JudgeConfig | None, out: Path) -> Judge:
    if name == "rules-only":
        return _rules_only(open_judge(JudgeConfig()))
    if name in ("rules", "learned", "local"):
        return open_judge(JudgeConfig.model_validate({"type": name}))
    if name == "endpoint":
        if model is None:
            raise ConfigurationError("the judge 'endpoint' needs a model and its address")
        return open_judge(model, cache=out.with_name("verdicts.jsonl"))
    raise ConfigurationError(f"there is no judge {name!r}; there are rules-only, rules, learned, local, endpoint")


def _rules_only(judge: Judge) -> Judge:
    """The judge without its calibrated combination: what no rule decides is not judged."""
    from rag.verify import Check

    def check(claim: str, evidence: Sequence[Evidence]) -> Check:
        found = judge.check(claim, evidence)
        if found.tier in ("values", "copy", "none"):
            return found
        return Check("not_judged", None, "none", reasons=("no rule decides it",))

    return Judge("rules-only", check, {**judge.describe, "type": "rules-only"}, judge.close)


def _items(dataset: str, limit: int | None) -> list[Judgement]:
    """A seeded sample; pairs stay together. Of RAGTruth only sources from which the learned judge has not learnt."""
    found = load(dataset, split=SETS[dataset][0]) if dataset in SETS else load("own_judgements", dataset)
    items = found.judgements
    if dataset == "ragtruth":
        items = tuple(item for item in items if held_out(item.cluster))
    if limit is None or limit >= len(items):
        return list(items)
    if any(item.pair for item in items):
        originals = [item for item in items if item.pair is None]
        by_pair = {item.pair: item for item in items if item.pair}
        chosen = _every(originals, max(1, limit // 2))
        return [one for item in chosen for one in (item, by_pair.get(item.id)) if one is not None]
    return _every(items, limit)


def _every(items: Sequence[Judgement], count: int) -> list[Judgement]:
    import random

    order = list(range(len(items)))
    random.Random(SEED).shuffle(order)
    return [items[i] for i in sorted(order[:count])]


def _judged(
    judge: Judge,
    dataset: str,
    items: Sequence[Judgement],
    known: dict[str, Row],
    out: Path,
    progress: Callable[[str], None],
) -> Iterator[Row]:
    shared = digest([judge.name, judge.describe, dataset])
    waiting = sum(digest([shared, item]) not in known for item in items)
    if waiting:
        progress(f"{judge.name} on {dataset}: {waiting} of {len(items)}")
    for item in items:
        key = digest([shared, item])
        if key not in known:
            known[key] = _row(judge, dataset, item, key)
            _append(out, known[key])
        yield known[key]


def _row(judge: Judge, dataset: str, item: Judgement, key: str) -> Row:
    texts = ["\n".join(item.evidence)] if dataset == "wice" else list(item.evidence)
    dates = item.dates or (None,) * len(texts)
    evidence = [Evidence(text, None, day) for text, day in zip(texts, dates, strict=True)]
    spans = [(0, len(item.claim))] if dataset in _ONE_SENTENCE else list(sentence_spans(item.claim))
    meter = judge.meter
    before = (0, 0) if meter is None else (meter.prompt, meter.completion)
    started = time.perf_counter()
    checks = [judge.check(item.claim[start:end], evidence) for start, end in spans]
    elapsed = (time.perf_counter() - started) * 1000
    return Row(
        key=key,
        judge=judge.name,
        dataset=dataset,
        id=item.id,
        label=item.label,
        kind=item.kind,
        pair=item.pair,
        cluster=item.cluster,
        spans=tuple((span.start, span.end) for span in item.spans),
        votes=item.votes,
        sentences=tuple(
            (start, end, check.verdict, None if check.support is None else round(check.support, 6))
            for (start, end), check in zip(spans, checks, strict=True)
        ),
        ms=round(elapsed / max(1, len(spans)), 2),
        tokens=None if meter is None else (meter.prompt - before[0], meter.completion - before[1]),
        tokens_estimated=meter is not None and meter.estimated,
    )


def _append(path: Path, row: Row) -> None:
    data = {name: getattr(row, name) for name in Row.__slots__}
    append_line(path, json.dumps(data, ensure_ascii=False) + "\n")


def _read(path: Path) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    if path.is_file():
        for line in path.read_bytes().split(b"\n")[:-1]:
            try:
                row = _row_of(json.loads(line))
            except (ValueError, TypeError, KeyError, RecursionError):
                continue  # a line that a killed run left open
            rows[row.key] = row
    return rows


def _row_of(data: Mapping[str, Any]) -> Row:
    many = {name: tuple(map(tuple, data[name])) for name in ("spans", "sentences")}
    tokens = data.get("tokens")
    return Row(**{**data, **many, "votes": tuple(data["votes"]), "tokens": tokens and tuple(tokens)})
