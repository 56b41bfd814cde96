"""What questions, answers and errors of other systems hold does not drive the terminal, and stays out of reports."""

import json
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.cli import command
from evals.errors import RecordError

# It clears the screen, sets the title, colours by an 8-bit sequence, and turns the direction of writing.
CONTROL = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil\u2066"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Two runs of recorded answers: the second answers worse, and has an error."""
    for name, failed in (("old", None), ("new", f"{CONTROL}timed out")):
        rows = [
            {"question": f"Who won? {CONTROL}\nPASS", "answer": f"Ada Moss {CONTROL}" if failed is None else CONTROL},
            {"question": "Who lost?", "answer": "Bo Lind", "error": failed},
        ]
        (tmp_path / f"{name}-answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        questions = [{"question": row["question"], "answer": "Ada Moss", "kind": f"{CONTROL}{n}"}
                     for n, row in enumerate(rows)]  # fmt: skip
        (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions))
        system = {"type": "recorded", "name": "theirs", "path": f"{name}-answers.jsonl"}
        (tmp_path / f"{name}.yaml").write_text(json.dumps({"datasets": [{"name": "mine.jsonl"}], "systems": [system]}))
    return tmp_path


def clean(text: str) -> bool:
    return all(c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") for c in text)


def test_nothing_drives_the_terminal(config: Path) -> None:
    def rag_eval(*arguments: object) -> tuple[int, str]:
        found = CliRunner().invoke(command, list(map(str, arguments)))
        assert clean(found.output), arguments
        return found.exit_code, found.output

    old, new = config / "old", config / "new"
    assert rag_eval("run", config / "old.yaml", "-o", old, "--all")[0] == 0
    status, printed = rag_eval("run", config / "new.yaml", "-o", new)
    assert (status, "timed out" in printed) == (1, True)
    status, printed = rag_eval("compare", old, new)
    assert "Who won? " in printed
    assert "\nPASS" not in printed  # no line of the question's own
    assert json.loads(rag_eval("compare", old, new, "--json")[1])[0]["worse"][0]["question"].startswith("Who won? \x1b")
    for arguments in (("gate", old, new), ("gate", old, new, "--json"), ("report", new), ("run", config / CONTROL)):
        rag_eval(*arguments)
    for name in ("report.html", "report.md"):
        rag_eval("report", old, new, "-o", config / name)
        assert clean((config / name).read_text())
    rag_eval("compare", old, new, "-o", config / "changes.html")
    assert clean((config / "changes.html").read_text())


def test_nor_does_what_an_error_names(tmp_path: Path) -> None:
    (tmp_path / CONTROL).mkdir()
    found = CliRunner().invoke(command, ["report", str(tmp_path / CONTROL)])
    assert isinstance(found.exception, RecordError)
    assert "evil holds no records.jsonl" in str(found.exception)
    assert clean(str(found.exception))
