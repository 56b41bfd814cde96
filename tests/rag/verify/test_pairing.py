"""Values that change places: between two names, or between those aboard and those who died."""

import pytest

from rag.verify import Evidence, Verifier

STORM = "The storm killed 3 people in Ravenna and 14 in Bologna."
AGES = "Anna Holm, 34, and Per Lund, 43, were arrested on Monday."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The storm killed 14 people in Ravenna and 3 in Bologna.", STORM),
        ("In Ravenna 14 people died and in Bologna 3.", STORM),
        ("Anna Holm, 43, and Per Lund, 34, were arrested on Monday.", AGES),
    ],
)
def test_exchanged_values_are_caught(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert (check.verdict, check.tier) == ("contradicted", "values")


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (STORM, STORM),
        ("In Bologna the storm killed 14 people, in Ravenna 3.", STORM),
        ("Per Lund, 43, and Anna Holm, 34, were arrested on Monday.", AGES),
        ("The storm killed three people in Ravenna.", STORM),
    ],
)
def test_another_order_is_no_exchange(claim: str, evidence: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict == "supported"


FERRY = "The ferry sank off Alva with 212 people aboard, they said. At least 58 people died, among them the captain."


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("212 people died when the ferry sank.", "contradicted"),
        ("At least 212 people were killed in the sinking of the ferry.", "contradicted"),
        ("58 people died when the ferry sank.", "supported"),
        ("The ferry sank with 212 people aboard, and 58 people died.", "supported"),
    ],
)
def test_a_number_of_those_aboard_is_not_that_of_the_dead(claim: str, verdict: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(FERRY)]).verdict == verdict


RAVENNA = "The crash killed 3 people in Ravenna and 14 in Bologna."


@pytest.mark.parametrize(
    ("claim", "evidence", "verdict"),
    [
        ("Two people died.", "Two of the three were dug out; one, a woman of 43, died in hospital.", "contradicted"),
        ("Two people died in the collapse.", "The collapse buried three. Two were hurt, and one died.", "contradicted"),
        ("Two men were arrested.", "Two men were hurt and a third was arrested.", "contradicted"),
        ("Two people died.", "Two men, 34 and 41, were pulled out alive, while four others died.", "contradicted"),
        ("One person died in the collapse.", "In the collapse two were hurt; one person died.", "supported"),
        ("Two people died.", "Two people, a nurse and a driver, died; nine were hurt.", "supported"),
        ("Two people died.", "Two people, 34 and 41, died; three others died later.", "supported"),
        ("The crash killed 14 in Bologna.", RAVENNA, "supported"),
        ("The crash killed 14 in Ravenna.", RAVENNA, "contradicted"),
        ("Seven soldiers were wounded.", "Five soldiers were killed and seven wounded.", "supported"),
        ("Five soldiers were wounded.", "Five soldiers were killed and seven wounded.", "contradicted"),
        ("Two guards and one nurse were hurt.", "One guard and two nurses were hurt.", "contradicted"),
        (
            "By the evening of the first day, Orsa had counted 9.",
            "The first day was calm; two said so. Orsa had counted 9 by the evening.",
            "supported",
        ),
        ("Three houses burned down.", "Twelve houses were damaged; three burned down.", "supported"),
        ("Turnout was 48% in the north.", "Turnout was 61% in the south and 48% in the north.", "supported"),
        ("Turnout was 61% in the north.", "Turnout was 61% in the south and 48% in the north.", "contradicted"),
        ("The train carried 200 people, of whom 30 were hurt.", "It carried 200 people; 30 were hurt.", "supported"),
    ],
)
def test_what_is_said_of_some_is_not_said_of_others_in_the_sentence(
    claim: str, evidence: str, verdict: str, verifier: Verifier
) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict == verdict


@pytest.mark.parametrize(
    ("claim", "evidence", "verdict"),
    [
        ("The mayor resigned on Friday.", "The mayor was arrested on Friday and resigned on Sunday.", "contradicted"),
        ("The mayor resigned on Sunday.", "The mayor was arrested on Friday and resigned on Sunday.", "supported"),
        ("The bridge opened in 1972.", "The bridge was begun in 1972 and opened in 1977.", "contradicted"),
        ("The strike began on Monday.", "The strike, announced on Monday, began on Wednesday.", "contradicted"),
        ("The strike began on Wednesday.", "The strike, announced on Monday, began on Wednesday.", "supported"),
        ("The firm earned $5 million.", "The firm paid $5 million in fines and earned $20 million.", "contradicted"),
        ("The firm was fined $5 million.", "The firm paid $5 million in fines and earned $20 million.", "supported"),
        ("The firm announced 300 cuts.", "The firm announced 500 new jobs and plans 300 cuts.", "supported"),
        ("He was elected in 2010 and re-elected in 2014.", "He was elected in 2010, and again in 2014.", "supported"),
    ],
)
def test_a_value_is_of_the_word_before_it(claim: str, evidence: str, verdict: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict == verdict
