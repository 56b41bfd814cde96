import gzip
import os
import time
import zlib
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from index.errors import BlockedAddress, FetchError
from index.sources import Fetcher, Limits, network
from index.sources.network import refusal


def test_a_page_comes_with_what_a_later_visit_needs(site: Any, fetcher: Fetcher) -> None:
    site.pages["/a"] = site.page("<p>Größe", headers={"ETag": '"v1"', "Last-Modified": "Tue, 05 Mar 2024 10:20:00 GMT"})
    page = fetcher.fetch(site.url + "/a#part")
    assert (page.status, page.media_type, page.charset) == (200, "text/html", "utf-8")
    assert page.data.decode() == "<p>Größe"
    assert (page.etag, page.last_modified) == ('"v1"', "Tue, 05 Mar 2024 10:20:00 GMT")
    assert page.url == site.url + "/a"
    again = fetcher.fetch(site.url + "/a", etag=page.etag, last_modified=page.last_modified)
    assert again.not_modified
    assert again.data == b""
    assert site.requests[-1][1]["if-modified-since"] == page.last_modified


def test_header_values_from_elsewhere_cannot_break_the_request(site: Any, fetcher: Fetcher) -> None:
    site.pages["/"] = site.page("x")
    assert fetcher.fetch(site.url + "/", etag='"a"\r\nX-Evil: 1', last_modified="ü").status == 200
    assert "x-evil" not in site.requests[-1][1]


def test_redirects_are_followed_and_remembered(site: Any, fetcher: Fetcher) -> None:
    site.pages["/old"] = site.page(status=301, headers={"Location": "/new"})
    site.pages["/new"] = site.page(status=308, headers={"Location": f"{site.url}/now"})
    site.pages["/now"] = site.page("here")
    page = fetcher.fetch(site.url + "/old", etag='"x"')
    assert (page.url, page.hops, page.permanent) == (f"{site.url}/now", (f"{site.url}/old", f"{site.url}/new"), True)
    assert "if-none-match" not in site.requests[-1][1]
    site.pages["/new"].status = 302
    assert not fetcher.fetch(site.url + "/old").permanent


@pytest.mark.parametrize("page", ["/", "/robots.txt"])
def test_a_broken_redirect_is_a_failure_of_its_page(site: Any, fetcher: Fetcher, page: str) -> None:
    site.pages["/"] = site.page("here")
    site.pages[page] = site.page(status=301, headers={"Location": "http://[bad"})
    with pytest.raises(BlockedAddress, match=r"redirects to 'http://\[bad', which is not a usable URL"):
        fetcher.fetch(site.url + "/")


def test_redirects_end(site: Any, fetcher: Fetcher) -> None:
    site.pages["/loop"] = site.page(status=302, headers={"Location": "/loop"})
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher.fetch(site.url + "/loop")
    assert site.paths().count("/loop") == 6


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd", "http://a:b@x.org/"],
)
def test_redirects_to_private_addresses_are_refused(site: Any, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine counts as public here, so that the first step can be taken; the guard decides on the second."""
    site.pages["/"] = site.page(status=302, headers={"Location": target})
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with Fetcher(resolver=resolver, interval=0, robots=False) as fetcher:
        monkeypatch.setattr(network, "refusal", lambda ip: None if ip == "127.0.0.1" else refusal(ip))
        with pytest.raises(BlockedAddress):
            fetcher.fetch(f"http://news.example:{site.port}/")
    assert asked == ["news.example"]


@pytest.mark.parametrize(
    ("status", "transient", "words"),
    [(404, False, "no such page"), (410, False, "gone"), (401, False, "login"), (403, False, "refuses"),
     (451, False, "legal"), (500, True, "error"), (502, True, "error"), (418, False, "418")],
)  # fmt: skip
def test_errors_say_what_they_mean(site: Any, fetcher: Fetcher, status: int, transient: bool, words: str) -> None:
    site.pages["/"] = site.page("x", status=status)
    with pytest.raises(FetchError, match=words) as caught:
        fetcher.fetch(site.url + "/")
    assert (caught.value.status, caught.value.transient) == (status, transient)


def test_only_what_can_be_an_article_is_downloaded(site: Any, fetcher: Fetcher) -> None:
    site.pages["/v"] = site.page(b"x" * 10, content_type="video/mp4")
    with pytest.raises(FetchError, match="video/mp4"):
        fetcher.fetch(site.url + "/v")
    site.pages["/n"] = site.page(b"<html>", content_type=None)
    assert fetcher.fetch(site.url + "/n").data == b"<html>"


def test_packed_pages_are_unpacked(site: Any, fetcher: Fetcher) -> None:
    text = b"some words " * 1000
    site.pages["/g"] = site.page(gzip.compress(text), headers={"Content-Encoding": "gzip"})
    site.pages["/d"] = site.page(zlib.compress(text), headers={"Content-Encoding": "deflate"})
    site.pages["/b"] = site.page(text, headers={"Content-Encoding": "br"})
    site.pages["/cut"] = site.page(gzip.compress(os.urandom(5000))[:-100], headers={"Content-Encoding": "gzip"})
    site.pages["/bad"] = site.page(b"not packed", headers={"Content-Encoding": "gzip"})
    assert fetcher.fetch(site.url + "/g").data == text
    assert fetcher.fetch(site.url + "/d").data == text
    for path, words in (("/b", "not asked for"), ("/cut", "ends too soon"), ("/bad", "damaged")):
        with pytest.raises(FetchError, match=words):
            fetcher.fetch(site.url + path)


def test_compression_bombs_are_cut_off(site: Any) -> None:
    site.pages["/"] = site.page(gzip.compress(b"\0" * 200 * 2**20), headers={"Content-Encoding": "gzip"})
    limits = Limits(bytes_unpacked=2**20)
    with Fetcher(allow_private=True, interval=0, limits=limits) as fetcher, pytest.raises(FetchError, match="unpacks"):
        fetcher.fetch(site.url + "/")


def test_endless_bodies_are_cut_off(site: Any) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    def announced(handler: BaseHTTPRequestHandler) -> None:
        handler.send_header("Content-Length", str(10**12))
        handler.end_headers()

    site.pages["/endless"] = site.page(endless)
    site.pages["/announced"] = site.page(announced)
    with Fetcher(allow_private=True, interval=0, limits=Limits(bytes_sent=2**20)) as fetcher:
        for path in ("/endless", "/announced"):
            with pytest.raises(FetchError, match="larger than 1 MB"):
                fetcher.fetch(site.url + path)


@pytest.mark.parametrize("where", ["headers", "body", "silence"])
def test_slow_servers_meet_the_deadline(site: Any, where: str) -> None:
    """A byte now and then keeps every single operation within its time; the whole is bounded all the same."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.end_headers()
        handler.flush_headers() if where == "headers" else None
        for _ in range(100):
            if where != "silence":
                handler.wfile.write(b"x")
                handler.wfile.flush()
            time.sleep(0.05)

    site.pages["/"] = site.page(drip)
    started = time.monotonic()
    with Fetcher(allow_private=True, interval=0, limits=Limits(seconds=0.5, seconds_idle=0.3)) as fetcher:
        url = site.url + "/"
        with pytest.raises(FetchError, match=r"longer than|did not answer in time") as caught:
            fetcher.fetch(url)
    assert time.monotonic() - started < 4  # the page takes five to drip
    assert caught.value.transient


def test_broken_answers_are_failures(site: Any, fetcher: Fetcher) -> None:
    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\0\0\0 no http at all \r\n\r\n")
        handler.close_connection = True

    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"only this")
        handler.close_connection = True

    site.pages["/nonsense"] = site.page(nonsense)
    site.pages["/cut"] = site.page(cut)
    for path in ("/nonsense", "/cut"):
        with pytest.raises(FetchError, match="connection failed") as caught:
            fetcher.fetch(site.url + path)
        assert caught.value.transient
    with pytest.raises(FetchError, match="connection failed"):
        fetcher.fetch("http://127.0.0.1:1/")
