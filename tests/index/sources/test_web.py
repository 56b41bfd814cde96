from datetime import UTC, datetime
from typing import Any

import pytest

from index.library_values import Seen
from index.loaders.draft import Draft
from index.sources import Failure, Fetcher, Found, NotModified, read_page
from index.sources.results import Known
from index.sources.web import nanoseconds

SENTENCE = "The council of the town voted on Tuesday to rebuild the old bridge over the river. "


def article(body: str = SENTENCE * 8, title: str = "Bridge to be rebuilt", head: str = "") -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><nav>Home Sport</nav>"
        f"<article><h1>{title}</h1><p>{body}</p></article></body></html>"
    )


def knowing(seen: dict[str, Seen]) -> Known:
    return seen.get


def test_times_are_kept_within_what_a_database_holds() -> None:
    for year in (1, 9999):
        assert abs(nanoseconds(datetime(year, 1, 1, tzinfo=UTC)) or 0) == 2**63 - 1


def test_a_page_is_an_article(site: Any, fetcher: Fetcher) -> None:
    head = (
        '<meta property="og:site_name" content="The Gazette">'
        '<meta property="article:published_time" content="2024-03-05T10:20:00Z">'
    )
    site.pages["/a?id=1"] = site.page(article(head=head), headers={"ETag": '"v1"'})
    found = read_page(f"{site.url}/a?id=1&utm_source=x#part", fetcher)
    assert isinstance(found, Found)
    assert found.article.address == found.article.url == found.origin == f"{site.url}/a?id=1"
    assert (found.article.title, found.article.source) == ("Bridge to be rebuilt", "The Gazette")
    assert found.article.published == datetime(2024, 3, 5, 10, 20, tzinfo=UTC)
    assert found.article.language == "en"
    assert (found.seen.kind, found.seen.etag) == ("page", '"v1"')
    assert (found.aliases, found.moved_from) == ((), None)


def test_a_known_page_is_asked_for_conditionally(site: Any, fetcher: Fetcher) -> None:
    site.pages["/a"] = site.page(article(), headers={"ETag": '"v1"'})
    address = f"{site.url}/a"
    first = read_page(address, fetcher)
    assert isinstance(first, Found)
    again = read_page(address, fetcher, knowing({address: first.seen}))
    assert isinstance(again, NotModified)
    assert again.seen.etag == '"v1"'
    site.pages["/a"] = site.page(article("New: " + SENTENCE * 9), headers={"ETag": '"v2"'})
    changed = read_page(address, fetcher, knowing({address: first.seen}))
    assert isinstance(changed, Found)
    assert changed.seen.etag == '"v2"'


def test_where_a_page_was_met_is_remembered(site: Any, fetcher: Fetcher) -> None:
    site.pages["/old"] = site.page(status=301, headers={"Location": "/amp?x=1"})
    site.pages["/amp?x=1"] = site.page(article(head=f'<link rel="canonical" href="{site.url}/story">'))
    found = read_page(f"{site.url}/old", fetcher)
    assert isinstance(found, Found)
    assert found.article.address == f"{site.url}/story"
    assert found.aliases == (f"{site.url}/old", f"{site.url}/amp?x=1")
    assert found.moved_from == f"{site.url}/old"
    assert found.seen.canonical == f"{site.url}/amp?x=1"


def test_a_page_is_at_the_address_that_led_to_it_and_that_it_names(site: Any, fetcher: Fetcher) -> None:
    site.pages["/story"] = site.page(status=302, headers={"Location": "/story/x"})
    site.pages["/story/x"] = site.page(article(head=f'<link rel="canonical" href="{site.url}/story">'))
    found = read_page(f"{site.url}/story", fetcher)
    assert isinstance(found, Found)
    assert (found.article.address, found.seen.canonical) == (f"{site.url}/story", None)


@pytest.mark.parametrize(
    "canonical", ["https://elsewhere.example/story", "/", "javascript:1", "http://a:b@127.0.0.1/x"]
)
def test_canonical_links_that_cannot_be_right_are_ignored(site: Any, fetcher: Fetcher, canonical: str) -> None:
    site.pages["/a"] = site.page(article(head=f'<link rel="canonical" href="{canonical}">'))
    found = read_page(f"{site.url}/a", fetcher)
    assert isinstance(found, Found)
    assert found.article.address == f"{site.url}/a"


def test_what_a_feed_knows_fills_in(site: Any, fetcher: Fetcher) -> None:
    site.pages["/a"] = site.page(f"<html><body><article><p>{SENTENCE * 8}</p></article></body></html>")
    changed = datetime(2024, 3, 5, 10, 20, tzinfo=UTC)
    hint = Draft(text="", title="From the feed", published=changed, authors=("Jane Roe",))
    found = read_page(f"{site.url}/a", fetcher, hint=hint, changed=changed, origin="feed")
    assert isinstance(found, Found)
    assert (found.article.title, found.article.published) == ("From the feed", changed)
    assert found.article.authors == ("Jane Roe",)
    assert found.seen.last_modified is None
    assert found.seen.mtime_ns == int(changed.timestamp()) * 10**9
    assert found.origin == "feed"


CONSENT = (
    "We and our 812 partners store and access information on a device. You may accept all or reject all. "
    "Manage settings to choose. You can withdraw your consent at any time. " * 3
)
REFUSED = {
    "paywall flag": (
        article(SENTENCE * 5, head='<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>'),
        "paywalled",
    ),
    "paywall words": (article(SENTENCE * 4 + "</p><p>Subscribe to continue reading this story."), "paywalled"),
    "paywall outside": (article(SENTENCE * 4) + "<div>This article is for subscribers.</div>", "paywalled"),
    "paywall after a list": (
        article(SENTENCE * 4 + "</p><ul><li>One <b>bridge</b></li><li>Two bridges&nbsp;more</li></ul><p>")
        + "<section><h2>Sign in to read the full story</h2></section>",
        "paywalled",
    ),
    "metered tier": (article(SENTENCE * 4, head='<meta name="article:content_tier" content="locked">'), "paywalled"),
    "consent": (article(CONSENT, title="The Gazette"), "consent"),
    "consent title": (article("We use cookies. " * 20, title="Before you continue to The Gazette"), "consent"),
    "error": (article("Sorry, what you asked for has moved or never was here. " * 4, title="Page not found"), "error"),
    "error code": (
        article("Sorry, something is wrong on our side today, do try later. " * 4, title="Error 500"),
        "error",
    ),
    "robot": (article("Please wait while we check your browser. " * 5, title="Just a moment..."), "robots"),
    "empty": (article("Loading."), "too little text"),
    "nothing": ("<html><body></body></html>", "too little text"),
    "app": ("<html><body><div id='root'></div><script>run()</script></body></html>", "too little text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_pages_that_are_no_article_are_refused_with_the_reason(site: Any, fetcher: Fetcher, name: str) -> None:
    html, reason = REFUSED[name]
    site.pages["/a"] = site.page(html)
    failure = read_page(f"{site.url}/a", fetcher)
    assert isinstance(failure, Failure)
    assert reason in failure.reason
    assert failure.address == f"{site.url}/a"


ACCEPTED = {
    "free by declaration": article(head='<script type="application/ld+json">{"isAccessibleForFree": true}</script>'),
    "whole though declared": article(
        SENTENCE * 40, head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>'
    ),
    "subscription advertised": article(SENTENCE * 20) + "<footer>Sign in to read our newsletters.</footer>",
    "comments": article(SENTENCE * 5) + "<div>Log in to read the comments</div>",
    "saved stories": "<header><a>Sign in to read your saved stories</a></header>" + article(SENTENCE * 5),
    "newsletters": article(SENTENCE * 5) + "<footer><a>Subscriber-only newsletters</a></footer>",
    "another story": article(SENTENCE * 5)
    + "<aside>"
    + "<p>Another story, which has a teaser of its own.</p>" * 20
    + "<p>Subscribe to continue reading.</p></aside>",
    "about consent": article(
        "Regulators fined the company because its banner let readers accept all cookies with one click, while to "
        "reject all they had to look for a second page. " * 6,
        title="Company fined over cookie banner",
    ),
    "about errors": article(SENTENCE * 6, title="Error in the count delays the result of the election by a week"),
    "quoted title": article(SENTENCE * 5, title="“Not again”, says the mayor"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_articles_that_share_a_sign_with_them_are_read(site: Any, fetcher: Fetcher, name: str) -> None:
    site.pages["/a"] = site.page(ACCEPTED[name])
    assert isinstance(read_page(f"{site.url}/a", fetcher), Found)


def test_a_front_page_names_its_feed(site: Any, fetcher: Fetcher) -> None:
    site.pages["/"] = site.page(
        "<html><head><link rel='alternate' type='application/rss+xml' href='/feed.xml'></head><body>Home</body></html>"
    )
    failure = read_page(site.url, fetcher)
    assert isinstance(failure, Failure)
    assert failure.reason.endswith("the page announces a feed: /feed.xml")


def test_documents_on_the_web_are_read_too(site: Any, fetcher: Fetcher) -> None:
    site.pages["/a.txt"] = site.page(SENTENCE * 3, content_type="text/plain")
    site.pages["/b.pdf"] = site.page("not a PDF", content_type="application/pdf")
    found = read_page(f"{site.url}/a.txt", fetcher)
    assert isinstance(found, Found)
    assert found.article.address == f"{site.url}/a.txt"
    assert found.article.text == (SENTENCE * 3).strip()
    assert isinstance(read_page(f"{site.url}/b.pdf", fetcher), Failure)


def test_what_went_wrong_is_said(site: Any, fetcher: Fetcher) -> None:
    gone = read_page(f"{site.url}/missing", fetcher)
    assert isinstance(gone, Failure)
    assert (gone.status, gone.transient) == (404, False)
    with Fetcher() as guarded:
        blocked = read_page(f"{site.url}/a", guarded)
    assert isinstance(blocked, Failure)
    assert "loopback" in blocked.reason
    assert site.paths() == ["/missing"]
    assert isinstance(read_page("http://user:secret@example.org/", fetcher), Failure)


def test_encodings_of_pages(site: Any, fetcher: Fetcher) -> None:
    text = "Der Bürgermeister sagte, die Brücke über den Fluss müsse größer werden. " * 5
    site.pages["/a"] = site.page(article(text).encode("cp1252"), content_type="text/html; charset=iso-8859-1")
    site.pages["/b"] = site.page(
        article(text, head='<meta charset="windows-1252">').encode("cp1252"), content_type="text/html"
    )
    for path in ("/a", "/b"):
        found = read_page(site.url + path, fetcher)
        assert isinstance(found, Found)
        assert found.article.text == text.strip()
