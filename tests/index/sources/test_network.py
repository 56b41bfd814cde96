import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from index.errors import BlockedAddress, FetchError
from index.sources import Fetcher, Limits
from index.sources.network import refusal


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "169.254.1.1", "0.0.0.0",
     "0.1.2.3", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "192.0.2.1", "198.18.0.1",
     "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
     "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
     "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::",
     "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1", "100::1", "fec0::1", "not an address"],
)  # fmt: skip
def test_addresses_that_are_not_the_public_internet(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450::1", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_addresses_that_are(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://[::1]/",
     "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://169.254.169.254/latest/meta-data/",
     "http://10.0.0.1:8080/", "http://user:secret@example.org/", "http://user@example.org/", "ftp://example.org/",
     "file:///etc/passwd", "gopher://example.org/", "data:text/html,hi", "http:///x", "http://example.org:0/", "x"],
)  # fmt: skip
def test_urls_that_are_never_connected_to(url: str) -> None:
    with Fetcher(interval=0) as fetcher, pytest.raises(BlockedAddress):
        fetcher.fetch(url)


def test_link_local_and_metadata_are_refused_even_where_private_is_allowed() -> None:
    for url in ("http://169.254.169.254/", "http://100.100.100.200/", "http://0.0.0.0/", "http://224.0.0.1/"):
        with Fetcher(allow_private=True, interval=0) as fetcher, pytest.raises(BlockedAddress):
            fetcher.fetch(url)


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.1"]

    with Fetcher(resolver=resolver, interval=0) as fetcher, pytest.raises(BlockedAddress, match=r"10\.0\.0\.1"):
        fetcher.fetch("http://news.example/")


def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the address that was checked is the one that is connected to, with no second look-up."""
    connected: list[tuple[str, int]] = []
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    def changing(host: str, port: int) -> list[str]:
        return next(answers)

    monkeypatch.setattr(socket, "create_connection", connect)
    with Fetcher(resolver=changing, robots=False, interval=0) as fetcher:
        with pytest.raises(FetchError, match="connection failed"):
            fetcher.fetch("http://news.example/")
        assert connected == [("93.184.216.34", 80)]
        with pytest.raises(BlockedAddress):
            fetcher.fetch("http://news.example/")
    assert len(connected) == 1


def to_this_machine(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def test_the_name_stays_in_the_host_header(site: Any) -> None:
    site.pages["/"] = site.page("hello")
    with Fetcher(allow_private=True, resolver=to_this_machine, interval=0) as fetcher:
        fetcher.fetch(f"http://news.example:{site.port}/")
    assert site.requests[-1][1]["host"] == f"news.example:{site.port}"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for `name`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(
            subject, subject, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
    return folder / "cert.pem", folder / "key.pem"


def test_tls_checks_the_name_though_the_connection_goes_to_an_address(
    site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = certificate(tmp_path, "news.example")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True, do_handshake_on_connect=False)
    site.pages["/"] = site.page("secret")
    with Fetcher(allow_private=True, resolver=to_this_machine, robots=False, interval=0) as fetcher:
        url = f"https://news.example:{site.port}/"
        with pytest.raises(FetchError, match=r"(?i)certificate"):
            fetcher.fetch(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with Fetcher(allow_private=True, resolver=to_this_machine, robots=False, interval=0) as fetcher:
        assert fetcher.fetch(f"https://news.example:{site.port}/").data == b"secret"
        with pytest.raises(FetchError, match=r"(?i)certificate"):
            fetcher.fetch(f"https://other.example:{site.port}/")
    assert names == ["news.example", "news.example", "other.example"]
    assert [headers["host"] for _, headers in site.requests] == [f"news.example:{site.port}"]


def test_names_that_do_not_resolve_and_resolvers_that_hang() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with Fetcher(resolver=unknown, interval=0) as fetcher, pytest.raises(FetchError, match="resolved") as caught:
        fetcher.fetch("http://no.example/")
    assert caught.value.transient
    release = threading.Event()

    def hanging(host: str, port: int) -> list[str]:
        release.wait(5)
        return []

    with Fetcher(resolver=hanging, robots=False, interval=0, limits=Limits(seconds=0.1)) as fetcher:
        url = "http://slow.example/"
        with pytest.raises(FetchError) as late:
            fetcher.fetch(url)
    release.set()
    assert "longer than 0.1 s" in str(late.value)


def test_the_environment_s_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch, site: Any) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    site.pages["/"] = site.page("hello")
    with Fetcher(allow_private=True, interval=0) as fetcher:
        assert fetcher.fetch(site.url + "/").status == 200
