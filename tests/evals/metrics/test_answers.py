import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.errors import MetricError
from evals.metrics import LeftOut
from evals.metrics.answers import (
    Nugget,
    all_sub_answers,
    chosen,
    claim_scores,
    contains,
    exact_match,
    normalise,
    nugget_scores,
    sub_answers,
    token_f1,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Cat, a hat!", "cat hat"),
        ("U.S. $16.4bn", "us 164bn"),
        ("“Squid Game”", "squid game"),
        ("Theatre", "theatre"),  # "the" only as a word
        ("A an THE", ""),
        ("2022–23", "202223"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text())
def test_normalising_twice_changes_nothing_but_new_articles(text: str) -> None:
    once = normalise(text)
    assert once == " ".join(once.split())
    assert exact_match(text, [text]) == token_f1(text, [text]) == 1.0


@pytest.mark.parametrize(
    ("answer", "aliases", "em", "f1", "match"),
    [
        # tokens {in, april, 2019} and {april, 2019}: P = 2/3, R = 1, F1 = 0.8
        ("In April 2019", ["April 2019"], 0.0, 0.8, 1.0),
        ("april 2019.", ["April 2019", "2019"], 1.0, 1.0, 1.0),
        # multiset overlap: "la la" and "la": P = 1/2, R = 1, F1 = 2/3
        ("la la", ["la"], 0.0, 2 / 3, 1.0),
        ("The party", ["art"], 0.0, 0.0, 0.0),  # whole tokens
        ("new the york", ["New York"], 1.0, 1.0, 1.0),
        ("York New", ["New York"], 0.0, 1.0, 0.0),  # in order, in one run
        ("", ["the"], 1.0, 1.0, 0.0),  # both empty; an empty alias matches nothing
        ("something", ["the"], 0.0, 0.0, 0.0),
        ("", ["Paris"], 0.0, 0.0, 0.0),
    ],
)
def test_short_answers(answer: str, aliases: list[str], em: float, f1: float, match: float) -> None:
    assert exact_match(answer, aliases) == em
    assert token_f1(answer, aliases) == pytest.approx(f1)
    assert contains(answer, aliases) == match


def test_without_an_expected_answer_there_is_no_score() -> None:
    for metric in (exact_match, token_f1, contains):
        assert metric("Paris", []) == LeftOut("no expected answer")
    assert isinstance(sub_answers("Paris", []), LeftOut)
    assert isinstance(all_sub_answers("Paris", [["Paris"], []]), LeftOut)


def test_sub_answers() -> None:
    groups = [["Paris", "the French capital"], ["2019"]]
    assert sub_answers("It was in Paris.", groups) == 0.5
    assert all_sub_answers("It was in Paris.", groups) == 0.0
    assert all_sub_answers("In the French capital, in 2019.", groups) == 1.0


def test_nuggets() -> None:
    # vital: support, partial, not; okay: support.
    nuggets = [Nugget(True, "support"), Nugget(True, "partial"), Nugget(True, "not"), Nugget(False, "support")]
    scores = nugget_scores(nuggets)
    assert scores.v_strict == pytest.approx(1 / 3)
    assert scores.v == pytest.approx(1.5 / 3)
    assert scores.a_strict == pytest.approx(2 / 4)
    assert scores.a == pytest.approx(2.5 / 4)
    assert scores.weighted == pytest.approx((1.5 + 0.5) / 3.5)


def test_nuggets_that_cannot_be_scored() -> None:
    assert nugget_scores([]).v_strict == LeftOut("no nuggets")
    assert nugget_scores([Nugget(False, "support")]).v_strict == LeftOut("no vital nugget")
    missing = nugget_scores([Nugget(True, "support"), Nugget(True, None)]).v_strict
    assert isinstance(missing, LeftOut)
    assert missing.unjudged
    with pytest.raises(MetricError, match="unknown nugget verdict 'yes'"):
        nugget_scores([Nugget(True, "yes")])  # type: ignore[arg-type]


def test_claims() -> None:
    # 2 of 3 answer claims entailed, 1 of 2 gold claims: F1 = 2 · 2/3 · 1/2 / (7/6) = 4/7
    scores = claim_scores([True, True, False], [True, False])
    assert (scores.precision, scores.recall, scores.f1) == pytest.approx((2 / 3, 1 / 2, 4 / 7))
    missing = claim_scores([], [True])
    assert isinstance(missing.precision, LeftOut)
    assert isinstance(missing.f1, LeftOut)
    assert missing.recall == 1.0
    assert isinstance(claim_scores([True], [None]).recall, LeftOut)


@pytest.mark.parametrize(
    ("answer", "choice"),
    [
        ("The Met Gala honoured fashion.", "Fashion"),
        ("Fashion, not film, was honoured.", None),
        ("It was the Berlin film festival.", "Film"),
        ("Nobody knows.", None),
        ("", None),
    ],
)
def test_the_choice_that_an_answer_gives(answer: str, choice: str | None) -> None:
    assert chosen(answer, ("Theater", "Fashion", "Music", "Film")) == choice


def test_of_longer_choices_the_nearest() -> None:
    choices = ("A national holiday", "The king's birthday")
    assert chosen("They celebrated the birthday of the king.", choices) == "The king's birthday"
