"""Whose age it is."""

import pytest

from rag.verify import Evidence, Verifier

RUNS = Evidence("Lars Dahlin, who runs Norwell, speaks of savings.", title="Norwell cuts jobs")
FINAL = Evidence(
    "Ulla Brandt won the cup. It was the last match for the 61-year-old. Jonas Vik, 23, scored.", title="Cup final"
)


@pytest.mark.parametrize(
    "claim",
    ["Ulla Brandt is 61 years old.", "Ulla Brandt, 61, won the cup.", "Jonas Vik, who is 23 years old, scored."],
)
def test_an_age_of_its_owner_passes(claim: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [RUNS, FINAL]).verdict == "supported"


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Lars Dahlin is 61 years old.", "the evidence says it of somebody else"),
        ("The 61-year-old Lars Dahlin speaks of savings.", "the evidence says it of somebody else"),
        ("Ulla Brandt, 23, won the cup.", "the evidence says it of somebody else"),
    ],
)
def test_an_age_of_somebody_else_is_caught(claim: str, reason: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [RUNS, FINAL])
    assert (check.verdict, check.tier) == ("not_found", "values")
    assert any(reason in each for each in check.reasons)


def test_the_age_that_the_evidence_gives_is_told(verifier: Verifier) -> None:
    text = "Ann Lee, 61, and Per Lund, 58, were there."
    check = verifier.check("Per Lund is 61 years old.", [Evidence(text)])
    assert check.verdict == "contradicted"
    assert any("the evidence says 58" in reason for reason in check.reasons)


def test_a_short_sentence_of_names_is_no_headline(verifier: Verifier) -> None:
    text = "The captain, Per Lund, 58, was heard. Jory Pask had been on his way to Skerrin."
    check = verifier.check("Per Lund is from Skerrin, Scotland.", [Evidence(text)])
    assert (check.verdict, check.tier) == ("not_found", "values")
