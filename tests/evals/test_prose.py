"""What is read out of the prose of an answer."""

import pytest

from evals.prose import sounds_like_refusal, strip_marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fell [1].", "It fell."),
        ("It destroyed 14 houses [Source 1] [2, 3].", "It destroyed 14 houses."),
        ("It fell.[1][2]", "It fell."),
        ("It [1, 2] fell 【3】 in [sic] 2019.", "It fell in [sic] 2019."),
    ],
)
def test_marks_are_stripped_before_judging(text: str, expected: str) -> None:
    assert strip_marks(text) == expected


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("The articles do not say who won.", True),
        ("I don’t know.", True),
        ("There is no information about this.", True),
        ("He said that he would not resign.", False),
        ("Bakhmut fell in May.", False),
    ],
)
def test_refusals_in_prose(text: str, refusal: bool) -> None:
    assert sounds_like_refusal(text) is refusal
