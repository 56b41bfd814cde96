"""How much a question is about the present."""

from datetime import date

import pytest

from rag.timeneed import time_need

DAY = date(2023, 3, 8)


@pytest.mark.parametrize(
    ("question", "kind", "least"),
    [
        ("Which company announced layoffs this week?", "present", 1.0),
        ("What did he say on Tuesday?", "present", 1.0),
        ("How many cases are there as of this week?", "present", 1.0),
        ("What has changed since Monday?", "present", 1.0),
        ("What is the latest on the strike?", "present", 1.0),
        ("What did the minister say recently?", "present", 0.9),
        ("Has the bank raised its rate?", "present", 0.6),
        ("What did Biden say about China?", "present", 0.5),
        ("What happened on 9 March 2021?", "dated", 1.0),
        ("What was known before June 2020?", "dated", 1.0),
        ("Which team won the 2014 final?", "dated", 0.7),
        ("How was bread made in the 1800s?", "dated", 0.9),
        ("What is the capital of France?", "timeless", 0.8),
        ("Who wrote the national anthem?", "timeless", 0.8),
        ("How does a heat pump work?", "timeless", 0.8),
    ],
)
def test_kinds_and_strengths(question: str, kind: str, least: float) -> None:
    need = time_need(question, DAY)
    assert need.kind == kind
    assert least <= need.strength <= 1.0


def test_the_same_date_ages() -> None:
    question = "What happened on 1 March 2023?"
    assert time_need(question, DAY).kind == "present"
    assert time_need(question, date(2024, 3, 8)).kind == "dated"


def test_a_stronger_sign_weighs_more() -> None:
    said = time_need("What did the bank say?", DAY)
    lately = time_need("What did the bank say recently?", DAY)
    assert (said.kind, lately.kind) == ("present", "present")
    assert said.strength < lately.strength
