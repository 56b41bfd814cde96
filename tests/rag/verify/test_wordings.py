"""One thing in two wordings passes; what differs in one value does not."""

import pytest

from rag.verify import Evidence, Verifier


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("The trial opened on January 15, 2024.", "The trial opened on Monday, January 15, 2024, in Lund."),
        ("The vote is on Friday.", "The vote is on Friday (June 7)."),
        ("Polls open on Nov. 5.", "Polls open on Tuesday, Nov. 5."),
        ("The death toll rose from 12 to 15.", "The death toll rose to 15 from 12."),
        ("She won in 2 hours 5 minutes and 58 seconds.", "She won the race in 2:05:58."),
        ("More than 300 people died.", "The storm killed 312 people."),
        ("The UN said aid had run out.", "The United Nations said aid had run out."),
        ("Moscow said it would stay.", "Russia said it would stay."),
        ("The law has not been signed yet.", "The law has yet to be signed."),
        ("All 12 passengers were killed.", "None of the 12 passengers survived."),
        ("One of the three survived.", "Three people fell; one survived, two died."),
        ("The Labour Party won the seat.", "Labour won the seat on Thursday."),
        ("Pope Leo XIV spoke of peace.", "Pope Leo spoke of peace on Sunday."),
        ("Prices rose by 0.5 per cent.", "Prices rose by half a percent in May."),
        ("No passengers survived.", "None of the twelve passengers survived."),
        ("The company shut down two units.", "The company shut down two of its five units."),
        ("The pound fell against the euro.", "The euro rose against the pound."),
        ("Two people died in the storm.", "Storm kills two people."),
        ("The Aurora is longer than the Boreas.", "The Aurora is 300 metres long. The Boreas is 200 metres long."),
        ("The new bridge is longer than the old one.", "At 900 metres the new bridge exceeds the old one."),
        ("Lund has more inhabitants than Hamar.", "Lund is the largest town of the region, Hamar the smallest."),
        ("At first the firm hoped to save 85 million pounds.", "The firm hoped to save 85 million pounds."),
        ("A Peruvian bus crash left 34 people dead.", "A bus crash in northern Peru left 34 people dead."),
        ("The Belgian prime minister resigned.", "Belgium's prime minister, Hanne De Wit, resigned."),
        ("MPs voted for the bill by 310 to 280.", "Lawmakers voted 310 to 280 for the bill."),
        ("Alemu was the father of Sara.", "General Tadesse Alemu died on Sunday, his daughter Sara said."),
        ("The storm hit the coast near Tampico.", "The storm slammed into the coast near Tampico; eight are missing."),
        (
            "The former bank chief was jailed.",
            "At the end of a trial the former bank chief was given a nine-year term.",
        ),
        ("Petrov said there were no talks.", "Petrov told reporters in Skopje that there were no talks."),
        ("20% of residents are over 65.", "One in five residents is over 65."),
        ("All 226 people on board got off safely.", "All 214 passengers and 12 crew left the plane safely."),
        ("It passed with a majority of 30.", "The bill passed by 310 votes to 280."),
        ("Sales fell by 90 million euros.", "Sales fell to 318 million euros, from 408 million in 2024."),
        ("The train was 9 km/h above the limit.", "The train was going at 69 km/h where 60 was the limit."),
        ("Vestra lost the final.", "Halden won the cup on Saturday, beating Vestra 2-1 in the final."),
        ("Seventeen drones were not shot down.", "The air force shot down 61 of 78 drones."),
        ("The agency does not have to follow the advice.", "The agency usually follows the advice but need not."),
        ("The opening is put back by three years.", "The link will open in 2033, three years later than planned."),
        ("Cases rose to 8,200 in the first three months.", "Cases rose to 8,200 in the first quarter, from 4,100."),
        ("The charge goes up from 28 to 50 kroner.", "Drivers will pay 50 kroner instead of 28."),
        ("He is no longer a member.", "He left the club in May and is not a member."),
    ],
)
def test_the_same_otherwise_put_is_not_accused(claim: str, text: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(text)])
    assert check.verdict == "supported", check


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("The trial opened on Tuesday, January 15, 2024.", "The trial opened on Monday, January 15, 2024."),
        ("The trial opened on Monday, January 22, 2024.", "The trial opened on Monday, January 15, 2024."),
        ("The death toll rose from 12 to 16.", "The death toll rose to 15 from 12."),
        ("She won in 2:05:59.", "She won the race in 2:05:58."),
        ("The ban covers children under 18.", "The ban covers children under 16."),
        ("The ferry carries up to 180 passengers.", "The ferry carries up to 150 passengers."),
        ("Prices rose by 50 per cent.", "Prices rose by half a percent in May."),
        ("King Charles III was crowned in May.", "King Charles I was crowned in February; Charles II in April."),
        ("The Labour Party won the seat.", "The Green Party won the seat on Thursday."),
        ("Two of the twelve passengers survived.", "None of the twelve passengers survived."),
        ("Some passengers survived.", "None of the twelve passengers survived."),
        ("The company shut down all five units.", "The company shut down two of its five units."),
        ("The southeast was hit hardest.", "The northwest was hit hardest."),
        ("Holm leads the poll.", "Holm trails in the poll."),
        ("The court granted the appeal.", "The court denied the appeal."),
        ("The minister welcomed the plan.", "The minister condemned the plan."),
        ("The film won an Oscar.", "The film was nominated for an Oscar."),
        ("The law has been signed.", "The law has yet to be signed."),
        ("It is Zambia's worst drought ever.", "The drought in Zambia is the worst in 40 years."),
        (
            "The pipeline carries 830,000 barrels a week.",
            "The pipeline, 196 miles long, carries 830,000 barrels a day.",
        ),
        ("All the suspects were freed.", "Three of the five suspects were freed."),
        ("Ukraine shot down all 78 drones.", "Ukraine said it shot down 61 of 78 drones."),
        ("The commissioners unanimously approved it.", "Two of the five commissioners voted against."),
        ("The house has voted on the bill.", "The house must vote on the bill by June."),
        ("The surgeon has been dismissed.", "The surgeon has been suspended."),
        ("All 225 people on board got off safely.", "All 214 passengers and 12 crew left the plane safely."),
        ("The agency does not follow the advice.", "The agency follows the advice."),
        ("In all 24 people were killed by the storm.", "The storm killed 14 people and 3 dogs; 40 people were hurt."),
        ("The Boreas is longer than the Aurora.", "The Aurora is 300 metres long. The Boreas is 200 metres long."),
        ("The Boreas is shorter than the Aurora.", "The Aurora is 200 metres long. The Boreas is 300 metres long."),
        ("The island has more inhabitants, with a population of 1,900.", "The island has 1,900 inhabitants."),
        ("The recount was dearer.", "The recount cost $46,000."),
    ],
)
def test_another_value_is_caught(claim: str, text: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(text)])
    assert check.verdict in ("contradicted", "not_found"), check
    assert check.tier == "values"
