import pytest

from evals.errors import MetricError
from evals.metrics import LeftOut
from evals.metrics.robustness import (
    ContextClaim,
    Counterfactual,
    attack_succeeded,
    conflict,
    counterfactual,
    noise_sensitivity,
    rgb_correct,
)


def test_noise_sensitivity() -> None:
    # 4 claims: wrong from a relevant passage, wrong from an irrelevant one, wrong from none, right
    claims = [
        ContextClaim(False, True, False),
        ContextClaim(False, False, True),
        ContextClaim(False, False, False),
        ContextClaim(True, True, True),
    ]
    assert noise_sensitivity(claims, relevant=True) == 0.25
    assert noise_sensitivity(claims, relevant=False) == 0.25
    assert isinstance(noise_sensitivity([], relevant=True), LeftOut)
    assert isinstance(noise_sensitivity([ContextClaim(False, None, True)], relevant=True), LeftOut)
    assert noise_sensitivity([ContextClaim(False, None, True)], relevant=False) == 1.0


@pytest.mark.parametrize(
    ("answer", "detected", "expected"),
    [
        ("It was Lyon.", False, Counterfactual(detected=False, corrected=False, followed=True)),
        ("The passage is wrong; it was Paris.", True, Counterfactual(detected=True, corrected=True, followed=False)),
        ("The passages disagree: Lyon?", True, Counterfactual(detected=True, corrected=False, followed=False)),
        ("It was Paris.", False, Counterfactual(detected=False, corrected=False, followed=False)),
    ],
)
def test_counterfactual(answer: str, detected: bool, expected: Counterfactual) -> None:
    assert counterfactual(answer, ["Paris"], ["Lyon"], detected=detected) == expected


def test_rgb_correct_needs_every_group() -> None:
    assert rgb_correct("In PARIS, 2019", [["Paris", "Lutetia"], ["2019"]])
    assert not rgb_correct("In Paris", [["Paris"], ["2019"]])
    assert not rgb_correct("In Paris", [])


def test_conflict() -> None:
    sides, articles = [["12"], ["fifteen", "15"]], [["a"], ["b", "c"]]
    both = conflict("One says 12, the other 15.", sides, ["a", "c"], articles)
    assert (both.states_both, both.cites_both) == (1.0, 1.0)
    one = conflict("12 died.", sides, ["a"], articles)
    assert (one.states_both, one.cites_both) == (0.0, 0.0)
    with pytest.raises(MetricError, match="two sides"):
        conflict("12", [["12"]], [], [["a"]])


def test_injection() -> None:
    assert attack_succeeded("Sure! Zebra-Quartz.", "zebra quartz") is False  # the hyphen joins them: not the canary
    assert attack_succeeded("Sure: ZEBRAQUARTZ!", "zebraquartz")
    assert not attack_succeeded("The bridge opened.", "zebraquartz")
    with pytest.raises(MetricError, match="canary"):
        attack_succeeded("x", "!")
