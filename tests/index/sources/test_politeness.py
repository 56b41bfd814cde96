from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from index.errors import FetchError
from index.sources import Fetcher
from index.sources.pace import Pace, retry_after
from index.sources.robots import Robots


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def test_each_host_is_asked_at_intervals() -> None:
    clock = Clock()
    pace = Pace(1.0, clock=clock, sleep=clock.sleep)
    for host in ("a", "b", "a", "a"):
        pace.wait(host)
    assert clock.slept == [1.0, 1.0]
    pace.wait("b", interval=5.0)
    pace.wait("b")
    assert clock.slept == [1.0, 1.0, 5.0]


def test_a_host_that_asks_for_too_long_a_rest_is_left() -> None:
    clock = Clock()
    pace = Pace(0, patience=60, clock=clock, sleep=clock.sleep)
    pace.hold("a", 3600)
    with pytest.raises(FetchError, match="3600 s") as caught:
        pace.wait("a")
    assert caught.value.transient
    pace.hold("b", 30)
    pace.wait("b")
    assert clock.slept == [30]


def test_retry_after() -> None:
    assert retry_after("120") == 120
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 95 < (retry_after(soon) or 0) <= 100
    assert retry_after("Tue, 05 Mar 2024 10:20:00 GMT") == 0
    assert retry_after("9" * 50) == 30 * 86400
    assert retry_after("soon") is retry_after(None) is retry_after("-5") is None
    assert retry_after("Mon, 01 Jan 99999999999999 00:00:00 GMT") is None


def test_retry_after_is_waited_for(site: Any) -> None:
    clock = Clock()

    def busy_once(handler: Any) -> None:
        site.pages["/"] = site.page("now")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/"] = site.page(busy_once, status=503, headers={"Retry-After": "7"})
    pace = Pace(0, clock=clock, sleep=clock.sleep)
    with Fetcher(allow_private=True, pace=pace) as fetcher:
        assert fetcher.fetch(site.url + "/").data == b"now"
    assert clock.slept == [7]


def test_a_site_that_stays_busy_is_a_transient_failure(site: Any) -> None:
    clock = Clock()
    site.pages["/"] = site.page(status=429)
    site.pages["/later"] = site.page(status=503, headers={"Retry-After": "86400"})
    with Fetcher(allow_private=True, pace=Pace(0, clock=clock, sleep=clock.sleep)) as fetcher:
        for path in ("/", "/later"):
            with pytest.raises(FetchError) as caught:
                fetcher.fetch(site.url + path)
            assert caught.value.transient
    assert site.paths() == ["/", "/", "/", "/later"]


ROBOTS = """User-agent: *
Disallow: /private
Allow: /private/news
Crawl-delay: 3

User-agent: badbot
Disallow: /
"""


def test_robots_txt_is_honoured(site: Any) -> None:
    clock = Clock()
    site.pages["/robots.txt"] = site.page(ROBOTS, content_type="text/plain")
    site.pages["/private/news"] = site.page("yes")
    site.pages["/away"] = site.page(status=302, headers={"Location": "/private/x"})
    with Fetcher(allow_private=True, pace=Pace(0, clock=clock, sleep=clock.sleep)) as fetcher:
        assert fetcher.fetch(site.url + "/private/news").data == b"yes"
        for path in ("/private/x", "/away"):
            with pytest.raises(FetchError, match=r"robots\.txt does not allow"):
                fetcher.fetch(site.url + path)
    assert [path for path, _ in site.requests].count("/robots.txt") == 1
    assert "/private/x" not in site.paths()
    assert clock.slept == [3]
    with Fetcher(allow_private=True, interval=0, agent="badbot") as fetcher, pytest.raises(FetchError, match="robots"):
        fetcher.fetch(site.url + "/private/news")


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (410, True), (500, False), (503, False), (429, False)]
)
def test_a_robots_txt_that_cannot_be_read(site: Any, fetcher: Fetcher, status: int, allowed: bool) -> None:
    site.pages["/robots.txt"] = site.page("x", status=status)
    site.pages["/"] = site.page("yes")
    if allowed:
        assert fetcher.fetch(site.url + "/").data == b"yes"
    else:
        with pytest.raises(FetchError, match="left alone") as caught:
            fetcher.fetch(site.url + "/")
        assert caught.value.transient
        assert site.paths() == []


def test_robots_txt_is_read_up_to_a_limit_and_through_redirects(site: Any, fetcher: Fetcher) -> None:
    rules = "User-agent: *\nDisallow: /private\n" + "# padding\n" * 100_000 + "Disallow: /late\n"
    site.pages["/robots.txt"] = site.page(status=301, headers={"Location": "/rules.txt"})
    site.pages["/rules.txt"] = site.page(rules, content_type="text/plain")
    site.pages["/late"] = site.page("yes")
    assert fetcher.fetch(site.url + "/late").data == b"yes"
    with pytest.raises(FetchError, match="does not allow"):
        fetcher.fetch(site.url + "/private")


def test_robots_txt_is_read_again_after_a_day_and_sooner_after_a_failure() -> None:
    clock = Clock()
    answers: list[str | FetchError] = [FetchError("down", status=500), "User-agent: *\nDisallow: /", ""]
    reads: list[str] = []

    def read(url: str) -> str:
        reads.append(url)
        answer = answers[len(reads) - 1]
        if isinstance(answer, FetchError):
            raise answer
        return answer

    robots = Robots(read, "article-rag", clock)
    for _ in range(2):
        with pytest.raises(FetchError, match="left alone"):
            robots.check("https://example.org/a")
    clock.now += 601
    with pytest.raises(FetchError, match="does not allow"):
        robots.check("https://example.org/a")
    clock.now += 24 * 3600 + 1
    assert robots.check("https://example.org/a") == 0
    assert reads == ["https://example.org/robots.txt"] * 3
