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


@pytest.mark.parametrize(
    ("text", "compound", "kind"),
    [
        ("When did the Lahaina fire start?", "the Lahaina fire", "thing"),
        ("The Lahaina fire started in August.", "The Lahaina fire", "thing"),
        ("What caused the Ohio train derailment?", "the Ohio train derailment", "thing"),
        ("When did the Orion capsule splash down?", "the Orion capsule", "thing"),
        ("Who owns the Valmora harbour company?", "the Valmora harbour company", "group"),
    ],
)
def test_a_name_and_its_noun_with_an_article_are_one(text: str, compound: str, kind: str) -> None:
    mention = only(text)
    assert (mention.text, mention.kind, mention.modifier) == (compound, kind, False)


@pytest.mark.parametrize("text", ["Why did the Fed raise rates?", "The Titanic sank.", "When did the Titan implode?"])
def test_a_verb_is_not_the_noun_of_a_name(text: str) -> None:
    assert only(text).kind != "thing"
    assert not only(text).modifier


def test_words_that_begin_a_sentence_are_no_names() -> None:
    assert named("Officials do not know. Six road workers died. About 2,200 houses burned.") == []


def test_noun_phrases_end_before_the_verb() -> None:
    found = mentions("How many people died in the fire? Did the workers flee in time after 3 days?")
    assert [m.text for m in found] == ["people", "fire", "workers"]


def test_noun_phrases_come_without_their_article() -> None:
    found = mentions("When was the strike over, and how many workers were hurt?")
    assert [(m.text, m.plural) for m in found] == [("strike", False), ("workers", True)]


def test_spans_are_exact() -> None:
    text = "What did “The Long Night” tell Dr. Elena Ruiz's readers of Norden Bank and Valmora?"
    assert all(text[m.start : m.end] == m.text for m in mentions(text) if m.named)
