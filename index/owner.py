"""One process at a time writes the derived indexes: a file lock, and a note of who holds it."""

import json
import os
import shlex
import socket
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from index.errors import IndexInUse, SearchIndexError
from index.files import write_atomically


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that owns the derived indexes; `since` in epoch seconds."""

    pid: int
    host: str
    command: str
    since: float

    def __str__(self) -> str:
        minutes = max(0, int(time.time() - self.since)) // 60
        ago = "just now" if minutes == 0 else f"for {minutes} min"
        return f"process {self.pid} on {self.host} ({self.command}), {ago}"


class Owner:
    """The right to write the indexes in `directory`.

    The operating system holds the lock and frees it when the process ends, however it ends; the
    note beside it only says who, for messages.
    """

    def __init__(self, directory: Path) -> None:
        self._guard = threading.Lock()
        self._lock = FileLock(directory / "owner.lock", thread_local=False)
        self._note = directory / "owner.json"

    @property
    def owned(self) -> bool:
        """Whether this object holds the lock."""
        return bool(self._lock.is_locked)

    def try_acquire(self) -> bool:
        """Become the owner, if nobody else is. Whether we are."""
        with self._guard:
            return self.owned or self._take()

    def _take(self) -> bool:
        try:
            self._note.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            holder = Holder(os.getpid(), socket.gethostname(), _command(), time.time())
            write_atomically(self._note, json.dumps(asdict(holder)))
        except Timeout:
            return False
        except OSError as error:
            self._lock.release()  # nobody could tell who holds it
            raise SearchIndexError(
                f"The indexes in {self._note.parent} cannot be written: {error.strerror or error}; "
                "free some space there, or make it writable."
            ) from error
        return True

    def acquire(self) -> None:
        """Become the owner, or raise IndexInUse naming who is."""
        if not self.try_acquire():
            raise IndexInUse(
                f"The indexes in {self._note.parent} belong to {self.holder() or 'another process'}; "
                "stop it, or let it do the work."
            )

    def release(self) -> None:
        """Let others own; does nothing if we do not."""
        with self._guard:
            if self.owned:
                self._note.unlink(missing_ok=True)
                self._lock.release()

    def holder(self) -> Holder | None:
        """Who owns the indexes, as far as is known; None when nobody does.

        Looks without taking the lock, so it may name an owner that was killed just now.
        """
        try:
            holder = Holder(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return holder if self.owned or _alive(holder) else None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _command() -> str:
    """How this process was started, in brief; only the program's name and what it was told to do."""
    words = [Path(sys.argv[0]).name or "python", *sys.argv[1:3]]
    return shlex.join(words)[:80]


def _alive(holder: Holder) -> bool:
    if holder.host != socket.gethostname() or os.name == "nt":
        return True  # cannot be seen from here
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
