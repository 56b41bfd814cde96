"""Parsing at arm's length: in a process that may crash, hang or eat memory without harm."""

import base64
import json
import os
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from index.errors import RefusedContent, UnreadableSource
from index.loaders.draft import Draft
from index.loaders.feed import Entry

SECONDS = 60.0
_BYTES_A_SECOND = 50_000  # a long document may take longer: this slow, and no slower
_ERRORS = {"RefusedContent": RefusedContent, "UnreadableSource": UnreadableSource}


class Bench:
    """Parses documents, pages and feeds in a child process, started when first needed.

    A document that makes its parser hang, crash or use too much memory is an `UnreadableSource`;
    the child is replaced for the next one. `seconds` is what the smallest document may take.
    Threads may share a bench; they take turns.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def load_draft(self, path: Path) -> Draft:
        """What the file of one article at `path` holds. Raises `SourceError`."""
        return _draft(self._ask({"path": str(path)}, path.stat().st_size)["draft"])

    def page_draft(self, html: str, address: str) -> Draft:
        """The article in the page `html`, read at `address`. Raises `SourceError`."""
        return _draft(self._ask({"html": html, "address": address}, len(html))["draft"])

    def feed_entries(self, data: bytes, address: str) -> list[Entry]:
        """What the feed in `data`, read at `address`, lists; see `index.loaders.feed.parse_feed`."""
        request = {"feed": base64.b64encode(data).decode(), "address": address}
        return [_entry(entry) for entry in self._ask(request, len(data))["entries"]]

    def _ask(self, request: dict[str, Any], size: int) -> dict[str, Any]:
        seconds = self._seconds + size / _BYTES_A_SECOND
        with self._lock:
            child = self._running()
            timer = threading.Timer(seconds, child.kill)
            timer.start()
            try:
                answer = _exchange(child, json.dumps({**request, "seconds": seconds}).encode() + b"\n")
            finally:
                in_time = timer.is_alive()
                timer.cancel()
            if answer is None:
                self._end()
                crashed = "its parser crashed, or took more memory than it may"
                raise UnreadableSource(crashed if in_time else f"its parser took longer than {seconds:.0f} s")
        if "error" in answer:
            raise _ERRORS.get(answer["kind"], UnreadableSource)(answer["error"])
        return answer

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self._end()
            # -P: a folder that happens to be the working directory must not supply modules.
            command = [sys.executable, "-P", "-m", "index.loaders.worker"]
            path = os.pathsep.join(filter(None, sys.path))
            try:
                self._child = subprocess.Popen(  # noqa: S603 - our own module, by this very interpreter
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": path},
                    start_new_session=True,
                )
            except OSError as error:
                raise UnreadableSource(f"the process that reads it cannot be started: {error}") from error
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                _close(pipe)


def _draft(fields: dict[str, Any]) -> Draft:
    return Draft(**{**fields, "authors": tuple(fields["authors"])})


def _entry(fields: dict[str, Any]) -> Entry:
    changed = fields["changed"]
    return Entry(
        **{
            **fields,
            "draft": _draft(fields["draft"]),
            "changed": None if changed is None else datetime.fromisoformat(changed),
        }
    )


def _exchange(child: "subprocess.Popen[bytes]", request: bytes) -> dict[str, Any] | None:
    """The child's answer, or None when it is gone."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(request)
        child.stdin.flush()
        line = child.stdout.readline()
        answer: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
    except (OSError, ValueError):
        return None
    return answer


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:
        return  # it was closed from the other side, with something unsent
