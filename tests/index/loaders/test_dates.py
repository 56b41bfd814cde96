from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.loaders.dates import parse_date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-03-05", "2024-03-05T00:00:00"),
        ("2024-03-05T10:20:00Z", "2024-03-05T10:20:00"),
        ("2024-03-05T10:20:00+01:00", "2024-03-05T09:20:00"),
        ("2024-03-05 10:20:30.5+0000", "2024-03-05T10:20:30.500000"),
        ("20240305T102000Z", "2024-03-05T10:20:00"),
        ("2022/01/02", "2022-01-02T00:00:00"),
        ("2022/1/2 7:05", "2022-01-02T07:05:00"),
        ("2022.01.02", "2022-01-02T00:00:00"),
        ("Tue, 05 Mar 2024 10:20:00 +0100", "2024-03-05T09:20:00"),
        ("Tue, 05 Mar 2024 10:20:00 GMT", "2024-03-05T10:20:00"),
        ("1709634000", "2024-03-05T10:20:00"),
        (1709634000, "2024-03-05T10:20:00"),
        (1709634000.0, "2024-03-05T10:20:00"),
        (1709634000000, "2024-03-05T10:20:00"),
        ("1709634000000", "2024-03-05T10:20:00"),
        (20240305, "2024-03-05T00:00:00"),
        ("7 March 2023", "2023-03-07T00:00:00"),
        ("March 7, 2023", "2023-03-07T00:00:00"),
        ("Mar. 7, 2023", "2023-03-07T00:00:00"),
        ("7. März 2023", "2023-03-07T00:00:00"),
        ("25/03/2023", "2023-03-25T00:00:00"),
        ("03/25/2023", "2023-03-25T00:00:00"),
        ("05/05/2023", "2023-05-05T00:00:00"),
        (date(2024, 3, 5), "2024-03-05T00:00:00"),
        (datetime(2024, 3, 5, 12, tzinfo=timezone(timedelta(hours=2))), "2024-03-05T10:00:00"),
    ],
)
def test_notations(value: object, expected: str) -> None:
    assert parse_date(value) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["", "  ", "soon", "yesterday", "2 days ago", "03/04/2023", "2024-13-45", "9999-99-99", 0, True, None, float("nan"),
     float("inf"), 10**40, 1e300, -1e200, [], {}, "x" * 500, "0001-01-01", "12:30", "3200"],
)  # fmt: skip
def test_what_names_no_day_is_none_not_a_guess(value: object) -> None:
    assert parse_date(value) is None


@settings(max_examples=50)  # what looks like words goes to a slow library
@given(st.text(alphabet="0123456789/-.:TZ+ ", max_size=30) | st.floats() | st.integers())
def test_anything_is_a_moment_in_utc_or_none(value: object) -> None:
    moment = parse_date(value)
    assert moment is None or moment.tzinfo is UTC
