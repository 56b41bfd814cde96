import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.article import Article
from index.errors import RefusedContent, UnreadableSource
from index.loaders import Failure, bench, load_file
from index.loaders.bench import Bench
from index.loaders.dates import parse_date
from index.loaders.feed import parse_feed

TEXT = "The council voted on Tuesday to rebuild the old bridge over the river. " * 8
PAGE = f"<html><body><article><p>{TEXT}</p></article></body></html>"


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with Bench() as made:
        yield made


def test_a_feed_is_the_same_as_without(shared: Bench) -> None:
    item = "<item><title>Alva é</title><link>/a</link><pubDate>Tue, 05 Mar 2024 10:20:00 GMT</pubDate></item>"
    data = f'<rss version="2.0"><channel><title>G</title>{item}<item><title>B</title></item></channel></rss>'.encode()
    there, here = shared.feed_entries(data, "https://example.org/feed"), parse_feed(data, "https://example.org/feed")
    assert [(entry.link, entry.name, entry.changed) for entry in there] == [
        (entry.link, entry.name, entry.changed) for entry in here
    ]
    assert [(e.draft.title, parse_date(e.draft.published)) for e in there] == [
        (e.draft.title, e.draft.published) for e in here
    ]
    with pytest.raises(UnreadableSource, match="declares entities"):
        shared.feed_entries(b"<!ENTITY a 'b'><rss/>", "https://example.org/feed")


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
