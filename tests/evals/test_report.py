"""Reports: nothing of an answer becomes markup, nothing is fetched, all that is measured is there."""

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evals.cli import command
from evals.compare import compare
from evals.errors import RecordError
from evals.metrics import LeftOut, unjudged
from evals.readme import rewrite, section
from evals.records import Record, append
from evals.report import comparison_page, markdown, page
from evals.runs import RECORDS, TIMINGS, Run, load_run

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> [1](javascript:x) |"


def record(number: int, *, right: float = 1.0, system: str = "ours", **more: Any) -> Record:
    sentence = {"text": f"{HOSTILE} {number} [1]", "start": 0, "end": 9, "citations": [1], "verdict": "supported",
                "support": 0.4 + 0.1 * (number % 5), "tier": "copy", "reasons": []}  # fmt: skip
    citation = {"number": 1, "article_id": "a", "title": HOSTILE, "source": None, "url": None, "published": None,
                "start": 0, "end": 4, "quote": HOSTILE, "placed_by": "engine"}  # fmt: skip
    passage = {"article_id": "a", "start": 0, "end": 9, "text": HOSTILE, "title": HOSTILE, "used": True,
               "score": 0.5, "dense": 0.5, "lexical": None}  # fmt: skip
    answer = {"answer": HOSTILE, "abstained": number % 4 == 0, "sentences": [sentence], "citations": [citation],
              "passages": [passage], "notices": [HOSTILE], "standalone_question": HOSTILE,
              "asked": {"conversation": [[HOSTILE, HOSTILE]], "evidence": [[{"article_id": "a", "quote": HOSTILE}]]},
              "judged": [{"sentence": 0, "verdict": "not_found", "support": 0.2, "reasons": [HOSTILE]}]}  # fmt: skip
    given: dict[str, Any] = {
        "question_id": f"q{number}", "dataset": "own", "system": system, "key": f"k{number}{system}",
        "question": HOSTILE, "kind": ("single", "multi")[number % 2], "cluster": f"c{number}", "answerable": True,
        "expected": HOSTILE, "answer": answer, "timings": {"total_ms": 10.0 * number},
        "metrics": {"right": right, "correct": right, "F1": right / 2, "faithfulness": unjudged("no claims"),
                    "citation_recall": 1.0, "citation_precision": 0.5, "nDCG@10": LeftOut("no evidence marked")},
    }  # fmt: skip
    return Record(**{**given, **more})


RUN = Run(
    "test",
    (*(record(n, right=float(n % 3 > 0)) for n in range(1, 9)),
     record(9, answer=None, metrics={}, error=f"Oops: {HOSTILE}"),
     *(record(n, right=float(n % 2), system="theirs") for n in range(1, 9))),
    {"judge": {"name": HOSTILE, "quality": "balanced accuracy 0.8"}, "systems": {"ours": {"type": HOSTILE}},
     "datasets": {"own": {"description": HOSTILE, "articles": 3}}},
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would load and run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.tags: set[str] = set()
        self.suspicious: list[tuple[str, str]] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._in_script = tag == "script"
        for name, value in attrs:
            if name.startswith("on") or (name in ("src", "href") and not (value or "").startswith("#")):
                self.suspicious.append((name, value or ""))

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def test_the_page_loads_nothing_and_runs_only_its_own_script() -> None:
    text = page([RUN])
    found = Page(text)
    assert len(found.scripts) == 1
    assert "alert" not in found.scripts[0]
    assert found.suspicious == []
    assert not found.tags & {"img", "link", "iframe", "object"}
    assert "default-src 'none'" in unescape(text)
    assert text.count('<details class="q"') == len(RUN.records)
    assert "Risk and coverage" in text
    assert "question by question" in text  # the two systems compared
    assert "unjudged: error" in text


def other(number: int) -> Record:
    """The same question in a later run: 1 lost, 3 and 6 won, 4 failed."""
    won, failed = number in (3, 6), number == 4
    changed = record(number, right=0.0 if number == 1 else 1.0 if won else float(number % 3 > 0))
    return replace(changed, answer=None, metrics={}, error=f"Oops: {HOSTILE}") if failed else changed


def test_two_runs_side_by_side(tmp_path: Path) -> None:
    old = replace(RUN, records=tuple(one for one in RUN.records if one.system == "ours" and one.error is None))
    new = Run("later", tuple(map(other, range(1, 8))), {"judge": {"name": "another"}, "systems": {"ours": {"k": 5}}})
    text = comparison_page(old, new, compare(old.records, new.records))
    found = Page(text)
    assert (len(found.scripts), found.suspicious) == (1, [])
    assert not found.tags & {"img", "link", "iframe", "object"}
    assert "7 questions are in both runs, and only they are compared; 1 are in one only." in text
    assert "figures that need a judge do not compare" in text
    assert "Settings that differ" in text
    # The question in one run only has lost its value; the failed one too.
    changed = dict(re.findall(r'id="q\d+-(q\d)" data-change="([^"]+)"', text))
    assert changed == {"q1": "worse", "q3": "better", "q6": "better", "q4": "no value any more",
                       "q8": "no value any more"}  # fmt: skip
    assert "right 1 → 0 · correct 1 → 0" in text
    assert re.search(r'data-figure="right: better\ncorrect: better\nF1: better"', text)
    assert text.count('class="sides"') == 5
    assert "This run does not have the question." in text
    same = comparison_page(old, old, compare(old.records, old.records))
    assert "No question got better or worse." in same
    assert "Settings that differ" not in same


def test_two_systems_of_one_run_side_by_side() -> None:
    ours, theirs = (
        replace(RUN, records=tuple(one for one in RUN.records if one.system == name)) for name in ("ours", "theirs")
    )
    text = comparison_page(ours, theirs, compare(ours.records, theirs.records))
    assert "<title>theirs against ours</title>" in text
    assert "<h3>before <small>ours</small></h3>" in text


def test_a_baseline_without_answers_compares_all_the_same() -> None:
    old = [replace(record(n, right=0.0), answer=None) for n in range(1, 5)]
    new = [record(n) for n in range(1, 5)]
    text = comparison_page(Run("baseline", tuple(old)), Run("now", tuple(new)), compare(old, new))
    assert text.count("The answer was not kept.") == text.count('<details class="q"') == 4


def test_markdown_stays_text() -> None:
    text = markdown([RUN])
    assert "<script" not in text.replace("\\<script", "")
    assert "| right |" in text


def test_a_report_of_nothing_is_an_error() -> None:
    with pytest.raises(RecordError, match="no records"):
        page([Run("empty", ())])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for one in RUN.records:
        if one.system == "ours" and one.error is None:
            append(tmp_path / "run" / RECORDS, one)
            row = {"key": one.key, "timings": dict(one.timings)}
            with (tmp_path / "run" / TIMINGS).open("a") as file:
                file.write(json.dumps(row) + "\n")
    return tmp_path / "run"


def test_the_command_writes_each_kind(folder: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    for name in ("r.html", "r.md", "r.json"):
        done = runner.invoke(command, ["report", str(folder), "-o", str(tmp_path / name)], catch_exceptions=False)
        assert done.exit_code == 0
        assert (tmp_path / name).stat().st_size > 500
    assert json.loads((tmp_path / "r.json").read_text())[0]["parts"][0]["questions"] == 8
    assert runner.invoke(command, ["report", str(folder), "-o", "r.doc"]).exit_code == 2


def test_the_gate_command_fails_a_worse_run(folder: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    worse = tmp_path / "worse.jsonl"
    for one in load_run(folder).records:
        append(worse, record(int(one.question_id[1:]), right=0.0))
    gate = ["gate", str(folder)]
    assert runner.invoke(command, [*gate, str(folder), "--margin", "right=0.1"]).exit_code == 0
    failed = runner.invoke(command, [*gate, str(worse), "--margin", "right=0.1"])
    assert failed.exit_code == 1
    assert failed.output.splitlines()[-1] == "FAIL"
    assert runner.invoke(command, [*gate, str(worse), "--margin", "right"]).exit_code == 2
    compared = runner.invoke(command, ["compare", str(folder), str(worse), "--metric", "right"])
    assert "worse: q1 1 → 0" in compared.output
    page_file = tmp_path / "new" / "changes.html"
    both = runner.invoke(command, ["compare", str(folder), str(worse), "--html", str(page_file), "--json"])
    assert both.exit_code == 0
    assert json.loads(both.stdout)[0]["metric"] == "right"
    assert "<title>worse against run</title>" in page_file.read_text()


def test_the_readme_section_is_between_its_markers(folder: Path, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# T\n<!-- quality:begin -->\nwhat was\n<!-- quality:end -->\nend\n")
    text = section([load_run(folder)], "rag eval readme run")
    assert rewrite(readme, text)
    assert not rewrite(readme, text)  # the same again changes nothing
    whole = readme.read_text()
    assert whole.startswith("# T\n<!-- quality:begin -->\n")
    assert whole.endswith("<!-- quality:end -->\nend\n")
    assert "what was" not in whole
    assert "| ours | 8 |" in whole
    (tmp_path / "other.md").write_text("nothing here")
    with pytest.raises(RecordError, match="lacks the lines"):
        rewrite(tmp_path / "other.md", text)
