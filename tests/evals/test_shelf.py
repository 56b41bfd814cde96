"""The shelf of reports: the newest first, made once, and whatever is in the folder is a page."""

import os
from pathlib import Path

import pytest

from evals.records import Record, append
from evals.report import Shelf, shelf
from evals.runs import RECORDS

HOSTILE = "</script><script>alert(1)</script>"


def put(runs: Path, name: str, age: int = 0, answer: str = "It opened.") -> None:
    """A run of one question, `age` seconds old."""
    said = {"answer": answer, "abstained": False, "sentences": [], "citations": [], "passages": [], "judged": []}
    append(
        runs / name / RECORDS,
        Record(question_id="1", dataset="own", system="ours", key="k", question="What?", kind="single", cluster="c",
               answerable=True, answer=said, metrics={"right": 1.0}),
    )  # fmt: skip
    stamp = 1_700_000_000 - age
    os.utime(runs / name / RECORDS, (stamp, stamp))


def test_the_newest_run_is_shown_with_links_to_the_others(tmp_path: Path) -> None:
    put(tmp_path, "old", 60)
    put(tmp_path, f"new & {HOSTILE[:8]}x")
    put(tmp_path, "older", 120)
    text = Shelf(tmp_path).html()
    assert "<h1>new &amp; " not in text  # a name with a slash is a folder in a folder, and no run
    assert "<h1>old</h1>" in text
    assert text.index('href="?run=old"') < text.index('href="?run=older"')
    assert "<h1>older</h1>" in Shelf(tmp_path).html("older")


def test_a_name_and_an_answer_stay_text(tmp_path: Path) -> None:
    put(tmp_path, "<img src=x>&b=1", answer=HOSTILE)
    put(tmp_path, "other", 60)
    text = Shelf(tmp_path).html()
    assert "<img" not in text
    assert 'href="?run=%3Cimg%20src%3Dx%3E%26b%3D1"' in text
    assert "alert(1)</script>" not in text
    assert "<img" not in Shelf(tmp_path).html("<img src=y>")


def test_nothing_measured_yet_says_how_to_measure(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        assert "rag eval run golden-extractive" in Shelf(folder).html()


@pytest.mark.parametrize("name", ["..", "../runs/old", "/etc", "", "nothing"])
def test_only_runs_of_the_folder_are_shown(name: str, tmp_path: Path) -> None:
    put(tmp_path / "runs", "old")
    put(tmp_path, "beside")
    text = Shelf(tmp_path / "runs").html(name)
    assert "(any more)" in text
    assert 'href="?run=old"' in text


@pytest.mark.parametrize("damage", ["{}", "[1]", '{"version": 1}', "\x00\x00", ""])
def test_a_damaged_run_is_said_and_the_others_are_there(damage: str, tmp_path: Path) -> None:
    put(tmp_path, "good", 60)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / RECORDS).write_text(damage + "\n")
    text = Shelf(tmp_path).html()
    assert "cannot be shown" in text
    assert 'href="?run=good"' in text


def test_a_record_of_another_shape_is_said(tmp_path: Path) -> None:
    put(tmp_path, "good")
    place = tmp_path / "good" / RECORDS
    place.write_text(place.read_text().replace('"sentences"', '"phrases"'))
    assert "cannot be shown: KeyError" in Shelf(tmp_path).html()


def test_a_report_is_made_again_only_when_something_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = shelf.page
    monkeypatch.setattr(shelf, "page", lambda runs, *more: made.append(runs[0].name) or real(runs, *more))
    put(tmp_path, "one", 60)
    reports = Shelf(tmp_path)
    assert reports.html() == reports.html()
    assert made == ["one"]
    put(tmp_path, "two")
    reports.html("one")
    assert made == ["one", "one"], "it has a link more"
    put(tmp_path, "one", 30)
    reports.html("one")
    assert made == ["one", "one", "one"]
    for number in range(9):
        put(tmp_path, f"more{number}", -1 - number)
        reports.html()
    assert len(reports._made) == shelf.KEPT
