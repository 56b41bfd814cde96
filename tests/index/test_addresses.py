import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.addresses import canonical_address, same_site, site_of


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://WWW.Example.ORG:80/A/b?utm_source=x&id=3&fbclid=y#top", "http://www.example.org/A/b?id=3"),
        ("https://example.org:443", "https://example.org/"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://example.org/a b", None),
        ("https://example.org/ü?q=ö", "https://example.org/%C3%BC?q=%C3%B6"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://example.org./x", "https://example.org/x"),
        ("https://example.org/x?a=1&a=2&b=", "https://example.org/x?a=1&a=2&b="),
        ("https://example.org/x?gclid=1", "https://example.org/x"),
        ("https://[2606:4700::1]/x", "https://[2606:4700::1]/x"),
        ("https://user:secret@example.org/", None),
        ("https://example.org:0/", None),
        ("https://example.org:99999/", None),
        ("ftp://example.org/", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://exa mple.org/", None),
        ("https://[::1/x", None),
        ("https://example.org/\ud800", None),
        ("https://ex\udfffample.org/?a=\ud800", None),
        ("", None),
    ],
)
def test_one_spelling_for_each_page(url: str, expected: str | None) -> None:
    assert canonical_address(url) == expected


def test_relative_addresses_need_a_base() -> None:
    assert canonical_address("../b", "https://example.org/x/a") == "https://example.org/b"
    assert canonical_address("//other.org/b", "https://example.org/a") == "https://other.org/b"
    assert canonical_address("b") is None


@given(st.text(max_size=60).map("https://example.org/".__add__) | st.text(max_size=40))
def test_any_text_gives_an_address_or_none_and_the_same_again(url: str) -> None:
    once = canonical_address(url)
    assert once is None or canonical_address(once) == once


def test_site_is_the_host_without_its_prefix() -> None:
    assert site_of("https://www.example.org/a") == "example.org"
    assert site_of("https://edition.example.com/a") == "example.com"
    assert site_of("https://m.com/a") == "m.com"
    assert site_of("no url") is None


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://www.example.org/", "http://example.org/a", True),
        ("https://news.example.org/", "https://example.org/", True),
        ("https://a.co.uk/", "https://b.co.uk/", False),
        ("https://www.a.co.uk/", "https://a.co.uk/", True),
        ("https://example.org/", "https://example.com/", False),
        ("http://10.0.0.1/", "http://10.0.0.2/", False),
        ("http://127.0.0.1:1/", "http://127.0.0.1:2/", True),
    ],
)
def test_same_site(first: str, second: str, same: bool) -> None:
    assert same_site(first, second) is same
