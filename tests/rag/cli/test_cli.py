"""The command line: what goes where, and how it ends."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import Run

from rag.answer import Answer, Delta, Finished
from rag.cli import COMMANDS
from rag.cli.questions import _show

TEXT = "The river Alva rose to 6.4 metres on Monday, its highest level since 1954. Two bridges were closed."


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_every_command_has_help_with_an_example(run: Run, arguments: list[str]) -> None:
    status, out, _ = run(*arguments)
    assert status == 0
    assert "rag " in out.split("Example:")[1]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["lits"], 2, "No such command 'lits'"),
        (["ask"], 2, "Missing argument 'QUESTION'"),
        (["search", "x", "-k", "0"], 2, "0 is not in the range"),
        (["models", "fetch", "nothing"], 2, "there is no model 'nothing'"),
        (["add", "missing.txt"], 1, "no such file"),
        (["show", "nothing"], 1, "rag: No article fits 'nothing'"),
        (["search", ""], 1, "rag: the query is empty"),
        (["ask", ""], 1, "rag: the question is empty"),
        (["search", "x", "--after", "2024-05-05", "--before", "2024-01-01"], 1, "after is 2024-05-05 and before is"),
        (["ask", "x", "--after", "2024-05-05", "--before", "2024-01-01"], 1, "after is 2024-05-05 and before is"),
        (["search", "x", "--after", "soon"], 1, "rag: after is 'soon'; give a date like 2023-03-08"),
    ],
)
def test_mistakes_are_one_line_and_a_status(run: Run, arguments: list[str], status: int, said: str) -> None:
    ended = run(*arguments)
    assert ended.status == status
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert not ended.out


def test_a_misspelt_setting_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LMM", "local")
    ended = run("list")
    assert ended.status == 1
    assert "did you mean RAG_LLM?" in ended.err


def test_an_empty_library(run: Run) -> None:
    ended = run("list")
    assert (ended.status, ended.out) == (0, "")
    assert "rag add" in ended.err
    assert json.loads(run("list", "--json").out) == []


@pytest.mark.model
def test_from_file_to_cited_answer(run: Run, tmp_path: Path, minilm_folder: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    header = "---\ntitle: The flood\nsource: Alva Post\npublished: 2024-02-05\n---\n"
    (articles / "flood.md").write_text(header + TEXT)
    (articles / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    added = run("add", str(articles), "--json")
    assert added.status == 1
    assert json.loads(added.out)["counts"] == {"added": 1, "failed": 1}
    assert "broken.pdf" in added.err

    (listed,) = json.loads(run("list", "--json").out)
    assert {"article_id", "title", "source", "url", "published", "hash", "passages"} == set(listed)
    assert (listed["title"], listed["published"], listed["passages"]) == ("The flood", "2024-02-05", 1)

    found = json.loads(run("search", "river", "--json").out)
    assert set(found) == {"query", "passages", "timings"}
    assert found["passages"][0]["article_id"] == listed["article_id"]

    asked = json.loads(run("ask", "How high did the river Alva rise?", "--json").out)
    text = json.loads(run("show", listed["article_id"], "--json").out)["text"]
    assert "6.4 metres" in asked["answer"]
    assert asked["citations"]
    assert all(text[c["start"] : c["end"]] == c["quote"] for c in asked["citations"])

    told = run("ask", "How high did the river Alva rise?")
    assert "empty" not in told.err
    assert "6.4 metres" in told.out
    assert "[1] The flood (Alva Post, 2024-02-05)" in told.out
    assert "extractive" in told.err

    silent = run("ask", "Who won the chess championship in Reykjavik?")
    assert silent.status == 0
    assert "don’t say" in silent.out

    assert run("remove", "flood").status == 1  # a piece of a title might be another's
    assert "removed: The flood\n" in run("remove", "The flood").err
    assert json.loads(run("list", "--json").out) == []


@pytest.mark.model
@pytest.mark.usefixtures("minilm_folder")
def test_a_question_that_is_none_does_not_end_a_conversation(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\0\n\xff who?\n")))
    told = run("chat")
    assert told.status == 0
    assert "rag: the question is empty" in told.err
    assert told.out.count("The articles don’t say") == 1


def test_a_reader_that_has_enough_is_no_failure(tmp_path: Path) -> None:
    environment = os.environ | {"RAG_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "import rag.cli; rag.cli.main()", "models"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ended:
        assert ended.stdout is not None
        assert ended.stderr is not None
        ended.stdout.close()
        assert ended.stderr.read() == ""
        assert ended.wait() == 0


def test_settings_that_are_no_text(run: Run) -> None:
    Path(".env").write_bytes(b"RAG_K=\xff\n")
    told = run("list")
    assert told.status == 1
    assert ".env cannot be read" in told.err


@pytest.mark.model
@pytest.mark.usefixtures("minilm_folder")
def test_a_question_to_an_empty_library_says_what_to_do(run: Run) -> None:
    told = run("ask", "How high did the river Alva rise?")
    assert told.status == 0
    assert "The library is empty. Add articles first: rag add" in told.err


@pytest.mark.parametrize(
    ("streamed", "text", "said"),
    [
        ("It rose. [1]\n", "It rose. [1]", ""),
        ("It rose.", "It rose. [1]", ""),
        ("It rose. It fell.", "It rose.", "[withdrawn after its checks; what stands is:]"),
    ],
)
def test_only_what_did_not_stand_is_called_withdrawn(
    streamed: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Answer(
        question="Why?", standalone_question="Why?", text=text, abstained=False, engine="x", timings={"total_ms": 1.0}
    )
    _show([Delta(streamed), Finished(answer)])
    assert capsys.readouterr().err.startswith(said or "\n[")
