"""The parts of a question that an answer leaves open."""

import pytest

from rag.answer import Citation, Sentence
from rag.partial import left_open, open_parts

QUESTION = "When was the bridge opened, and how much did the bridge cost?"


@pytest.mark.parametrize(
    ("stated", "missing"),
    [
        (["The bridge was opened on 4 May 1998."], ["how much did the bridge cost"]),
        (["The bridge cost $40 million."], ["When was the bridge opened"]),
        (["The bridge was opened on 4 May 1998.", "It cost $40 million."], []),
        (["The bridge, opened on 4 May 1998, cost $40 million."], []),
        ([], ["When was the bridge opened", "how much did the bridge cost"]),
    ],
)
def test_a_part_is_answered_by_a_sentence_with_its_kind_and_its_words(stated: list[str], missing: list[str]) -> None:
    assert left_open(QUESTION, stated) == missing


def test_a_question_of_one_part_is_left_to_the_answer() -> None:
    assert left_open("How much did the bridge cost?", []) == []
    assert left_open("Which was opened first, the bridge or the tunnel?", []) == []


def test_reasons_are_not_looked_for() -> None:
    assert left_open("Who opened the bridge, and why was it built?", ["Mayor Per Lund opened the bridge."]) == []


def test_what_is_not_borne_out_answers_nothing() -> None:
    def sentence(text: str, verdict: str) -> Sentence:
        return Sentence(text=text, start=0, end=len(text), citations=(1,), verdict=verdict)  # type: ignore[arg-type]

    cited = Citation(
        number=1, article_id="a", title="The bridge", source=None, url=None, published=None, start=0, end=34,
        quote="It was opened on 4 May 1998.", placed_by="engine",
    )  # fmt: skip
    opened = sentence("It was opened then. [1]", "supported")
    cost = sentence("It cost $40 million. [1]", "not_found")
    assert open_parts(QUESTION, [opened, cost], [cited]) == ["how much did the bridge cost"]
