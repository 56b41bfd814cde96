"""Questions that compare two things by a figure: each with its own."""

import pytest
from sentences import found

from rag.answer_types import kind_of
from rag.comparing import both_sides, conclusion
from rag.parts import parts

AURORA = found(1, "The Aurora, 300 metres long, was built in 1998.", (0.3, 0.1))
BOREAS = found(5, "The Boreas has a length of 984 feet.", (0.1, 0.2))
CANAL = found(8, "Since the Boreas is gone, ships have a channel 400 feet wide.", (0.4, 0.5))
WEEKS = found(9, "Eight weeks after the accident the Boreas is back.", (0.4, 0.5))
LONGER = "Which ship is longer, the Aurora or the Boreas?"


@pytest.mark.parametrize(
    ("question", "kind", "sides"),
    [
        (LONGER, "measure", ["the Aurora", "the Boreas"]),
        ("Which is taller: the old tower or the new one?", "measure", ["the old tower", "the new one"]),
        ("Who gives more money to each family, the state or the company?", "money", ["the state", "the company"]),
        ("What was dearer, the recount or the new vote?", "money", ["the recount", "the new vote"]),
        ("Did more people die in Lund or in Hamar?", "count", ["Lund", "Hamar"]),
        ("Did more than 100 people die in Lund or in Hamar?", None, [""]),
        ("Is the Aurora longer than the Boreas?", None, [""]),
        ("How many were aboard, and how many died?", "count", ["", ""]),
    ],
)
def test_what_is_compared_and_by_what(question: str, kind: str | None, sides: list[str]) -> None:
    assert [part.side for part in parts(question)] == sides
    assert kind_of(question) == kind


def test_each_side_has_the_sentence_with_its_figure() -> None:
    assert both_sides(LONGER, [CANAL, WEEKS, AURORA, BOREAS]) == [AURORA, BOREAS]


def test_one_sentence_may_have_both_figures() -> None:
    both = found(1, "The Aurora is 300 metres long, the Boreas 200 metres.", (0.6, 0.6))
    assert both_sides(LONGER, [CANAL, both, BOREAS]) == [both]


def test_a_list_item_need_not_name_its_side() -> None:
    question = "Who gives more money to each family, the state or the company?"
    company = found(1, "The company has paid each family 25,000 crowns, on top of the sum from the state.", (0.6, 0.5))
    state = found(7, "- a payment of 10,000 crowns to each family;", (0.2, 0.2))
    assert {one.position for one in both_sides(question, [company, state])} == {1, 7}


@pytest.mark.parametrize("question", ["How long is the Aurora?", "Which ship is better, the Aurora or the Boreas?"])
def test_other_questions_compare_no_figures(question: str) -> None:
    assert both_sides(question, [AURORA, BOREAS]) == []


def test_a_side_without_a_figure_leaves_the_comparison_open() -> None:
    assert both_sides(LONGER, [AURORA, found(5, "The Boreas is in port.", (0.1, 0.9))]) == []
    assert both_sides(LONGER, []) == []


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (LONGER, ["By these figures it is the Boreas: 984 feet", "; the Aurora: 200 metres"]),
        (
            LONGER.replace("longer", "shorter"),
            ["By these figures it is the Aurora: 200 metres", "; the Boreas: 984 feet"],
        ),
        (
            "Which of the later ships is shorter, the Aurora or the Boreas?",
            ["By these figures it is the Aurora: 200 metres", "; the Boreas: 984 feet"],
        ),
        ("Which ship is older, the Aurora or the Boreas?", []),
    ],
)
def test_which_it_is_by_the_figures(question: str, told: list[str]) -> None:
    aurora = found(1, "The Aurora is 200 metres long.", (0.3, 0.1))
    assert [text for text, _ in conclusion(question, [aurora, BOREAS])] == told


def test_nothing_is_concluded_from_figures_that_may_be_of_either() -> None:
    both = found(1, "The Aurora is 300 metres long, the Boreas 200 metres.", (0.6, 0.6))
    assert conclusion(LONGER, [both]) == []
    state = found(7, "It is 300 metres long.", (0.2, 0.2))
    assert conclusion(LONGER, [state, BOREAS]) == []
    assert (
        conclusion(
            LONGER, [found(1, "The Aurora is 300 metres long and 40 metres longer than planned.", (1, 1)), BOREAS]
        )
        == []
    )


def test_figures_of_other_things_do_not_hinder_a_conclusion() -> None:
    wide = found(1, "The Ever Given – 400 m long, 59 m wide and weighing some 224,000 tonnes – got stuck.", (0.3, 0.1))
    dali = found(5, "The ship, the 984-foot Dali, had left about half an hour before.", (0.1, 0.2))
    told = conclusion("Which ship is longer, the Ever Given or the Dali?", [wide, dali])
    assert [text for text, _ in told] == ["By these figures it is the Ever Given: 400 m", "; the Dali: 984-foot"]


def test_days_are_compared_too() -> None:
    dart = found(1, "DART was launched in November 2021.", (0.3, 0.1))
    artemis = found(5, "Artemis I left on 16 November 2022.", (0.1, 0.3))
    question = "Which was launched first, DART or Artemis I?"
    assert [source for _, source in conclusion(question, both_sides(question, [artemis, dart]))] == [0, 1]
