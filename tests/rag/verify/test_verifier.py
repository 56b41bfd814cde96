"""Who decides what, and what is said of it."""

from datetime import date

import pytest

from rag.llm.errors import TimedOut
from rag.verify import Evidence, Verifier
from rag.verify.calibration import load
from rag.verify.features import JUDGED_SIGNS, SIGNS, log_odds

EVIDENCE = [
    Evidence("The river Orr rose overnight. Nobody was hurt.", "Flood in Orrby", date(2031, 5, 2)),
    Evidence(
        "A flood in Orrby on Thursday drove 340 families from their homes, mayor Ada Berg said. "
        "The water works were damaged, and schools will stay shut until Monday.",
        published=date(2031, 5, 2),
    ),
]


class Judge:
    """Always as sure as it is told to be; keeps what it was asked."""

    def __init__(self, yes: float | Exception) -> None:
        self.yes = yes
        self.asked: list[list[dict[str, str]]] = []

    def probability(self, messages: list[dict[str, str]]) -> float:
        self.asked.append(messages)
        if isinstance(self.yes, Exception):
            raise self.yes
        return self.yes


def test_a_near_copy_is_supported_without_asking_anybody() -> None:
    judge = Judge(0.0)
    check = Verifier(judge).check("Schools will stay shut until Monday [2].", EVIDENCE)
    assert (check.verdict, check.tier, judge.asked) == ("supported", "copy", [])


def test_another_value_is_caught_without_asking_anybody() -> None:
    judge = Judge(1.0)
    check = Verifier(judge).check("A flood in Orrby drove 430 families from their homes.", EVIDENCE)
    assert (check.verdict, check.tier, judge.asked) == ("contradicted", "values", [])
    assert "340" in check.reasons[0]
    assert check.support is not None
    assert check.support < 0.5
    assert check.evidence_index == 1
    assert EVIDENCE[1].text[check.start : check.end].startswith("A flood in Orrby")


def test_a_name_from_nowhere_is_not_found() -> None:
    check = Verifier().check("The flood also reached the town of Velsen.", EVIDENCE)
    assert (check.verdict, check.tier) == ("not_found", "values")


def test_the_judge_decides_what_the_rules_leave_open() -> None:
    sentence = "Pupils in Orrby are without schools for days."
    sure, unsure = Judge(0.999), Judge(0.001)
    yes, no = Verifier(sure).check(sentence, EVIDENCE), Verifier(unsure).check(sentence, EVIDENCE)
    assert yes.tier == no.tier == "judge"
    assert yes.support is not None
    assert no.support is not None
    assert yes.support > no.support
    assert no.verdict == "not_found"
    (system, user) = sure.asked[0]
    assert "Schools will stay shut" not in system["content"]
    assert "schools will stay shut until Monday" in user["content"], user
    assert sentence in user["content"]


def test_the_fixed_part_of_the_question_comes_first() -> None:
    judge = Judge(0.5)
    verifier = Verifier(judge)
    verifier.check("People lost what they had.", EVIDENCE)
    verifier.check("The town is without pupils.", EVIDENCE)
    assert judge.asked[0][0] == judge.asked[1][0]


def test_without_its_judge_the_features_speak_and_say_so() -> None:
    check = Verifier(Judge(TimedOut("no answer within 5 s"))).check("People were forced to flee Orrby.", EVIDENCE)
    assert check.tier == "features"
    assert any("no answer within 5 s" in reason for reason in check.reasons)


def test_across_languages_values_are_compared_and_the_rest_is_left_to_the_judge() -> None:
    evidence = [Evidence("Bei der Flut in Orrby wurden 340 Familien aus ihren Häusern vertrieben, sagte Ada Berg.")]
    verifier = Verifier()
    assert verifier.check("A flood in Orrby drove 430 families from their homes.", evidence).tier == "values"
    check = verifier.check("A flood in Orrby drove 340 families from their homes.", evidence)
    assert (check.verdict, check.support) == ("not_judged", None)
    assert Verifier(Judge(0.99)).check("A flood drove 340 families from their homes.", evidence).verdict == "supported"


def test_many_are_checked_in_order() -> None:
    sentences = ["Nobody was hurt.", "The river Orr fell overnight.", ""]
    checks = Verifier().check_many([(sentence, EVIDENCE) for sentence in sentences])
    assert [check.verdict for check in checks] == ["supported", "contradicted", "not_judged"]


def test_the_calibration_keeps_the_signs() -> None:
    calibration = load()
    for model, signs in (
        (calibration.rules, SIGNS),
        (calibration.learned, JUDGED_SIGNS),
        (calibration.judged, JUDGED_SIGNS),
    ):
        assert 0 < model.threshold < 1
        assert model.weights
        assert all(weight * signs[name] > 0 for name, weight in model.weights.items())
    assert 0.9 <= calibration.copy < 1


@pytest.mark.parametrize(("p", "odds"), [(0.5, 0.0), (0.0, -6.0), (1.0, 6.0), (1 - 1e-9, 6.0)])
def test_log_odds_are_bounded(p: float, odds: float) -> None:
    assert log_odds(p) == pytest.approx(odds)


def test_a_participle_that_describes_denies_nothing() -> None:
    evidence = [
        Evidence("First Citizens is taking over all deposits of the failed Orrby Savings Bank, officials said.")
    ]
    assert Verifier().check("First Citizens took Orrby Savings Bank over.", evidence).verdict == "supported"
    refused = [Evidence("The talks failed to reach a deal on Monday.")]
    assert Verifier().check("The talks reached a deal.", refused).verdict == "contradicted"
