"""The article whole, and the cited place in it marked to the character."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from index.article import Article
from rag.answer import Copy
from rag.page.reader import article

TEXT = (
    "First <b>paragraph</b> & more.\n\nA second one,\nover two lines.\n\n"
    "Port | 2023\nCargo | 52.3 million\nCars | 847,158\n\nThe end. ![x](http://evil.example/x.png)"
)
TODAY = date(2024, 6, 1)


class Shown(HTMLParser):
    """The text of ``.text`` and of its marks, and every element there is."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = self.marked = ""
        self.open: list[tuple[str, str]] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append((tag, dict(attrs).get("class") or ""))
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if any(name == "text" for _, name in self.open):
            self.text += data
            if any(tag == "mark" for tag, _ in self.open):
                self.marked += data


def shown(start: int, end: int, text: str = TEXT, **known: str) -> Shown:
    return Shown(article(Article(text=text, title="A <i>title</i>", address="/a", **known), start, end, TODAY))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "quote",
    [
        "A second one,\nover two lines.",
        "paragraph</b> & more.\n\nA second",
        "Cargo | 52.3 million\nCars",
        "The end.",
        TEXT,
    ],
)
def test_the_marks_are_the_quote_and_the_text_is_whole(quote: str) -> None:
    start = TEXT.index(quote)
    page = shown(start, start + len(quote))
    assert page.text == TEXT
    assert page.marked == quote


@pytest.mark.parametrize(("start", "end"), [(-5, -1), (10_000, 10_010), (9, 3), (4, 4)])
def test_a_place_outside_the_text_marks_nothing(start: int, end: int) -> None:
    page = shown(start, end)
    assert (page.text, page.marked) == (TEXT, "")


def test_nothing_in_an_article_is_markup() -> None:
    page = shown(0, 5, url="javascript:alert(1)", source="<img src=x onerror=alert(1)>")
    assert {tag for tag, _ in page.seen} <= {"article", "header", "p", "span", "h2", "div", "mark", "i"}
    assert not any(name.startswith("on") for _, attributes in page.seen for name in attributes)


def test_what_is_known_stands_above_the_text() -> None:
    known = Article(
        text="x",
        title="Bridge falls",
        address="/a",
        source="Harbour Courier",
        url="https://www.news.example/bridge",
        published=datetime(2024, 3, 27, tzinfo=UTC),
        authors=("Ann Lee", "Bo Diaz"),
        language="en",
    )
    html = article(known, 0, 1, TODAY)
    assert "Harbour Courier" in html
    assert "27 March 2024" in html
    assert "2 months ago" in html
    assert "Ann Lee, Bo Diaz" in html
    assert 'href="https://www.news.example/bridge"' in html
    assert 'lang="en"' in html


def test_where_else_a_story_stands_is_above_the_text() -> None:
    known = Article(text="x", title="Bridge falls", address="/a", source="Harbour Courier")
    other = Copy(article_id="b", title="T", source="<b>Post", url="https://post.example/1", published=None)
    html = article(known, 0, 1, TODAY, [other])
    header = html[: html.index("</header>")]
    assert ">&lt;b&gt;Post</a>" in header[header.index("Also in: ") :]
    assert 'href="https://post.example/1"' in header
    assert "Also in" not in article(known, 0, 1, TODAY)
