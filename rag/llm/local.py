"""The local model's server: started on first use, shared by later questions, ended with its owner."""

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from pathlib import Path

from rag.llm.errors import ServerFailed

START_TIMEOUT = 180.0  # seconds; a cold disk and a busy machine are slow, a hang is not forever


def available_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalServer:
    """Owns one llama.cpp process. Thread-safe; `address` starts it when it is not running.

    The process listens on a random loopback port, wants a random key, and ends when this
    process does, by whatever means: it watches a pipe that only its owner holds.
    """

    def __init__(self, name: str, weights: Path, threads: int | None = None) -> None:
        self.name = name
        self.weights = weights
        self.threads = threads or available_cores()
        self.key = secrets.token_urlsafe(24)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._address = ""

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id, None when it is not running."""
        return self._process.pid if self._process is not None and self.running else None

    def address(self) -> str:
        """The base URL of its OpenAI-compatible routes. Raises ServerFailed."""
        with self._lock:
            if not self.running:
                self._start()
            return f"{self._address}/v1"

    def close(self) -> None:
        """End the process; a later `address` starts another."""
        with self._lock:
            if self._process is None:
                return
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process.stdout.close()
            self._process = None

    def _start(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "rag.llm.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # llama.cpp logs every token there
            text=True,
            # A Ctrl-C in the terminal is for the owner, which then ends its server in good order.
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"model": str(self.weights), "name": self.name, "key": self.key, "threads": self.threads}
        timer = threading.Timer(START_TIMEOUT, process.kill)
        timer.start()
        started = time.monotonic()
        reply: dict[str, str] = {}
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            reply = json.loads(line) if line.startswith("{") else {}
        finally:
            timer.cancel()
            if "address" not in reply:  # also after an interrupt: nobody knows of it yet
                process.stdin.close()
                process.kill()
                process.wait()
                process.stdout.close()
        if "address" not in reply:
            why = (
                reply.get("error")
                or f"it ended with status {process.returncode}, after {time.monotonic() - started:.0f} s"
            )
            raise ServerFailed(f"the local model {self.name} did not start: {why}; `rag doctor` checks it")
        self._process, self._address = process, reply["address"]
