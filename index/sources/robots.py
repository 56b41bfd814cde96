"""robots.txt (RFC 9309): what a site lets be fetched."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.errors import BlockedAddress, FetchError

if TYPE_CHECKING:
    from protego import Protego

MAX_BYTES = 512 * 1024  # at least 500 KiB must be read (RFC 9309, 2.5); what is past it is not
_KEEP = 24 * 3600.0  # not longer than a day (RFC 9309, 2.4)
_KEEP_FAILURE = 600.0


class Robots:
    """The rules of each site, read once a day through `read`.

    `read` gives the text at a URL, or raises `FetchError`. A robots.txt that does not exist (4xx)
    allows everything; one that cannot be had now (5xx, 429, no connection) forbids everything
    until it can (RFC 9309, 2.3.1).
    """

    def __init__(self, read: Callable[[str], str], agent: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._agent = agent
        self._clock = clock
        self._sites: dict[str, tuple[float, Protego | FetchError]] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> float:
        """Raise `FetchError` if `url` may not be fetched; else the seconds that the site wants between requests."""
        parts = urlsplit(url)
        rules = self._rules(f"{parts.scheme}://{parts.netloc}")
        if isinstance(rules, FetchError):
            raise type(rules)(*rules.args, status=None, transient=rules.transient)
        if not rules.can_fetch(url, self._agent):
            raise FetchError("refused: the site's robots.txt does not allow it")
        return float(rules.crawl_delay(self._agent) or 0.0)

    def _rules(self, site: str) -> "Protego | FetchError":
        with self._lock:
            until, rules = self._sites.get(site, (0.0, None))
        if rules is not None and self._clock() < until:
            return rules
        rules = self._fetched(site)
        keep = _KEEP_FAILURE if isinstance(rules, FetchError) else _KEEP
        with self._lock:
            self._sites[site] = (self._clock() + keep, rules)
        return rules

    def _fetched(self, site: str) -> "Protego | FetchError":
        from protego import Protego

        try:
            return Protego.parse(self._read(f"{site}/robots.txt"))
        except BlockedAddress as error:
            return error
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return Protego.parse("")
            return FetchError(f"its robots.txt cannot be read now, so the site is left alone: {error}", transient=True)
