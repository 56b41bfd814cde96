"""Questions to days of publication; the relative dates of articles resolved."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.timeline import annotate, question_range, resolve_relative, time_ranges

WEDNESDAY = date(2023, 3, 8)


@pytest.mark.parametrize(
    ("question", "after", "before", "phrase", "kind"),
    [
        ("What happened last week?", "2023-02-27", "2023-03-08", "last week", "recent"),
        ("Which company announced layoffs this week?", "2023-03-01", "2023-03-08", "this week", "recent"),
        ("What did he say yesterday?", "2023-03-07", "2023-03-08", "yesterday", "recent"),
        ("What happened today?", "2023-03-08", "2023-03-08", "today", "recent"),
        ("What happened this year?", "2023-01-01", "2023-03-08", "this year", "recent"),
        ("What happened in March 2022?", "2022-03-01", "2022-04-10", "March 2022", "event"),
        ("What happened on 9 March 2022 in Kyiv?", "2022-03-09", "2022-03-16", "9 March 2022", "event"),
        ("What happened in 2014?", "2014-01-01", "2015-01-31", "2014", "event"),
        ("What happened between 3 and 10 March 2022?", "2022-03-03", "2022-03-14", "3 and 10 March 2022", "event"),
        ("And from March to May 2022?", "2022-03-01", "2022-06-10", "from March to May 2022", "event"),
        ("And from November to May 2022?", "2021-11-01", "2022-06-10", "from November to May 2022", "event"),
        ("And between June 2021 and May 2022?", "2021-06-01", "2022-06-10", "between June 2021 and May 2022", "event"),
        ("What happened half a year ago?", "2022-09-01", "2022-10-10", "half a year ago", "event"),
        ("What happened a year and a half ago?", "2021-09-01", "2021-10-10", "a year and a half ago", "event"),
        ("What happened two and a half years ago?", "2020-09-01", "2020-10-10", "two and a half years ago", "event"),
        ("What happened a decade ago?", "2013-01-01", "2014-01-31", "a decade ago", "event"),
        ("What changed in the past fortnight?", "2023-02-22", "2023-03-08", "the past fortnight", "recent"),
        ("What changed in the last half year?", "2022-09-06", "2023-03-08", "the last half year", "recent"),
        ("What happened a fortnight ago?", "2023-02-19", "2023-03-01", "a fortnight ago", "recent"),
        ("What has changed since Monday?", "2023-03-06", None, "since Monday", "open"),
        ("What was known before June 2022?", None, "2022-05-31", "before June 2022", "open"),
        ("What was said until last week?", None, "2023-03-05", "until last week", "open"),
        ("How many had died by 2 March 2023?", None, "2023-03-02", "by 2 March 2023", "event"),
        ("What came after 3 March?", "2023-03-03", None, "after 3 March", "open"),
        (
            "What came after March 2022 and before June 2022?",
            "2022-03-31",
            "2022-05-31",
            "after March 2022 and before June 2022",
            "open",
        ),
    ],
)
def test_question_ranges(question: str, after: str | None, before: str | None, phrase: str, kind: str) -> None:
    found = question_range(question, WEDNESDAY)
    assert found is not None
    assert found.after == (after and date.fromisoformat(after))
    assert found.before == (before and date.fromisoformat(before))
    assert (found.phrase, found.kind) == (phrase, kind)
    assert question[found.start : found.end] == phrase


@pytest.mark.parametrize(
    "question",
    [
        "What will happen by 2030?",
        "What happens next week?",
        "Who is the president of France today?",
        "Who directed “Yesterday”?",
        "Why does Ukraine hold Bakhmut?",
        "What has happened since the election?",
        "Is rent higher than a year ago?",
        "How cold is it in January?",
        "What came after June 2022 and before March 2022?",
    ],
)
def test_questions_without_a_range(question: str) -> None:
    assert question_range(question, WEDNESDAY) is None


def test_a_day_that_its_year_does_not_have_begins_no_range() -> None:
    for question in ("Who died between 29 February and 5 March 2023?", "What rose from 29 February to March 2022?"):
        assert question_range(question, date(2024, 6, 1)) is None


def test_two_expressions_span_what_lies_between() -> None:
    question = "What did the union say on Tuesday about the strike last week?"
    found = question_range(question, WEDNESDAY)
    assert found is not None
    assert (found.after, found.before) == (date(2023, 2, 27), WEDNESDAY)
    assert len(time_ranges(question, WEDNESDAY)) == 2


@pytest.mark.parametrize(
    ("sentence", "annotated"),
    [
        ("He left on Tuesday.", "He left on Tuesday (7 March 2023)."),
        (
            "He left on Tuesday and will return on Friday.",
            "He left on Tuesday (7 March 2023) and will return on Friday (10 March 2023).",
        ),
        ("Prices rose last month.", "Prices rose last month (February 2023)."),
        ("Troops withdrew last week.", "Troops withdrew last week (27 February–5 March 2023)."),
        ("The vote takes place next year.", "The vote takes place next year (2024)."),
        ("Snow fell in late December.", "Snow fell in late December (December 2022)."),
        ("It rained in recent weeks and on 9 March 2021.", "It rained in recent weeks and on 9 March 2021."),
        ("He retired.", "He retired."),
        # The present tense of what is on the calendar looks ahead,
        ("The summit starts Thursday.", "The summit starts Thursday (9 March 2023)."),
        ("Polls open on Sunday.", "Polls open on Sunday (12 March 2023)."),
        ("Voters go to the polls on Sunday.", "Voters go to the polls on Sunday (12 March 2023)."),
        ("The vote is on Tuesday.", "The vote is on Tuesday (14 March 2023)."),
        ("They meet in May.", "They meet in May (2023)."),
        ("The trial is due to begin on Monday.", "The trial is due to begin on Monday (13 March 2023)."),
        ("The company plans to close the plant in May.", "The company plans to close the plant in May (2023)."),
        ("Inflation slowed more than expected in May.", "Inflation slowed more than expected in May (2022)."),
        ("MPs rejected plans for a runway on Monday.", "MPs rejected plans for a runway on Monday (6 March 2023)."),
        ("Police later arrested two men on Monday.", "Police later arrested two men on Monday (6 March 2023)."),
        ("She was expected to win but lost in May.", "She was expected to win but lost in May (2022)."),
        ("It will close, she said on Monday.", "It will close, she said on Monday (6 March 2023)."),
        # other words of the present do not.
        ("Police say the man died on Tuesday.", "Police say the man died on Tuesday (7 March 2023)."),
        ("It is the worst storm since May.", "It is the worst storm since May (2022)."),
        ("The news comes after a raid on Monday.", "The news comes after a raid on Monday (6 March 2023)."),
        ("The case goes back to a raid in May.", "The case goes back to a raid in May (2022)."),
        ("Shares fell at the close on Friday.", "Shares fell at the close on Friday (3 March 2023)."),
        ("The mayor speaks to the press Sunday.", "The mayor speaks to the press Sunday (5 March 2023)."),  # a caption
        # nearer to come than past, and no word says which
        ("The match on 12 April is sold out.", "The match on 12 April is sold out."),
        ("He was held on 12 December.", "He was held on 12 December (2022)."),
        ("The shop was open on Sunday.", "The shop was open on Sunday (5 March 2023)."),
        (
            "The strike is due to end at 5 a.m. on Friday.",
            "The strike is due to end at 5 a.m. on Friday (10 March 2023).",
        ),
        ("It ended at 5 a.m. Mr. Lund left on Friday.", "It ended at 5 a.m. Mr. Lund left on Friday (3 March 2023)."),
        ("It expects the rain to ease on Friday.", "It expects the rain to ease on Friday (10 March 2023)."),
    ],
)
def test_relative_dates_of_an_article(sentence: str, annotated: str) -> None:
    assert annotate(sentence, WEDNESDAY) == annotated


def test_resolved_spans_are_exact() -> None:
    sentence = "“Yesterday,” she said on Monday, “was last year.”"
    assert [sentence[d.start : d.end] for d in resolve_relative(sentence, WEDNESDAY)] == [
        "Yesterday",
        "Monday",
        "last year",
    ]


_WORDS = (
    "in on since before between and to last next this past March May 31 29 February 2023 0 days ago week Monday "
    "from two – , ? the of year's Q1 2023-02-30 99/99/2023 999 years spring"
)


@given(
    st.lists(st.sampled_from(_WORDS.split()), max_size=15).map(" ".join), st.dates(date(1000, 1, 1), date(9000, 1, 1))
)
def test_no_question_breaks_it(question: str, as_of: date) -> None:
    for found in time_ranges(question, as_of):
        assert question[found.start : found.end] == found.phrase
        assert found.after is None or found.before is None or found.after <= found.before
    for dated in resolve_relative(question, as_of):
        assert dated.first <= dated.last
