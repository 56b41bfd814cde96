"""Politeness: how soon a host may be asked again."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from index.errors import FetchError


class Pace:
    """Spaces the requests to each host; shared by threads.

    `interval` is the least time between two requests to one host in seconds, `patience` the
    longest that a caller is kept waiting: where the wait would be longer, `wait` raises
    `FetchError` at once.
    """

    def __init__(
        self,
        interval: float,
        patience: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = interval
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._free: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str, interval: float = 0.0) -> None:
        """Return when it is this caller's turn; `interval` is what the host itself asks for."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._free.get(host, now))
            if turn - now > self._patience:
                raise FetchError(f"{host} asks not to be called for another {turn - now:.0f} s", transient=True)
            self._free[host] = turn + max(self._interval, min(interval, self._patience))
        if turn > now:
            self._sleep(turn - now)

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks `host` for the next `seconds`."""
        with self._lock:
            self._free[host] = max(self._free.get(host, 0.0), self._clock() + seconds)


def retry_after(value: str | None) -> float | None:
    """The seconds in a Retry-After header (a number, or an HTTP date), or None."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), 30 * 86400))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # a year past what an integer of C holds
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
