"""The learned judge, alone and in the verifier."""

from pathlib import Path

import pytest

from index.errors import ModelError
from rag.verify import Evidence, Verifier
from rag.verify.analysis import Case, Parsed, Source
from rag.verify.learned import LearnedJudge, evidence_of

pytestmark = pytest.mark.model

TEXT = (
    "The river Alva rose to 6.4 metres on Monday, its highest level since 1954. Mayor Ida Brandt ordered 2,300 people "
    "in the lower town to leave their homes. Two bridges were closed. The council will meet again in spring."
)
PARAPHRASE = "Residents of the lower town were told to go."
INVENTED = "Residents of the lower town were paid for their losses."


@pytest.fixture(scope="module")
def judge(minilm_folder: Path) -> LearnedJudge:
    return LearnedJudge(lambda: minilm_folder)


def case(claim: str) -> Case:
    return Case(Parsed(claim), [Source(Evidence(TEXT))])


def test_what_is_told_in_other_words_is_likelier_than_what_is_not_told(judge: LearnedJudge) -> None:
    assert judge.logit(case(PARAPHRASE)) > judge.logit(case(INVENTED)) + 0.5


def test_it_reads_the_sentences_closest_to_the_claim_in_their_order() -> None:
    lines = evidence_of(case("Mayor Ida Brandt said the river rose.")).split("\n")
    assert lines == [TEXT.partition(" Mayor")[0], "Mayor" + TEXT.partition(" Mayor")[2].partition(" Two")[0],
                     "Two bridges were closed.", "The council will meet again in spring."]  # fmt: skip


def test_the_verifier_asks_it_what_the_rules_leave_open(judge: LearnedJudge) -> None:
    verifier = Verifier(learned=judge)
    told, invented = (verifier.check(claim, [Evidence(TEXT)]) for claim in (PARAPHRASE, INVENTED))
    assert told.tier == invented.tier == "learned"
    assert told.support is not None
    assert invented.support is not None
    assert told.support > invented.support
    assert verifier.check("Two bridges were closed.", [Evidence(TEXT)]).tier == "copy"


def test_without_its_model_the_features_speak_and_say_so() -> None:
    def missing() -> Path:
        raise ModelError("no model here")

    check = Verifier(learned=LearnedJudge(missing)).check(PARAPHRASE, [Evidence(TEXT)])
    assert check.tier == "features"
    assert "no model here" in check.reasons[-1]
