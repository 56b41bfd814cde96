"""One claim and one sentence of news: the faults that news answers have, and true sentences that look like them."""

import pytest

from rag.verify import Evidence, Verifier


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier()


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("1.5 million people fled.", "One and a half million people fled."),
        ("25½ days passed.", "25.5 days passed."),
        ("Two and a half years passed.", "2.5 years passed."),
        ("The wind reached 97 km/h.", "The wind reached 60 mph."),
        ("It was 104 degrees Fahrenheit.", "It was 40C."),
        ("The work took 18 months.", "The work took a year and a half."),
        ("The talks began at 3 p.m. ET.", "The talks began at 3pm."),
    ],
)
def test_the_same_in_other_words(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons
