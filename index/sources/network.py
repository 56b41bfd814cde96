"""Which addresses are connected to, and connecting to exactly those that were checked."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import httpcore
import httpx

from index.errors import BlockedAddress, FetchError

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port to IP addresses, in order of preference. Raises OSError when there are none."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_REFUSED_V6 = tuple(map(ipaddress.IPv6Network, ("64:ff9b:1::/48", "::/96", "100::/64", "fec0::/10", "2001:db8::/32")))
# Where clouds tell their own machines secrets, besides the link-local 169.254.169.254.
_METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")))
# What a setting may allow; the others are no place for articles on any network.
ALLOWABLE = frozenset({"loopback", "private", "not public"})
_MOST_ADDRESSES = 4


def refusal(address: str) -> str | None:
    """Why the IP address `address` is not one of the public internet, or None if it is.

    Addresses that carry an IPv4 address (mapped, NAT64, 6to4, Teredo) are judged by it.
    """
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return "malformed"
    inner = _carried(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        return refusal(str(inner))
    if ip in _METADATA:
        return "cloud metadata"
    for is_kind, kind in (
        (ip.is_unspecified, "unspecified"),
        (ip.is_loopback, "loopback"),
        (ip.is_link_local, "link-local"),
        (ip.is_multicast, "multicast"),
        (ip.is_private, "private"),
        (ip.is_reserved, "reserved"),
        (isinstance(ip, IPv6Address) and any(ip in network for network in _REFUSED_V6), "reserved"),
        (not ip.is_global, "not public"),
    ):
        if is_kind:
            return kind
    return None


def _carried(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses that the operating system knows for `host`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Deadline:
    """The moment until which all of one fetch must be done."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._seconds = seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds left, `at_most` so many. Raises `FetchError` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchError(f"it took longer than {self._seconds:g} s", transient=True)
        return left if at_most is None else min(left, at_most)

    def extend(self, seconds: float) -> None:
        """Do not count `seconds` that were spent waiting out of politeness."""
        self._end += seconds


class GuardedTransport(httpx.BaseTransport):
    """An httpx transport that resolves a name once, checks every address, and connects to a checked one.

    The name stays in the Host header and in TLS (SNI and the certificate's check). No connection is
    kept for a second request, so that each is resolved and checked anew. Each request needs a
    `Deadline` in its extension ``deadline``, which bounds connecting, TLS, every read and write.
    """

    def __init__(self, *, allow_private: bool, resolver: Resolver, ssl_context: ssl.SSLContext) -> None:
        self._allow_private = allow_private
        self._resolver = resolver
        self._ssl_context = ssl_context

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        backend = _Backend(request.extensions["deadline"], self._allow_private, self._resolver)
        pool = httpcore.ConnectionPool(
            ssl_context=self._ssl_context, max_connections=1, max_keepalive_connections=0, network_backend=backend
        )
        url = request.url
        try:
            response = pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except BaseException:
            pool.close()
            raise
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response, pool))


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response, pool: httpcore.ConnectionPool) -> None:
        self._response = response
        self._pool = pool

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
        self._pool.close()


class _Backend(httpcore.SyncBackend):
    def __init__(self, deadline: Deadline, allow_private: bool, resolver: Resolver) -> None:
        super().__init__()
        self._deadline = deadline
        self._allow_private = allow_private
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._checked(host, port)
        last: Exception = httpcore.ConnectError("no address")
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                stream = super().connect_tcp(address, port, self._deadline.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _Stream(stream, self._deadline)
        raise last

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise BlockedAddress("refused: a socket on this machine")

    def _checked(self, host: str, port: int) -> Sequence[str]:
        """The host's addresses, every one of them allowed."""
        try:
            addresses = [str(ipaddress.ip_address(host))]
        except ValueError:
            addresses = list(_in_time(lambda: self._resolver(host, port), self._deadline))
        if not addresses:
            raise FetchError(f"the name {host} has no address", transient=True)
        for address in addresses:
            reason = refusal(address)
            if reason and not (self._allow_private and reason in ALLOWABLE):
                named = host if host == address else f"{host} ({address})"
                hint = "; RAG_ALLOW_PRIVATE_ADDRESSES=true allows it" if reason in ALLOWABLE else ""
                raise BlockedAddress(f"refused: {named} is a {reason} address{hint}")
        return addresses


def _in_time(resolve: Callable[[], Sequence[str]], deadline: Deadline) -> Sequence[str]:
    """What `resolve` returns, given up on at the deadline: the system's resolver knows no timeout."""
    outcome: list[Sequence[str] | Exception] = []

    def run() -> None:
        try:
            outcome.append(resolve())
        except (OSError, UnicodeError) as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True, name="resolve")
    thread.start()
    thread.join(deadline.left())
    if not outcome:
        deadline.left()
        raise FetchError("its name could not be resolved in time", transient=True)
    if isinstance(outcome[0], Exception):
        raise FetchError(f"its name could not be resolved ({outcome[0]})", transient=True) from outcome[0]
    return outcome[0]


class _Stream(httpcore.NetworkStream):
    """A network stream none of whose operations outlasts the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
