"""The fits of the evidence's weights and of the decisions to be silent, on invented data."""

import numpy as np
import pytest

from evals.datasets import Question
from evals.studies.evidence import Example, first_two, fit
from evals.studies.silence import Said, by, by_word, crossed, figures, telling, threshold
from rag.abstention import EVIDENCE_SIGNS
from rag.verify.calibration import Logistic


def example(number: int) -> Example:
    """Of four sentences the marked one is highest in the first column; the second column is noise."""
    rng = np.random.default_rng(number)
    columns = rng.random((4, 2))
    columns[2, 0] = 2.0
    return Example(Question(id=str(number), question="Why?"), "Why?", (), (columns,), ((2,),))


def test_the_column_that_tells_gets_the_weight() -> None:
    weights = fit([example(n) for n in range(20)])
    assert weights[0] > 1 > weights[1] >= 0
    assert first_two(example(99), weights) == pytest.approx(1.0)


def said(number: int, *, answerable: bool) -> Said:
    signs = {"dense": 0.8 if answerable else 0.1, "covered": 0.5, "named": 1.0}
    return Said("invented", str(number), f"article {number % 7}", answerable, signs)


def test_silence_is_learnt_from_other_clusters() -> None:
    questions = [said(n, answerable=n % 3 > 0) for n in range(60)]
    answered = crossed(questions, by(EVIDENCE_SIGNS, 0.0))
    assert answered.tolist() == [one.answerable for one in questions]
    assert figures(questions, answered, "invented") == ["1.00 (20/20)", "1.00 (20/20)", "0.00 (0/40)"]


def test_a_models_word_tells_where_the_evidence_does_not() -> None:
    def asked(number: int) -> Said:
        plain, answerable = number % 2 > 0, number % 3 > 0
        signs = {"dense": 0.7, "covered": 0.5, "named": 1.0, "stated": (3.0 if answerable else -3.0) + plain}
        return Said("invented", str(number), f"article {number % 7}", answerable, signs)

    questions = [asked(number) for number in range(90)]
    assert crossed(questions, by_word).tolist() == [one.answerable for one in questions]
    assert telling(questions, ["invented"]) == [
        ["stated", "1.00"], ["dense", "0.50"], ["covered", "0.50"], ["named", "0.50"],
    ]  # fmt: skip


def test_the_threshold_refuses_no_more_than_it_may() -> None:
    model = Logistic(0.0, {"dense": 1.0}, 0.5)
    questions = [Said("invented", str(n), str(n), True, {"dense": n / 10 - 5}) for n in range(100)]
    cut = threshold(model, questions, 0.1)
    refused = sum(model.probability(one.signs) < cut for one in questions)
    assert 0 < refused <= 10
