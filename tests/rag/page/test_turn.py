"""An answer as it grows, event by event."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import regex

from rag.answer import (
    Answer,
    Checked,
    Citation,
    Cited,
    Condensed,
    Copy,
    Delta,
    Finished,
    Found,
    Retrieved,
    Sentence,
    Verdict,
)
from rag.page.turn import Turn

EVIL = '<img src=x onerror="alert(1)">'
TODAY = date(2024, 6, 1)
ALLOWED = {"article", "h2", "h3", "p", "div", "span", "button", "ol", "ul", "li"} | {
    "details",
    "summary",
    "time",
    "strong",
    "em",
}
FOUND = Found(
    article_id="a" * 16,
    start=10,
    end=40,
    text=f"A passage {EVIL} of it",
    title=f"Title {EVIL}",
    source=EVIL,
    url="javascript:alert(1)",
    published="2024-03-27",
    score=1.0,
    dense=None,
    lexical=None,
)
CITATION = Citation(
    number=1,
    article_id="a" * 16,
    title=f"Title {EVIL}",
    source="Courier",
    url=None,
    published="2024-03-27",
    start=12,
    end=30,
    quote=f"said {EVIL} so",
    placed_by="engine",
)


def sentence(text: str, start: int, verdict: Verdict, *reasons: str) -> Sentence:
    return Sentence(text=text, start=start, end=start + len(text), citations=(1,), verdict=verdict, reasons=reasons)


def answer(**parts: object) -> Answer:
    whole = {
        "question": "Q?",
        "standalone_question": "Q?",
        "text": "One thing [1]. Other [1].",
        "abstained": False,
        "engine": "extractive",
        "sentences": (
            sentence("One thing [1].", 0, "supported"),
            sentence("Other [1].", 15, "contradicted", f"the article says {EVIL}"),
        ),
        "citations": (CITATION,),
        "passages": (FOUND,),
        "timings": {"total_ms": 1234.0},
    }
    return Answer(**(whole | parts))  # type: ignore[arg-type]


def finished(**parts: object) -> str:
    turn = Turn("Q?", TODAY)
    turn.apply(Finished(answer(**parts)))
    return turn.html()


class Elements(HTMLParser):
    """Every element with its attributes, and the text that is shown."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def visible(html: str) -> str:
    return Elements(html).text


def test_it_grows() -> None:
    turn = Turn("  How   many? ", TODAY)
    assert "Searching the articles" in turn.html()
    assert 'aria-busy="true"' in turn.html()
    turn.apply(Condensed("How many?"))
    assert "Understood as" not in turn.html()
    turn.apply(Retrieved((FOUND,)))
    assert '<details class="found" open>' in turn.html()
    assert "Reading 1 passage of 1 article" in turn.html()
    turn.apply(Delta("One thing [1]."))
    assert "Writing" in turn.html()
    assert '<span class="cite">1</span>' in turn.html()
    turn.apply(Cited(CITATION))
    assert regex.search(
        r'<button type="button" class="cite" [^>]*data-start="12" data-end="30">1</button>', turn.html()
    )
    turn.apply(Checked(0, sentence("One thing [1].", 0, "supported")))
    assert "Checking each sentence" in turn.html()
    turn.apply(Finished(answer()))
    html = turn.html()
    assert 'aria-busy="false"' in html
    assert "1 of 2 sentences supported · 1.2 s · extractive" in html
    assert '<details class="found">' in html


def test_a_followup_says_how_it_was_understood() -> None:
    turn = Turn("And after?", TODAY)
    turn.apply(Condensed("What came after the fire?"))
    assert "Understood as: What came after the fire?" in visible(turn.html())


def test_each_sentence_has_its_verdict_with_the_reason() -> None:
    html = finished()
    assert 'class="sentence supported"' in html
    assert 'class="sentence contradicted"' in html
    assert "Contradicted by the articles. The article says" in visible(html)
    assert 'aria-label="Supported by what it cites."' in html
    assert 'aria-label="Contradicted by the articles. Why?"' in html


def test_what_is_shown_is_the_answer_with_numbers_for_markers() -> None:
    html = finished()
    text = regex.search(r'<div class="answer".*?</div>', html)
    assert text is not None
    assert visible(regex.sub(r'<(button|span) [^>]*class="(?:mark|why)".*?</\1>', "", text[0])) == "One thing1. Other1."


def test_what_looks_like_a_marker_in_an_article_is_text() -> None:
    text = "It was built in 1931 [2]. [1]"
    html = finished(text=text, sentences=(sentence(text, 0, "supported"),), citations=(CITATION,))
    assert "1931 [2]." in visible(html)
    assert visible(html).count("[1]") == 0


def test_nothing_of_an_article_or_a_model_is_markup() -> None:
    for html in (
        finished(),
        finished(text=f"Look {EVIL}", sentences=(), citations=()),
        finished(error=EVIL, notices=(EVIL,), abstained=True),
    ):
        elements = Elements(html)
        names = {name for name, _ in elements.seen}
        attributes = {name for _, pairs in elements.seen for name, _ in pairs}
        assert names <= ALLOWED
        assert not any(name.startswith("on") or name in ("href", "src", "style") for name in attributes)


def copy(**known: str | None) -> Copy:
    whole = {"article_id": "b" * 16, "title": "T", "source": None, "url": None, "published": None}
    return Copy(**(whole | known))  # type: ignore[arg-type]


def test_a_source_says_where_else_its_story_stands() -> None:
    copies = (
        copy(source="Kell Times", url="https://www.kell.example/a?b=1&c=2"),
        copy(title="Without a source"),
        copy(source=EVIL, url="javascript:alert(1)"),
        copy(source="Reef", url=f"https://reef.example/{EVIL}"),
    )
    elements = Elements(finished(citations=(replace(CITATION, copies=copies),)))
    assert f"Also in: Kell Times, Without a source, {EVIL}, Reef" in elements.text
    links = [dict(pairs) for name, pairs in elements.seen if name == "a"]
    assert [link["href"] for link in links] == ["https://www.kell.example/a?b=1&c=2", f"https://reef.example/{EVIL}"]
    assert all((link["target"], link["rel"]) == ("_blank", "noopener noreferrer") for link in links)
    assert {name for name, _ in elements.seen} <= ALLOWED | {"a"}
    assert "Also in" not in visible(finished())


def test_many_copies_are_counted() -> None:
    copies = tuple(copy(source=f"Paper {n}") for n in range(20))
    shown = visible(finished(citations=(replace(CITATION, copies=copies),)))
    assert "Paper 7, 12 more" in shown
    assert "Paper 8" not in shown


def test_an_abstention_offers_the_nearest_articles_once_each() -> None:
    other = Found(
        **({name: getattr(FOUND, name) for name in Found.__slots__} | {"article_id": "b" * 16, "title": "Other"})
    )
    html = finished(
        abstained=True, text="The articles don’t say.", sentences=(), citations=(), passages=(FOUND, FOUND, other)
    )
    nearest = html[html.index("Nearest articles") : html.index("<details")]
    assert nearest.count("<li>") == 2
    assert 'class="turn abstained"' in html


def test_an_error_is_one_line_and_the_passages_are_shown() -> None:
    html = finished(error="the endpoint refused the key", text="", sentences=(), citations=())
    assert "No answer could be written. the endpoint refused the key" in visible(html)
    assert '<details class="found" open>' in html


def test_stopping_keeps_what_is_there_and_is_nothing_after_the_end() -> None:
    turn = Turn("Q?", TODAY)
    turn.apply(Delta("Half a"))
    turn.stop()
    assert "Half a" in turn.html()
    assert "Stopped." in turn.html()
    done = Turn("Q?", TODAY)
    done.apply(Finished(answer()))
    done.stop()
    assert "Stopped." not in done.html()
