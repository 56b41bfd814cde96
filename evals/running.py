"""Ask every question of every system, measure the answers, write both down; go on where a killed run was.

Answers and what is measured of them are rows of two files, each under its own key (`evals.planning`). What is there
already is neither asked nor measured again; errors are. Rows are written in the order of the plan, whatever finishes
first.
"""

import json
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals import quality
from evals.answers import Answer, append_answer, read_answers
from evals.config import RunConfig, SystemConfig, read_config
from evals.cost import Budget
from evals.datasets import Question
from evals.fingerprint import ANSWERING, MEASURING, code_version
from evals.judge import Judge, opened
from evals.lines import append_line, only_writer
from evals.measure import judge_nuggets, judge_sentences, measure
from evals.metrics.latency import Price
from evals.planning import Block, Task, blocks, prepared
from evals.records import Record, append, read_records
from evals.runs import ABOUT, ANSWERS, RECORDS, RUNS, TIMINGS, VERDICTS, Run, load_run
from evals.systems import Document, System, open_system
from evals.systems.documents import checked

if TYPE_CHECKING:
    from tqdm import tqdm

Timings = Mapping[str, float]


def run(config: RunConfig | str | Path, out: Path | None = None, *, quiet: bool = False) -> Run:
    """Run a configuration (or the YAML file, or the name of one that comes with the project) into the folder `out`.

    Progress goes to standard error unless `quiet`. Raises ConfigurationError, DatasetError, and TooExpensive before
    anything is spent, and RecordError where another process runs into the same folder. What a single answer raises is a
    row with its error, which the next run tries again.
    """
    config = config if isinstance(config, RunConfig) else read_config(config)
    out = out or RUNS / config.name
    with only_writer(out / RECORDS):
        return _run(config, out, quiet=quiet)


def _run(config: RunConfig, out: Path, *, quiet: bool) -> Run:
    datasets = prepared(config)
    budget = Budget(config.max_cost)
    with closing(_Systems(config)) as systems, opened(config.judge, out / VERDICTS, budget.judged) as judges:
        plan = [b for one in config.systems for b in blocks(one, systems.described[one.name], datasets, judges)]
        _write_about(out, config, systems, judges, plan)
        answers = {key: one for key, one in read_answers(out / ANSWERS).items() if one.error is None}
        measured = _measured(out / RECORDS)
        todo = [replace(b, tasks=tuple(task for task in b.tasks if task.key not in measured)) for b in plan]
        waiting = sum(len(block.tasks) for block in todo)
        for block, left in zip(plan, todo, strict=True):
            system = systems.open(block.config)
            asking = [task.question for task in left.tasks if task.answer_key not in answers]
            budget.plan(block.config, system, asking)
            for task in block.tasks:
                if known := answers.get(task.answer_key):
                    budget.spend(block.config, system, task.question, _usage(known))
        for one in config.judge:
            budget.plan_judge(one, waiting)
            budget.spend_on_judge(one, sum(len(block.tasks) for block in plan) - waiting)
        budget.check()
        with _progress(waiting, quiet=quiet or not waiting) as bar:
            for place, block in enumerate(todo):
                if block.tasks:
                    _run_block(block, systems.open(block.config), judges, answers, out, budget, bar, config.parallel)
                if all(later.config.name != block.config.name for later in todo[place + 1 :]):
                    systems.let_go(block.config)
    return load_run(out)


class _Systems:
    """Systems, opened when first needed and closed when their last block is done, so that one local model is in
    memory at a time."""

    def __init__(self, config: RunConfig) -> None:
        self._opened: dict[str, System] = {}
        self.described = {one.name: self.open(one).describe() for one in config.systems}

    def open(self, config: SystemConfig) -> System:
        if config.name not in self._opened:
            self._opened[config.name] = open_system(config)
        return self._opened[config.name]

    def let_go(self, config: SystemConfig) -> None:
        self._opened.pop(config.name).close()

    def close(self) -> None:
        for system in self._opened.values():
            system.close()
        self._opened.clear()


def _write_about(
    out: Path, config: RunConfig, systems: _Systems, judges: Sequence[Judge], plan: Sequence[Block]
) -> None:
    import rag

    known = quality.read()
    first, *others = [{"name": one.name, **one.describe, **known.get(one.name, {})} for one in judges]
    about = {
        "version": 1,
        "name": config.name,
        "program": rag.__version__,
        "code": {"answering": code_version(ANSWERING), "measuring": code_version(MEASURING)},
        "config": config.model_dump(mode="json", exclude_none=True),
        "systems": systems.described,
        "judge": first,
        "also_judged": others,
        "datasets": {
            block.dataset.name: {
                "description": block.dataset.card.description,
                "licence": block.dataset.card.licence,
                "citation": block.dataset.card.citation,
                "origin": block.dataset.card.origin,
                "questions": len(block.tasks),
                "articles": len(block.dataset.articles),
            }
            for block in plan
        },
        "plan": [task.key for block in plan for task in block.tasks],
    }
    out.mkdir(parents=True, exist_ok=True)
    temporary = out / f"{ABOUT}.tmp"
    temporary.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
    temporary.replace(out / ABOUT)


def _measured(path: Path) -> set[str]:
    """The keys of the records without an error."""
    if not path.is_file():
        return set()
    return {record.key for record in read_records(path) if record.error is None}


def _usage(answer: Answer) -> Mapping[str, int]:
    return (answer.document or {}).get("usage") or {}


def _run_block(
    block: Block,
    system: System,
    judges: Sequence[Judge],
    answers: Mapping[str, Answer],
    out: Path,
    budget: Budget,
    bar: "tqdm[Any] | None",
    parallel: int | None,
) -> None:
    """Answer and measure all tasks of `block`, asking only where `answers` has nothing."""
    if any(task.answer_key not in answers for task in block.tasks):
        system.prepare(block.dataset.articles)
    texts = {article.article_id: article.text for article in block.dataset.articles}
    price = budget.price(block.config)
    workers = parallel or system.parallel
    pool = ThreadPoolExecutor(workers)
    running: deque[tuple[Question, Future[tuple[Answer, Timings | None, Record]]]] = deque()

    def work(task: Task) -> tuple[Answer, Timings | None, Record]:
        """The answer, its times if it was asked just now, and what was measured of it."""
        timings: Timings | None = None
        answer = answers.get(task.answer_key)
        if answer is None:
            answer, timings = _asked(block, task, system)
        return answer, timings, _recorded(block, task, answer, judges, texts, price)

    def finish_first() -> None:
        question, future = running.popleft()
        answer, timings, record = future.result()
        if timings is not None:
            if answer.error is None:
                budget.spend(block.config, system, question, _usage(answer))
                _note_times(out / TIMINGS, answer, timings)
            append_answer(out / ANSWERS, answer)
        append(out / RECORDS, record)
        if bar is not None:
            bar.update()

    try:
        for task in block.tasks:
            if len(running) >= 2 * workers:
                finish_first()
            budget.check_spent()
            running.append((task.question, pool.submit(work, task)))
        while running:
            finish_first()
    finally:
        # What has been asked is still written; what waits is not begun.
        pool.shutdown(wait=True, cancel_futures=True)


def _asked(block: Block, task: Task, system: System) -> tuple[Answer, Timings]:
    """The system's answer as it is kept, or its error; and how long it took."""
    answer = Answer(key=task.answer_key, system=system.name, dataset=block.dataset.name, question_id=task.question.id)
    started = time.perf_counter()
    try:
        reply = system.ask(task.question)
        wall = (time.perf_counter() - started) * 1000
        # Measured is what can be read again, so that it makes no difference when.
        document = json.loads(json.dumps(reply.document, allow_nan=False))
        checked(document, reply.timings)
    except Exception as error:  # noqa: BLE001 -- whatever went wrong with one answer is its row, not the run's end
        return replace(answer, error=_words(error)), {}
    return replace(answer, document=document), {"total_ms": wall, **reply.timings}


def _recorded(
    block: Block, task: Task, answer: Answer, judges: Sequence[Judge], texts: Mapping[str, str], price: Price | None
) -> Record:
    """What is measured of an answer, or why nothing is."""
    question = task.question
    record = Record(
        question_id=question.id,
        dataset=block.dataset.name,
        system=answer.system,
        key=task.key,
        answer_key=task.answer_key,
        question=question.question,
        kind=question.kind,
        cluster=question.cluster,
        answerable=question.answerable,
        expected=question.expected,
        error=answer.error,
    )
    if answer.document is None:
        return record
    own = {**texts, **{article.article_id: article.text for article in question.articles}}
    try:
        values, verdicts = measure(question, answer.document, judges[0], own, canary=block.canary, price=price)
        nuggets = judge_nuggets(question, answer.document, judges[0])  # measured above; the judge remembers
        others = {judge.name: judge_sentences(answer.document, judge) for judge in judges[1:]}
    except Exception as error:  # noqa: BLE001 -- as above
        return replace(record, error=_words(error))
    document = {**answer.document, "asked": _circumstances(question), "judged": verdicts}
    if nuggets:
        document["nuggets"] = nuggets
    if others:
        document["also_judged"] = others
    return replace(record, answer=document, metrics=values)


def _words(error: Exception) -> str:
    text = " ".join(str(error).split()) or "no message"
    return f"{type(error).__name__}: {text}"[:500]


def _circumstances(question: Question) -> Document:
    """What the question came with, for people who read the row."""
    given = {name: getattr(question, name) for name in ("as_of", "after", "before", "source")}
    return {
        "conversation": [[turn.question, turn.answer] for turn in question.conversation],
        "standalone": question.standalone,
        **{name: None if value is None else str(value) for name, value in given.items()},
        "aliases": [list(group) for group in question.aliases],
        "evidence": [[{"article_id": g.article_id, "quote": g.quote} for g in group] for group in question.evidence],
        "note": question.metadata.get("note") or None,
    }


def _note_times(path: Path, answer: Answer, timings: Timings) -> None:
    row = {"key": answer.key, "system": answer.system, "dataset": answer.dataset, "question_id": answer.question_id,
           "timings": {name: round(float(value), 1) for name, value in timings.items()}}  # fmt: skip
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
