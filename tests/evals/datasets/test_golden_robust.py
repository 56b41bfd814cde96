"""The golden questions under noise and with altered articles."""

import pytest

from evals.datasets import Question, load
from evals.datasets.items import ALTERED, DISTRACTOR, RELEVANT, ROLE, with_distractors
from evals.errors import DatasetError


def questions(split: str) -> tuple[Question, ...]:
    return load("golden_robust", split=split).questions


def roles(question: Question) -> list[str]:
    return [article.metadata[ROLE] for article in question.articles]


def test_noise_stands_beside_the_right_article() -> None:
    found = questions("noise")
    assert len(found) > 60
    assert all(roles(one) == [RELEVANT, *[DISTRACTOR] * 4] for one in found)
    for one in found:
        (place,) = one.evidence[0]
        assert one.articles[0].text[place.start : place.end] == place.quote
    assert roles(with_distractors(found[0], 2)) == [RELEVANT, DISTRACTOR, DISTRACTOR]


def test_rejection_has_nothing_but_noise() -> None:
    assert all(not one.answerable and set(roles(one)) == {DISTRACTOR} for one in questions("rejection"))


def test_an_altered_article_has_another_figure_and_nothing_else_is_another() -> None:
    true = {one.id: one.articles[0].text for one in questions("noise")}
    found = questions("altered")
    assert len(found) > 30
    for one in found:
        (article,) = one.articles
        (false,) = one.false_answers
        assert article.metadata[ROLE] == ALTERED
        assert false in article.text
        assert len(article.text) == len(true[one.id])
        assert sum(a != b for a, b in zip(article.text, true[one.id], strict=True)) <= len(false)
        assert article.text != true[one.id]


def test_a_contradicted_question_has_both() -> None:
    for one in questions("contradicted"):
        assert roles(one) == [RELEVANT, ALTERED]
        assert one.articles[0].text != one.articles[1].text
        assert one.articles[0].address != one.articles[1].address


def test_there_are_no_other_splits() -> None:
    with pytest.raises(DatasetError, match="noise, rejection, altered, contradicted"):
        load("golden_robust", split="all")
