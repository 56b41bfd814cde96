import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.article import Article
from index.errors import RefusedContent, UnreadableSource
from index.loaders import Failure, bench, load_file
from index.loaders.bench import Bench

TEXT = "The council voted on Tuesday to rebuild the old bridge over the river. " * 8
PAGE = f"<html><body><article><p>{TEXT}</p></article></body></html>"


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with Bench() as made:
        yield made


def test_the_same_as_without(tmp_path: Path, shared: Bench) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    assert list(load_file(tmp_path / "a.html", shared)) == list(load_file(tmp_path / "a.html"))
    (tmp_path / "b.pdf").write_bytes(b"no PDF")
    (failure,) = load_file(tmp_path / "b.pdf", shared)
    assert isinstance(failure, Failure)
    assert failure.reason == "its content is not a PDF"
    with pytest.raises(RefusedContent, match="too little text"):
        shared.page_draft("<html><body>x</body></html>", "https://example.org/")
    assert isinstance(next(load_file(tmp_path / "a.html", shared)), Article)


class Script:
    """Stands in for the worker: any program that speaks its lines."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
        popen = bench.subprocess.Popen
        started: list[Any] = []

        def start(command: list[str], **options: Any) -> Any:
            started.append(popen([command[0], "-c", program], **options))
            return started[-1]

        monkeypatch.setattr(bench.subprocess, "Popen", start)
        self.started = started


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import time; time.sleep(60)", "longer than"),
        ("import os; input(); os.abort()", "crashed"),
        ("input(); print('no answer')", "crashed"),
        ("input(); x = [0] * 10**11", "crashed"),
        ("raise SystemExit(1)", "crashed"),
    ],
)
def test_a_parser_that_misbehaves_is_ended_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    script = Script(monkeypatch, program)
    started = time.monotonic()
    with Bench(seconds=0.5) as made:
        for _ in range(2):
            with pytest.raises(UnreadableSource, match=reason):
                made.page_draft(PAGE, "https://example.org/")
    assert time.monotonic() - started < 20
    assert len(script.started) == 2
    assert all(child.poll() is not None for child in script.started)


def test_nothing_is_started_for_what_needs_no_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, "")
    (tmp_path / "a.txt").write_text("It rose.")
    with Bench() as made:
        assert isinstance(next(load_file(tmp_path / "a.txt", made)), Article)
    assert script.started == []


def test_modules_in_the_working_directory_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json.py", "index.py", "trafilatura.py"):
        (tmp_path / name).write_text("open('run', 'w')")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.html").write_text(PAGE)
    with Bench() as made:
        assert isinstance(next(load_file(tmp_path / "a.html", made)), Article)
    assert not (tmp_path / "run").exists()
