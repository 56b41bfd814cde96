"""What the page says of its library: before the first question, and always at the top."""

from collections.abc import Iterable, Sequence
from datetime import date

from index.article import Article
from rag.page.markup import Html, day, join, tag

EXAMPLES = 4
QUESTION_KEY = "question"
"""Metadata of an article under this key (a line of its front matter, say) is offered as an example question."""
LONGEST = 90  # characters of a title in a question


def examples(articles: Iterable[Article]) -> list[str]:
    """Questions that the articles can answer: those that come with them, else about the newest.

    Different articles, spread over the library so that they are not all of one story.
    """
    known = list(articles)
    written = [text for a in known if (text := a.metadata.get(QUESTION_KEY, "").strip())]
    if written:
        return list(dict.fromkeys(written))[:EXAMPLES]
    step = max(1, len(known) // EXAMPLES)
    return [f"{_short(a.title)} – what happened?" for a in known[::step][:EXAMPLES]]


def welcome(articles: Sequence[Article]) -> Html:
    """What is there before the first question."""
    if not articles:
        return tag(
            "section",
            tag("h2", "There are no articles yet"),
            tag("p", "Add some from a terminal; this page takes them in by itself, within seconds:"),
            tag("pre", "rag add FILES, FOLDERS OR ADDRESSES", tabindex=0),
            tag("p", "Text, Markdown, HTML, JSON Lines, PDF, DOCX and EPUB are read, and pages, feeds and sitemaps."),
            class_="welcome empty",
        )
    return tag(
        "section",
        tag("h2", "What would you like to know?"),
        tag("p", _extent(articles), " Every answer is cited to the sentence, and every sentence is checked."),
        tag(
            "ul",
            *(tag("li", tag("button", text, type="button", class_="ask", dir="auto")) for text in examples(articles)),
            aria_label="Example questions",
        ),
        class_="welcome",
    )


def status(
    why: str, articles: int, *, problem: str | None = None, waiting: int = 0, trouble: str | None = None
) -> Html:
    """The line at the top: which model answers and why, how many articles, whether all are indexed."""
    count = "no articles" if not articles else "1 article" if articles == 1 else f"{articles:,} articles"
    return join(
        tag("span", tag("span", "Answers by ", class_="label"), why, class_="engine", title=f"Answers by {why}"),
        tag("span", count, class_="count"),
        tag("span", f"indexing, {waiting:,} to go …", class_="indexing", role="status") if waiting else None,
        tag("span", problem, class_="trouble", role="status") if problem else None,
        tag("span", f"The index cannot be brought up to date: {trouble}", class_="trouble", role="status")
        if trouble
        else None,
    )


def _extent(articles: Sequence[Article]) -> str:
    days: list[date] = sorted(a.published.date() for a in articles if a.published is not None)
    count = "One article" if len(articles) == 1 else f"{len(articles):,} articles"
    if not days:
        return f"{count}."
    if days[0] == days[-1]:
        return f"{count}, of {day(days[0])}."
    return f"{count}, from {day(days[0])} to {day(days[-1])}."


def _short(title: str) -> str:
    return title if len(title) <= LONGEST else title[:LONGEST].rsplit(" ", 1)[0] + " …"
