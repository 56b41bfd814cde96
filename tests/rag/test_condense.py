"""The model's rewriting of a follow-up, and the guard before it is used."""

import pytest

from rag.condense import LONGEST_ANSWER, acceptable, condensed, messages

EXCHANGES = [("Who heads Norden Bank?", "Per Lund heads Norden Bank, which raised its rate to 4.5%.")]


@pytest.mark.parametrize(
    ("question", "rewrite"),
    [
        ("When was he appointed?", "When was Per Lund appointed?"),
        ("When was he appointed?", "When was Per Lund appointed head of Norden Bank?"),
        ("OK and why?", "Why did Norden Bank raise its rate to 4.5%?"),
        ("When was he appointed?", "When was he appointed?"),
    ],
)
def test_rewrites_that_stay_within_the_conversation(question: str, rewrite: str) -> None:
    assert acceptable(rewrite, question, EXCHANGES)


@pytest.mark.parametrize(
    "rewrite",
    [
        "Per Lund was appointed in 2020.",  # an answer
        "When was Per Lund fired?",  # another word
        "When was Per Lund appointed in 2020?",  # a year out of nowhere
        "Why was Per Lund appointed?",  # another question
        "When was Per Lund born? When was he appointed?",
        "When was Per Lund?",
        "",
        "?",
    ],
)
def test_rewrites_that_are_refused(rewrite: str) -> None:
    assert not acceptable(rewrite, "When was he appointed?", EXCHANGES)


def test_labels_and_quotes_are_taken_off() -> None:
    reply = 'Rewritten question: "When was Per Lund appointed?"\nI hope this helps!'
    assert condensed(reply, "When was he appointed?", EXCHANGES) == ("When was Per Lund appointed?", True)


def test_rules_take_over_from_a_bad_rewrite() -> None:
    assert condensed("He was appointed in 2020.", "When was he appointed?", EXCHANGES) == (
        "When was Per Lund appointed?",
        False,
    )


def test_rules_take_over_from_a_rewrite_that_resolves_nothing() -> None:
    assert condensed("When was he appointed?", "When was he appointed?", EXCHANGES) == (
        "When was Per Lund appointed?",
        False,
    )
    unchanged = "When was Norden Bank founded?"
    assert condensed(unchanged, unchanged, EXCHANGES) == (unchanged, True)


def test_the_prompt_holds_the_last_exchanges_and_no_more() -> None:
    long = [(f"Question number {i}?", "word " * 200) for i in range(5)]
    system, user = messages("Why {question}?", long)
    assert "number 1?" not in user["content"]
    assert all(f"number {i}?" in user["content"] for i in (2, 3, 4))
    assert len(user["content"]) < 3 * (LONGEST_ANSWER + 60) + 100
    assert "Why {question}?" in user["content"]
    assert "{" not in system["content"]
