"""The parts of a question: which sentence answers each, and which an answer leaves open."""

import pytest
from sentences import found

from rag.answer import Citation, Sentence
from rag.partial import best_for_parts, left_open, open_parts, own_words

QUESTION = "When was the bridge opened, and how much did the bridge cost?"
WEIGHTS = "How heavy is the rover, and how heavy was the lander?"


LANDER = found(1, "The lander weighs about 1.8 tonnes.", (0.7, 0.8))
ROVER = found(5, "The 26-kilogram rover rolled down a ramp.", (0.2, 0.1))
RAMP = found(6, "The ramp was slow to unfold.", (0.1, 0.1))


def opened(question: str, stated: list[str]) -> list[str]:
    return [part.asks for part in left_open(question, stated)]


@pytest.mark.parametrize(
    ("stated", "missing"),
    [
        (["The bridge was opened on 4 May 1998."], ["how much did the bridge cost"]),
        (["The bridge cost $40 million."], ["When was the bridge opened"]),
        (["The bridge was opened on 4 May 1998.", "It cost $40 million."], []),
        (["The bridge, opened on 4 May 1998, cost $40 million."], []),
        (["The bridge was opened on 4 May 1998.", "The bridge cost nothing."], []),
        ([], ["When was the bridge opened", "how much did the bridge cost"]),
    ],
)
def test_a_part_is_answered_by_a_sentence_with_its_kind_and_its_words(stated: list[str], missing: list[str]) -> None:
    assert opened(QUESTION, stated) == missing


def test_other_words_answer_where_nothing_found_does_better() -> None:
    question = "How much oxygen was left, and when would it be gone?"
    stated = ["Some 70 hours of oxygen were left.", "The supply would have run out on Thursday morning."]
    ranked = [found(1, stated[0], (0.6, 0.1)), found(2, stated[1], (0.2, 0.6))]
    assert left_open(question, stated, ranked=ranked) == []
    assert [part.asks for part in left_open(question, stated[:1], ranked=ranked)] == ["when would it be gone"]


def test_people_and_things_may_be_described() -> None:
    question = "Who had to leave home for the launch, and when was it?"
    stated = ["The 26 people of a village had to leave home.", "The launch was on 11 August."]
    assert opened(question, stated) == []
    assert opened(question, stated[1:]) == ["Who had to leave home for the launch"]


def test_a_question_of_one_part_is_left_to_the_answer() -> None:
    assert left_open("How much did the bridge cost?", []) == []
    assert left_open("Which was opened first, the bridge or the tunnel?", []) == []


def test_reasons_are_not_looked_for() -> None:
    assert left_open("Who opened the bridge, and why was it built?", ["Mayor Per Lund opened the bridge."]) == []


def test_what_a_sentence_cites_counts_as_told_and_its_mark_is_its_own() -> None:
    def sentence(text: str, verdict: str) -> Sentence:
        return Sentence(text=text, start=0, end=len(text), citations=(1,), verdict=verdict)  # type: ignore[arg-type]

    cited = Citation(
        number=1, article_id="a", title="The bridge", source=None, url=None, published=None, start=0, end=34,
        quote="It was opened on 4 May 1998.", placed_by="engine",
    )  # fmt: skip
    then = sentence("It was opened then. [1]", "supported")
    cost = sentence("The bridge cost $40 million. [1]", "not_found")
    assert [part.asks for part in open_parts(QUESTION, [then], [cited])] == ["how much did the bridge cost"]
    assert open_parts(QUESTION, [then, cost], [cited]) == []


def test_what_tells_the_parts_apart() -> None:
    assert own_words(WEIGHTS) == [{"rover"}, {"lander"}]
    assert own_words("Which is longer, the Aurora or the Boreas?") == [{"aurora"}, {"borea"}]
    assert own_words("How high did it rise, and how many boats sank?") == [{"high", "rise"}, {"ship", "sank"}]
    assert own_words("When was the bridge opened, and when was it closed?") == [{"bridg", "open"}, {"close"}]


def test_each_part_is_answered_by_a_sentence_of_its_own() -> None:
    assert best_for_parts(WEIGHTS, [LANDER, ROVER, RAMP]) == [ROVER, LANDER]


def test_an_open_part_has_the_sentence_that_answers_it() -> None:
    (part,) = left_open(WEIGHTS, [LANDER.text], ranked=[LANDER, ROVER, RAMP])
    assert part.sentence == ROVER
    assert left_open(WEIGHTS, [LANDER.text, ROVER.text], ranked=[LANDER, ROVER, RAMP]) == []
    (part,) = left_open(WEIGHTS, [], ranked=[LANDER, RAMP])[:1]
    assert part.sentence is None


def test_what_is_hardly_likely_does_not_answer_an_open_part() -> None:
    unlikely = found(5, "The rover of 1997 had a mass of 10.6 kilograms.", (0.001, 0.0))
    (part,) = left_open(WEIGHTS, ["The lander weighed much."], ranked=[LANDER, unlikely])[:1]
    assert part.sentence is None
