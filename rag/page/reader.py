"""The reading panel: an article whole, with the cited sentence marked where it stands."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import regex

from index.article import Article
from rag.answer import Copy
from rag.page.markup import Html, age, day, join, link, separated, tag, web_host

COPIES = 8  # named one by one
_GAP = regex.compile(r"\n\n+")
_LINE_END = regex.compile(r"\n")
_CELL_GAP = regex.compile(r" \| |\t")  # as the loaders write the rows of a table


def article(shown: Article, start: int, end: int, today: date, copies: Sequence[Copy] = ()) -> Html:
    """The article with ``text[start:end]`` in ``<mark>``, and where else its story stands.

    The text of ``.text`` is the article's, and that of its marks together is ``text[start:end]``,
    character for character.
    """
    published = None if shown.published is None else shown.published.date()
    known = [", ".join(shown.authors)] if shown.authors else []
    known += [origin] if (origin := link(shown.url, f"Original at {web_host(shown.url)}")) else []
    return tag(
        "article",
        tag(
            "header",
            tag("p", byline(shown.source, published, today), class_="byline"),
            tag("h2", shown.title, id="reader-title", tabindex=-1, dir="auto"),
            tag("p", *separated(known), class_="origin", dir="auto") if known else None,
            also_in(copies),
        ),
        tag(
            "div",
            tag("div", *_blocks(shown.text, start, end), class_="text", lang=shown.language, dir="auto"),
            class_="body",
            tabindex=0,
            role="region",
            aria_label="Text of the article",
        ),
    )


def gone(why: str) -> Html:
    """What the panel shows instead of an article that cannot be shown."""
    title = tag("h2", "This article cannot be shown", id="reader-title", tabindex=-1)
    return tag("article", tag("header", title), tag("div", tag("p", why), class_="body"))


def byline(source: str | None, published: str | date | None, today: date) -> Html:
    """``Harbour Courier · 27 March 2024 · 2 years ago``."""
    parts: list[Html] = []
    if source:
        parts.append(tag("span", source, class_="source", dir="auto"))
    if when := day(published):
        parts.append(tag("time", when, datetime=str(published)[:10]))
    if ago := age(published, today):
        parts.append(tag("span", ago, class_="age"))
    return join(*separated(parts or ["no source or date known"]))


def also_in(copies: Sequence[Copy]) -> Html | None:
    """``Also in: Kell Times, Alva Post``, each a link where its page is known; None without copies."""
    if not copies:
        return None
    names = [link(copy.url, _name(copy)) or tag("span", _name(copy)) for copy in copies[:COPIES]]
    more = [f"{len(copies) - COPIES} more"] if len(copies) > COPIES else []
    return tag("p", "Also in: ", *separated([*names, *more], ", "), class_="copies", dir="auto")


def _name(copy: Copy) -> str:
    return copy.source or copy.title


def _blocks(text: str, start: int, end: int) -> Iterator[Html]:
    """Paragraphs and tables, and the gaps between them, so that nothing of the text is lost."""

    def marked(left: int, right: int) -> Html:
        first, last = max(left, start), min(right, end)
        if first >= last:
            return join(text[left:right])
        return join(text[left:first], tag("mark", text[first:last]), text[last:right])

    for left, right, gap in _pieces(text, 0, len(text), _GAP):
        lines = text[left:right].split("\n")
        if len(lines) > 1 and all(_CELL_GAP.search(line) for line in lines):
            yield tag("div", *_rows(text, left, right, marked), class_="table")
        else:
            yield tag("p", marked(left, right))
        yield marked(right, gap)


def _rows(text: str, start: int, end: int, marked: Callable[[int, int], Html]) -> Iterator[Html]:
    """Lines with the same parting between their cells, as rows; what parts the cells is there, but not seen."""
    for left, right, gap in _pieces(text, start, end, _LINE_END):
        cells = [
            join(tag("span", marked(first, last)), tag("i", marked(last, after)) if after > last else None)
            for first, last, after in _pieces(text, left, right, _CELL_GAP)
        ]
        yield join(tag("span", *cells), marked(right, gap))


def _pieces(text: str, start: int, end: int, parting: "regex.Pattern[str]") -> Iterator[tuple[int, int, int]]:
    """(start, end, start of the next) of the pieces of ``text[start:end]``."""
    at = start
    for gap in parting.finditer(text, start, end):
        yield at, gap.start(), gap.end()
        at = gap.end()
    yield at, end, end
