"""What the evidence has all the words of without saying it: denied, supposed, to come, withdrawn; and nobody."""

from datetime import date

import pytest

from rag.verify import Evidence, Verifier
from rag.verify.standing import unsaid
from rag.verify.withdrawn import without_withdrawn
from rag.verify.words import tokens


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The minister resigned.", "Rumours that the minister resigned are false, her office said."),
        ("The minister has resigned.", "Reports that the minister had resigned were untrue, a spokesman said."),
        ("The minister resigned.", "The minister denied that he had resigned."),
        ("The minister took bribes.", "The minister dismissed claims that she took bribes."),
        ("The bank went bankrupt.", "It is not true that the bank went bankrupt."),
        ("The mayor took money from the fund.", "There is no evidence that the mayor took money from the fund."),
        ("The mill was closed.", "The post falsely claimed that the mill was closed."),
        ("The minister resigned.", "If the vote fails, the minister will resign."),
        ("The minister resigned.", "The minister would resign if the vote failed, he said."),
        ("The vote failed.", "If the vote fails, the minister will resign."),
        ("The bridge was closed.", "The mayor did not say whether the bridge was closed."),
        ("The council approved the plan.", "The council is expected to approve the plan."),
        ("The plan was approved.", "The plan is expected to be approved by the council."),
        ("The council approved the plan.", "The council will approve the plan next week."),
        ("The company has closed the mill.", "The company plans to close the mill."),
        ("The council raised the dam.", "Farmers urged the council to raise the dam."),
        ("The ship sank.", "Contrary to reports that the ship sank, it is afloat."),
        ("The company paid the fine.", "The company was ordered to pay the fine."),
        ("The company paid the fine.", "The company has yet to pay the fine."),
        ("The dam collapsed.", "Officials fear that the dam could collapse."),
        ("Berg won the election.", "If Berg wins the election, she will be the first woman in office."),
        ("The driver killed a cyclist.", "The driver is believed to have killed a cyclist."),
        ("The mayor took bribes.", "Prosecutors allege that the mayor took bribes."),
        ("The mayor took bribes from a builder.", "Prosecutors alleged the mayor took bribes from a builder."),
        ("Tarn Steel sold faulty rails to Norway.", "The paper claims that Tarn Steel sold faulty rails to Norway."),
        ("Russia shelled the plant on Monday.", "Ukraine accused Russia of having shelled the plant on Monday."),
        ("A man was charged with murder in Leeds.", "A man was arrested on suspicion of murder in Leeds."),
        ("A man was convicted of murder in Leeds.", "A man was charged with murder in Leeds."),
        ("He was sentenced to 12 years in prison.", "He faces up to 12 years in prison."),
        ("The fire was caused by a faulty heater.", "Police are looking into whether a faulty heater caused the fire."),
        ("The former minister was jailed for fraud.", "The former minister went on trial for fraud on Monday."),
    ],
)
def test_what_is_mentioned_only_bears_nothing_out(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert (check.verdict in ("contradicted", "not_found"), check.tier) == (True, "values"), check


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The minister resigned.", "The minister resigned. She had denied that she would resign."),
        ("The minister denied that he had resigned.", "The minister denied that he had resigned."),
        ("Rumours that the minister resigned are false.", "Rumours that the minister resigned are false, she said."),
        ("The minister did not resign.", "Rumours that the minister resigned are false, her office said."),
        ("If the vote fails, the minister will resign.", "If the vote fails, the minister will resign."),
        ("The minister will resign if the vote fails.", "If the vote fails, the minister will resign."),
        ("The council is expected to approve the plan.", "The council is expected to approve the plan."),
        ("The council will approve the plan.", "The council is set to approve the plan."),
        ("The council plans to raise taxes.", "The council plans to raise taxes by a tenth, it said."),
        ("The council approved the plan.", "The council was expected to approve the plan, and did so on Monday."),
        ("The council approved the plan.", "The council, which was expected to reject it, approved the plan."),
        ("The council approved the plan.", "The council approved the plan. The senate is expected to approve it too."),
        ("The council voted to approve the plan.", "The council voted to approve the plan."),
        ("The driver may have killed a cyclist.", "The driver is believed to have killed a cyclist."),
        ("The amount was not disclosed.", "They signed a settlement whose amount they would not disclose."),
        ("The bridge would cost $4m.", "The bridge is expected to cost $4m."),
        ("The court jailed Berg.", "The court jailed Berg, as prosecutors had asked it to do."),
        ("The company closed the mill.", "The company, which had planned to sell the mill, closed it in June."),
        ("The mill closed in May.", "The mill closed in May. It would close for good, owners said."),
        ("Prosecutors say the mayor took bribes.", "Prosecutors allege that the mayor took bribes."),
        ("The mayor took bribes, prosecutors allege.", "Prosecutors allege that the mayor took bribes."),
        ("The mayor resigned on Monday.", "Prosecutors allege that the mayor took bribes; he resigned on Monday."),
        ("Ukraine accused Russia of shelling the plant.", "Ukraine accused Russia of shelling the plant on Monday."),
        ("The storm claimed 12 lives.", "The storm claimed 12 lives in Lund."),
        ("The police seized 40 guns.", "The police seized 40 guns from men accused of robbery."),
        ("A man was arrested in Leeds.", "A man was arrested on suspicion of murder in Leeds."),
        ("A man was convicted of murder.", "A man was charged with murder in May. He was convicted of murder in June."),
        ("The company was charged 300 euros.", "The company was billed 300 euros."),
    ],
)
def test_what_is_said_still_counts(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons


def test_a_title_may_say_it(verifier: Verifier) -> None:
    evidence = Evidence("The council is expected to approve the plan.", title="Council approves the plan")
    assert verifier.check("The council approved the plan.", [evidence]).verdict == "supported"


def test_how_the_words_of_a_sentence_stand() -> None:
    words = tokens("She denied that he left, but if it rains the mill will close.")
    standings = {words[position].text: standing for position, standing in unsaid(words).items()}
    denied, supposed = ("he", "left"), ("it", "rains", "the", "mill")
    assert standings == {**dict.fromkeys(denied, "denied"), **dict.fromkeys(supposed, "supposed"), "close": "ahead"}


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("No one was hurt.", "One person was hurt."),
        ("Nobody died.", "Two people died."),
        ("Nobody died in the fire.", "Two people were killed in the fire."),
        ("No one was killed.", "A man was killed."),
        ("Nobody was injured.", "Ada Berg was injured."),
        ("Two people died.", "Nobody died."),
        ("A woman was hurt.", "No one was hurt, police said."),
        ("No one was arrested.", "Three men were arrested."),
        ("There were no survivors.", "There were three survivors."),
    ],
)
def test_nobody_and_somebody_contradict_each_other(claim: str, evidence: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict == "contradicted"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Nobody was hurt.", "Nobody was hurt."),
        ("Nobody died.", "Two people were hurt, but nobody died."),
        ("One person was hurt.", "One person was hurt, and nobody died."),
        ("Two people were killed.", "Two people were killed. Nobody else was hurt."),
        ("No one was hurt.", "No one was hurt in the fire. Two people were hurt in a crash last year."),
        ("No one was arrested.", "Police arrested no one. Three men were arrested last year."),
        ("Orion carried no one.", "Orion carried no one. Two torsos carry sensors."),
        ("There were no survivors.", "There were no survivors. A crash in May had three survivors."),
        ("No one was hurt in the fire.", "No one was hurt in the fire. Two people were hurt in a crash last year."),
    ],
)
def test_nobody_and_somebody_stand_beside_each_other(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons


NOTE = "An earlier version of this article said that the closing would save $14 million. It is $1.4 million."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The closing would save $14 million.", NOTE),
        ("The closing would save $14 million.", f"The mill will close. Correction: {NOTE}"),
        (
            "The mayor resigned on Monday.",
            "Correction: An earlier version of this story incorrectly said that the mayor resigned on Monday.",
        ),
        ("The bridge opened in 1913.", "This article originally stated that the bridge opened in 1913, not 1931."),
        ("Ada Berg is 54.", "A headline on Tuesday misstated that Ada Berg is 54. She is 45."),
    ],
)
def test_what_a_correction_withdraws_bears_nothing_out(claim: str, evidence: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence, published=date(2031, 5, 2))]).verdict != "supported"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The closing would save $1.4 million.", f"The closing would save $1.4 million. {NOTE}"),
        ("An earlier version of this article said that the closing would save $14 million.", NOTE),
        ("The article said that 14 people died.", "The article said that 14 people died."),
        ("An earlier version of the bill had a tax of $3.", "An earlier version of the bill had a tax of $3."),
    ],
)
def test_what_is_right_or_told_of_still_counts(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons


@pytest.mark.parametrize(
    ("text", "withdrawn"),
    [
        ("An earlier version of this story said Mr. Berg paid $14; he paid $1.", "Mr. Berg paid $14"),
        ("An earlier version of this article said the toll was 15, when in fact it was 13.", "the toll was 15"),
        ("This story originally stated that U.S. forces left on Monday.", "that U.S. forces left on Monday"),
        ("Because of an error, a caption on Tuesday misstated the age of Ada Berg. She is 45.", "the age of Ada Berg"),
        ("The first edition of the festival said goodbye.", ""),
    ],
)
def test_what_is_withdrawn(text: str, withdrawn: str) -> None:
    assert without_withdrawn(text) == text.replace(withdrawn, " " * len(withdrawn))
