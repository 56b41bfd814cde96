"""The same hand-labelled sentences to every suite, with the same small local model as the judge.

Of `evals.golden.labels` a seeded sample of pairs: a sentence that its evidence supports, and the same with one thing
changed. The evidence marked for it is all the context there is. Rows are kept, so that a run that was stopped goes on.
"""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from openai import OpenAI

from evals.errors import ConfigurationError
from evals.fingerprint import code_version, digest
from evals.golden import questions
from evals.golden.labels import LabelledSentence, labelled_sentences
from evals.lines import append_line, read_lines
from evals.sidebyside.scripted import NAMES
from evals.sidebyside.suites import SUITES, Suite
from evals.statistics import wilson
from rag.llm.choose import LOCAL_CONTEXT, choose
from rag.llm.model import LanguageModel
from rag.settings import load
from rag.verify import Evidence, Verifier
from rag.verify.endpoint import EndpointJudge
from rag.verify.structured import JsonChat

PAIRS = 12
SEED = 11
TIMEOUT = 300.0  # seconds for one answer of the model


@dataclass(frozen=True, slots=True)
class Row:
    """What a judge made of a sentence: 1 is wholly supported, 0 not at all, None no verdict, and then `error` says why
    where it says anything."""

    key: str
    judge: str
    sentence: str
    supported: bool
    score: float | None
    error: str | None
    seconds: float


# What a judge makes of a sentence: a score or none, and why there is none.
Asking = Callable[[LabelledSentence], tuple[float | None, str | None]]


def sample() -> list[LabelledSentence]:
    """12 supported sentences, each followed by what was made of it."""
    sentences = labelled_sentences()
    altered = {one.pair: one for one in sentences if one.pair}
    originals = [one for one in sentences if one.pair is None and one.id in altered]
    chosen = sorted(random.Random(SEED).sample(range(len(originals)), PAIRS))
    return [one for place in chosen for one in (originals[place], altered[originals[place].id])]


def judge_all(interpreters: Mapping[str, Path], rows: Path, minutes: float) -> list[Row]:
    """The rows of all judges, from the file `rows` where they are there, else judged now while there is time: each
    sentence by all, one after another, so that time runs out for all alike.

    Raises ConfigurationError where a suite does not start, LLMError where the model does not.
    """
    known = _read(rows)
    until = time.monotonic() + 60 * minutes
    made = []
    with ExitStack() as stack:
        address, key, model = stack.enter_context(_serving())
        judges = _ours(stack, address, key, model)
        for name in SUITES:
            if name in interpreters:
                suite = stack.enter_context(Suite(name, interpreters[name], address, key, model))
                judges[f"{NAMES[name]} {suite.version}"] = _theirs(suite)
        for sentence in sample():
            for judge, ask in judges.items():
                version = code_version(("rag.verify", "prompts")) if judge.startswith("ours") else ""
                row_key = digest([judge, version, model, sentence])
                if row_key not in known and time.monotonic() < until:
                    known[row_key] = _judged(row_key, judge, sentence, ask)
                    _keep(rows, known[row_key])
                if row_key in known:
                    made.append(known[row_key])
    return made


def _judged(key: str, judge: str, sentence: LabelledSentence, ask: Asking) -> Row:
    started = time.monotonic()
    score, error = ask(sentence)
    seconds = round(time.monotonic() - started, 2)
    return Row(key, judge, sentence.id, sentence.label == "supported", score, error, seconds)


def _theirs(suite: Suite) -> Asking:
    texts = {one.id: one.question for one in questions()}

    def ask(sentence: LabelledSentence) -> tuple[float | None, str | None]:
        contexts = [one.quote for one in sentence.evidence]
        question = texts[sentence.question]
        found = suite.measure(
            {"metric": "faithfulness", "question": question, "answer": sentence.sentence, "contexts": contexts}
        )
        # NaN and trulens' −1 stand for no verdict.
        given = found.score is not None and 0 <= found.score <= 1
        return (found.score if given else None), found.error

    return ask


def _ours(stack: ExitStack, address: str, key: str, model: str) -> dict[str, Asking]:
    chat = LanguageModel(
        f"local:{model}",
        model=model,
        address=lambda: address,
        key=key,
        context=LOCAL_CONTEXT,
        marks=False,
        timeout=TIMEOUT,
    )
    stack.callback(lambda: asyncio.run(chat.close()))
    client = stack.enter_context(OpenAI(base_url=address, api_key=key, max_retries=0, timeout=TIMEOUT))
    structured = EndpointJudge(JsonChat(lambda: client, model))
    rules, local = Verifier(), Verifier(judge=chat)

    def verdict(judge: Verifier | EndpointJudge) -> Asking:
        def ask(sentence: LabelledSentence) -> tuple[float | None, str | None]:
            evidence = [Evidence(one.quote) for one in sentence.evidence]
            (check,) = judge.check_many([(sentence.sentence, evidence)])
            return (None, None) if check.verdict == "not_judged" else (float(check.verdict == "supported"), None)

        return ask

    return {
        "ours: rules, no model": verdict(rules),
        "ours: rules, then the model's yes or no": verdict(local),
        "ours: the model's structured verdict alone": verdict(structured),
    }


@contextmanager
def _serving() -> Iterator[tuple[str, str, str]]:
    """Base URL, key and model of the local model's process, which ends with this block."""
    chosen = choose(load(llm="local"))
    if chosen.server is None:
        raise chosen.problem or ConfigurationError("there is no local model here; rag doctor says why")
    server = chosen.server
    process = subprocess.Popen(
        [sys.executable, "-m", "evals.sidebyside.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        request = {"model": str(server.weights), "name": server.name, "key": server.key, "threads": server.threads}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        reply = json.loads(process.stdout.readline() or "{}")
        if "address" not in reply:
            raise ConfigurationError(f"the local model did not start: {reply.get('error', 'it said nothing')}")
        yield f"{reply['address']}/v1", server.key, server.name
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def _keep(path: Path, row: Row) -> None:
    append_line(path, json.dumps(asdict(row), ensure_ascii=False) + "\n")


def _read(path: Path) -> dict[str, Row]:
    rows = [Row(**value) for _, value in read_lines(path)] if path.is_file() else []
    return {row.key: row for row in rows}


def report(interpreters: Mapping[str, Path], rows: Path, minutes: float) -> str:
    """The table of all judges, as Markdown."""
    return table(judge_all(interpreters, rows, minutes))


def table(rows: Sequence[Row]) -> str:
    """A line for each judge. A sentence without a verdict was not judged right."""
    head = ["judge", "asked", "right, if all must be supported", "right, if half is enough", "supported that pass",
            "changed that are caught", "no verdict", "seconds (median)"]  # fmt: skip
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for judge in dict.fromkeys(row.judge for row in rows):
        own = [row for row in rows if row.judge == judge]
        strict, half = ([_right(row, least) for row in own] for least in (1.0, 0.5))
        lines.append(
            [
                judge,
                str(len(own)),
                _share(strict),
                _share(half),
                _count([right for row, right in zip(own, strict, strict=True) if row.supported]),
                _count([right for row, right in zip(own, strict, strict=True) if not row.supported]),
                str(sum(row.score is None for row in own)),
                f"{statistics.median(row.seconds for row in own):.1f}",
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _right(row: Row, least: float) -> bool:
    return row.score is not None and (row.score >= least) == row.supported


def _share(right: Sequence[bool]) -> str:
    interval = wilson(sum(right), len(right))
    return f"{sum(right) / len(right):.2f} ({interval.low:.2f} to {interval.high:.2f})"


def _count(right: Sequence[bool]) -> str:
    return f"{sum(right)} of {len(right)}"
