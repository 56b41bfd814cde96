"""Extractive fragments, worked by hand."""

import pytest

from rag.verify import Evidence, Verifier
from rag.verify.copying import copied

TEXT = ["the", "mill", "burned", "down", "on", "monday"]


def test_a_verbatim_copy() -> None:
    result = copied(TEXT, [["and", *TEXT, "too"]])
    assert (result.coverage, result.density) == (1.0, 1.0)


def test_two_fragments() -> None:
    # "the mill burned" (3) and "down on monday" (3) of 7 words: 6/7 and (9 + 9) / 49
    result = copied([*TEXT[:3], "right", *TEXT[3:]], [TEXT])
    assert result.coverage == pytest.approx(6 / 7)
    assert result.density == pytest.approx(18 / 49)


def test_short_runs_do_not_count() -> None:
    assert copied(["mill", "burned", "x", "on", "monday"], [TEXT]).coverage == 0.0


def test_nothing_runs_over_the_end_of_a_text() -> None:
    assert copied(TEXT, [TEXT[:2], TEXT[2:4], TEXT[4:]]).coverage == 0.0
    assert copied([], [TEXT]).coverage == 0.0


def test_long_repetitions_stay_quick() -> None:
    assert copied(["a"] * 300, [["a"] * 3000]).coverage == 1.0


JURY = "A jury in Leeds convicted the former nurse of manslaughter on Friday after a trial that lasted seven weeks."
ARRESTS = "Anna Holm, a teacher, was arrested in Leeds on Monday night. Per Lund, a nurse, was released the next day."


@pytest.mark.parametrize(
    ("claim", "evidence", "tier"),
    [
        (JURY, JURY, "copy"),
        (JURY.replace("on Friday ", ""), JURY, "copy"),
        (JURY.replace("former nurse", "young nurse"), JURY, "features"),
        ("Anna Holm, a teacher, was arrested in Leeds on Monday night.", ARRESTS, "copy"),
        (ARRESTS, ARRESTS, "copy"),
        ("Per Lund, a nurse, was arrested in Leeds on Monday night.", ARRESTS, "features"),
    ],
)
def test_a_copy_is_of_one_piece_and_changes_no_word_that_says_something(claim: str, evidence: str, tier: str) -> None:
    assert Verifier().check(claim, [Evidence(evidence)]).tier == tier
