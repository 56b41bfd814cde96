"""What the commands share."""

import json
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rag.bot import Bot

F = TypeVar("F", bound=Callable[..., Any])

PAUSE = 10.0  # seconds between two lines about how far something has come

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def filter_options(command: F) -> F:
    """``--source``, ``--after``, ``--before`` and ``--as-of``."""
    for option in (
        click.option("--as-of", metavar="DAY", help="The day of asking, e.g. 2023-03-08 (default: today)."),
        click.option("--before", metavar="DAY", help="Only articles published before this day."),
        click.option("--after", metavar="DAY", help="Only articles published on this day or later."),
        click.option("--source", metavar="NAME", multiple=True, help="Only articles of this source; may be repeated."),
    ):
        command = option(command)
    return command


@contextmanager
def opened(**overrides: Any) -> "Iterator[Bot]":
    """A bot that shows on standard error when it fetches a model."""
    from rag.bot import Bot
    from rag.settings import load

    with fetch_progress() as progress, Bot(load(**overrides), progress=progress) as bot:
        yield bot


@contextmanager
def fetch_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for model downloads, on standard error."""
    from index.weights import progress_bar

    with progress_bar() as progress:
        yield progress


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def say(text: str = "") -> None:
    """A message, on standard error."""
    click.echo(text, err=True)


def safe(text: str) -> str:
    """Text of an article or a model for a terminal: without what could drive the terminal."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))


def safe_line(text: str) -> str:
    """`safe` text on one line: a file name or a title with a line end could forge a line of ours."""
    return safe(text).replace("\n", " ")


def now_and_then() -> Callable[[str], None]:
    """Says what it is given where no bar can be drawn (a log, a pipe), but only every few seconds, and at first
    nothing: what is done soon needs no words."""
    said = time.monotonic()

    def tell(text: str) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= PAUSE and not interactive():
            said = now
            say(text)

    return tell


def interactive() -> bool:
    """Whether standard error is a terminal that can redraw a line."""
    return sys.stderr.isatty()
