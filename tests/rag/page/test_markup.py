"""Escaping, links, dates and ages."""

from datetime import date

import pytest

from rag.page.markup import age, day, escape, join, link, tag, web_host


def test_text_is_escaped_and_html_is_not_escaped_twice() -> None:
    inner = tag("b", '<script>alert("1")</script>', title='"><img>')
    assert inner == '<b title="&quot;&gt;&lt;img&gt;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</b>'
    assert escape(inner) == inner
    assert join("<", inner, None, "&") == f"&lt;{inner}&amp;"


def test_attributes_by_value_alone_or_not_at_all() -> None:
    assert (
        tag("p", class_="a", aria_label="x", hidden=True, open=False, id=None)
        == '<p class="a" aria-label="x" hidden></p>'
    )


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "/local/path.txt",
        "http://",
        "https://[bad",
    ],
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert link(url) is None


def test_a_link_opens_a_tab_of_its_own_that_knows_nothing_of_this_one() -> None:
    shown = link('https://www.news.example/a"b?c=1&d=2')
    assert shown is not None
    assert 'href="https://www.news.example/a&quot;b?c=1&amp;d=2"' in shown
    assert 'target="_blank" rel="noopener noreferrer"' in shown
    assert ">news.example</a>" in shown


def test_the_host_is_what_is_between_user_and_port() -> None:
    assert web_host("https://user@www.evil.example:8443/http://bank.example") == "evil.example"


def test_days() -> None:
    assert day("2024-03-27") == "27 March 2024"
    assert day(date(2024, 3, 1)) == "1 March 2024"
    assert day("27.3.24") is None
    assert day(None) is None


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2024-03-27", "today"),
        ("2024-03-26", "yesterday"),
        ("2024-03-14", "13 days ago"),
        ("2024-03-13", "2 weeks ago"),
        ("2024-01-28", "8 weeks ago"),
        ("2024-01-27", "2 months ago"),
        ("2023-03-28", "11 months ago"),
        ("2023-03-27", "a year ago"),
        ("2022-03-28", "a year ago"),
        ("2022-03-27", "2 years ago"),
        ("2024-03-28", None),
        (None, None),
    ],
)
def test_ages(published: str | None, expected: str | None) -> None:
    assert age(published, date(2024, 3, 27)) == expected
