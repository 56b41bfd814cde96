"""The chat page: `build` makes it, `serve` serves it, `command` is ``rag ui``.

It holds no logic of its own: answers come from `rag.Bot`, what they look like from `rag.page`, reports from `evals`.
"""

import asyncio
import contextlib
import logging
import os
import socket
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

import rag
from rag import page
from rag.arguments import text_of

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

T = TypeVar("T")

log = logging.getLogger("article-rag.ui")

REDRAW = 0.08  # seconds between two pictures of an answer that is being written
AT_ONCE = 8  # answers being written, over all visitors
PORTS = 20  # ports tried after the one asked for
WARMING = 10.0  # seconds that an end at once waits for what is still being loaded
LOCAL = ("127.0.0.1", "localhost", "::1")

LIVE = '<div role="log" aria-live="polite" aria-label="Answer">${value}</div>'
PANEL = """
<dialog id="reader" aria-labelledby="reader-title"><div class="sheet">
<button type="button" class="close" aria-label="Close the article">×</button>
<div class="page"></div>
</div></dialog>"""

VIEWS = """<nav aria-label="Views"><a href="#" aria-current="page">Ask</a><a href="#quality">Quality</a></nav>"""
# A report holds what models wrote: a document of its own, without an origin, that can only run its own script.
QUALITY = """
<p role="status">The report is being made …</p>
<iframe title="Quality report" data-src="quality" sandbox="allow-scripts" referrerpolicy="no-referrer"></iframe>"""

# Nothing is loaded from anywhere else, whatever an article or a model may say. Gradio needs inline
# and evaluated scripts of its own.
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass
class Session:
    """What one browser tab has asked so far."""

    conversation: rag.Conversation = field(default_factory=rag.Conversation)
    turns: list[page.Turn] = field(default_factory=list)

    @property
    def earlier(self) -> str:
        return page.join(*(turn.html() for turn in self.turns[:-1]))

    @property
    def latest(self) -> str:
        return self.turns[-1].html() if self.turns else ""


class Handlers:
    """What happens on the page's events. Each gives one update for each of the outputs that its docstring names."""

    def __init__(self, bot: rag.Bot) -> None:
        self.bot = bot

    def refresh(self, session: Session) -> tuple[Any, ...]:
        """Status, welcome, timer. The timer asks again while the library is empty or being indexed."""
        import gradio as gr

        bot = self.bot
        waiting, trouble = 0, None
        try:
            index = bot.index.status()
            waiting, trouble = 0 if index.fresh else bot.library.changes_after(index.change), index.trouble
        except rag.ArticleRagError as error:
            trouble = str(error)
        count = bot.library.count()
        problem = None if bot.choice.problem is None else str(bot.choice.problem)
        status = page.status(bot.choice.why, count, problem=problem, waiting=waiting, trouble=trouble)
        welcome = "" if session.turns else page.welcome(bot.articles())
        return status, welcome, gr.Timer(active=bool(waiting or trouble or not count))

    async def ask(self, question: str, session: Session) -> AsyncGenerator[tuple[Any, ...], None]:
        """Box, welcome, earlier turns, the live one; again and again while the answer grows."""
        import gradio as gr

        question = text_of(question, "question", empty=True).strip()
        if not question:
            return
        same = gr.skip()
        turn = page.Turn(question, date.today(), len(session.turns) + 1)
        session.turns.append(turn)
        yield gr.update(value="", submit_btn=False, stop_btn="Stop"), "", session.earlier, turn.html()
        try:
            events = self.bot.astream(turn.question, conversation=session.conversation)
            async with contextlib.aclosing(batches(events, REDRAW)) as some:
                async for batch in some:
                    for event in batch:
                        turn.apply(event)
                    yield same, same, same, turn.html()
        except rag.ArticleRagError as error:
            turn.fail(str(error))
        except Exception as error:
            log.exception("a question failed")
            turn.fail(f"This should not have happened ({type(error).__name__}); the terminal of the page shows more.")
        yield idle(), same, same, turn.html()

    def stop(self, session: Session) -> tuple[Any, ...]:
        """Box, live turn, once the answer has been cancelled."""
        if session.turns:
            session.turns[-1].stop()
        return idle(), session.latest

    def start_over(self) -> tuple[Any, ...]:
        """Session, box, earlier turns, the live one, then what `refresh` gives."""
        session = Session()
        return session, idle(), "", "", *self.refresh(session)

    def read_article(self, place: Any) -> str:
        """For the reading panel: the article of [id, start, end]."""
        match place:
            case [str() as article_id, int() as start, int() as end]:
                try:
                    article = self.bot.article(article_id)
                    copies = self.bot.copies([article.article_id]).get(article.article_id, ())
                    return page.article(article, start, end, date.today(), copies)
                except rag.ArticleRagError as error:
                    return page.gone(str(error))
        return page.gone("The page asked for it in a way that is not understood; load the page again.")


def idle() -> Any:
    """The question box when nothing is being answered."""
    import gradio as gr

    return gr.update(submit_btn="Ask", stop_btn=False)


def build(bot: rag.Bot) -> "gr.Blocks":
    """The page over `bot`. Mount it with the arguments that `look` gives, or use `serve`."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    on = Handlers(bot)

    # Gradio wants functions that it can mark, and annotations that it can see.
    def read_article(place: Any) -> str:
        return on.read_article(place)

    async def ask_example(session: Session, event: gr.EventData) -> AsyncGenerator[tuple[Any, ...], None]:
        async with contextlib.aclosing(on.ask(str(event.question), session)) as updates:
            async for update in updates:
                yield update

    plain: dict[str, Any] = {"apply_default_css": False}
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    blocks: gr.Blocks
    with gr.Blocks(title="Article RAG", analytics_enabled=False, fill_width=True) as blocks:
        state = gr.State(Session())  # each visitor gets a copy
        timer = gr.Timer(2, active=False)
        with gr.Row(elem_id="top"):
            gr.HTML("<h1>Article RAG</h1>", elem_id="name", **plain)
            gr.HTML(VIEWS, elem_id="views", **plain)
            status = gr.HTML(elem_id="status", **plain)
            again = gr.Button("New conversation", elem_id="again", size="sm")
        with gr.Column(elem_id="conversation"):
            welcome = gr.HTML(elem_id="welcome", **plain)
            earlier = gr.HTML(elem_id="earlier", **plain)
            live = gr.HTML(html_template=LIVE, js_on_load=page.asset("live.js"), elem_id="live", **plain)
        with gr.Column(elem_id="composer"):
            box = gr.Textbox(
                placeholder="Ask about the articles",
                label="Question",
                show_label=False,
                container=False,
                submit_btn="Ask",
                max_lines=6,
                max_length=2000,
                elem_id="question",
            )
        gr.HTML(html_template=QUALITY, js_on_load=page.asset("quality.js"), elem_id="quality", **plain)
        panel = gr.HTML(
            html_template=PANEL,
            js_on_load=page.asset("page.js"),
            server_functions=[read_article],
            elem_id="panel",
            **plain,
        )
        looks = [status, welcome, timer]
        parts = [box, welcome, earlier, live]
        asking = [
            box.submit(on.ask, [box, state], parts, concurrency_id="ask", **quiet),
            panel.example(ask_example, [state], parts, concurrency_id="ask", **quiet),
        ]
        for event in asking:
            event.then(on.refresh, [state], looks, **quiet)
        box.stop(on.stop, [state], [box, live], cancels=asking, **quiet)
        again.click(on.start_over, None, [state, box, earlier, live, *looks], cancels=asking, **quiet)
        timer.tick(on.refresh, [state], looks, **quiet)
        blocks.load(on.refresh, [state], looks, **quiet)
    blocks.queue(default_concurrency_limit=AT_ONCE, api_open=False)
    return blocks


def look() -> dict[str, Any]:
    """The arguments of `gradio.mount_gradio_app` with which the page looks as it should, and keeps to itself."""
    import gradio as gr

    theme = gr.themes.Base(
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"],
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
    )
    return {"theme": theme, "css": page.asset("page.css"), "footer_links": [], "ssr_mode": False, "max_file_size": 1}


def application(bot: rag.Bot, *, local: bool) -> "FastAPI":
    """The page as a web application. With `local` it answers to this machine's own names alone."""
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.get("/quality")(_reports())
    gr.mount_gradio_app(app, build(bot), path="/", **look())
    app.add_middleware(_Headers)
    if local:
        # Else a page elsewhere could have its own name point here, and read the library.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])
    return app


def _reports() -> Callable[..., Any]:
    """What answers at ``/quality``: the newest evaluation run's report, or that of the `run` named."""
    from fastapi.responses import HTMLResponse

    from evals.report import Shelf, policy

    shelf = Shelf()
    headers = {
        "content-security-policy": f"{policy()}; sandbox allow-scripts; form-action 'none'; frame-ancestors 'self'",
        "cache-control": "no-cache",
    }

    def quality(run: str | None = None) -> HTMLResponse:
        return HTMLResponse(shelf.html(run), headers=headers)

    return quality


def serve(bot: rag.Bot, host: str, port: int) -> None:
    """Serve the page until Ctrl-C, on `port` or the next free one. Raises ArticleRagError when it cannot."""
    listening = listen(host, port)
    with contextlib.closing(listening):
        taken = listening.getsockname()[1]
        if port not in (0, taken):
            click.echo(f"port {port} is busy; taking {taken}", err=True)
        import uvicorn

        bot.choice  # noqa: B018 -- what is wrong with the settings is said before the page is up
        bot.index.follow()
        app = application(bot, local=host in LOCAL)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        # A page that is still open holds a connection, whose end would be told as an error.
        logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
        warming = threading.Thread(target=_warm_up, args=(bot,), daemon=True)
        warming.start()
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"Ask at http://{shown}:{taken} (Ctrl-C ends it)")
        try:
            with contextlib.suppress(KeyboardInterrupt):
                server.run(sockets=[listening])  # ends by raising the interrupt again
        finally:
            # Native code in a thread that the interpreter's end cuts off aborts the process.
            warming.join(WARMING)


@click.command("ui", epilog="Example: rag ui --port 8000")
@click.option("--host", metavar="H", help="The address to listen on (default: 127.0.0.1, this machine alone).")
@click.option("--port", metavar="P", type=click.IntRange(0, 65535), help="The port (default: 7860, or the next free).")
def command(host: str | None, port: int | None) -> None:
    """Serve the chat page. It keeps the index fresh while it runs."""
    from rag.cli.common import opened

    with opened(host=host, port=port) as bot:
        serve(bot, bot.settings.host, bot.settings.port)


async def batches(items: AsyncIterator[T], seconds: float) -> AsyncGenerator[list[T], None]:
    """Items as they come, but at most one batch every `seconds`; nothing is held back longer than that.

    Closing it cancels the wait for the next item, and closes `items`.
    """
    loop = asyncio.get_running_loop()
    waiting: list[T] = []
    shown = 0.0
    upcoming: asyncio.Task[T] | None = None
    try:
        while True:
            upcoming = upcoming or asyncio.ensure_future(anext(items))
            left = max(0.0, shown + seconds - loop.time()) if waiting else None
            done, _ = await asyncio.wait([upcoming], timeout=left)
            if done:
                finished, upcoming = upcoming, None
                try:
                    waiting.append(finished.result())
                except StopAsyncIteration:
                    break
            if waiting and loop.time() >= shown + seconds:
                yield waiting
                waiting, shown = [], loop.time()
        if waiting:
            yield waiting
    finally:
        if upcoming is not None:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)
        if isinstance(items, AsyncGenerator):
            await items.aclose()


class _Headers:
    """Adds `_HEADERS` to every answer; plain ASGI, so that streams stay streams."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self._app(scope, receive, sending)


def _warm_up(bot: rag.Bot) -> None:
    """So that the first question is as fast as the others. A failure will show with that question."""
    try:
        bot.search("news", 1)
        bot.engine.warm_up()
    except Exception:
        log.debug("warming up failed", exc_info=True)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on `port`, or on one of the next when it is taken."""
    for candidate in _candidates(port):
        try:
            return socket.create_server((host, candidate), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            failure = error
            if isinstance(error, socket.gaierror | PermissionError):
                break
    raise rag.ArticleRagError(f"cannot listen on {host} port {port}: {failure.strerror}; choose another with --port")


def _candidates(port: int) -> Iterator[int]:
    yield port
    if port:
        yield from range(port + 1, min(port + PORTS, 65535) + 1)
