"""The process that parses what others wrote: `index.loaders.bench` starts it, and ends it when it misbehaves.

One JSON object a line in, one out. A request is ``{"path": …}``, ``{"html": …, "address": …}`` or
``{"feed": …, "address": …}`` (in base 64), with the ``seconds`` of processor time that it may take; an
answer is ``{"draft": …}``, ``{"entries": […]}`` or ``{"error": …, "kind": …}``.
"""

import base64
import json
import os
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import SourceError
from index.loaders.feed import parse_feed
from index.loaders.html import page_draft
from index.loaders.load import load_draft

MEMORY = 4 * 2**30  # bytes of address space; a parser's own libraries map half a gigabyte


def main() -> None:
    """Answer requests until standard input ends."""
    # Parsers print: their words go nowhere, so that only answers leave on the channel for answers.
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _limit_memory()
    serve(sys.stdin.buffer, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each line of `requests`."""
    for line in requests:
        request = json.loads(line)
        _limit_time(request["seconds"])
        answers.write(json.dumps(_answer(request), default=_plain).encode() + b"\n")
        answers.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        if "path" in request:
            return {"draft": asdict(load_draft(Path(request["path"])))}
        if "feed" in request:
            entries = parse_feed(base64.b64decode(request["feed"]), request["address"])
            return {"entries": [asdict(entry) for entry in entries]}
        return {"draft": asdict(page_draft(request["html"], request["address"]))}
    except SourceError as error:
        return {"error": str(error), "kind": type(error).__name__}
    except OSError as error:
        return {"error": f"it cannot be read: {error.strerror or error}", "kind": "UnreadableSource"}


def _plain(value: object) -> str:
    """What JSON does not know: a date or a moment, of an article or an entry."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # not on Windows
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _limit_time(seconds: float) -> None:
    """End this process by itself, should its parent be gone when a parser never returns."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
