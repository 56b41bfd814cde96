"""The guarded fetcher: pages from the web, and only from the web."""

import re
import time
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from index.errors import BlockedAddress, FetchError
from index.sources.network import Deadline, GuardedTransport, Resolver, system_resolver
from index.sources.pace import Pace, retry_after
from index.sources.robots import MAX_BYTES, Robots

AGENT = "article-rag"

PAGES = frozenset({"text/html", "application/xhtml+xml"})
LISTS = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
        "application/gzip",
        "application/x-gzip",
    }
)
DOCUMENTS = frozenset({"application/pdf", "text/plain", "text/markdown"})

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ASKED_TO_WAIT = frozenset({429, 503})
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_STATUS_WORDS = {
    401: "it asks for a login",
    402: "it asks for payment",
    403: "the site refuses it",
    404: "there is no such page",
    410: "the page is gone",
    429: "the site asks to be called less often",
    451: "it is withheld for legal reasons",
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
# What an interrupted, refused or malformed exchange raises, from either layer.
_NETWORK_ERRORS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on one fetch: bytes as sent and as unpacked, seconds in all and for one operation, redirects."""

    bytes_sent: int = 16 * 2**20
    bytes_unpacked: int = 64 * 2**20
    seconds: float = 30.0
    seconds_idle: float = 10.0
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was at `asked`: read at `url` after the redirects `hops`, all of them permanent if `permanent`.

    With ``not_modified`` there is no `data`: the page is still what its ETag or date say.
    """

    asked: str
    url: str
    status: int
    data: bytes = b""
    media_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    hops: tuple[str, ...] = ()
    permanent: bool = False

    @property
    def not_modified(self) -> bool:
        """Whether the server said that nothing has changed (304)."""
        return self.status == 304


class Fetcher:
    """Fetches http(s) URLs, safely and politely; threads may share one.

    Only public addresses are connected to, unless `allow_private`: the name is resolved once,
    every address checked and a checked one connected to, again at every redirect. robots.txt is
    honoured (unless `robots` is off, for tests), each host asked at most once in `interval`
    seconds, Retry-After waited for up to `patience` seconds. Proxies, cookies and netrc of the
    environment are not used.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        limits: Limits | None = None,
        interval: float = 1.0,
        patience: float = 60.0,
        robots: bool = True,
        agent: str = AGENT,
        resolver: Resolver = system_resolver,
        pace: Pace | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._patience = patience
        self._pace = pace or Pace(interval, patience)
        self._robots = Robots(self._read_robots, agent) if robots else None
        transport = GuardedTransport(
            allow_private=allow_private, resolver=resolver, ssl_context=httpx.create_ssl_context()
        )
        headers = {
            "User-Agent": f"{agent}/0.1 (news reader)",
            "Accept-Encoding": "gzip",
            "Accept-Language": "*",
        }
        self._client = httpx.Client(transport=transport, trust_env=False, follow_redirects=False, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is held; the fetcher cannot be used afterwards."""
        self._client.close()

    def fetch(
        self,
        url: str,
        media_types: Collection[str] = PAGES | LISTS | DOCUMENTS,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        same: Callable[[str], bool] = lambda _: False,
    ) -> Fetched:
        """What is at `url`, if it is one of `media_types`.

        With `etag` or `last_modified` of an earlier fetch the answer may be ``not_modified``. They
        are sent to `url`, and of the addresses that it redirects to, to those of which `same` says
        that they come from there.
        Raises `FetchError`, and its subclass `BlockedAddress` for what is never connected to.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        valid = {name: value for name, value in conditions.items() if value and _is_header(value)}
        plain = {"Accept": ", ".join(sorted(media_types))}

        def headers(place: str) -> Mapping[str, str]:
            return plain | valid if place == _usable(url) or same(place) else plain

        return self._follow(url, headers, media_types, self.limits, polite=True)

    def _read_robots(self, url: str) -> str:
        limits = replace(self.limits, bytes_sent=MAX_BYTES, bytes_unpacked=MAX_BYTES)
        page = self._follow(url, lambda _: {"Accept": "text/plain"}, None, limits, polite=False)
        return page.data.decode("utf-8", "replace").removeprefix("\ufeff")

    def _follow(
        self,
        asked: str,
        headers: Callable[[str], Mapping[str, str]],
        media_types: Collection[str] | None,
        limits: Limits,
        *,
        polite: bool,
    ) -> Fetched:
        """One fetch with its redirects. Without `media_types` any kind is taken, and what is too long is cut."""
        url, hops, permanent, attempts = _usable(asked), list[str](), True, 0
        deadline = Deadline(limits.seconds)
        while True:
            if polite:
                started = time.monotonic()
                self._pace.wait(urlsplit(url).netloc, self._robots.check(url) if self._robots else 0.0)
                deadline.extend(time.monotonic() - started)
            answer = self._once(asked, url, headers(url), media_types, limits, deadline)
            if isinstance(answer, Fetched):
                return replace(answer, hops=tuple(hops), permanent=bool(hops) and permanent)
            if answer.location is None:
                attempts += 1
                self._hold(url, answer, attempts, polite)
                continue
            permanent = permanent and answer.status in _PERMANENT
            hops.append(url)
            if len(hops) > limits.redirects:
                raise FetchError(f"more than {limits.redirects} redirects")
            url = _redirected(url, answer.location)

    def _hold(self, url: str, answer: "_Elsewhere", attempts: int, polite: bool) -> None:
        """Make the host rest as it asks; raise if that is too long, or has not helped."""
        host = urlsplit(url).netloc
        pause = 5.0 if answer.wait is None else answer.wait
        if polite:
            self._pace.hold(host, pause)
        if not polite or attempts > 2 or pause > self._patience:
            when = f" for {answer.wait:.0f} s" if answer.wait is not None else ""
            message = f"{_STATUS_WORDS.get(answer.status, 'the site is busy')}{when} (status {answer.status})"
            raise FetchError(message, status=answer.status, transient=True)

    def _once(
        self,
        asked: str,
        url: str,
        headers: Mapping[str, str],
        media_types: Collection[str] | None,
        limits: Limits,
        deadline: Deadline,
    ) -> "Fetched | _Elsewhere":
        timeout = httpx.Timeout(limits.seconds_idle)
        try:
            request = self._client.build_request("GET", url, headers=headers, timeout=timeout)
            request.extensions["deadline"] = deadline
            response = self._client.send(request, stream=True)
            try:
                return self._answer(asked, url, response, media_types, limits)
            finally:
                response.close()
        except _NETWORK_ERRORS as error:
            deadline.left()  # a fetch that ran out of its own time says so
            detail = " ".join(str(error).split()) or type(error).__name__
            late = isinstance(error, (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError))
            what = "it did not answer in time" if late else f"the connection failed ({detail[:200]})"
            raise FetchError(what, transient=True) from error

    def _answer(
        self, asked: str, url: str, response: httpx.Response, media_types: Collection[str] | None, limits: Limits
    ) -> "Fetched | _Elsewhere":
        status, headers = response.status_code, response.headers
        if status in _REDIRECTS and "location" in headers:
            return _Elsewhere(status=status, location=headers["location"])
        if status in _ASKED_TO_WAIT:
            return _Elsewhere(status=status, wait=retry_after(headers.get("retry-after")))
        found = Fetched(
            asked=asked,
            url=url,
            status=status,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
        )
        if status == 304:
            return found
        if status not in {200, 203}:
            words = _STATUS_WORDS.get(status, "the site answered with an error")
            raise FetchError(f"{words} (status {status})", status=status, transient=status in _TRANSIENT)
        content_type = headers.get("content-type", "")
        media_type = content_type.partition(";")[0].strip().lower()
        if media_types is not None and media_type and media_type not in media_types:
            raise FetchError(f"it is no article but {media_type[:80]}")
        charset = _CHARSET.search(content_type)
        return replace(
            found,
            media_type=media_type,
            charset=charset[1] if charset else None,
            data=_body(response, limits, cut=media_types is None),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Elsewhere:
    """An answer that means: at another place, or at another time."""

    status: int
    location: str | None = None
    wait: float | None = None


def _usable(url: str) -> str:
    """`url` if it may be asked for at all; the address behind its name is checked when connecting."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BlockedAddress(f"not a usable URL ({error})") from error
    if parts.scheme.lower() not in {"http", "https"}:
        raise BlockedAddress(f"refused: only http and https are fetched, not {parts.scheme[:20] or 'this'}")
    if not host or port == 0:
        raise BlockedAddress("not a usable URL: it names no host")
    if "@" in parts.netloc:
        raise BlockedAddress("refused: the URL holds a user name or password")
    return parts._replace(fragment="").geturl()


def _redirected(url: str, location: str) -> str:
    """Where the page at `url` sends its readers, if that may be asked for at all."""
    try:
        return _usable(urljoin(url, location))
    except ValueError as error:
        raise BlockedAddress(f"it redirects to {location[:200]!r}, which is not a usable URL ({error})") from error


def _is_header(value: str) -> bool:
    return value.isascii() and value.isprintable()


def _body(response: httpx.Response, limits: Limits, *, cut: bool) -> bytes:
    """The unpacked body. Raises `FetchError` past a cap, or with `cut` returns what came before it."""
    length = response.headers.get("content-length", "")
    if not cut and length.isdigit() and int(length) > limits.bytes_sent:
        raise FetchError(f"it is larger than {limits.bytes_sent // 2**20} MB")
    parts: list[bytes] = []
    size = 0
    for part in _unpacked(response, limits, cut):
        parts.append(part)
        size += len(part)
        if size > limits.bytes_unpacked:
            if cut:
                break
            raise FetchError(f"it unpacks to more than {limits.bytes_unpacked / 2**20:.0f} MB")
    return b"".join(parts)[: limits.bytes_unpacked]


def _unpacked(response: httpx.Response, limits: Limits, cut: bool) -> Iterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise FetchError(f"it is packed in a way that was not asked for ({encoding[:40]})")
    unpacker = (
        None if encoding in {"", "identity"} else zlib.decompressobj(47 if "gzip" in encoding else zlib.MAX_WBITS)
    )
    sent = 0
    for raw in response.iter_raw():
        sent += len(raw)
        if sent > limits.bytes_sent:
            if cut:
                return
            raise FetchError(f"it is larger than {limits.bytes_sent / 2**20:.0f} MB")
        if unpacker is None:
            yield raw
            continue
        try:
            # One step never unpacks to more than the whole may hold, however tight it is packed.
            yield unpacker.decompress(raw, limits.bytes_unpacked + 1)
        except zlib.error as error:
            raise FetchError(f"its compression is damaged ({error})") from error
    if unpacker is not None:
        yield unpacker.flush()
        if sent and not unpacker.eof:
            raise FetchError("its compression is damaged (it ends too soon)", transient=True)
