"""Names that the evidence knows, under another spelling too, and those that it does not."""

import pytest

from rag.verify.names import KnownWords, names, surname_with_other_first_name
from rag.verify.words import tokens


def knows(evidence: str, claim: str) -> bool:
    known = KnownWords(tokens(evidence))
    return all(known.knows(name) for name in names(claim, tokens(claim)))


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("President Volodymyr Zelenskyy spoke.", "The speech of Zelensky was long."),
        ("Ukraine's army held on.", "The Ukrainian army held on."),
        ("The North Atlantic Treaty Organization met.", "It was NATO that met."),
        ("The U.S. voted no.", "The vote of the United States was no."),
        ("Britain agreed.", "Only the UK agreed."),
        ("José Muñoz won.", "It was Jose Munoz who won."),
        ("the royal bank of scotland", "A branch of the Royal Bank of Scotland"),
        ("Ada Berg's house", "The house of Ada Berg"),
        ("Stoicism spread.", "It was the Stoic school."),
        ("South African law", "The law of South Africa"),
        ("Turkey sent aid.", "Aid came from Türkiye."),
    ],
)
def test_known(evidence: str, claim: str) -> None:
    assert knows(evidence, claim)


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("The mayor of Leeds spoke.", "The mayor of Bradford spoke."),
        ("Zelensky spoke.", "It was Zaluzhny who spoke."),
        ("The EU agreed.", "Only the UN agreed."),
        ("Airbus A320 jets", "They were Airbus A350 jets"),
        ("Soldiers in Niger rebelled.", "It was in Nigeria."),
        ("Australia banned it.", "The ban is Austria's."),
        ("Mark Johnston was found guilty.", "It was Mark Johnson."),
        ("The doctor who led the team spoke.", "The World Health Organization spoke."),
        ("They told us so.", "So said the United States."),
    ],
)
def test_unknown(evidence: str, claim: str) -> None:
    assert not knows(evidence, claim)


def test_the_first_word_of_a_sentence_is_only_perhaps_a_name() -> None:
    (first,) = names("Officials agreed.", tokens("Officials agreed."))
    assert first.initial


def test_weekdays_months_and_titles_name_nobody() -> None:
    text = "On Monday in March President Smith met the Prime Minister."
    assert [name.words[0].text for name in names(text, tokens(text))] == ["Smith"]


def test_a_surname_with_another_first_name() -> None:
    stated = names("It was Anna Berg.", tokens("It was Anna Berg."))
    (claimed,) = names("It was Ada Berg.", tokens("It was Ada Berg."))
    assert surname_with_other_first_name(claimed, stated) == stated[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("They fled to Syria. Turkey helped.", ["Syria", "Turkey"]),
        ("It was Gov. Ada Berg.", ["Ada Berg"]),
        ("He lives in St. Louis.", ["Louis"]),
    ],
)
def test_a_name_ends_with_its_sentence(text: str, found: list[str]) -> None:
    assert [text[name.start : name.end] for name in names(text, tokens(text))][-len(found) :] == found
