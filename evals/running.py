"""Ask every question of every system, measure the answers, write them down; go on where a killed run was.

A row's key is the SHA-256 of everything that could change it: the system's settings and models, the prompts and all of
the code (`evals.fingerprint`), the question, the articles, the judge. Rows that are there already are not asked again,
errors are. Rows are written in the order of the plan, whatever finishes first.
"""

import json
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals import quality
from evals.conditions import conditioned
from evals.config import DatasetConfig, RunConfig, SystemConfig, read_config
from evals.cost import Budget
from evals.datasets import Dataset, Question, load
from evals.errors import ConfigurationError
from evals.fingerprint import code_version, digest
from evals.judge import Judge, open_judge
from evals.measure import measure
from evals.metrics.latency import Price
from evals.records import Record, append, append_line, read_records
from evals.runs import ABOUT, RECORDS, RUNS, TIMINGS, VERDICTS, Run, load_run
from evals.systems import Document, Reply, System, open_system

if TYPE_CHECKING:
    from tqdm import tqdm


@dataclass(frozen=True, slots=True)
class Task:
    """One question to one system."""

    key: str
    question: Question


@dataclass(frozen=True, slots=True)
class Block:
    """All questions of one data set to one system."""

    config: SystemConfig
    dataset: Dataset
    canary: str | None
    tasks: tuple[Task, ...]


def run(config: RunConfig | str | Path, out: Path | None = None, *, quiet: bool = False) -> Run:
    """Run a configuration (or the YAML file, or the name of one that comes with the project) into the folder `out`.

    Progress goes to standard error unless `quiet`. Raises ConfigurationError, DatasetError, and TooExpensive before
    anything is spent. What a single answer raises is a row with its error, which the next run tries again.
    """
    config = config if isinstance(config, RunConfig) else read_config(config)
    out = out or RUNS / config.name
    datasets = [(one, prepared(one, config)) for one in config.datasets]
    with closing(_Systems(config)) as systems:
        budget = Budget(config.max_cost)
        judge = open_judge(config.judge, cache=out / VERDICTS, spent=budget.judged(config.judge))
        try:
            blocks = [block for one in config.systems for block in _blocks(one, systems, datasets, judge)]
            _write_about(out, config, systems, judge, blocks)
            done = _done(out / RECORDS)
            waiting = sum(task.key not in done for block in blocks for task in block.tasks)
            for block in blocks:
                system = systems.open(block.config)
                budget.plan(block.config, system, [task.question for task in block.tasks if task.key not in done])
                for task in block.tasks:
                    if task.key in done:
                        budget.spend(block.config, system, task.question, _usage(done[task.key].answer))
            budget.plan_judge(config.judge, waiting)
            budget.spend_on_judge(config.judge, sum(len(block.tasks) for block in blocks) - waiting)
            budget.check()
            with _progress(waiting, quiet=quiet or not waiting) as bar:
                for block in blocks:
                    system = systems.open(block.config)
                    if any(task.key not in done for task in block.tasks):
                        _run_block(block, system, judge, done, out, budget, bar, config.parallel)
                    systems.close_unless_last(block.config, blocks, block)
        finally:
            judge.close()
    return load_run(out)


class _Systems:
    """Systems, opened when first needed and closed when their last block is done, so that one local model is in
    memory at a time."""

    def __init__(self, config: RunConfig) -> None:
        self._opened: dict[str, System] = {}
        self.described = {one.name: self._describe(one) for one in config.systems}

    def _describe(self, config: SystemConfig) -> dict[str, Any]:
        return self.open(config).describe()

    def open(self, config: SystemConfig) -> System:
        if config.name not in self._opened:
            self._opened[config.name] = open_system(config)
        return self._opened[config.name]

    def close_unless_last(self, config: SystemConfig, blocks: Sequence[Block], block: Block) -> None:
        later = blocks[blocks.index(block) + 1 :]
        if all(one.config.name != config.name for one in later):
            self._opened.pop(config.name).close()

    def close(self) -> None:
        for system in self._opened.values():
            system.close()
        self._opened.clear()


def prepared(one: DatasetConfig, config: RunConfig) -> Dataset:
    """The questions and articles that a configuration asks for. Raises DatasetError, ConfigurationError."""
    dataset = load(one.name, one.path, limit=one.limit or config.limit, split=one.split, seed=config.seed)
    if not dataset.questions:
        raise ConfigurationError(f"{one.name} holds no questions but judgements: use it with `rag eval judges`")
    return conditioned(dataset, one)


def _blocks(
    config: SystemConfig, systems: _Systems, datasets: Sequence[tuple[DatasetConfig, Dataset]], judge: Judge
) -> Iterator[Block]:
    described = {"name": config.name, "system": systems.described[config.name], "judge": judge.describe,
                 "code": code_version(),
                 "price": getattr(config, "price", None) and config.price.model_dump()}  # type: ignore[union-attr]  # fmt: skip
    for one, dataset in datasets:
        corpus = digest(sorted((article.article_id, article.version) for article in dataset.articles))
        shared = digest([described, dataset.name, corpus, one.canary])
        tasks = tuple(
            Task(digest([shared, question, [a.version for a in question.articles]]), question)
            for question in dataset.questions
        )
        yield Block(config, dataset, one.canary, tasks)


def _write_about(out: Path, config: RunConfig, systems: _Systems, judge: Judge, blocks: Sequence[Block]) -> None:
    import rag

    known = quality.read()
    about = {
        "version": 1,
        "name": config.name,
        "program": rag.__version__,
        "code": code_version(),
        "config": config.model_dump(mode="json", exclude_none=True),
        "systems": systems.described,
        "judge": {"name": judge.name, **judge.describe, **known.get(judge.name, {})},
        "datasets": {
            block.dataset.name: {
                "description": block.dataset.card.description,
                "licence": block.dataset.card.licence,
                "citation": block.dataset.card.citation,
                "origin": block.dataset.card.origin,
                "questions": len(block.tasks),
                "articles": len(block.dataset.articles),
            }
            for block in blocks
        },
        "plan": [task.key for block in blocks for task in block.tasks],
    }
    out.mkdir(parents=True, exist_ok=True)
    temporary = out / f"{ABOUT}.tmp"
    temporary.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
    temporary.replace(out / ABOUT)


def _done(path: Path) -> dict[str, Record]:
    """The answers that are there, by key."""
    if not path.is_file():
        return {}
    return {record.key: record for record in read_records(path) if record.error is None}


def _usage(document: Mapping[str, Any] | None) -> Mapping[str, int]:
    return (document or {}).get("usage") or {}


def _run_block(
    block: Block,
    system: System,
    judge: Judge,
    done: Mapping[str, Record],
    out: Path,
    budget: Budget,
    bar: "tqdm[Any] | None",
    parallel: int | None,
) -> None:
    system.prepare(block.dataset.articles)
    texts = {article.article_id: article.text for article in block.dataset.articles}
    waiting = [task for task in block.tasks if task.key not in done]
    price = budget.price(block.config)
    workers = parallel or system.parallel
    pool = ThreadPoolExecutor(workers)
    running: deque[tuple[Question, Future[tuple[Record, Reply | None]]]] = deque()

    def finish_first() -> None:
        question, answer = running.popleft()
        record, reply = answer.result()
        append(out / RECORDS, record)
        if reply is not None:
            budget.spend(block.config, system, question, _usage(reply.document))
            _note_times(out / TIMINGS, record, reply)
        if bar is not None:
            bar.update()

    try:
        for task in waiting:
            if len(running) >= 2 * workers:
                finish_first()
            budget.check_spent()
            running.append((task.question, pool.submit(_answered, block, task, system, judge, texts, price)))
        while running:
            finish_first()
    finally:
        # What has been asked is still written; what waits is not begun.
        pool.shutdown(wait=True, cancel_futures=True)


def _answered(
    block: Block, task: Task, system: System, judge: Judge, texts: dict[str, str], price: Price | None
) -> tuple[Record, Reply | None]:
    question = task.question
    record = Record(
        question_id=question.id,
        dataset=block.dataset.name,
        system=system.name,
        key=task.key,
        question=question.question,
        kind=question.kind,
        cluster=question.cluster,
        answerable=question.answerable,
        expected=question.expected,
    )
    started = time.perf_counter()
    try:
        reply = system.ask(question)
        wall = (time.perf_counter() - started) * 1000
        own = texts | {article.article_id: article.text for article in question.articles}
        values, verdicts = measure(question, reply.document, judge, own, canary=block.canary, price=price)
    except Exception as error:  # noqa: BLE001 -- whatever went wrong with one answer is its row, not the run's end
        return replace(record, error=_words(error)), None
    document = {**reply.document, "asked": _asked(question), "judged": verdicts}
    return replace(record, answer=document, metrics=values), Reply(document, {"total_ms": wall, **reply.timings})


def _words(error: Exception) -> str:
    text = " ".join(str(error).split()) or "no message"
    return f"{type(error).__name__}: {text}"[:500]


def _asked(question: Question) -> Document:
    """What the question came with, for people who read the row."""
    circumstances = {name: getattr(question, name) for name in ("as_of", "after", "before", "source")}
    return {
        "conversation": [[turn.question, turn.answer] for turn in question.conversation],
        "standalone": question.standalone,
        **{name: None if value is None else str(value) for name, value in circumstances.items()},
        "aliases": [list(group) for group in question.aliases],
        "evidence": [[{"article_id": g.article_id, "quote": g.quote} for g in group] for group in question.evidence],
        "note": question.metadata.get("note") or None,
    }


def _note_times(path: Path, record: Record, reply: Reply) -> None:
    row = {"key": record.key, "system": record.system, "dataset": record.dataset, "question_id": record.question_id,
           "timings": {name: round(float(value), 1) for name, value in reply.timings.items()}}  # fmt: skip
    append_line(path, json.dumps(row, ensure_ascii=False) + "\n")


@contextmanager
def _progress(total: int, *, quiet: bool) -> "Iterator[tqdm[Any] | None]":
    if quiet:
        yield None
        return
    from tqdm import tqdm

    pause = 0.2 if sys.stderr.isatty() else 15.0  # a log needs few lines
    with tqdm(
        total=total, unit="answer", file=sys.stderr, mininterval=pause, smoothing=0.05, dynamic_ncols=True
    ) as bar:
        yield bar
