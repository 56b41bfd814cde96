"""A served page, and a visitor to it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rag

COMMAND = "import sys; sys.argv[0] = 'rag'; from rag.cli import main; main()"
PATIENCE = 60_000  # milliseconds; the machine may be busy with other tests


@dataclass(frozen=True)
class Site:
    """A running page."""

    url: str
    home: Path

    def bot(self) -> rag.Bot:
        """Beside the page, over the same library."""
        return rag.open(home=self.home, llm="extractive")

    def run(self, *words: str) -> None:
        """A command in a process of its own, over the same library."""
        environment = os.environ | {"RAG_HOME": str(self.home), "RAG_LLM": "extractive"}
        command = [sys.executable, "-c", COMMAND, *words]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr


@dataclass
class Visitor:
    """A browser page, and what happened in it that should not."""

    page: Any
    wrong: list[str] = field(default_factory=list)

    def ask(self, question: str) -> Any:
        """Ask, wait for the whole answer, and give its element."""
        number = self.page.locator(".turn").count() + 1  # the same question may have been asked before
        box = self.page.get_by_role("textbox", name="Question")
        box.fill(question)
        box.press("Enter")
        turn = self.page.locator(f'#live .turn[data-turn="{number}"]')
        turn.get_by_role("heading", name=question, exact=True).wait_for()
        self.page.locator(f'#live .turn[data-turn="{number}"][aria-busy=false]').wait_for()
        return turn

    def fits(self) -> bool:
        """Whether nothing is wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def report_run(folder: Path, text: str = "The bridge of Alva.") -> None:
    """An evaluation run with one question, whose every text is `text`."""
    from evals.records import Record, append
    from evals.runs import RECORDS

    sentence = {"text": text, "start": 0, "end": len(text), "citations": [1], "verdict": "supported", "support": 0.9,
                "tier": "copy", "reasons": [text]}  # fmt: skip
    answer = {"answer": text, "abstained": False, "sentences": [sentence], "citations": [], "passages": [],
              "notices": [text], "judged": [{"sentence": 0, "verdict": "supported", "reasons": [text]}]}  # fmt: skip
    append(
        folder / RECORDS,
        Record(question_id="1", dataset="own", system="ours", key="k", question=text, kind="single", cluster="c",
               answerable=True, expected=text, answer=answer, metrics={"right": 1.0}),
    )  # fmt: skip


@contextmanager
def running(home: Path, folder: Path | None = None, **settings: str) -> Iterator[Site]:
    """``rag ui`` in a process of its own, started in `folder`, ended as Ctrl-C ends it."""
    environment = os.environ | {"RAG_HOME": str(home), "PYTHONUNBUFFERED": "1"} | settings
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, "ui", "--port", "0"],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert address, process.stderr.read()
            yield Site(address[0], home)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(90)
            except subprocess.TimeoutExpired:
                process.kill()
        said = process.stderr.read()
        assert process.returncode == 0, f"{process.returncode}: {said}"
        assert "Traceback" not in said, said
