"""Whose figure it is."""

import pytest

from rag.verify import Evidence, Verifier

FLOOD = (
    "The flood in Lund broke two dams. The Norwell Institute put the damage at 84 million euros on Tuesday. "
    "Insurers had spoken of less. At least 36 people are missing, Mayor Ida Holm said. "
    "By Hansen's count 120 houses are gone; the Red Cross helps."
)


@pytest.mark.parametrize(
    "claim",
    [
        "The Red Cross put the damage at 84 million euros.",
        "The damage came to 84 million euros, according to Ida Holm.",
        "At least 36 people are missing, by Hansen's count.",
        "The Norwell Institute said that 120 houses were gone.",
    ],
)
def test_a_figure_of_somebody_else_is_caught(claim: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(FLOOD)])
    assert (check.verdict, check.tier) == ("contradicted", "values"), check
    assert any("the evidence has it from" in reason for reason in check.reasons)


@pytest.mark.parametrize(
    "claim",
    [
        "The Norwell Institute put the damage at 84 million euros.",
        "The damage was 84 million euros, according to the Norwell Institute.",
        "By Hansen's count 120 houses are gone.",
        "Ida Holm said that at least 36 people are missing.",
        "At least 36 people are missing in Lund.",
    ],
)
def test_a_figure_of_its_giver_or_of_nobody_is_not_accused(claim: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(FLOOD)]).verdict == "supported"


def test_a_figure_that_a_second_source_gives_too_is_not_accused(verifier: Verifier) -> None:
    also = Evidence("The damage is 84 million euros, the Red Cross said.")
    claim = "The Red Cross put the damage at 84 million euros."
    assert verifier.check(claim, [Evidence(FLOOD), also]).verdict == "supported"
