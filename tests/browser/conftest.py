"""A server process over a library of its own, and Chromium to look at it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.visiting import PATIENCE, Site, Visitor

import rag

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
GOLDEN = Path(__file__).parents[2] / "evals" / "golden" / "articles"


@pytest.fixture(scope="module")
def model_cache() -> str:
    from index.weights import locate

    folder = Path(os.environ.get("RAG_MODEL_CACHE") or Path.home() / ".cache" / "article-rag" / "models")
    if locate("all-minilm-l6-v2", cache=folder) is None:
        pytest.skip("the embedding model is not in the cache: rag models fetch all-minilm-l6-v2")
    return str(folder)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, model_cache: str) -> Path:
    """A home with the golden articles in it."""
    home = tmp_path_factory.mktemp("page")
    with rag.open(home=home, model_cache=model_cache) as bot:
        assert all(result.outcome == "added" for result in bot.add(GOLDEN))
    return home


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visitor]]:
    """Opens a site, as a visitor with what `context` says (viewport, color_scheme, …).

    At the end nothing must have been logged as an error, asked of another host, or said in a dialog.
    """
    visitors: list[Visitor] = []

    def visit(site: Site, **context: Any) -> Visitor:
        page = browser.new_context(**context).new_page()
        page.set_default_timeout(PATIENCE)
        visitor = Visitor(page)
        visitors.append(visitor)
        wrong = visitor.wrong
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
        page.on("request", lambda request: _local(request.url, site.url) or wrong.append(f"asked for {request.url}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(site.url)
        page.locator("#welcome section").wait_for()
        return visitor

    yield visit
    for visitor in visitors:
        visitor.page.context.close()
        assert visitor.wrong == []


def _local(address: str, site: str) -> bool:
    return address.startswith((f"{site}/", "data:", "blob:"))
