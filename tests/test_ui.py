"""The page's server: what it answers to, on which port; and answers drawn in batches."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest
from browser.visiting import report_run, running
from click.testing import CliRunner

import rag
import ui


def test_items_come_in_batches_at_once_or_after_the_pause() -> None:
    async def items() -> AsyncIterator[int]:
        yield 1
        yield 2
        yield 3
        await asyncio.sleep(0.3)
        yield 4

    async def run() -> tuple[list[list[int]], list[float]]:
        loop = asyncio.get_running_loop()
        start = loop.time()
        got, times = [], []
        async for batch in ui.batches(items(), 0.1):
            got.append(batch)
            times.append(loop.time() - start)
        return got, times

    got, times = asyncio.run(run())
    assert got == [[1], [2, 3], [4]]
    assert times[0] < 0.1 <= times[1] < 0.3 <= times[2]


def test_closing_the_batches_closes_the_items_in_the_middle_of_a_wait() -> None:
    ended: list[str] = []

    async def items() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.sleep(60)
            yield 2
        finally:
            ended.append("closed")

    async def run() -> None:
        async with aclosing(ui.batches(items(), 0.01)) as batches:
            assert await anext(batches) == [1]
            waiting = asyncio.ensure_future(anext(batches))
            await asyncio.sleep(0.05)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert ended == ["closed"]

    asyncio.run(run())


def test_an_error_of_the_items_goes_on() -> None:
    async def items() -> AsyncIterator[int]:
        yield 1
        raise rag.ArticleRagError("no")

    async def run() -> None:
        async for _ in ui.batches(items(), 0.01):
            continue

    with pytest.raises(rag.ArticleRagError, match="no"):
        asyncio.run(run())


def test_a_busy_port_gives_way_to_the_next() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with ui.listen("127.0.0.1", port) as listening:
            assert port < listening.getsockname()[1] <= port + ui.PORTS


def test_an_address_that_is_not_ours_is_said() -> None:
    with pytest.raises(rag.ArticleRagError, match=r"cannot listen on 192\.0\.2\.1 port 7860: .*--port"):
        ui.listen("192.0.2.1", 7860)


@pytest.mark.model
def test_the_page_answers_to_this_machines_names_alone_and_lets_nothing_in_from_elsewhere(
    home: Path, minilm_folder: Path
) -> None:
    with running(home, RAG_LLM="extractive") as site, httpx.Client(base_url=site.url, trust_env=False) as client:
        page = client.get("/", headers={"host": "localhost"})
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
        assert page.headers["referrer-policy"] == "no-referrer"
        assert client.get("/", headers={"host": "evil.example"}).status_code == 400
        assert client.get("/gradio_api/info").json()["named_endpoints"] == {}


@pytest.mark.model
@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.4])
def test_the_page_may_be_ended_while_it_still_warms_up(seconds: float, home: Path, minilm_folder: Path) -> None:
    with running(home, RAG_LLM="extractive"):  # says itself how the process ended
        time.sleep(seconds)


@pytest.mark.model
def test_reports_have_no_origin_and_run_only_their_own_script(home: Path, tmp_path: Path, minilm_folder: Path) -> None:
    with (
        running(home, tmp_path, RAG_LLM="extractive") as site,
        httpx.Client(base_url=site.url, trust_env=False) as client,
    ):
        nothing = client.get("/quality")
        assert nothing.status_code == 200
        assert "rag eval run golden-extractive" in nothing.text
        assert str(tmp_path) not in nothing.text
        report_run(tmp_path / "runs" / "mine")
        report = client.get("/quality")
        assert "<h1>mine</h1>" in report.text
        assert report.headers["content-type"] == "text/html; charset=utf-8"
        assert report.headers["x-content-type-options"] == "nosniff"
        policies = report.headers.get_list("content-security-policy")
        assert any("default-src 'none'" in one and "sandbox allow-scripts;" in one for one in policies)
        assert client.get("/quality", params={"run": "../home"}).text.count("There is no run ../home") == 1
        assert client.get("/quality", headers={"host": "evil.example"}).status_code == 400


def test_the_command_says_what_it_does() -> None:
    result = CliRunner().invoke(ui.command, ["--help"])
    assert result.exit_code == 0
    assert "Example: rag ui --port 8000" in result.output
    assert CliRunner().invoke(ui.command, ["--port", "70000"]).exit_code == 2
