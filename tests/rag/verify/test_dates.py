"""Dates resolved against the day of publication, and compared by what they cover."""

from datetime import date

import pytest

from rag.verify.dates import Moment, held_by_any, moments

PUBLISHED = date(2023, 3, 8)  # a Wednesday


def one(text: str, published: date | None = PUBLISHED) -> Moment:
    found = moments(text, published)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on 3 March 2023", "2023-03-03", "2023-03-03"),
        ("March 3rd, 2023", "2023-03-03", "2023-03-03"),
        ("2023-03-03", "2023-03-03", "2023-03-03"),
        ("03.03.2023", "2023-03-03", "2023-03-03"),
        ("am 3. März 2023", "2023-03-03", "2023-03-03"),
        ("el 3 de marzo de 2023", "2023-03-03", "2023-03-03"),
        ("in February", "2023-02-01", "2023-02-28"),
        ("on 30 December", "2022-12-30", "2022-12-30"),
        ("on Tuesday", "2023-03-07", "2023-03-07"),
        ("next Tuesday", "2023-03-14", "2023-03-14"),
        ("yesterday", "2023-03-07", "2023-03-07"),
        ("last month", "2023-02-01", "2023-02-28"),
        ("three days ago", "2023-03-05", "2023-03-05"),
        ("a year ago", "2022-01-01", "2022-12-31"),
        ("in the 1990s", "1990-01-01", "1999-12-31"),
        ("since 2014", "2014-01-01", "2014-12-31"),
    ],
)
def test_the_days_that_a_date_covers(text: str, first: str, last: str) -> None:
    moment = one(text)
    assert (str(moment.first), str(moment.last)) == (first, last)


@pytest.mark.parametrize(
    ("stated", "claimed"),
    [
        ("on Tuesday", "on 7 March 2023"),
        ("on 3 March", "in March 2023"),
        ("on 3 March 2023", "in 2023"),
        ("at 9.45pm", "at 21:45"),
        ("on Tuesday", "on Tuesday"),
        ("in 1994", "in the 1990s"),
    ],
)
def test_borne_out(stated: str, claimed: str) -> None:
    assert held_by_any(one(claimed, None), [one(stated)])


@pytest.mark.parametrize(
    ("stated", "claimed"),
    [
        ("on Tuesday", "on 8 March 2023"),
        ("in March 2023", "on 3 March 2023"),
        ("in 2023", "in March 2023"),
        ("at 9.45am", "at 21:45"),
        ("on Tuesday", "on Thursday"),
        ("in the 1990s", "in 1994"),
        ("on 3 March 2022", "on 3 March 2023"),
    ],
)
def test_not_borne_out(stated: str, claimed: str) -> None:
    assert not held_by_any(one(claimed, None), [one(stated)])


def test_a_range_is_two_dates() -> None:
    assert [m.year for m in moments("from 2010-2015")] == [2010, 2015]
    assert [m.day for m in moments("on 3-5 June")] == [3, 5]


@pytest.mark.parametrize(
    "text",
    [
        "they may march",
        "a score of 3-1",
        "5 million",
        "costs 2.50",
        "in total",
        "1/0/0",
        "Prime Minister May resigned.",
        "Marco Rubio said so.",
        "NASA's Mars rover",
    ],
)
def test_no_date(text: str) -> None:
    assert moments(text, PUBLISHED) == []


def test_days_that_no_calendar_has_do_no_harm() -> None:
    assert one("on 31 June 2020").first is None
    assert one("9999 years ago").first is None
