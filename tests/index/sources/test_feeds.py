import gzip
from datetime import UTC, datetime
from typing import Any

import pytest

from index.errors import UnreadableSource
from index.library_values import Seen
from index.loaders.feed import is_feed, parse_feed
from index.sources import Completed, Failure, Fetcher, Found, NotModified, Result, feeds, read_url, sitemap
from index.sources.sitemap import is_sitemap, parse_sitemap

SENTENCE = "The council of the town voted on Tuesday to rebuild the old bridge over the river. "


def page(title: str) -> str:
    body = f"<article><p>{title}: {SENTENCE * 6}</p></article>"
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def feed(site: Any) -> str:
    return f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Gazette</title><language>en</language>
    <item><title>One &amp; only</title><link>{site.url}/one?utm_source=rss</link><dc:creator>Jane Roe</dc:creator>
    <pubDate>Tue, 05 Mar 2024 10:20:00 +0100</pubDate><description>Short.</description></item>
    <item><title>Two</title><link>/two</link><description>Teaser.</description>
    <content:encoded><![CDATA[<p>{SENTENCE * 5}</p><p>Second <b>paragraph</b>.</p><script>x()</script>
    {SENTENCE * 5}]]></content:encoded></item>
    <item><title>Three</title><link>{site.url}/three</link><description>Teaser.</description></item>
    <item><title>No link</title><description>Nothing.</description></item></channel></rss>"""


def test_entries_are_followed_to_their_pages(site: Any, fetcher: Fetcher) -> None:
    site.pages["/feed"] = site.page(feed(site), content_type="application/rss+xml", headers={"ETag": '"f1"'})
    site.pages["/one"] = site.page(page("One page"))
    one, two, three, none, done = read_url(f"{site.url}/feed", fetcher)
    assert isinstance(one, Found)
    assert one.article.address == f"{site.url}/one"
    assert one.article.title == "One page"
    assert one.article.published == datetime(2024, 3, 5, 9, 20, tzinfo=UTC)
    assert one.article.authors == ("Jane Roe",)
    assert one.origin == f"{site.url}/feed"
    assert isinstance(two, Found)
    assert two.article.title == "Two"
    assert two.article.text == f"{SENTENCE * 5}".strip() + "\n\nSecond paragraph.\n\n" + f"{SENTENCE * 5}".strip()
    assert two.article.address == f"{site.url}/two"
    assert two.seen.kind == "entry"
    assert isinstance(three, Failure)
    assert (three.address, three.status) == (f"{site.url}/three", 404)
    assert isinstance(none, Failure)
    assert isinstance(done, Completed)
    assert (done.kind, done.entries, done.partial, done.seen.etag) == ("feed", 4, True, '"f1"')


def test_known_entries_are_not_fetched_again_until_the_feed_says_that_they_changed(site: Any, fetcher: Fetcher) -> None:
    def atom(updated: str) -> str:
        return f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title><id>g</id><updated>{updated}</updated>
        <entry><title>One</title><id>1</id><link href="{site.url}/one"/><updated>{updated}</updated></entry></feed>"""

    site.pages["/feed"] = site.page(atom("2024-03-05T10:00:00Z"), content_type="application/atom+xml")
    site.pages["/one"] = site.page(page("One"))
    first = next(read_url(f"{site.url}/feed", fetcher))
    assert isinstance(first, Found)
    known = {first.article.address: first.seen}
    assert isinstance(next(read_url(f"{site.url}/feed", fetcher, known.get)), NotModified)
    assert site.paths().count("/one") == 1
    site.pages["/feed"] = site.page(atom("2024-03-06T10:00:00Z"), content_type="application/atom+xml")
    second = next(read_url(f"{site.url}/feed", fetcher, known.get))
    assert isinstance(second, Found)
    assert site.paths().count("/one") == 2
    known = {second.article.address: second.seen}
    assert isinstance(next(read_url(f"{site.url}/feed", fetcher, known.get)), NotModified)


def test_a_date_of_the_feeds_is_not_sent_to_the_page(site: Any, fetcher: Fetcher) -> None:
    """It may lie ahead: the page would say for ever that it has not changed since."""

    def atom(year: int) -> Any:
        return site.page(
            f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title><id>g</id><entry><title>One</title><id>1</id>
            <link href="{site.url}/one"/><updated>{year}-03-01T10:00:00.123456Z</updated></entry></feed>""",
            content_type="application/atom+xml",
        )

    written = "Tue, 05 Mar 2024 10:20:00 GMT"
    site.pages["/one"] = site.page(page("One"), headers={"Last-Modified": written})
    site.pages["/feed"] = atom(2093)
    first = next(read_url(f"{site.url}/feed", fetcher))
    assert isinstance(first, Found)
    known = {first.article.address: first.seen}
    assert isinstance(next(read_url(f"{site.url}/feed", fetcher, known.get)), NotModified)
    assert site.paths().count("/one") == 1
    site.pages["/feed"] = atom(9999)
    again = next(read_url(f"{site.url}/feed", fetcher, known.get))
    assert site.requests[-1][1]["if-modified-since"] == written
    assert isinstance(again, NotModified)  # by the page's own date
    assert again.seen.last_modified == written
    known = {again.address: again.seen}
    assert isinstance(next(read_url(f"{site.url}/feed", fetcher, known.get)), NotModified)
    assert site.paths().count("/one") == 2


def test_an_unchanged_feed_is_not_read(site: Any, fetcher: Fetcher) -> None:
    site.pages["/feed"] = site.page(feed(site), content_type="text/xml", headers={"ETag": '"f1"'})
    known = {f"{site.url}/feed": Seen(kind="feed", etag='"f1"')}
    (result,) = read_url(f"{site.url}/feed", fetcher, known.get)
    assert isinstance(result, NotModified)
    assert result.seen.kind == "feed"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'<?xml version="1.0"?>\n<!-- x -->\n<rss version="2.0">', True),
        (b"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'>", True),
        (b'<!DOCTYPE rss PUBLIC "-//x" "http://x/rss.dtd"><rss>', True),
        (b"<rdf:RDF xmlns:rdf='x'>", True),
        (b"<!DOCTYPE html><html><body>&lt;rss> <rss>", False),
        (b"", False),
    ],
)
def test_feeds_are_known_by_their_first_element(data: bytes, expected: bool) -> None:
    assert is_feed(data) is expected


def test_hostile_and_broken_feeds(site: Any, fetcher: Fetcher) -> None:
    bomb = b'<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss version="2.0"><channel><title>&a;</title></channel></rss>'
    with pytest.raises(UnreadableSource, match="entities"):
        parse_feed(bomb, "https://example.org/feed")
    cut = b'<rss version="2.0"><channel><item><title>A</title><link>javascript:1</link></item><item><link>http'
    entries = parse_feed(cut, "https://example.org/feed")
    assert entries[0].link is None
    site.pages["/feed"] = site.page(b"<rss nonsense", content_type="text/xml")
    (failure,) = read_url(f"{site.url}/feed", fetcher)
    assert isinstance(failure, Failure)


def urlset(*places: tuple[str, str]) -> str:
    entries = "".join(f"<url><loc>{url}</loc><lastmod>{day}</lastmod></url>" for url, day in places)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def index_of(*urls: str) -> str:
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


def addresses(results: list[Result]) -> list[str]:
    return [result.article.address.rpartition("/")[2] for result in results if isinstance(result, Found)]


def test_sitemaps_are_followed_newest_first_packed_or_not(site: Any, fetcher: Fetcher) -> None:
    for name in ("a", "b", "c"):
        site.pages[f"/{name}"] = site.page(page(name))
    packed = gzip.compress(urlset((f"{site.url}/c", "2024-01-01"), (f"{site.url}/a", "2024-01-01")).encode())
    site.pages["/sitemap.xml"] = site.page(
        index_of(
            f"{site.url}/one.xml", f"{site.url}/two.xml.gz", "https://elsewhere.example/x.xml", f"{site.url}/no.xml"
        ),
        content_type="application/xml",
    )
    site.pages["/one.xml"] = site.page(
        urlset(
            (f"{site.url}/a", "2024-01-01"),
            (f"{site.url}/b", "2024-02-01"),
            ("https://elsewhere.example/", "2024-03-01"),
        ),
        content_type="text/xml",
    )
    site.pages["/two.xml.gz"] = site.page(packed, content_type="application/gzip")
    results = list(read_url(f"{site.url}/sitemap.xml", fetcher))
    assert addresses(results) == ["b", "a", "c"]
    assert [result.address for result in results if isinstance(result, Failure)] == [f"{site.url}/no.xml"]
    done = results[-1]
    assert isinstance(done, Completed)
    assert (done.kind, done.entries, done.partial) == ("sitemap", 3, True)


def test_known_pages_of_a_sitemap_are_fetched_when_it_says_that_they_changed(site: Any, fetcher: Fetcher) -> None:
    site.pages["/sitemap.xml"] = site.page(urlset((f"{site.url}/a", "2024-01-01")), content_type="text/xml")
    site.pages["/a"] = site.page(page("a"))
    first = next(read_url(f"{site.url}/sitemap.xml", fetcher))
    assert isinstance(first, Found)
    known = {first.article.address: first.seen}
    assert isinstance(next(read_url(f"{site.url}/sitemap.xml", fetcher, known.get)), NotModified)
    site.pages["/sitemap.xml"] = site.page(urlset((f"{site.url}/a", "2024-01-02")), content_type="text/xml")
    assert isinstance(next(read_url(f"{site.url}/sitemap.xml", fetcher, known.get)), Found)


def test_sitemaps_are_bounded(site: Any, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pages["/sitemap.xml"] = site.page(
        urlset(*((f"{site.url}/{n}", "2024-01-01") for n in range(5))), content_type="text/xml"
    )
    fetched = fetcher.fetch(f"{site.url}/sitemap.xml")
    results = list(sitemap.read_sitemap(fetched, fetcher, dict[str, Seen]().get, most=2))
    assert len(site.paths()) == 3
    assert isinstance(results[2], Failure)
    assert "more than 2 new pages" in results[2].reason
    site.pages["/loop.xml"] = site.page(index_of(f"{site.url}/loop.xml"), content_type="text/xml")
    (done,) = read_url(f"{site.url}/loop.xml", fetcher)
    assert isinstance(done, Completed)
    for n in range(5):
        site.pages[f"/deep{n}.xml"] = site.page(index_of(f"{site.url}/deep{n + 1}.xml"), content_type="text/xml")
    failure, done = read_url(f"{site.url}/deep0.xml", fetcher)
    assert isinstance(failure, Failure)
    assert "too deep" in failure.reason
    monkeypatch.setattr(sitemap, "_MAX_UNPACKED", 1000)
    site.pages["/bomb.xml"] = site.page(gzip.compress(b" " * 10_000), content_type="application/gzip")
    (failure,) = read_url(f"{site.url}/bomb.xml", fetcher)
    assert isinstance(failure, Failure)
    assert "unpacks" in failure.reason


def test_known_pages_do_not_count_so_that_the_older_ones_have_their_turn(site: Any, fetcher: Fetcher) -> None:
    for n in range(5):
        site.pages[f"/{n}"] = site.page(page(f"Page {n}"))
    listed = urlset(*((f"{site.url}/{n}", f"2024-01-0{9 - n}") for n in range(5)))
    site.pages["/sitemap.xml"] = site.page(listed, content_type="text/xml")
    fetched = fetcher.fetch(f"{site.url}/sitemap.xml")
    known: dict[str, Seen] = {}
    turns = []
    for _ in range(3):
        results = list(sitemap.read_sitemap(fetched, fetcher, known.get, most=2))
        known |= {result.article.address: result.seen for result in results if isinstance(result, Found)}
        turns.append((addresses(results), any(isinstance(result, Failure) for result in results)))
    assert turns == [(["0", "1"], True), (["2", "3"], True), (["4"], False)]


def test_entries_past_the_most_are_said_to_be_left_out(
    site: Any, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    site.pages["/feed"] = site.page(feed(site), content_type="application/rss+xml")
    *_, left_out, done = read_url(f"{site.url}/feed", fetcher)
    assert isinstance(left_out, Failure)
    assert (left_out.address, "more than 3 entries" in left_out.reason) == (f"{site.url}/feed", True)
    assert isinstance(done, Completed)
    assert (done.entries, done.partial) == (3, True)


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_of_a_feed_without_end_the_beginning_is_parsed(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.loaders.feed.MOST_ENTRIES", 3)
    name, start = {
        "rss": ("item", '<rss version="2.0"><channel><title>G</title>'),
        "atom": ("entry", '<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title>'),
    }[kind]
    listed = "".join(f"<{name}><title>Title {n} &amp; more</title></{name}>" for n in range(50))
    entries = parse_feed(f"{start}{listed}".encode(), "https://example.org/feed")
    assert [entry.draft.title for entry in entries] == [f"Title {n} & more" for n in range(4)]
    monkeypatch.setattr("index.loaders.feed.MAX_FEED", 100)
    with pytest.raises(UnreadableSource, match="larger than"):
        parse_feed(f"{start}{listed}".encode(), "https://example.org/feed")


def test_of_a_sitemap_without_end_the_beginning_is_read(
    site: Any, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(50):
        site.pages[f"/{n}"] = site.page(page(f"Page {n}"))
    monkeypatch.setattr(sitemap, "MOST_LISTED", 3)
    for listed, told in ((3, 0), (50, 1)):
        places = urlset(*((f"{site.url}/{n}", "2024-01-01") for n in range(listed)))
        site.pages["/sitemap.xml"] = site.page(places, content_type="text/xml")
        results = list(read_url(f"{site.url}/sitemap.xml", fetcher))
        assert addresses(results) == ["0", "1", "2", "3"][: 3 + told]
        assert ["more than 3 addresses" in each.reason for each in results if isinstance(each, Failure)] == [
            True
        ] * told


def test_what_is_no_address_in_a_sitemap_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST_ELEMENTS", 100)
    for filler, found in ((b"<a/>" * 50, 1), (b"<a/>" * 150, 0), (b"<a>" * 150, 0)):
        data = b"<urlset>" + filler + b"<url><loc>https://example.org/a</loc></url></urlset>"
        pages, _ = parse_sitemap(data, "https://example.org/sitemap.xml")
        assert len(pages) == found


def test_hostile_and_broken_sitemaps() -> None:
    assert is_sitemap(b'<?xml version="1.0"?><ns:urlset xmlns:ns="x">')
    assert not is_sitemap(b"<html>")
    for data in (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>', b"<urlset><url>"):
        with pytest.raises(UnreadableSource):
            parse_sitemap(data, "https://example.org/sitemap.xml")
    pages, _ = parse_sitemap(
        b"<urlset><url><loc>javascript:1</loc></url><url><loc> https://www.example.org/a#x </loc>"
        b"<lastmod>soon</lastmod></url><url/></urlset>",
        "https://example.org/sitemap.xml",
    )
    assert [(place.url, place.changed) for place in pages] == [("https://www.example.org/a", None)]
