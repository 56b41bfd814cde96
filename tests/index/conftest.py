"""A library on each database, and an embedding model that needs no weights."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sites import Site, serving

from index.article import Article
from index.embedding import Embedder
from index.library import Library
from index.sources import Fetcher

# Child processes of the tests use the same model, so it lies in a script beside this file.
_spec = importlib.util.spec_from_file_location("hash_embedder", Path(__file__).parent / "hash_embedder.py")
assert _spec is not None
assert _spec.loader is not None
sys.modules["hash_embedder"] = _module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
HashEmbedder, Counting = _module.HashEmbedder, _module.Counting


@pytest.fixture
def embedder() -> Embedder:
    """A model that needs no weights."""
    return HashEmbedder()


@pytest.fixture
def counting() -> Counting:
    """A model that needs no weights and counts its texts."""
    return Counting()


@pytest.fixture
def article() -> Callable[..., Article]:
    """``article("a", "The text.")``: an article called a, at /articles/a."""

    def make(name: str, text: str, **known: object) -> Article:
        return Article(**{"text": text, "title": f"Title {name}", "address": f"/articles/{name}", **known})  # type: ignore[arg-type]

    return make


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library in an SQLite file."""
    with Library.open(tmp_path / "library.sqlite3") as library:
        yield library


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own; its URL without a database."""
    pytest.importorskip("psycopg", reason="the driver for PostgreSQL is not installed")
    programs = [*Path("/usr/lib/postgresql").glob("*/bin"), *(Path(p) for p in os.environ["PATH"].split(os.pathsep))]
    binaries = next((p for p in programs if (p / "initdb").exists() and (p / "pg_ctl").exists()), None)
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    user: list[str] = []
    folder = tmp_path_factory.mktemp("postgres")
    if os.getuid() == 0:  # it refuses to run as root
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL does not run as root")
        user = ["runuser", "-u", "postgres", "--"]
        for parent in (folder, *folder.parents[: len(folder.parents) - 2]):
            parent.chmod(parent.stat().st_mode | 0o011)
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*user, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)

    run(str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    # One that has gone by itself cannot be stopped; one that is still there afterwards must not be left behind.
    for command, expected in (("stop", None), ("status", 3)):
        ended = subprocess.run([*user, str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", command],
                               check=False, capture_output=True, text=True, cwd=folder)  # fmt: skip
        assert expected is None or ended.returncode == expected, ended.stdout + ended.stderr


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """The URL of an empty PostgreSQL database."""
    name = f"library_{time.monotonic_ns()}"
    engine = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres_server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    """A library on each kind of database."""
    where = tmp_path / "library.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgres")
    with Library.open(where) as library:
        yield library


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site on a loopback port, whose pages the test makes."""
    with serving() as site:
        yield site


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """A fetcher that may call this machine, without pauses."""
    with Fetcher(allow_private=True, interval=0) as fetcher:
        yield fetcher
