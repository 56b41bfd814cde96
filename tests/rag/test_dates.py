"""The grammar of time expressions: what is one, what only looks like one, and which days are meant."""

from datetime import date

import pytest

from rag.dates import expressions

WEDNESDAY = date(2023, 3, 8)


def days(text: str, anchor: date = WEDNESDAY) -> list[tuple[str, str, str]]:
    return [(text[e.start : e.end], e.first.isoformat(), e.last.isoformat()) for e in expressions(text, anchor)]


@pytest.mark.parametrize(
    ("text", "phrase", "first", "last"),
    [
        ("It began on 2023-02-14.", "2023-02-14", "2023-02-14", "2023-02-14"),
        ("It began on 13/2/2023.", "13/2/2023", "2023-02-13", "2023-02-13"),
        ("It began on 9 March 2022.", "9 March 2022", "2022-03-09", "2022-03-09"),
        ("It began on the 9th of March 2022.", "9th of March 2022", "2022-03-09", "2022-03-09"),
        ("It began on March 9, 2022.", "March 9, 2022", "2022-03-09", "2022-03-09"),
        ("It began on Sept. 9.", "Sept. 9", "2022-09-09", "2022-09-09"),
        ("It began on 3 March", "3 March", "2023-03-03", "2023-03-03"),
        ("from 3 to 10 March 2022", "3 to 10 March 2022", "2022-03-03", "2022-03-10"),
        ("March 3–10, 2022", "March 3–10, 2022", "2022-03-03", "2022-03-10"),
        ("in March 2022", "March 2022", "2022-03-01", "2022-03-31"),
        ("what happened in march 2022", "march 2022", "2022-03-01", "2022-03-31"),
        ("in January, prices rose", "January", "2023-01-01", "2023-01-31"),
        ("in October prices?", "", "", ""),
        ("last October", "last October", "2022-10-01", "2022-10-31"),
        ("last March", "last March", "2022-03-01", "2022-03-31"),
        ("next October", "next October", "2023-10-01", "2023-10-31"),
        ("in early March", "early March", "2023-03-01", "2023-03-11"),
        ("in late 2022", "late 2022", "2022-09-01", "2022-12-31"),
        ("in 2022", "2022", "2022-01-01", "2022-12-31"),
        ("In 2022 Russia invaded.", "2022", "2022-01-01", "2022-12-31"),
        ("the fourth quarter of 2022", "the fourth quarter of 2022", "2022-10-01", "2022-12-31"),
        ("Q3 2021", "Q3 2021", "2021-07-01", "2021-09-30"),
        ("last summer", "last summer", "2022-06-01", "2022-08-31"),
        ("the summer of 2021", "summer of 2021", "2021-06-01", "2021-08-31"),
        ("winter 2021", "winter 2021", "2021-12-01", "2022-02-28"),
        ("What happened today?", "today", "2023-03-08", "2023-03-08"),
        ("Yesterday it rained.", "Yesterday", "2023-03-07", "2023-03-07"),
        ("the day before yesterday", "the day before yesterday", "2023-03-06", "2023-03-06"),
        ("last night", "last night", "2023-03-07", "2023-03-07"),
        ("this week", "this week", "2023-03-06", "2023-03-12"),
        ("last week", "last week", "2023-02-27", "2023-03-05"),
        ("last month", "last month", "2023-02-01", "2023-02-28"),
        ("next month", "next month", "2023-04-01", "2023-04-30"),
        ("in the past month", "the past month", "2023-02-06", "2023-03-08"),
        ("over the last year", "the last year", "2022-03-08", "2023-03-08"),
        ("last year", "last year", "2022-01-01", "2022-12-31"),
        ("last quarter", "last quarter", "2022-10-01", "2022-12-31"),
        ("last weekend", "last weekend", "2023-03-04", "2023-03-05"),
        ("in the last two weeks", "the last two weeks", "2023-02-22", "2023-03-08"),
        ("in the last 24 hours", "the last 24 hours", "2023-03-07", "2023-03-08"),
        ("two days ago", "two days ago", "2023-03-06", "2023-03-06"),
        ("a month ago", "a month ago", "2023-02-01", "2023-02-28"),
        ("three years ago", "three years ago", "2020-01-01", "2020-12-31"),
        ("on Tuesday", "Tuesday", "2023-03-07", "2023-03-07"),
        ("on Wednesday", "Wednesday", "2023-03-08", "2023-03-08"),
        ("last Wednesday", "last Wednesday", "2023-03-01", "2023-03-01"),
        ("What did Biden say Monday?", "Monday", "2023-03-06", "2023-03-06"),
        ("Since Monday, rain.", "Monday", "2023-03-06", "2023-03-06"),
        ("Talks will resume on Friday.", "Friday", "2023-03-10", "2023-03-10"),
        ("The vote is due in May.", "May", "2023-05-01", "2023-05-31"),
    ],
)
def test_expressions(text: str, phrase: str, first: str, last: str) -> None:
    assert days(text) == ([(phrase, first, last)] if phrase else [])


@pytest.mark.parametrize(
    "text",
    [
        "How much is that in 2024 dollars?",
        "in the 1990s style",
        "Who won the 2022 World Cup?",
        "What did the January 6 committee find?",
        "Did Theresa May resign?",
        "He may leave.",
        "The march began.",
        "It takes 24 hours.",
        "Black Friday sales",
        "where do ashes on ash wednesday come from",
        "Fridays for Future",
        "on the Today show",
        "Last Week Tonight",
        "Sheffield Wednesday won",
        "It happened on 31 June 2023.",
        "It began on 3/4/2023.",
        "It cost 2019 euros",
        "since the election",
        "A 2022-style crisis",
        "October's vote",
        "",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert days(text) == []


def test_a_leap_day_without_its_year() -> None:
    assert days("on 29 February 2024", date(2024, 3, 1)) == [("29 February 2024", "2024-02-29", "2024-02-29")]
    assert days("on 29 February", date(2023, 3, 1)) == []
