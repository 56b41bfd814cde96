"""One claim and one sentence of news: the faults that news answers have, and true sentences that look like them."""

import pytest

from rag.verify import Evidence, Verifier


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
        ("France beat Croatia 4-2.", "Croatia lost 4-2 to France."),
        ("France beat Croatia 4-2.", "Croatia were beaten 4-2 by France."),
        ("Hawaiian Electric was sued by Maui County.", "Maui County sued Hawaiian Electric."),
        ("The Fed raised rates by 0.25 percentage points to 5%.", "The Fed raised its rate a quarter point, to 5%."),
        ("Meta sued the FTC.", "Meta has sued the Federal Trade Commission."),
        ("Ukraine accused Russia of it.", "Ukraine, which Russia invaded in 2022, accused Russia of it."),
        ("Microsoft bought Activision.", "Activision was bought last year by Microsoft."),
        ("Israel attacked Hamas.", "Israel attacked positions that were held by Hamas."),
    ],
)
def test_true_however_it_is_put(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Croatia beat France 4-2.", "France beat Croatia 4-2."),
        ("Croatia beat France 4-2.", "Croatia lost 4-2 to France."),
        ("Israel accused Hamas of breaking the truce.", "Hamas accused Israel of breaking the truce."),
        ("Russia attacked Ukraine on Monday.", "Russia was attacked by Ukraine on Monday."),
        ("The Times sued OpenAI over its articles.", "OpenAI sued The Times over its articles."),
        ("Activision bought Microsoft for $69 billion.", "Microsoft bought Activision for $69 billion."),
        ("Trump leads Biden in the polls.", "Biden leads Trump in the polls."),
    ],
)
def test_roles_exchanged(claim: str, evidence: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict == "contradicted"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Jamie Dimon said the crisis was over.", "Jamie Dimon said the crisis was not over."),
        ("The crisis is not over.", "The crisis is over, Jamie Dimon said."),
        ("Three people were killed in the blast.", "Nobody was killed in the blast."),
        ("Three people were killed in the blast.", "No one was killed in the blast, police said."),
        ("How many people died? 115.", "The fire killed 97 people, not 115."),
        ("Did the Key Bridge collapse? No.", "The Key Bridge collapsed."),
        ("Did the Key Bridge collapse? Yes.", "The Key Bridge did not collapse."),
        ("Was the bridge insured? No, it was old.", "The bridge was insured for $350 million."),
    ],
)
def test_denied(claim: str, evidence: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict not in ("supported", "not_judged")


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Did the Key Bridge collapse? No.", "The Key Bridge did not collapse."),
        ("Did the Key Bridge collapse? Yes.", "The Key Bridge collapsed."),
        ("The fire killed 97 people.", "The fire killed 97 people, not 115."),
        ("The toll is 97, not 115.", "The toll is 97, not 115 as was first said."),
        ("The project is not over budget.", "The project is not over budget, the council said."),
        ("Three people were killed in the blast.", "Three people were killed in the blast. Nobody else was hurt."),
    ],
)
def test_not_denied(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It was the second largest bank failure in US history.", "It was the largest bank failure in US history."),
        ("It was the largest bank failure in US history.", "It was the second-largest bank failure in US history."),
        ("It is the largest bank in Norvale.", "It is one of the largest banks in Norvale."),
        (
            "Syria's president, Recep Tayyip Erdogan, declared a state of emergency.",
            "Thousands died in Syria. Turkey's president, Recep Tayyip Erdogan, declared a state of emergency.",
        ),
        (
            "Greg Becker, the chief executive of JPMorgan, sold $3.6 million of shares.",
            "Greg Becker, the chief executive of Silicon Valley Bank, sold $3.6 million of shares, "
            "JPMorgan's Jamie Dimon said.",
        ),
    ],
)
def test_next_to_verbatim_and_yet_another_claim(claim: str, evidence: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict == "contradicted"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (
            "It was the largest bank failure since 2008.",
            "It was the largest bank failure since 2008 and the second largest bank failure in US history.",
        ),
        ("It is one of the largest banks in Norvale.", "It is the second largest bank in Norvale."),
        ("Most people left the city.", "Most people left the city, the second most populous of Norvale."),
        (
            "Joe Biden, the president of the US, sold shares of Intel.",
            "President Biden, the president of the US, sold shares of Intel, JPMorgan's Jamie Dimon said.",
        ),
        ("Britain's prime minister resigned on Friday.", "The UK's prime minister resigned on Friday."),
    ],
)
def test_next_to_verbatim(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Rates rose from 5% to 4%.", "Rates rose from 4% to 5%."),
        ("Rates rose from 5 to 4 percent.", "Rates rose from 4 to 5 percent."),
        ("Inflation fell to 3.1%.", "Inflation fell by 3.1%."),
        ("Inflation fell to 3.1%.", "Inflation fell 3.1%."),
        ("The rent is $5,000 a month.", "The rent is $5,000 a year."),
        ("Profits tripled last year.", "Profits doubled last year."),
        ("One person died.", "Eleven people died."),
        ("Thousands of people fled.", "Hundreds of people fled."),
        ("Hundreds of people fled.", "Tens of thousands of people fled."),
        ("The police said the bridge would reopen.", "The mayor said the bridge would reopen."),
        ("The suspect was armed.", "The suspect may have been armed."),
        ("The vote was 51 to 49 against.", "The vote was 51 to 49 in favour."),
    ],
)
def test_another_value(claim: str, evidence: str, verifier: Verifier) -> None:
    assert verifier.check(claim, [Evidence(evidence)]).verdict == "contradicted"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Rates rose to 5% from 4%.", "Rates rose from 4% to 5%."),
        ("Inflation fell to 3.1%.", "Inflation was down to 3.1%, having fallen by 2 points."),
        ("Inflation fell 3.1%.", "Inflation fell by 3.1%."),
        ("The price rose by $2 to $3.50.", "The price rose $2 to $3.50."),
        ("The rent is $5,000 a month.", "The rent is $5,000 per month, up from $4,000 a year ago."),
        ("He paid $5,000.", "He paid $5,000 a year."),
        ("One person died.", "Eleven people were hurt and one person died."),
        ("Thousands of people fled.", "Hundreds of people fled on Monday; by Friday 4,300 people had fled."),
        ("The mayor said the bridge would reopen.", "Ada Berg, the mayor, said the bridge would reopen, police said."),
        ("Officials said the bridge would reopen.", "The mayor said the bridge would reopen."),
        ("The suspect was possibly armed.", "The suspect may have been armed."),
        ("The talks begin in May.", "The talks begin in May."),
        ("One of the people died.", "One of the eleven people died."),
        ("The court ruled against Berg.", "The court ruled in favour of Falk and against Berg."),
    ],
)
def test_the_same_value(claim: str, evidence: str, verifier: Verifier) -> None:
    check = verifier.check(claim, [Evidence(evidence)])
    assert check.verdict == "supported", check.reasons
