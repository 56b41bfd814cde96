"""The model's own silence, however it is cut into pieces."""

import pytest

from rag.answer_types import lacks
from rag.sentinel import Sentinel, refuses


def streamed(text: str, size: int) -> tuple[bool, str]:
    sentinel = Sentinel()
    shown = "".join(sentinel.feed(text[at : at + size]) for at in range(0, len(text), size)) + sentinel.finish()
    return sentinel.found, shown


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize(
    ("text", "found", "shown"),
    [
        ("NOT FOUND", True, ""),
        ("“Not found.”", True, ""),
        ("NOT FOUND. As far as I remember, it was 12.", True, ""),
        ("Not found guilty, he left the court.", False, "Not found guilty, he left the court."),
        ("12 people died. NOT FOUND.", False, "12 people died."),
        ("NO one died. NOT so", False, "NO one died. NOT so"),
        ("He was NOT FOUND in it", False, "He was NOT FOUND in it"),
        ("", False, ""),
    ],
)
def test_the_sentinel_is_never_shown_and_nothing_else_is_lost(text: str, size: int, found: bool, shown: str) -> None:
    assert streamed(text, size) == (found, shown)


@pytest.mark.parametrize(
    "text",
    [
        "The excerpts do not say.",
        "Unfortunately, the provided passages do not contain that information.",
        "The name of the driver is not mentioned in the articles.",
        "The price is not specified.",
        "There is no information about it.",
    ],
)
def test_silence_in_a_models_own_words(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "The suspect was not named by police.",
        "The plane was not found until 1990.",
        "The excerpts do not name the driver. However, 12 people died.",
        "12 people died.",
    ],
)
def test_an_answer_is_no_silence(text: str) -> None:
    assert not refuses(text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many died?", "Nobody died."),
        ("How many were hurt?", "Dozens were hurt."),
        ("How many times has she won?", "She has won twice."),
        ("When did it start?", "It started overnight."),
    ],
)
def test_a_figure_may_be_given_in_words(question: str, text: str) -> None:
    assert not lacks(question, text, surely=True)
    assert lacks(question, "The mayor visited the site.", surely=True)
