"""One question to the page with the real local model."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser.visiting import Visitor, running

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.llm]


def test_the_local_model_answers_with_a_citation(
    library: Path, model_cache: str, llm_file: Path, visit: Callable[..., Visitor]
) -> None:
    with running(library, RAG_LLM="local", RAG_MODEL_CACHE=model_cache) as site:
        visitor = visit(site)
        visitor.page.set_default_timeout(300_000)
        assert "qwen2.5-coder-1.5b-instruct on this machine" in visitor.page.locator("#status").inner_text()
        turn = visitor.ask("How many vehicles a day used the Key Bridge?")
        assert "31,000" in turn.inner_text()
        assert "local:qwen2.5-coder-1.5b-instruct" in turn.locator(".colophon").inner_text()
        turn.locator("button.cite").first.click()
        visitor.page.locator("#reader mark").first.wait_for()
        assert "31,000" in "".join(visitor.page.locator("#reader mark").all_text_contents())
