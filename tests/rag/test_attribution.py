"""Where the support stands: narrowed to sentences, found without a marker, or honestly not found."""

import pytest

from rag.attribution import attribute, narrow

PORT = (
    "The port of Valmora was closed on Monday after a storm. Crews worked through the night. "
    "Forty-two ships were waiting outside the harbour, the port authority said. "
    "The mayor, Elena Ruiz, said the cranes had lost 15% of their capacity. "
    "Residents were told to stay at home."
)
BANK = (
    "Norden Bank raised its key rate to 4.5% on Thursday. The governor, Per Lund, said inflation was still too high. "
    "Analysts had expected no change."
)


def narrowed(sentence: str, passage: str = PORT) -> list[str]:
    return [passage[span.start : span.end] for span in narrow(sentence, passage)]


def test_one_sentence_carries_the_support() -> None:
    assert narrowed("Elena Ruiz said that the cranes lost 15% of their capacity.") == [
        "The mayor, Elena Ruiz, said the cranes had lost 15% of their capacity."
    ]


def test_two_facts_need_two_sentences() -> None:
    assert narrowed("A storm closed the port on Monday, and residents were told to stay at home.") == [
        "The port of Valmora was closed on Monday after a storm.",
        "Residents were told to stay at home.",
    ]


def test_neighbours_are_joined() -> None:
    assert narrowed(
        "Norden Bank raised its key rate to 4.5%, and governor Per Lund said inflation was too high.", BANK
    ) == [BANK[: BANK.index(" Analysts")]]


@pytest.mark.parametrize("sentence", ["", "It is so.", "Penguins live in Antarctica."])
def test_nothing_rather_than_a_wrong_sentence(sentence: str) -> None:
    assert narrowed(sentence) == []
    assert attribute(sentence, [PORT, BANK]) == []


def test_an_empty_passage_supports_nothing() -> None:
    assert narrow("Rain fell.", "") == []
    assert attribute("Rain fell.", []) == []
    assert attribute("Rain fell.", ["", ""]) == []


def test_attribution_finds_the_passage_and_the_sentence() -> None:
    (found,) = attribute("Norden Bank's key rate is now 4.5%.", [PORT, BANK])
    assert found.index == 1
    assert [BANK[s.start : s.end] for s in found.spans] == ["Norden Bank raised its key rate to 4.5% on Thursday."]
    assert 0.5 <= found.support <= 1.0


def test_two_passages_may_share_the_support() -> None:
    found = attribute("Norden Bank raised its rate to 4.5% and the port of Valmora was closed.", [PORT, BANK])
    assert {attribution.index for attribution in found} == {0, 1}


def test_the_earlier_of_equal_passages_wins() -> None:
    (found,) = attribute("Analysts had expected no change.", [BANK, BANK])
    assert found.index == 0


def test_half_the_words_of_another_story_are_not_support() -> None:
    assert attribute("The port of Lisbon was closed by strikers in 1974.", [PORT, BANK]) == []


def test_similarity_helps_where_the_words_differ() -> None:
    sentence = "Vessels queued off the coast."
    assert attribute(sentence, [PORT], least=0.3) == []
    (found,) = attribute(sentence, [PORT], similarities=[[0.2, 0.1, 0.9, 0.1, 0.1]], least=0.3)
    assert [PORT[s.start : s.end] for s in found.spans] == [
        "Forty-two ships were waiting outside the harbour, the port authority said."
    ]


def test_similarities_must_fit_the_sentences() -> None:
    with pytest.raises(ValueError, match="2 similarities for 5 sentences"):
        attribute("Rain fell.", [PORT], similarities=[[0.1, 0.2]])
