"""Commands that read sources: add, sync."""

import json
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import ArticleRagError
from rag.cli.articles import bring_up_to_date
from rag.cli.common import json_option, now_and_then, opened, print_json, safe, safe_line, say

if TYPE_CHECKING:
    from index.sync import Entry
    from rag.bot import Bot

_OURS = ("library.db", "verdicts.jsonl")  # and what SQLite puts beside its file
_COUNTED = ("added", "changed", "unchanged", "moved", "removed", "failed")  # also when there are none
_LISTED = ("added", "changed", "moved", "removed")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """A time like 90s, 15m, 2h or 1d."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value.strip().lower())
    if match is None or float(match[1]) <= 0:
        raise click.BadParameter(f"{value!r} is not a time like 90s, 15m, 2h or 1d", ctx, param)
    return float(match[1]) * _UNITS[match[2]]


@click.command(epilog="Example: rag add articles/ story.html export.jsonl https://example.org/feed.xml")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--watch", is_flag=True, help="Then follow the folders until Ctrl-C.")
@json_option
def add(sources: tuple[str, ...], watch: bool, as_json: bool) -> None:
    """Add articles from files, folders, web pages, feeds and sitemaps, and index them.

    Text, Markdown, HTML, JSON Lines, PDF, DOCX and EPUB. What cannot be read does not stop the rest:
    it is listed at the end with its reason, and the exit status is 1. `rag sync` reads all of it again.
    """
    from index.sync import add as read
    from index.sync import count_files

    folders = list(_folders(sources))
    if watch and len(folders) < len(sources):
        raise click.UsageError("--watch follows folders; add the rest without it, and use rag sync --every")
    with opened() as bot:
        numbers = [count_files(source) for source in sources]
        total = None if None in numbers else sum(number or 0 for number in numbers)
        result = _round(bot, read(bot.library, sources, lambda: bot.fetcher), total, as_json=as_json, repeated=watch)
        if watch:
            _follow(bot, folders, as_json=as_json)
        elif result.failed or not result.counts:
            raise click.exceptions.Exit(1)


def _folders(sources: Sequence[str]) -> Iterator[str]:
    """The addresses of those sources that are folders."""
    from index.errors import SourceError
    from index.sources import source_address

    for source in sources:
        with suppress(SourceError):  # said when it is read
            kind, address = source_address(source)
            if kind == "folder":
                yield address


@click.command(epilog="Example: rag sync --every 15m")
@click.option("--every", callback=_seconds, metavar="TIME", help="Keep going, e.g. every 15m, until Ctrl-C.")
@json_option
def sync(every: float | None, as_json: bool) -> None:
    """Read again what was added, and bring the index up to date.

    Files by size, time and content; pages and feeds as far as their sites say that they changed. A
    file that is gone takes its article along, a page only after it was missing three times (told
    that it is gone for good, two). What a feed no longer lists stays, what you removed stays away.

    With --every a round that fails is said, and the next one tries again; with --json each is a line.
    """
    with opened() as bot:
        if every is not None:
            with _until_interrupted() as stop:
                while not stop.is_set():
                    started = time.monotonic()
                    with _said(as_json=as_json):
                        _synced(bot, None, as_json=as_json, repeated=True)
                    stop.wait(max(1.0, every - (time.monotonic() - started)))
            return
        result = _synced(bot, None, as_json=as_json)
        if not bot.library.roots():
            say("nothing was added yet that could be read again; add articles with: rag add SOURCE")
        if result.failed:
            raise click.exceptions.Exit(1)


@contextmanager
def _said(*, as_json: bool) -> Iterator[None]:
    """An error ends a round, not those after it: a full disk or a lock may be gone by then."""
    try:
        yield
    except BrokenPipeError:
        raise  # nobody listens any more
    except (ArticleRagError, OSError) as error:
        if as_json:
            click.echo(json.dumps({"error": str(error)}, ensure_ascii=False))
        say(f"this round failed: {safe(str(error))}; the next one tries again")


@dataclass
class _Result:
    """What one round of reading did; all entries only if they are to be printed."""

    counts: Counter[str] = field(default_factory=Counter)
    failed: list["Entry"] = field(default_factory=list)
    entries: list["Entry"] = field(default_factory=list)


def _synced(
    bot: "Bot", only: Sequence[str] | None, *, as_json: bool, repeated: bool = False, quiet: bool = False
) -> _Result:
    from index.sync import count_files
    from index.sync import sync as read

    local = [root.address for root in bot.library.roots() if only is None or root.address in only]
    numbers = [count_files(address) for address in local]
    total = None if None in numbers else sum(number or 0 for number in numbers)
    entries = read(bot.library, lambda: bot.fetcher, only)
    return _round(bot, entries, total, as_json=as_json, known=True, repeated=repeated, quiet=quiet)


def _round(
    bot: "Bot",
    entries: Iterator["Entry"],
    total: int | None,
    *,
    as_json: bool,
    known: bool = False,
    repeated: bool = False,
    quiet: bool = False,
) -> _Result:
    """Read, index, report.

    What was `known` and read again is reported one by one where anything happened to it, with every
    count. Of `repeated` rounds each is one line of JSON. With `quiet` nothing is said when nothing happened.
    """
    result = _Result(Counter(dict.fromkeys(_COUNTED, 0)) if known else Counter())
    with _bar(total) as advance:
        for entry in entries:
            advance(entry)
            result.counts[entry.outcome] += 1
            if entry.outcome == "failed":
                result.failed.append(entry)
            if (as_json and not (quiet and entry.outcome == "unchanged")) or (known and entry.outcome in _LISTED):
                result.entries.append(entry)
    bring_up_to_date(bot)
    happened = set(+result.counts) - {"unchanged", "withdrawn"}
    if quiet and not happened:
        return result
    if as_json:
        told = {"counts": dict(sorted(result.counts.items())), "articles": [_public(e) for e in result.entries]}
        if repeated:
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            print_json(told)
    elif known:
        for entry in result.entries:
            click.echo(safe_line(f"{entry.outcome}: {entry.address}{f' ({entry.reason})' if entry.reason else ''}"))
    say(", ".join(f"{number} {outcome}" for outcome, number in sorted(result.counts.items())) or "no articles found")
    for entry in result.failed:
        say(f"failed: {safe_line(entry.address)}: {safe_line(entry.reason or '')}")
    return result


def _public(entry: "Entry") -> dict[str, Any]:
    known = asdict(entry)
    return {name: known[name] for name in ("address", "outcome", "article_id", "reason")}


@contextmanager
def _bar(total: int | None) -> Iterator[Callable[["Entry"], None]]:
    """A bar with rate and, where the number of files is known, the time left; else a line now and then."""
    from tqdm import tqdm

    tell = now_and_then()
    files = 0
    last: str | None = None
    articles = 0
    with tqdm(desc="reading", unit=" files", total=total, leave=False, disable=None) as bar:

        def advance(entry: "Entry") -> None:
            nonlocal last, articles, files
            articles += 1
            if entry.origin != last:
                last = entry.origin
                files += 1
                bar.update()
            bar.set_postfix_str(f"{articles} articles", refresh=False)
            tell(f"reading: {files}{f' of {total}' if total else ''} files, {articles} articles")

        yield advance


def _follow(bot: "Bot", folders: list[str], *, as_json: bool) -> None:
    """Read the folders again whenever something in them changes, until Ctrl-C."""
    from watchfiles import Change, watch

    from index.loaders import is_known

    home = bot.settings.home.resolve()

    def matters(change: Change, path: str) -> bool:
        place = Path(path)
        if _is_ours(place, home):
            return False
        return change is Change.deleted or is_known(place) or place.is_dir()

    say(f"following {safe(', '.join(folders))}; Ctrl-C ends it")
    with _until_interrupted() as stop:
        ready = False
        changes = watch(
            *folders,
            watch_filter=matters,
            debounce=1000,
            step=100,
            rust_timeout=500,
            yield_on_timeout=True,
            stop_event=stop,
        )
        for changed in changes:
            if changed or not ready:  # the first time for what happened before the watching began
                ready = True
                with _said(as_json=as_json):
                    _synced(bot, folders, as_json=as_json, repeated=True, quiet=True)
    say("stopped")


def _is_ours(place: Path, home: Path) -> bool:
    """Whether `place` is one of the program's own files, which lie in its `home`; articles may lie there too."""
    return place.is_relative_to(home / "index") or (place.parent == home and place.name.startswith(_OURS))


@contextmanager
def _until_interrupted() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets, so that what is being done is ended properly; the second is as ever."""
    stop = threading.Event()

    def first(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
