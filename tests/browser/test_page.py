"""What people see and do: real questions to the real page, in a real browser."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.conftest import GOLDEN
from browser.visiting import Site, Visitor, report_run, running
from scripted import ScriptedEndpoint

from index.article import Article

pytestmark = [pytest.mark.browser, pytest.mark.model]

Visit = Callable[..., Visitor]
SECONDS = 3.0  # in which a page answers from what another process has written
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="module")
def site(library: Path, model_cache: str) -> Iterator[Site]:
    with running(library, RAG_LLM="extractive", RAG_MODEL_CACHE=model_cache) as site:
        yield site


def open_citation(visitor: Visitor, chip: Any) -> tuple[str, int, int, str]:
    """Click; returns article id, start, end and the text that is highlighted."""
    chip.click()
    visitor.page.locator("#reader mark").first.wait_for()
    marked = "".join(visitor.page.locator("#reader mark").all_text_contents())
    place = [chip.get_attribute(f"data-{name}") for name in ("article", "start", "end")]
    return place[0], int(place[1]), int(place[2]), marked


def test_a_real_question_its_answer_and_the_cited_sentence(site: Site, visit: Visit) -> None:
    visitor = visit(site)
    page = visitor.page
    assert "extractive, as RAG_LLM says" in page.locator("#status").inner_text()
    turn = visitor.ask("How many vehicles a day used the Key Bridge?")
    assert "31,000 vehicles a day" in turn.locator(".answer").inner_text()
    article_id, start, end, marked = open_citation(visitor, turn.locator("button.cite").first)
    with site.bot() as bot:
        article = bot.article(article_id)
    assert marked == article.text[start:end]
    assert "31,000" in marked
    assert page.locator("#reader .text").text_content() == article.text
    assert page.locator("#reader h2").inner_text() == article.title
    head = page.locator("#reader header").inner_text()
    assert "Harbour Courier · 27 March 2024 · " in head
    assert "ago" in head
    original = page.locator("#reader a")
    assert original.get_attribute("href") == article.url
    assert (original.get_attribute("target"), original.get_attribute("rel")) == ("_blank", "noopener noreferrer")
    body, mark = (page.locator(f"#reader {part}").bounding_box() for part in (".body", "mark"))
    assert body["y"] <= mark["y"], "the cited sentence is scrolled into view"
    assert mark["y"] + mark["height"] <= body["y"] + body["height"]
    assert turn.locator(".sentence.supported .mark").first.get_attribute("aria-label") == "Supported by what it cites."


def test_citations_by_keyboard(site: Site, visit: Visit) -> None:
    visitor = visit(site)
    turn = visitor.ask("How many vehicles a day used the Key Bridge?")
    chip = turn.locator("button.cite").first
    for _ in range(40):
        if chip.evaluate("chip => chip === document.activeElement"):
            break
        visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#reader mark").first.wait_for()
    assert visitor.page.evaluate("document.activeElement.id") == "reader-title"
    visitor.page.keyboard.press("Escape")
    visitor.page.locator("#reader").wait_for(state="hidden")
    assert chip.evaluate("chip => chip === document.activeElement")


def test_an_example_question_and_a_new_conversation(site: Site, visit: Visit) -> None:
    visitor = visit(site)
    page = visitor.page
    example = page.locator("#welcome button.ask").first
    question = example.inner_text()
    example.click()
    page.locator("#live .turn[aria-busy=false]").wait_for()
    assert page.locator("#live h2.question").inner_text() == question
    visitor.ask("When was the channel of Baltimore fully open again?")
    assert page.locator("#earlier h2.question").all_inner_texts() == [question]
    page.get_by_role("button", name="New conversation").click()
    page.locator("#welcome section").wait_for()
    assert page.locator(".turn").count() == 0


def test_silence_is_shown_as_such_with_the_nearest_articles(site: Site, visit: Visit) -> None:
    visitor = visit(site)
    turn = visitor.ask("What is the price of wheat in Kyiv?")
    assert "abstained" in (turn.get_attribute("class") or "")
    assert "don’t say" in turn.locator(".answer").inner_text()
    turn.locator("h3", has_text="Nearest articles").wait_for()
    card = turn.locator("h3 + .passages .card").first
    _, _, _, marked = open_citation(visitor, card)
    assert marked


def test_on_a_phone_nothing_is_too_wide_and_the_article_is_a_sheet(site: Site, visit: Visit) -> None:
    visitor = visit(site, **PHONE)
    page = visitor.page
    assert visitor.fits()
    turn = visitor.ask("How many vehicles a day used the Key Bridge?")
    assert visitor.fits()
    chip = turn.locator("button.cite").first
    chip.tap()
    page.locator("#reader mark").first.wait_for()
    assert page.locator("#reader").evaluate("sheet => sheet.matches(':modal')")
    assert visitor.fits()
    page.get_by_role("button", name="Close the article").tap()
    page.locator("#reader").wait_for(state="hidden")


def test_the_quality_view_shows_the_newest_run_and_the_conversation_goes_on_behind_it(
    tmp_path: Path, library: Path, model_cache: str, visit: Visit
) -> None:
    with running(library, tmp_path, RAG_LLM="extractive", RAG_MODEL_CACHE=model_cache) as site:
        visitor = visit(site, **PHONE)
        page = visitor.page
        visitor.ask("How many vehicles a day used the Key Bridge?")
        report = page.frame_locator("#quality iframe")
        link = page.get_by_role("link", name="Quality")
        link.focus()
        page.keyboard.press("Enter")
        report.get_by_text("rag eval run golden-extractive").wait_for()
        assert not page.locator("#conversation").is_visible()
        assert link.get_attribute("aria-current") == "page"
        page.get_by_role("link", name="Ask").click()
        assert "31,000" in page.locator("#live .answer").inner_text()

        report_run(tmp_path / "runs" / "evil", EVIL)  # of two in the same instant, the later name counts as newer
        report_run(tmp_path / "runs" / "later")
        link.click()
        report.get_by_role("heading", name="later").wait_for()
        report.get_by_role("link", name="evil").click()
        report.get_by_role("heading", name="evil").wait_for()
        report.locator("details.q > summary").click()
        assert EVIL in report.locator("ol.sentences").inner_text()
        report.get_by_role("searchbox").fill("nowhere")
        report.get_by_text("0 of 1").wait_for()  # its own script runs
        assert report.locator("img, iframe").count() == 0
        assert report.locator("html").evaluate("() => window.origin") == "null"
        assert visitor.fits()
        page.evaluate("history.back()")
        report.get_by_role("heading", name="later").wait_for()
        page.evaluate("history.back()")
        page.locator("#conversation").wait_for()


def test_a_link_to_the_quality_view_opens_it(site: Site, visit: Visit) -> None:
    visitor = visit(site)
    visitor.page.goto(f"{site.url}/#quality")
    visitor.page.reload()
    visitor.page.frame_locator("#quality iframe").locator("h1").wait_for()
    assert not visitor.page.locator("#composer").is_visible()


def test_an_article_cannot_do_anything(tmp_path: Path, model_cache: str, visit: Visit) -> None:
    text = (
        f"The lighthouse of Zanzibar {EVIL} was painted red in 1987. ![x](http://evil.example/x.png) "
        "[click](javascript:alert(3)) ${alert(4)} {{alert}}\n\n<iframe src='http://evil.example/'></iframe>"
        "<svg onload=alert(5)> <style>body{display:none}</style> <a href='javascript:alert(6)'>here</a>"
    )
    with rag_open(tmp_path, model_cache) as bot:
        bot.library.put(
            Article(text=text, title=f"Lighthouse {EVIL}", address="/evil", source=EVIL, url="javascript:alert(7)")
        )
        bot.index.bring_up_to_date()
    with running(tmp_path, RAG_LLM="extractive", RAG_MODEL_CACHE=model_cache) as site:
        visitor = visit(site)
        turn = visitor.ask("When was the lighthouse of Zanzibar painted red?")
        assert EVIL in turn.locator(".answer").inner_text()
        article_id, start, end, marked = open_citation(visitor, turn.locator("button.cite").first)
        with rag_open(tmp_path, model_cache) as bot:
            assert marked == bot.article(article_id).text[start:end]
        assert visitor.page.locator("#reader a, #reader img, #reader script, #reader iframe, #reader svg").count() == 0
        turn = visitor.ask(f"{EVIL} what is the price of a lighthouse in Tashkent?")
        assert visitor.page.locator(".turn img, .turn script, .turn a").count() == 0
        visitor.page.wait_for_timeout(300)


def test_a_source_and_its_article_say_where_else_the_story_stands(
    tmp_path: Path, model_cache: str, visit: Visit
) -> None:
    text = (
        "The lighthouse of Zanzibar was painted red in 1987, said the harbour master on Tuesday. Ships had asked for a "
        "colour that is seen by day, and the town paid for the paint. It will be painted again in the spring."
    )
    papers = [("Alva Post", "https://alva.example/1"), ("Kell Times", "https://kell.example/2"), (EVIL, "/not-the-web")]
    with rag_open(tmp_path, model_cache) as bot:
        for day, (paper, url) in enumerate(papers, 5):
            told = f"---\ntitle: Lighthouse painted\nsource: {paper!r}\nurl: {url}\ndate: 2024-02-0{day}\n---\n\n{text}"
            (tmp_path / f"{day}.md").write_text(f"{told} Number {paper}.\n" if day > 5 else told)
        bot.add(*sorted(tmp_path.glob("*.md")))
    with running(tmp_path, RAG_LLM="extractive", RAG_MODEL_CACHE=model_cache) as site:
        visitor = visit(site)
        turn = visitor.ask("When was the lighthouse of Zanzibar painted red?")
        assert "Alva Post" in turn.locator(".sources .card .byline").inner_text()
        also = turn.locator(".sources .copies")
        assert also.inner_text() == f"Also in: Kell Times, {EVIL}"
        link = also.get_by_role("link")
        assert link.get_attribute("href") == "https://kell.example/2"
        assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")
        open_citation(visitor, turn.locator("button.cite").first)
        assert visitor.page.locator("#reader header .copies").inner_text().startswith("Also in: Kell Times")
        assert visitor.fits()


def test_an_empty_library_says_how_to_fill_it_and_fills(tmp_path: Path, model_cache: str, visit: Visit) -> None:
    (tmp_path / "bridge.md").write_text("---\ntitle: Alva bridge opens\n---\n\nThe bridge of Alva opened on Monday.\n")
    with running(tmp_path / "home", RAG_LLM="extractive", RAG_MODEL_CACHE=model_cache) as site:
        visitor = visit(site)
        assert "rag add" in visitor.page.locator("#welcome").inner_text()
        with rag_open(tmp_path / "home", model_cache) as bot:
            assert [result.outcome for result in bot.add(tmp_path / "bridge.md")] == ["added"]
        visitor.page.get_by_role("button", name="Alva bridge opens – what happened?").wait_for()


def test_what_another_process_adds_and_removes_is_answered_within_seconds(
    tmp_path: Path, model_cache: str, visit: Visit
) -> None:
    question = "When was the lighthouse of Zanzibar painted red?"
    file = tmp_path / "lighthouse.md"
    with rag_open(tmp_path / "home", model_cache) as bot:
        bot.add(GOLDEN / "01-twin-earthquakes.md")
    with running(tmp_path / "home", RAG_LLM="extractive", RAG_MODEL_CACHE=model_cache) as site:
        visitor = visit(site)
        assert "abstained" in (visitor.ask(question).get_attribute("class") or "")
        for year in ("1987", "1991"):
            file.write_text(f"# Lighthouse\n\nThe lighthouse of Zanzibar was painted red in {year}.\n")
            site.run("add", str(file))
            assert seconds_until(lambda said=year: said in answer(visitor, question)) < SECONDS  # type: ignore[misc]
        assert "1987" not in answer(visitor, question)
        site.run("remove", "Lighthouse")
        assert "painted" not in answer(visitor, question), "what is removed is gone at once"


def answer(visitor: Visitor, question: str) -> str:
    return str(visitor.ask(question).locator(".answer").inner_text())


def seconds_until(test: Callable[[], bool]) -> float:
    start = time.monotonic()
    while not test():
        assert time.monotonic() - start < 30
    return time.monotonic() - start


class TestWithAModel:
    """A scripted model behind a real endpoint: streaming, stopping, failing."""

    @pytest.fixture
    def model(self, endpoint: ScriptedEndpoint, library: Path, model_cache: str) -> Iterator[Site]:
        settings = {"RAG_LLM": "scripted", "RAG_LLM_BASE_URL": endpoint.url, "RAG_JUDGE": "off"}
        with running(library, RAG_MODEL_CACHE=model_cache, **settings) as site:
            yield site

    def test_the_passages_come_first_then_the_text_grows(
        self, model: Site, endpoint: ScriptedEndpoint, visit: Visit
    ) -> None:
        endpoint.texts = ["About 31,000 vehicles a day used the Key Bridge [1]. It was opened in 1957 [1]."]
        endpoint.pause = 0.1
        visitor = visit(model)
        page = visitor.page
        assert f"scripted at {endpoint.url}" in page.locator("#status").inner_text()
        box = page.get_by_role("textbox", name="Question")
        box.fill("How many vehicles a day used the Key Bridge?")
        box.press("Enter")
        page.locator("#live .found[open] .card").first.wait_for()
        seen = []
        while page.locator("#live .turn[aria-busy=true]").count():
            seen.append(page.evaluate("document.querySelector('#live .answer')?.innerText ?? ''"))
        assert seen[0] == ""
        assert len(set(seen)) > 5, "the text was seen growing"
        # The second sentence says what the article does not.
        wrong = page.locator("#live .sentence.contradicted, #live .sentence.not_found")
        assert "1957" in wrong.inner_text()
        why = wrong.locator(".why")
        assert not why.is_visible()
        page.mouse.move(0, 0)
        wrong.locator(".mark").click()
        assert why.is_visible()
        assert wrong.locator(".mark").get_attribute("aria-expanded") == "true"

    def test_stop_ends_the_models_stream(self, model: Site, endpoint: ScriptedEndpoint, visit: Visit) -> None:
        endpoint.texts = ["The Key Bridge was used by vehicles. " * 200, "About 31,000 vehicles a day [1]."]
        endpoint.pause = 0.05
        visitor = visit(model)
        page = visitor.page
        box = page.get_by_role("textbox", name="Question")
        box.fill("How many vehicles a day used the Key Bridge?")
        box.press("Enter")
        page.locator("#live .answer", has_text="vehicles").wait_for()
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("Stopped.").wait_for()
        assert endpoint.disconnected.wait(5)
        assert len(endpoint.requests) == 1
        turn = visitor.ask("How many vehicles used the Key Bridge each day?")
        assert "31,000" in turn.locator(".answer").inner_text()

    def test_a_failing_model_is_one_line_and_the_passages_are_shown(
        self, model: Site, endpoint: ScriptedEndpoint, visit: Visit
    ) -> None:
        endpoint.status = 401
        visitor = visit(model)
        turn = visitor.ask("How many vehicles a day used the Key Bridge?")
        assert "key" in turn.locator(".error").inner_text()
        assert turn.locator(".found[open] .card").count() > 3
        turn.locator(".found .card").first.click()
        visitor.page.locator("#reader mark").first.wait_for()


def rag_open(home: Path, model_cache: str) -> Any:
    import rag

    return rag.open(home=home, model_cache=model_cache, llm="extractive")
