"""Follow-ups made to stand alone by rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.followup import standalone

BANK = ("Who heads Norden Bank?", "Per Lund heads Norden Bank, which raised its rate in March.")
PORT = ("Why was the port of Valmora closed?", "A storm damaged the cranes, the mayor Elena Ruiz said.")
RATE = ("Did Norden Bank raise its rate in March 2023?", "Yes, to 4.5%.")
DEAD = ("How many people had died in Türkiye by Monday?", "31,643.")
CRASH = ("What became of the Meridian probe?", "Meridian crashed into the Moon.")
SHIP = ("Which ship hit the bridge in Arlen?", "The container ship Ostara hit the bridge.")
FIRE = (
    "How many people died in the Valmora fire?",
    "At least 97 people died in the Valmora fire, Governor Josh Berg said.",
)
START = ("When did the Valmora fire start?", "The Valmora fire started on 8 August 2023.")
UNKNOWN = ("When did the Valmora fire start?", "Officials do not know what caused it.")
QUOTED = ("What caused the Arlen train derailment?", "A wheel bearing overheated, the NTSB said.")
PREMIER = ("Who is the prime minister?", "The prime minister of Norland is Per Lund.")
PLAN = ("Did the Ostley council agree to the flats on the market?", "Yes, by seven votes to five.")
BEST = ("Who was named best player of the final?", "Storvik's goalkeeper, Ines Carvalho.")
BID = ("Who was the first to bid for Norwell?", "Per Lund, who offered 412 pence a share.")
BANKS = (
    "Which banks failed in March?",
    "Norden Bank, Suden Bank and the Meridian Bank failed in March, the FDIC said.",
)
FELL = ("Did the Arlen Bridge collapse?", "Yes, it fell when the container ship Ostara hit it.")
CREW = ("How many workers died when the Arlen Bridge fell?", "Six road workers died.")


@pytest.mark.parametrize(
    ("exchanges", "question", "expected"),
    [
        ([FIRE], "What caused it?", "What caused the Valmora fire?"),
        ([FIRE], "How many buildings burned?", "How many buildings burned (the Valmora fire)?"),
        ([FIRE], "Who said that?", "Who said that (the Valmora fire, the people)?"),
        (
            [PLAN],
            "Until when can people challenge that?",
            "Until when can people challenge that (the Ostley council, the flats, the market)?",
        ),
        ([PREMIER], "What did he promise?", "What did Per Lund promise?"),
        ([BEST], "How many shots did she stop?", "How many shots did Ines Carvalho stop?"),
        ([BID], "Did the board like that?", "Did the board like that (Norwell, Per Lund)?"),
        ([FIRE], "What about the buildings?", "What about the buildings (the Valmora fire)?"),
        ([START], "What caused it?", "What caused the Valmora fire?"),
        ([UNKNOWN], "What caused it?", "What caused the Valmora fire?"),
        ([QUOTED], "When did it happen?", "When did the Arlen train derailment happen?"),
        ([BANKS], "Why did the first one fail?", "Why did Norden Bank fail?"),
        ([BANKS], "Why did the former fail?", "Why did Norden Bank fail?"),
        ([BANKS], "Who bought the second bank?", "Who bought Suden Bank?"),
        ([BANKS], "What about the second?", "Suden Bank: Which banks failed in March?"),
        ([BANKS], "And the latter?", "Meridian Bank: Which banks failed in March?"),
        ([BANKS], "that one?", "Meridian Bank: Which banks failed in March?"),
        ([BANKS, ("Why did Norden Bank fail?", "It lost money.")], "And the third?", "Why did Meridian Bank fail?"),
        ([BANKS], "Why did the fourth one fail?", "Why did the fourth one fail (Norden Bank)?"),
        ([BANKS], "Who was the first to leave?", "Who was the first to leave (Norden Bank)?"),
        ([FELL], "What about the ship?", "What about the ship (the Arlen Bridge)?"),
        ([CREW], "When was the last of them found?", "When was the last of the workers found (Arlen Bridge)?"),
        ([BANK], "Who else is on the board?", "Who else besides Per Lund is on the board (Norden Bank)?"),
        ([("Who heads the Arlish bank?", "Per Lund.")], "Who is his Danish counterpart?", "Who heads the Danish bank?"),
        ([BANK], "When did he say so?", "When did Per Lund say so?"),
        ([BANK], "What is his salary?", "What is Per Lund's salary?"),
        ([BANK], "What did Lund say?", "What did Per Lund say?"),
        ([PORT], "Was she elected?", "Was Elena Ruiz elected?"),
        ([PORT], "What did people tell her about the cranes?", "What did people tell Elena Ruiz about the cranes?"),
        ([PORT], "Who are her allies?", "Who are Elena Ruiz's allies?"),
        ([SHIP], "What flag does it fly?", "What flag does Ostara fly?"),
        ([SHIP], "And who was its captain?", "And who was Ostara's captain?"),
        ([BANK, PORT], "Was she elected?", "Was Elena Ruiz elected?"),
        ([RATE], "Why?", "Why did Norden Bank raise its rate in March 2023?"),
        ([CRASH], "Why?", "Why is it that Meridian crashed into the Moon?"),
        ([RATE], "And in 2022?", "Did Norden Bank raise its rate in 2022?"),
        ([RATE], "And in April?", "Did Norden Bank raise its rate in April?"),
        ([DEAD], "and in Syria?", "How many people had died in Syria by Monday?"),
        ([DEAD], "What about Tuesday?", "How many people had died in Türkiye by Tuesday?"),
        ([RATE], "What about Suden Bank?", "Did Suden Bank raise its rate in March 2023?"),
        ([RATE], "deputy governor?", "Deputy governor: Did Norden Bank raise its rate in March 2023?"),
        ([RATE], "Was anyone surprised?", "Was anyone surprised (Norden Bank)?"),
        ([("Wann wurde Isar 2 abgeschaltet?", "Um 23.52 Uhr.")], "Wer war dagegen?", "Wer war dagegen (Isar 2)?"),
    ],
)
def test_follow_ups(exchanges: list[tuple[str, str]], question: str, expected: str) -> None:
    assert standalone(question, exchanges) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What did Elena Ruiz say?",
        "How many ships are waiting outside Valmora?",
        "Where did Elena Ruiz spend her childhood?",
        "When did Meridian land, and what did it find?",
    ],
)
def test_a_question_with_its_own_subject_is_left_alone(question: str) -> None:
    assert standalone(question, [BANK]) == question


@pytest.mark.parametrize("said", ["Thanks", "Thank you very much!", "ok, thanks", "Great.", "No"])
def test_courtesies_ask_nothing(said: str) -> None:
    assert standalone(said, [FELL]) == said
    assert standalone("Why?", [FELL, (said, "You are welcome.")]) == "Why did the Arlen Bridge collapse?"


def test_without_a_conversation_nothing_changes() -> None:
    assert standalone("Why did he leave?", []) == "Why did he leave?"
    assert standalone("  Why   did he leave? ", []) == "Why did he leave?"


def test_nothing_fits_nothing_changes() -> None:
    assert standalone("Did she agree to the plan of Norden Bank?", [("Who won?", "Per Lund.")]) == (
        "Did she agree to the plan of Norden Bank?"
    )


def test_earlier_follow_ups_are_followed() -> None:
    exchanges = [BANK, ("How old is he?", "He is 61.")]
    assert standalone("Where was he born?", exchanges) == "Where was Per Lund born?"


def test_the_subject_of_the_conversation() -> None:
    assert standalone("When did they split up?", [], "Glass Harbour (band)") == "When did Glass Harbour split up?"
    assert standalone("How was its release?", [], "Glass Harbour (film)") == "How was Glass Harbour's release?"


_TURNS = st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=3)


@given(st.text(max_size=80), _TURNS, st.none() | st.text(max_size=20))
def test_any_text_gives_a_question(question: str, exchanges: list[tuple[str, str]], subject: str | None) -> None:
    result = standalone(question, exchanges, subject)
    assert bool(result) == bool(question.split())
    assert standalone(question, exchanges, subject) == result


def test_it_is_what_the_conversation_has_turned_to() -> None:
    exchanges = [
        ("How many people died when the Meridian ferry sank?", "The sinking of the Meridian ferry killed 58 people."),
        ("And the fire?", "A fire broke out in the harbour of Lume on Sunday and burnt two warehouses."),
    ]
    assert standalone("Was anyone hurt in it?", exchanges) == "Was anyone hurt in the fire?"
    assert standalone("Was anyone hurt in it?", exchanges[:1]) == "Was anyone hurt in the Meridian ferry?"


@pytest.mark.parametrize(
    "question", ["How long will it take to mend the bridge?", "Is it true that the mayor went?", "Why is it raining?"]
)
def test_an_it_that_stands_for_nothing_stays(question: str) -> None:
    rewritten = standalone(question, [("Who runs Norwell?", "Per Lund runs Norwell.")])
    assert rewritten.startswith(question.rstrip("?"))


def test_which_name_is_meant_is_not_guessed() -> None:
    before = [("How many jobs did Norwell cut in Leeds?", "Norwell cut 40 jobs in Leeds.")]
    assert standalone("What about York?", before) == "York: How many jobs did Norwell cut in Leeds?"
