"""Shares of a group, what is left out of it, scores, votes, and what was before and what is now."""

import pytest

from rag.verify import Evidence, Verifier


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("All of the passengers survived.", "Most of the passengers survived."),
        ("All passengers survived.", "Nearly all passengers survived."),
        ("Every house in the town burned.", "Half of the houses in the town burned."),
        ("All schools in the city are shut.", "Not all schools in the city are shut."),
        ("All 50 workers were rescued.", "All but two of the 50 workers were rescued."),
        ("Everyone on board survived.", "Almost everyone on board survived."),
        ("Most voters backed the plan.", "Some voters backed the plan."),
        ("Few voters backed the plan.", "Many voters backed the plan."),
        ("Only three of the 50 houses burned.", "All but three of the 50 houses burned."),
        ("All but three of the 50 houses burned.", "Only three of the 50 houses burned."),
        ("Turnout was 61%, down from 66%.", "Turnout was 66%, down from 61%."),
        ("Turnout fell to 61% from 66%.", "Turnout fell to 66% from 61%."),
        ("Inflation was 3.1%, up from 2.4% in May.", "Inflation was 2.4%, up from 3.1% in May."),
        ("The rate went from 4% to 5%.", "The rate went from 5% to 4%."),
        ("Sales were $5 million, compared with $3 million.", "Sales were $3 million, compared with $5 million."),
        ("England won 3-1.", "England won 1-3."),
        ("England lead Spain 3-1.", "England lead Spain 1-3."),
        ("The law was passed unanimously.", "The law was passed by 7 votes to 2."),
        ("The council approved the plan unanimously.", "The council approved the plan by a vote of 5-2."),
    ],
)
def test_another_share_or_order(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "contradicted", check


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Most of the passengers survived.", "All of the passengers survived."),
        ("Some passengers survived.", "Most of the passengers survived."),
        ("Most of the passengers survived.", "Nearly all of the passengers survived."),
        ("All of the passengers survived.", "All the passengers survived, but most of the crew died."),
        ("All the passengers survived.", "All passengers survived; some passengers were hurt."),
        ("All three men were arrested.", "All three men were arrested; two of the men were later freed."),
        ("Few people came.", "Few people came, although many people had been invited."),
        ("Everyone on board survived.", "Everyone on board survived, and most people on shore."),
        ("Three of the 50 houses burned.", "Only three of the 50 houses burned."),
        ("All but three of the 50 houses burned.", "All but three of the 50 houses burned."),
        ("Three of the 50 houses did not burn.", "All but three of the 50 houses burned."),
        ("Turnout was 61%, down from 66%.", "Turnout fell from 66% to 61%."),
        ("Turnout was 61%.", "Turnout was 61%, down from 66%."),
        ("Turnout fell to 61% from 66%.", "Turnout was 61%, down from 66% four years earlier."),
        ("Sales were $5 million, up from $3 million.", "Sales were $5 million, compared with $3 million."),
        ("England beat Spain 3-1.", "Spain lost 1-3 to England."),
        ("England won 3-1.", "England won 3-1 against Spain."),
        ("France beat Croatia 4-2.", "Croatia lost 4-2 to France."),
        ("The council approved the plan by seven votes to two.", "The council approved the plan 7-2."),
        ("The law was passed unanimously.", "The law was passed unanimously, by 9 votes to 0."),
        ("The law was passed unanimously.", "The law was passed by 9 votes to 0, unanimously."),
    ],
)
def test_the_same_share_or_order(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons
