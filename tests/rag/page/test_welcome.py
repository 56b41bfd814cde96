"""What the page says of its library."""

from datetime import UTC, datetime

from index.article import Article
from rag.page.welcome import examples, status, welcome


def articles(number: int, **known: object) -> list[Article]:
    return [
        Article(text="", title=f"Title {i}", address=f"/{i}", published=datetime(2024, 1, 1 + i, tzinfo=UTC), **known)  # type: ignore[arg-type]
        for i in range(number)
    ]


def test_an_empty_library_says_how_to_add_articles() -> None:
    assert "rag add" in welcome([])


def test_examples_are_of_different_articles() -> None:
    assert examples(articles(9)) == [f"Title {i} – what happened?" for i in (0, 2, 4, 6)]
    assert len(examples(articles(2))) == 2


def test_questions_that_come_with_articles_are_preferred() -> None:
    library = [*articles(3), *articles(1, metadata={"question": "How many were there?"})]
    assert examples(library) == ["How many were there?"]


def test_titles_are_escaped_and_not_too_long() -> None:
    shown = welcome([Article(text="", title="<script>" + "word " * 50, address="/a")])
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert len(examples([Article(text="", title="word " * 50, address="/a")])[0]) < 120


def test_the_span_of_the_library() -> None:
    assert "3 articles, from 1 January 2024 to 3 January 2024." in welcome(articles(3))
    assert "One article, of 1 January 2024." in welcome(articles(1))


def test_what_answers_and_why_is_said_with_what_is_wrong() -> None:
    shown = status("<b>model</b> on this machine", 1234, problem="no weights", waiting=7, trouble="disk full")
    for text in ("&lt;b&gt;model&lt;/b&gt; on this machine", "1,234 articles", "no weights", "7 to go", "disk full"):
        assert text in shown
