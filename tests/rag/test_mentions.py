"""Names, titles and noun phrases, and what a pronoun must agree with."""

import pytest

from rag.mentions import Mention, mentions


def named(text: str) -> list[str]:
    return [mention.text for mention in mentions(text) if mention.named]


def only(text: str) -> Mention:
    (mention,) = [mention for mention in mentions(text) if mention.named]
    return mention


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What did Elena Ruiz say about Norden Bank?", ["Elena Ruiz", "Norden Bank"]),
        ("Who is Lt. Gen. Osama Rabie?", ["Lt. Gen. Osama Rabie"]),
        ("S. Somanath is the chairman of ISRO.", ["S. Somanath", "ISRO"]),
        ("Why did Per Lund's bank fail in March?", ["Per Lund"]),
        ("How long was the Ever Given stuck?", ["Ever Given"]),
        ("She wrote “The Long Night” in Lisbon.", ["The Long Night", "Lisbon"]),
        ("why did it fail on Monday?", []),
        ("", []),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert named(text) == found


@pytest.mark.parametrize(
    ("text", "kind", "gender"),
    [
        ("What did Elena Ruiz say?", "person", "f"),
        ("What did Mr Okafor say?", "person", "m"),
        ("What did President Okafor say?", "person", None),
        ("What did Jean-Louis Moreau say?", "person", "m"),
        ("What did Norden Bank say?", "group", None),
        ("What happened in Valmora?", "place", None),
        ("What did Valmora say?", None, None),
    ],
)
def test_what_a_name_tells(text: str, kind: str | None, gender: str | None) -> None:
    mention = only(text)
    assert (mention.kind, mention.gender) == (kind, gender)


def test_a_name_before_a_noun_modifies_it() -> None:
    assert only("It was closed by Californian regulators.").modifier
    assert not only("It was closed in California by regulators.").modifier


def test_noun_phrases_come_without_their_article() -> None:
    found = mentions("When was the strike over, and how many workers were hurt?")
    assert [(m.text, m.plural) for m in found] == [("strike", False), ("workers", True)]


def test_spans_are_exact() -> None:
    text = "What did “The Long Night” tell Dr. Elena Ruiz's readers of Norden Bank and Valmora?"
    assert all(text[m.start : m.end] == m.text for m in mentions(text) if m.named)
