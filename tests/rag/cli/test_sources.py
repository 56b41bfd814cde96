"""Adding, reading again and following, from the command line."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Run

from index.errors import LibraryError
from index.library import Library
from index.sync import Entry
from rag.cli.sources import _is_ours

FLOOD = "The river Alva rose to 6.4 metres on Monday, its highest level since 1954. Two bridges were closed."
VOTE = "The council of Alva voted 31 to 14 on Tuesday to raise the barrier at Kell by two metres."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "flood.txt").write_text(FLOOD)
    (folder / "vote.txt").write_text(VOTE)
    return folder


def test_nothing_to_sync_is_said(run: Run) -> None:
    status, _, err = run("sync")
    assert status == 0
    assert "rag add SOURCE" in err
    assert "0 added, 0 changed, 0 failed, 0 moved, 0 removed, 0 unchanged" in err


@pytest.mark.parametrize("time_", ["soon", "0m", "15", "-5m"])
def test_a_wrong_interval_is_refused(run: Run, time_: str) -> None:
    status, _, err = run("sync", f"--every={time_}")
    assert status == 2
    assert "90s, 15m, 2h or 1d" in err


def test_only_folders_are_followed(run: Run, folder: Path) -> None:
    status, _, err = run("add", "--watch", str(folder), str(folder / "vote.txt"))
    assert status == 2
    assert "--watch follows folders" in err


def test_what_cannot_be_named_is_told_like_any_other_failure(run: Run) -> None:
    status, out, err = run("add", "", "x" * 5000, "~nobody-of-that-name/a", "missing.txt", "--json")
    assert status == 1
    assert json.loads(out)["counts"] == {"failed": 4}
    assert "no source is named here" in err
    assert "missing.txt: there is no such file or folder" in err


def test_articles_in_the_home_of_the_program_are_followed_and_its_own_files_are_not(tmp_path: Path) -> None:
    own = ("index", "index/state.json", "library.db", "library.db-wal", "verdicts.jsonl")
    assert all(_is_ours(tmp_path / name, tmp_path) for name in own)
    articles = ("articles/flood.txt", "flood.txt", "index.html", "articles/index/a.txt", "articles/library.db.txt")
    assert not any(_is_ours(tmp_path / name, tmp_path) for name in articles)


@pytest.mark.model
@pytest.mark.parametrize("pause", [0.0, 10.0])
def test_without_a_terminal_progress_is_a_line_now_and_then(
    run: Run, folder: Path, pause: float, monkeypatch: pytest.MonkeyPatch, minilm_folder: Path
) -> None:
    monkeypatch.setattr("rag.cli.common.PAUSE", pause)
    lines = run("add", str(folder)).err.splitlines()
    if pause:
        assert lines == ["2 added"]
    else:
        assert lines[:2] == ["reading: 1 of 2 files, 1 articles", "reading: 2 of 2 files, 2 articles"]
        assert "indexing: 0 of 2 articles, 2 passages embedded of 2 read" in lines
        assert lines[-2:] == ["indexing: 2 of 2 articles, 2 passages embedded of 2 read", "2 added"]


ROUNDS = [
    LibraryError("the disk is full"),
    [
        Entry("/a.txt", "added", "1"),
        Entry("/b.txt", "changed", "2"),
        Entry("/c.txt", "unchanged", "3"),
        Entry("/d.txt", "moved", "4"),
        Entry("/e\x1b[2J.txt", "removed", "5", "the file is gone"),
        Entry("/f.pdf", "failed", None, "broken"),
    ],
]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One round that fails, and one that Ctrl-C ends."""
    coming = iter(ROUNDS)

    def sync(*_: object) -> Iterator[Entry]:
        coming_next = next(coming)
        if isinstance(coming_next, Exception):
            raise coming_next
        signal.raise_signal(signal.SIGINT)
        yield from coming_next

    monkeypatch.setattr("index.sync.sync", sync)


@pytest.mark.usefixtures("rounds")
def test_a_round_that_fails_is_said_and_the_next_one_tells_what_happened(run: Run) -> None:
    status, out, err = run("sync", "--every", "1s")
    assert status == 0
    assert "this round failed: the disk is full" in err
    assert out.splitlines() == [
        "added: /a.txt", "changed: /b.txt", "moved: /d.txt", "removed: /e[2J.txt (the file is gone)"
    ]  # fmt: skip
    assert "1 added, 1 changed, 1 failed, 1 moved, 1 removed, 1 unchanged" in err
    assert "failed: /f.pdf: broken" in err


@pytest.mark.usefixtures("rounds")
def test_with_json_each_round_is_a_line(run: Run) -> None:
    status, out, _ = run("sync", "--every", "1s", "--json")
    assert status == 0
    failed, told = map(json.loads, out.splitlines())
    assert failed == {"error": "the disk is full"}
    assert told["counts"] == dict.fromkeys(("added", "changed", "failed", "moved", "removed", "unchanged"), 1)
    assert len(told["articles"]) == 6


@pytest.mark.model
def test_sync_tells_what_happened(run: Run, folder: Path, minilm_folder: Path) -> None:
    assert run("add", str(folder))[0] == 0
    (folder / "flood.txt").write_text(FLOOD.replace("6.4", "6.5"))
    (folder / "vote.txt").unlink()
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    status, out, err = run("sync", "--json")
    assert status == 1
    told = json.loads(out)
    assert told["counts"] == {"added": 0, "changed": 1, "failed": 1, "moved": 0, "removed": 1, "unchanged": 0}
    assert {Path(entry["address"]).name: entry["outcome"] for entry in told["articles"]} == {
        "broken.pdf": "failed",
        "flood.txt": "changed",
        "vote.txt": "removed",
    }
    assert "broken.pdf" in err
    (listed,) = json.loads(run("list", "--json")[1])
    assert listed["passages"] == 1
    assert "6.5" in run("show", listed["article_id"])[1]


@pytest.mark.model
def test_copies_are_listed(run: Run, tmp_path: Path, minilm_folder: Path) -> None:
    text = " ".join(
        [FLOOD, *(f"Sentence {word} of the agency's report on the flood at Alva." for word in "abcdefghij")]
    )
    for paper, day in (("Alva Post", 5), ("Kell Times", 6)):
        (tmp_path / f"{paper}.md").write_text(
            f"---\ntitle: {paper}\nsource: {paper}\npublished: 2024-02-0{day}\n---\n"
            f"{text} {'' if day == 5 else paper}\n"
        )
    assert run("add", str(tmp_path))[0] == 0
    copy, original = json.loads(run("list", "--json")[1])
    assert (original["title"], original["copies"]) == ("Alva Post", [copy["article_id"]])
    assert copy["copy_of"] == original["article_id"]
    assert f"copy of {original['article_id']}" in run("list")[1]
    assert json.loads(run("show", "Kell Times", "--json")[1])["copy_of"] == original["article_id"]
    found = json.loads(run("search", "report on the flood", "--json")[1])["passages"]
    assert {passage["article_id"] for passage in found} == {original["article_id"]}
    (other,) = found[0]["copies"]
    assert other == {name: copy[name] for name in ("article_id", "title", "source", "url", "published")}
    also = f"also in Kell Times ({copy['article_id']})"
    assert also in run("search", "report on the flood").out
    cited = json.loads(run("ask", "How high did the river Alva rise?", "--json").out)["citations"]
    assert cited[0]["copies"] == [other]
    assert also in run("ask", "How high did the river Alva rise?").out
    found = json.loads(run("search", "report on the flood", "--source", "Kell Times", "--json")[1])["passages"]
    assert {passage["article_id"] for passage in found} == {copy["article_id"]}
    assert [each["article_id"] for each in found[0]["copies"]] == [original["article_id"]]
    assert run("remove", original["article_id"]).status == 0
    (left,) = json.loads(run("list", "--json").out)
    assert "copy_of" not in left


@pytest.fixture
def following(folder: Path, minilm_folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", "from rag.cli import main; main()", "add", "--watch", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "RAG_LLM": "extractive"})
    yield process
    process.kill()
    process.wait()


@pytest.mark.model
def test_a_folder_is_followed(following: "subprocess.Popen[str]", folder: Path, home: Path) -> None:
    assert following.stderr is not None
    assert any("following" in line for line in following.stderr)
    (folder / "fire.txt").write_text("A fire destroyed the old mill at Kell on Friday night.")
    (folder / "vote.txt").unlink()
    with Library.open(home / "library.db") as library:
        wanted = {str(folder / "fire.txt"), str(folder / "flood.txt")}
        deadline = time.monotonic() + 60
        while {address.address for address in library.addresses()} != wanted:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    following.send_signal(signal.SIGINT)
    _, err = following.communicate(timeout=60)
    assert following.returncode == 0, err
    assert "stopped" in err
