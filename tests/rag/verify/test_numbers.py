"""One value, however it is written; and not another one."""

import pytest

from rag.verify.numbers import Quantity, holds, quantities
from rag.verify.words import tokens


def read(text: str) -> list[Quantity]:
    return quantities(text, tokens(text))


def one(text: str) -> Quantity:
    found = read(text)
    assert len(found) == 1, [text[q.start : q.end] for q in found]
    return found[0]


@pytest.mark.parametrize(
    ("stated", "claimed"),
    [
        ("1,500,000 people", "1.5 million people"),
        ("1 500 000 people", "1.5m people"),
        ("1.500.000 Menschen", "1,5 Millionen Menschen"),
        ("12 eggs", "a dozen eggs"),
        ("23 bodies", "Twenty-three bodies"),
        ("36,000 people", "thirty-six thousand people"),
        ("they won five-four", "they won 5-4"),
        ("5-to-1 odds", "odds of five to one"),
        ("they won 3–1", "they won 3-1"),
        ("half of the town", "50 percent of the town"),
        ("two-thirds of voters", "67% of voters"),
        ("3,000 metres", "3 km"),
        ("1,200 square miles", "3,100 sq km"),
        ("minus 40 degrees Celsius", "-40°C"),
        ("5 feet 6 inches", "168 cm"),
        ("145°F", "63 °C"),
        ("a hundred and twenty", "120"),
        ("$5 billion", "5bn US dollars"),
        ("nearly 4,000 residents", "4,000 residents"),
        ("3,987 residents", "about 4,000 residents"),
        ("4,000 residents", "more than 3,900 residents"),
        ("1,499,800 euros", "1.5 million euros"),
        ("aged 47", "a 47-year-old"),
        ("８０ ships", "80 ships"),
        ("ten to 15 people", "10-15 people"),
        ("145 degrees", "145°F"),
        ("one and a half million people", "1.5 million people"),
        ("a million and a half people", "1.5 million people"),
        ("25½ days", "25.5 days"),
        ("4 1/2 teaspoons", "4½ teaspoons"),
        ("two and a half years", "2.5 years"),
        ("a year and a half", "18 months"),
        ("60 mph", "97 km/h"),
        ("a quarter of a point", "0.25 percentage points"),
        ("half a percentage point", "50 basis points"),
        ("three-quarters of a percentage point", "75 basis points"),
        ("a quarter-point rise", "a rise of 25 basis points"),
        ("97 kilometres per hour", "60 miles an hour"),
        ("40C", "104 degrees Fahrenheit"),
    ],
)
def test_the_same_value(stated: str, claimed: str) -> None:
    assert any(holds(s, one(claimed)) for s in read(stated) if not s.weak or s.kind != "count")


@pytest.mark.parametrize(
    ("stated", "claimed"),
    [
        ("14 people", "41 people"),
        ("1.5 million", "1.5 billion"),
        ("5 km", "5 miles"),
        ("1,200 square miles", "1,200 square kilometres"),
        ("minus 40 degrees Celsius", "40 degrees Celsius"),
        ("$5m", "£5m"),
        ("5 percent", "5 percentage points"),
        ("they won 3-1", "they won 2-1"),
        ("nearly 4,000", "more than 4,000"),
        ("fewer than 100", "at least 100"),
        ("3,600 residents", "about 4,000 residents"),
        ("a third of voters", "half of voters"),
        ("six weeks", "six months"),
        ("145°F", "145°C"),
        ("10-15 people", "10-20 people"),
        ("about 4,000", "3,987"),
        ("a year and a half", "15 months"),
        ("60 km/h", "60 mph"),
        ("60 km/h", "60 km"),
        ("25 basis points", "0.5 percentage points"),
    ],
)
def test_another_value(stated: str, claimed: str) -> None:
    assert not holds(one(stated), one(claimed))


@pytest.mark.parametrize("text", ["an F-16", "Covid-19", "the G7 and a 737max", "thousands of people", "", "the 1990s"])
def test_no_value(text: str) -> None:
    assert read(text) == []


def test_what_is_counted_and_how_exactly() -> None:
    quantity = one("more than 500 wounded soldiers and others")
    assert (quantity.bound, quantity.counted) == ("over", ("wound", "soldier"))
    assert one("one of them").weak
