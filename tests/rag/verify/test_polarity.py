"""What is denied, what only may be, and what is neither."""

import pytest

from rag.verify import Evidence, Verifier


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The road is closed.", "The road is no longer closed."),
        ("The company sells the drug in Europe.", "The company no longer sells the drug in Europe."),
        ("The new law cost 300 jobs in Marlow.", "The new law could cost 300 jobs in Marlow."),
        ("The plane crashed at Leeds airport on Monday.", "The plane nearly crashed at Leeds airport on Monday."),
        ("He was convicted of murder and jailed.", "He was convicted of attempted murder and jailed."),
        ("Lund stole the painting in May.", "Lund allegedly stole the painting in May."),
        ("President Mara Quill met fishermen in Tarn.", "Vice President Mara Quill met fishermen in Tarn."),
        ("Labour lost the Marlow seat to the Conservatives.", "The Conservatives lost the Marlow seat to Labour."),
        ("Norwell sold Tarn Foods for £2bn.", "Norwell bought Tarn Foods for £2bn."),
        ("The mayor of Lund resigned before the vote.", "The mayor of Lund did not resign before the vote."),
        ("The court upheld the ban.", "The court struck down the ban."),
        ("The senate passed the bill.", "The senate rejected the bill."),
        ("Parliament adopted the law.", "Parliament voted down the law."),
        ("The island voted for independence.", "The island voted against independence."),
        ("The strike at the mill will begin on Monday.", "The strike at the mill was called off on Monday."),
        ("Two missiles hit the hospital.", "Two missiles narrowly missed the hospital."),
        ("Exports to China fell in May.", "Exports from China fell in May."),
        ("Flights from Oslo were cancelled.", "Flights to Oslo were cancelled on Monday."),
        ("The ferry from Bergen to Oslo sank.", "The ferry from Oslo to Bergen sank."),
        ("Jean Georgelin took over from Luc Jost in 2023.", "Luc Jost took over from Jean Georgelin in 2023."),
        ("Luc Jost replaced Jean Georgelin in 2023.", "Luc Jost handed over to Jean Georgelin in 2023."),
        ("Jean Georgelin gave way to Luc Jost in 2023.", "Luc Jost gave way to Jean Georgelin in 2023."),
    ],
)
def test_what_is_not_said_flatly_is_no_fact(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert (check.verdict, check.tier) == ("contradicted", "values")


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The bridge reopened in May.", "The bridge did not reopen until May."),
        ("The museum reopens in May.", "The museum will not reopen before May."),
        ("They said that they would not rest.", "They said that they would not rest until they knew why."),
        ("The vote was held before the strike.", "The strike was held after the vote."),
        ("He was arrested at his home in Leeds.", "Tom Hale was arrested at his home in Leeds, his mother said."),
        ("The road is no longer closed.", "The road is no longer closed."),
        ("The ferry carries 400 passengers.", "The ferry could carry 400 passengers."),
        ("The law could cost 300 jobs.", "The new law could cost 300 jobs in Marlow."),
        ("The former nurse was convicted.", "The former nurse was convicted in Leeds."),
        ("Most passengers survived.", "Nearly all passengers survived."),
        ("The dam will hold through the winter, he said.", "No, the dam will hold through the winter, he said."),
        ("Norwell bought Tarn Foods for £2bn.", "Tarn Foods was sold to Norwell for £2bn."),
        ("Labour won the Marlow seat from the Conservatives.", "The Conservatives lost the Marlow seat to Labour."),
        ("The senate passed the bill.", "The senate adopted the bill on Monday."),
        ("The court overturned the ban.", "The court struck down the ban."),
        ("The ferry from Oslo to Bergen sank.", "The ferry from Oslo to Bergen sank in a storm."),
        ("The ferry to Bergen sank.", "The ferry from Oslo to Bergen sank."),
        ("Exports to China fell.", "Exports to China fell in May, while exports from China rose."),
        ("Luc Jost succeeded Jean Georgelin in 2023.", "Luc Jost took over from Jean Georgelin in 2023."),
        ("Luc Jost took over from Jean Georgelin in 2023.", "Jean Georgelin handed over to Luc Jost in 2023."),
        (
            "Luc Jost took over the restoration in 2023.",
            "Luc Jost took over the restoration from Jean Georgelin in 2023.",
        ),
    ],
)
def test_what_is_only_put_otherwise_is_not_contradicted(claim: str, evidence: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict == "supported"
