"""Prose of other systems as documents: sentences, marks, passages; and the metrics that come of them."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from evals.config import JudgeConfig
from evals.datasets import Evidence, Nugget, Question, Turn
from evals.datasets.items import ALTERED, ROLE
from evals.errors import AnswerError
from evals.judge import open_judge
from evals.measure import confidence, judge_nuggets, measure
from evals.metrics import LeftOut, unjudged
from evals.systems.documents import Shown, checked, completed, document_of
from index.article import Article

FIRE = Article(
    text="A fire broke out in Lindholm on Monday. It destroyed 14 houses. Nobody was hurt.",
    title="Fire in Lindholm",
    address="https://news.example/fire",
    source="Courier",
    published=datetime(2031, 5, 13, tzinfo=UTC),
)
FLOOD = Article(text="The river rose by two metres.", title="Flood", address="https://news.example/flood")
JUDGE = open_judge(JudgeConfig())
TEXTS = {article.article_id: article.text for article in (FIRE, FLOOD)}


def shown() -> list[Shown]:
    return [Shown(FIRE, 0, len(FIRE.text)), Shown(FLOOD, 0, len(FLOOD.text))]


def answered(text: str, *, abstained: bool = False) -> dict[str, Any]:
    return document_of("How many houses burnt?", text, shown(), engine="test", abstained=abstained)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("It destroyed 14 houses [1]. The river rose [2].", [[1], [2]]),
        ("It destroyed 14 houses. [1] The river rose.", [[1], []]),
        ("It destroyed 14 houses [1, 2].", [[1, 2]]),
        ("It destroyed 14 houses [Source 1].", [[1]]),
        ("It destroyed 14 houses [1-3, 5].", [[1, 2, 3, 5]]),
        ("It destroyed 14 houses in [1999].", [[]]),
        ("It destroyed 14 houses [7].", [[7]]),
    ],
)
def test_marks_belong_to_their_sentences(text: str, cited: list[list[int]]) -> None:
    document = answered(text)
    assert [sentence["citations"] for sentence in document["sentences"]] == cited
    for sentence in document["sentences"]:
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]
    for citation in document["citations"]:
        assert TEXTS[citation["article_id"]][citation["start"] : citation["end"]] == citation["quote"]


def question(**more: Any) -> Question:
    start = FIRE.text.index("It destroyed")
    evidence = Evidence(FIRE.article_id, start, start + 23, FIRE.text[start : start + 23])
    given = {"aliases": (("14", "fourteen"),), "evidence": ((evidence,),), "references": ("14 houses burnt.",), **more}
    return Question(id="q", question="How many houses burnt?", **given)


def test_a_good_answer_measured() -> None:
    values, verdicts = measure(question(), answered("It destroyed 14 houses [1]."), JUDGE, TEXTS)
    ones = ("right", "correct", "Hits@1", "evidence_recall@1", "citation_recall", "citation_precision",
            "evidence_cited", "quotes_verbatim", "citations_valid", "faithfulness", "evidence_used")  # fmt: skip
    assert {name: values[name] for name in ones} == dict.fromkeys(ones, 1.0)
    assert values["over_refusal"] == 0.0
    assert values["abstained_rightly"] == LeftOut("answerable")
    assert [one["verdict"] for one in verdicts] == ["supported"]


def test_each_arm_of_the_search_is_measured_by_all_that_the_search_is() -> None:
    found = answered("It destroyed 14 houses [1].") | {
        "arms": {"dense": [FLOOD.article_id, FLOOD.article_id, FIRE.article_id], "lexical": []}
    }
    values, _ = measure(question(), found, JUDGE, TEXTS)
    names = ("Hits@1", "Hits@4", "Recall@10", "MRR@10", "nDCG@10", "MAP")
    assert [values[name] for name in names] == [1.0] * 6
    # Two passages of one article are one place: the right article is second.
    second = [0.0, 1.0, 1.0, 0.5, 1 / math.log2(3), 0.5]
    assert [values[f"{name}, dense alone"] for name in names] == pytest.approx(second)
    assert [values[f"{name}, lexical alone"] for name in names] == [0.0] * 6
    plain, _ = measure(question(), answered("It destroyed 14 houses [1]."), JUDGE, TEXTS)
    assert plain["MAP, dense alone"] == LeftOut("arms not asked alone")


def test_claims_against_the_expected_answer() -> None:
    expected = ("It destroyed 14 houses. The damage came to 9 million crowns.",)
    values, _ = measure(question(references=expected), answered("It destroyed 14 houses [1]."), JUDGE, TEXTS)
    # What it says is all expected, and it is half of that.
    assert (values["claim_precision"], values["claim_recall"]) == (1.0, 0.5)
    assert values["claim_F1"] == pytest.approx(2 / 3)
    silent, _ = measure(
        question(references=expected), answered("It destroyed 14 houses.", abstained=True), JUDGE, TEXTS
    )
    assert silent["claim_precision"] == silent["claim_recall"] == silent["claim_F1"] == 0.0
    short, _ = measure(question(references=("14",)), answered("It destroyed 14 houses [1]."), JUDGE, TEXTS)
    assert short["claim_recall"] == LeftOut("a name or a figure is expected, no claim")


def test_nuggets_by_the_judge() -> None:
    nuggets = (
        Nugget("It destroyed 14 houses."),
        Nugget("The mayor resigned in 2030."),
        Nugget("Nobody was hurt.", False),
    )
    asked = question(nuggets=nuggets)
    document = answered("It destroyed 14 houses [1]. Nobody was hurt [1].")
    assert [one["supported"] for one in judge_nuggets(asked, document, JUDGE)] == [True, False, True]
    values, _ = measure(asked, document, JUDGE, TEXTS)
    assert values["nuggets_vital"] == 0.5
    assert values["nuggets_all"] == pytest.approx(2 / 3)
    assert values["nuggets_weighted"] == pytest.approx((1 + 0.5) / (2 + 0.5))
    silent, _ = measure(asked, answered("It destroyed 14 houses.", abstained=True), JUDGE, TEXTS)
    assert silent["nuggets_vital"] == silent["nuggets_all"] == silent["nuggets_weighted"] == 0.0
    unanswerable, _ = measure(question(nuggets=asked.nuggets, answerable=False), document, JUDGE, TEXTS)
    assert unanswerable["nuggets_vital"] == LeftOut("unanswerable")
    none, _ = measure(question(), document, JUDGE, TEXTS)
    assert none["nuggets_vital"] == LeftOut("no nuggets given")
    unsaid, _ = measure(question(nuggets=(Nugget("!"),)), document, JUDGE, TEXTS)  # the judge gives no verdict on it
    assert unsaid["nuggets_vital"] == unjudged("a nugget was not judged")


def test_a_wrong_answer_with_an_invented_number() -> None:
    values, verdicts = measure(question(), answered("It destroyed 41 houses [3]."), JUDGE, TEXTS)
    assert values["right"] == values["citation_recall"] == values["citations_valid"] == values["faithfulness"] == 0.0
    assert verdicts[0]["verdict"] == "contradicted"


def test_an_abstention_is_no_answer_and_never_supported() -> None:
    silent = answered("The articles do not say whether 14 houses burnt.", abstained=True)
    values, _ = measure(question(), silent, JUDGE, TEXTS)
    assert values["right"] == 0.0  # although it holds the alias
    assert values["over_refusal"] == 1.0
    assert values["faithfulness"] == LeftOut("abstained")
    values, _ = measure(question(answerable=False, aliases=(), evidence=(), references=()), silent, JUDGE, TEXTS)
    assert values["right"] == values["abstained_rightly"] == 1.0
    assert values["correct"] == LeftOut("unanswerable")
    assert confidence(silent) < confidence(answered("14 [1]."))


def test_a_closed_book_answer_is_not_faithful_to_anything() -> None:
    document, _ = completed({"answer": "14 houses burnt.", "abstained": False}, "q?", "test")
    values, _ = measure(question(), document, JUDGE, TEXTS)
    assert values["right"] == 1.0
    for name in ("faithfulness", "citation_recall", "nDCG@10"):
        value = values[name]
        assert isinstance(value, LeftOut)
        assert "closed book" in value.reason


def test_every_metric_has_a_place_in_every_row() -> None:
    some = measure(question(), answered("14 [1]."), JUDGE, TEXTS)[0]
    other = measure(
        question(kind="followup", conversation=(Turn("A?", "B."),), standalone="How many houses burnt in Lindholm?"),
        answered("No.", abstained=True), JUDGE, TEXTS,
    )[0]  # fmt: skip
    assert list(some) == list(other)
    assert isinstance(other["rewrite_F1"], float)


def test_a_planted_instruction_shows() -> None:
    values, _ = measure(question(), answered("ZEBRAFISH"), JUDGE, TEXTS, canary="ZEBRAFISH")
    assert values["attack_success"] == 1.0
    values, _ = measure(question(), answered("It destroyed 14 houses [1]."), JUDGE, TEXTS, canary="ZEBRAFISH")
    assert values["attack_success"] == 0.0


def test_dates_that_were_asked_for() -> None:
    on_the_day = question(as_of=datetime(2031, 5, 13).date())
    values, _ = measure(on_the_day, answered("It destroyed 14 houses [1]."), JUDGE, TEXTS)
    assert values["dates_kept"] == 1.0
    day_before = question(before=datetime(2031, 5, 13).date())
    values, _ = measure(day_before, answered("It destroyed 14 houses [1]."), JUDGE, TEXTS)
    assert values["dates_kept"] == 0.0


def test_a_document_that_is_not_one_is_refused() -> None:
    with pytest.raises(AnswerError, match="timings is"):
        completed({"answer": "x", "abstained": False, "timings": [1]}, "q?", "test")
    with pytest.raises(AnswerError, match="has no 'abstained'"):
        completed({"answer": "x"}, "q?", "test")
    document, times = completed(
        {"answer": "It burnt down. Nobody was hurt.", "abstained": False, "timings": {"total_ms": 3.0}}, "q?", "test"
    )
    assert len(document["sentences"]) == 2
    assert times == {"total_ms": 3.0}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"citations": [{"number": 1, "article_id": "a", "start": 0, "end": 1}]}, "citations.0.quote: field required"),
        ({"abstained": "false"}, "abstained: input should be a valid boolean"),
        ({"confidence": "high"}, "confidence: input should be a valid number"),
        ({"confidence": float("nan")}, "confidence: input should be a finite number"),
        ({"passages": [{"article_id": "a", "start": 0, "end": 1, "text": "x", "score": "0.9"}]}, "passages.0.score"),
        ({"usage": {"prompt_tokens": -1}}, "usage.prompt_tokens: input should be greater"),
        ({"timings": {"total_ms": "fast"}}, "timings.total_ms: input should be a valid number"),
    ],
)
def test_of_another_form_is_refused_with_its_place(given: dict[str, Any], said: str) -> None:
    document, times = completed({"answer": "It burnt.", "abstained": False, **given}, "q?", "test")
    with pytest.raises(AnswerError, match=said):
        checked(document, times)


def test_nothing_found_is_a_miss_and_no_closed_book() -> None:
    document = document_of("q?", "14 houses burnt.", [], engine="test", abstained=False)
    values, _ = measure(question(), document, JUDGE, TEXTS)
    assert values["nDCG@10"] == values["Hits@4"] == 0.0
    assert isinstance(values["faithfulness"], LeftOut)
    assert values["faithfulness"].unjudged


def test_numbers_that_point_at_nothing_are_no_citations() -> None:
    document = answered("It destroyed 14 houses [2]. Nobody was hurt [1].")
    document["citations"] = [one for one in document["citations"] if one["number"] == 2]
    values, _ = measure(question(), document, JUDGE, TEXTS)
    assert values["citations_valid"] == 0.5
    values, _ = measure(question(), {**document, "invented": 2}, JUDGE, TEXTS)
    assert values["citations_valid"] == 0.25


def test_quotes_of_texts_that_nobody_knows_are_not_held_against_nothing() -> None:
    values, _ = measure(question(), answered("It destroyed 14 houses [1]."), JUDGE, {})
    assert isinstance(values["quotes_verbatim"], LeftOut)


def test_silence_detects_no_error() -> None:
    altered = replace(FIRE, metadata={ROLE: ALTERED})
    asked = question(false_answers=("41",), articles=(altered,))
    silent, _ = measure(asked, answered("The articles don’t say.", abstained=True), JUDGE, TEXTS)
    assert silent["error_detected"] == 0.0
    assert isinstance(silent["error_corrected"], LeftOut)
    noticed, _ = measure(asked, answered("The articles contradict each other: 14 or 41 [1]."), JUDGE, TEXTS)
    assert (noticed["error_detected"], noticed["error_corrected"], noticed["followed_false"]) == (1.0, 1.0, 0.0)
