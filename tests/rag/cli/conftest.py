"""The command line, called in this process."""

import sys
from pathlib import Path

import pytest
from command import Ended, Run

from rag.cli import main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """``run("list", "--json")`` is ``rag list --json`` in an empty folder, without a language model."""
    monkeypatch.setenv("RAG_LLM", "extractive")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["rag", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return call
