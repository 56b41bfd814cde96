"""What a small model that reads the likeliest sentences says of them, and how they are ranked by it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from sentences import found

from rag.evidence import EvidenceSentence
from rag.reading import LONGEST, MOST, Reading, read, stated_messages

LAUNCH = found(1, "The rocket lifted off at dawn.", (0.5,))
WEIGHT = found(4, "The lander weighs 1.8 tonnes.", (0.3,))
COST = found(7, "The mission cost 200 million dollars.", (0.2,))
QUESTION = "How heavy is the lander?"


@dataclass
class Scripted:
    """Says yes with the probability given for the first of some words that stand in the text; `asked` are its
    prompts."""

    sure: Mapping[str, float]
    asked: list[str] = field(default_factory=list)

    def __call__(self, messages: list[dict[str, str]]) -> float:
        self.asked.append(messages[-1]["content"])
        return next((yes for word, yes in self.sure.items() if word in self.asked[-1]), 0.1)

    def read(self, question: str, *ranked: EvidenceSentence, given: str = "") -> Reading:
        return asyncio.run(read(question, ranked, self, given))


def test_the_sentence_that_states_the_answer_comes_first() -> None:
    model = Scripted({"1.8 tonnes": 0.9})
    reading = model.read(QUESTION, LAUNCH, WEIGHT, COST)
    assert reading.ranked[0].text == WEIGHT.text
    assert reading.stated == pytest.approx(2.197, abs=0.001)
    assert [one.score for one in reading.ranked] == pytest.approx([0.5, 0.2, 0.5 / 9])
    assert all(one.by_part == (one.score,) for one in reading.ranked)
    assert [one.text in asked for one, asked in zip((LAUNCH, WEIGHT), model.asked, strict=True)] == [True, True]


def test_nothing_is_read_after_a_sentence_that_plainly_states_it() -> None:
    model = Scripted({"dawn": 0.8})
    assert model.read("When did the rocket lift off?", LAUNCH, WEIGHT, COST).ranked[0].text == LAUNCH.text
    assert len(model.asked) == 1


def test_no_more_than_a_few_sentences_are_read_and_the_surest_word_counts() -> None:
    model = Scripted({"number 2": 0.4})
    many = [found(3 * number, f"Sentence number {number}.", (0.1,)) for number in range(9)]
    reading = model.read(QUESTION, *many)
    assert len(model.asked) == MOST
    assert reading.stated == pytest.approx(-0.405, abs=0.001)


def test_a_likely_sentence_is_not_displaced_by_a_hesitant_yes() -> None:
    likely = replace(LAUNCH, by_part=(0.98,), score=0.98)
    reading = Scripted({"dawn": 0.4, "tonnes": 0.6}).read(
        QUESTION, likely, replace(WEIGHT, by_part=(0.02,), score=0.02)
    )
    assert reading.ranked[0].text == LAUNCH.text


def test_a_sentence_that_leans_on_the_one_before_is_read_with_it() -> None:
    leaning = replace(found(2, "It weighs 1.8 tonnes.", (0.9,)), start=LAUNCH.end + 1)
    model = Scripted({"tonnes": 0.9})
    model.read(QUESTION, leaning, LAUNCH)
    assert f"{LAUNCH.text} {leaning.text}" in model.asked[0]


@pytest.mark.parametrize(
    "question",
    ["Which is heavier, the rocket or the lander?", "When did the rocket lift off, and how heavy is the lander?"],
)
def test_of_a_question_with_parts_what_would_be_quoted_is_judged_as_a_whole(question: str) -> None:
    launch, weight = replace(LAUNCH, by_part=(0.6, 0.3)), replace(WEIGHT, by_part=(0.4, 0.7))
    model = Scripted({"tonnes": 0.9})
    reading = model.read(question, launch, weight)
    assert reading.ranked == [launch, weight]
    (asked,) = model.asked
    assert LAUNCH.text in asked
    assert WEIGHT.text in asked


def test_what_is_given_anyhow_is_not_asked() -> None:
    model = Scripted({})
    model.read("How heavy is the lander of last week?", WEIGHT, given=" of last week")
    assert "Question: How heavy is the lander?\n" in model.asked[0]


def test_the_prompt_has_the_titles_and_is_bounded() -> None:
    messages = stated_messages("How\nheavy?", [WEIGHT, replace(COST, title="Costs", text="x" * 5000)])
    asked = messages[-1]["content"]
    assert "Text: Race to the Moon; Costs: The lander weighs" in asked
    assert "Question: How heavy?" in asked
    assert len(asked) < LONGEST + 100
