"""Every case to every suite, with a judge that says what the case tells it to."""

import math
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from openai import OpenAI

from evals.errors import ConfigurationError
from evals.sidebyside import ours
from evals.sidebyside.cases import CASES, HELPFUL, QUESTION, RIGHT, Case
from evals.sidebyside.endpoint import KEY, MODEL, ScriptedJudge
from evals.sidebyside.suites import SUITES, Found, Suite

NAMES = {"ours": "ours", "ragas": "ragas", "deepeval": "deepeval", "trulens": "trulens", "llamaindex": "LlamaIndex"}
_LONGEST = 60  # characters of an error's message


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`cells` has a row for each case and a column for each name: "ours" and the suites that were run, whose versions
    are in `versions`."""

    versions: Mapping[str, str]
    cells: Mapping[Case, Mapping[str, str]]

    @property
    def skipped(self) -> list[str]:
        """The suites that were not run, having no interpreter."""
        return [name for name in SUITES if name not in self.versions]


def run(interpreters: Mapping[str, Path]) -> SideBySide:
    """All cases, now. Raises ConfigurationError where a suite does not start, or asks what the judge does not know."""
    cells: dict[Case, dict[str, str]] = {case: {} for case in CASES}
    versions: dict[str, str] = {}
    with ExitStack() as stack:
        judge = stack.enter_context(ScriptedJudge())
        client = stack.enter_context(OpenAI(base_url=judge.url, api_key=KEY, max_retries=0))
        for case in CASES:
            judge.play("ours", case)
            cells[case]["ours"] = ours.cell(case, client, MODEL)
        for name in SUITES:
            if name not in interpreters:
                continue
            with Suite(name, interpreters[name], judge.url, KEY, MODEL) as suite:
                versions[name] = suite.version
                for case in CASES:
                    judge.play(name, case)
                    cells[case][name] = _cell(suite, case)
        if judge.problems:
            raise ConfigurationError(judge.problems[0])
    return SideBySide(versions, cells)


def _cell(suite: Suite, case: Case) -> str:
    if case.metric not in suite.metrics:
        return "no such metric"
    if suite.name == "llamaindex" and any(one.verdict is None for one in case.findings):
        return "one verdict for the whole answer"
    return _shown(suite.measure(given(case)))


def given(case: Case) -> dict[str, object]:
    """A case as it is handed to a runner."""
    found = [f"p{rank}" for rank, _ in enumerate(case.useful)]
    helpful = [rank for rank, helps in zip(found, case.useful, strict=True) if helps]
    return {
        "metric": case.metric,
        "question": QUESTION,
        "answer": case.answer,
        "contexts": list(case.contexts),
        "reference": RIGHT,
        "retrieved": found,
        "expected": [*helpful, *(f"missed {n}" for n in range(HELPFUL - len(helpful)))],
    }


def _shown(found: Found) -> str:
    if found.error is not None:
        message = " ".join(re.sub(r"<[^>]+>", " ", found.error).split())
        short = message if len(message) <= _LONGEST else f"{message[:_LONGEST].rsplit(' ', 1)[0]} …"
        return f"raises {short}".replace("|", "\\|")
    if found.score is None:
        return "no score"
    return "NaN" if math.isnan(found.score) else str(round(found.score, 2))


def report(done: SideBySide) -> str:
    """The table, and which suites are missing from it."""
    missing = ", ".join(NAMES[name] for name in done.skipped)
    return table(done) + (f"\n\nNot run, for want of an environment: {missing}." if missing else "")


def table(done: SideBySide) -> str:
    """A row for each case, as Markdown."""
    columns = ["ours", *done.versions]
    head = ["input", *(f"{NAMES[name]} {done.versions.get(name, '')}".strip() for name in columns)]
    rows = [[case.what, *(cells[name] for name in columns)] for case, cells in done.cells.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows])
