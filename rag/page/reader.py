"""The reading panel: an article whole, with the cited sentence marked where it stands."""

from datetime import date

import regex

from index.article import Article
from rag.page.markup import Html, age, day, join, link, tag

_GAP = regex.compile(r"\n\n+")


def article(shown: Article, start: int, end: int, today: date) -> Html:
    """The article with ``text[start:end]`` in ``<mark>``; the texts of the elements of ``.text`` add up to its text."""
    return tag(
        "article",
        tag("p", byline(shown.source, shown.published and shown.published.date(), today), class_="byline"),
        tag("h2", shown.title, id="reader-title", tabindex=-1, dir="auto"),
        tag("p", "By ", ", ".join(shown.authors), class_="authors", dir="auto") if shown.authors else None,
        tag("div", *_paragraphs(shown.text, start, end), class_="text", lang=shown.language, dir="auto"),
        tag("p", origin, class_="origin") if (origin := link(shown.url, "Read it where it was published")) else None,
    )


def gone(why: str) -> Html:
    """What the panel shows instead of an article that cannot be shown."""
    return tag("article", tag("h2", "This article cannot be shown", id="reader-title", tabindex=-1), tag("p", why))


def byline(source: str | None, published: str | date | None, today: date) -> Html:
    """``Harbour Courier · 27 March 2024 · 2 years ago``."""
    parts: list[Html] = []
    if source:
        parts.append(tag("span", source, class_="source", dir="auto"))
    if when := day(published):
        parts.append(tag("time", when, datetime=str(published)[:10]))
    if ago := age(published, today):
        parts.append(tag("span", ago, class_="age"))
    if not parts:
        parts = [tag("span", "no source or date known")]
    return Html(" · ".join(parts))


def _paragraphs(text: str, start: int, end: int) -> list[Html]:
    """Paragraphs with the gaps between them, so that nothing of the text is lost."""
    shown = []
    at = 0
    while at < len(text):
        gap = _GAP.search(text, at)
        stop, after = gap.span() if gap else (len(text), len(text))
        block = text[at:stop]
        table = block.startswith("|") and all(line.startswith("|") for line in block.split("\n"))
        shown.append(tag("p", _marked(text, at, stop, start, end), class_="table" if table else None))
        shown.append(join(text[stop:after]))
        at = after
    return shown


def _marked(text: str, at: int, stop: int, start: int, end: int) -> Html:
    left, right = max(at, start), min(stop, end)
    if left >= right:
        return join(text[at:stop])
    return join(text[at:left], tag("mark", text[left:right]), text[right:stop])
