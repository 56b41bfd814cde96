"""A web site on a loopback port, whose pages a test makes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What the site answers; `body` may be a function that writes as it likes."""

    body: bytes | str | Callable[[BaseHTTPRequestHandler], None] = b""
    content_type: str | None = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """The pages by path, and the requests that came: (path, headers)."""

    url: str
    pages: dict[str, Page]
    server: ThreadingHTTPServer
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    page: type[Page] = Page

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests if path != "/robots.txt"]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass  # clients that leave are what these tests are about


@contextmanager
def serving() -> Iterator[Site]:
    """An empty site that is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            page = site.pages.get(self.path) or Page(b"not here", status=404)
            etag = page.headers.get("ETag")
            written = page.headers.get("Last-Modified")
            if etag and self.headers.get("If-None-Match") == etag:
                page = Page(status=304, headers={"ETag": etag})
            elif written and not etag and self.headers.get("If-Modified-Since") == written:
                page = Page(status=304)
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if page.content_type:
                self.send_header("Content-Type", page.content_type)
            try:
                if callable(page.body):
                    page.body(self)
                    return
                body = page.body.encode() if isinstance(page.body, str) else page.body
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the client has had enough

        def log_message(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    site = Site(url=f"http://127.0.0.1:{server.server_port}", pages={}, server=server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
