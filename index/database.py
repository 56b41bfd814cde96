"""The library's database: opened, brought to the current schema, its failures put into words."""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from index.errors import LibraryError, NewerSchema

# The newest script in index/migrations/versions; a test keeps the two equal.
SCHEMA = "0003"
IN_CLAUSE = 500  # values in one IN (…): below every database's limit
BUSY_SECONDS = 30  # that a statement waits for another process
# Any numbers, the same in every process.
_MIGRATION_LOCK, _WRITE_LOCK = 0x61727261, 0x61727262


def in_clauses(ids: Iterable[str]) -> Iterator[list[str]]:
    """`ids`, each once and in their order, in parts of which each goes into one IN (…)."""
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), IN_CLAUSE):
        yield distinct[start : start + IN_CLAUSE]


def write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer of this file work side by side (WAL mode).

    Two that open a new file at once get in each other's way here, and SQLite does not wait for this
    lock as it does for others: so it is asked again. Raises sqlite3.OperationalError after BUSY_SECONDS.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


class Database:
    """A connection pool to one library, SQLite file or server.

    `read` and `write` are the only ways in: a transaction each, committed when the block ends,
    rolled back when it raises. Writers take a lock at the start, so that two of them queue instead of
    failing half way.
    """

    def __init__(self, url: str | Path) -> None:
        self.url = _parsed(url)
        self.name = self.url.render_as_string(hide_password=True)
        if self.url.get_backend_name() == "sqlite" and self.url.database:
            self.name = self.url.database
        with self._explained():
            self.engine = _engine(self.url)
            _migrate(self)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the library."""
        with self._explained(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that may change the library; on disk when the block has ended."""
        with self._explained(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if self.url.get_backend_name() != "sqlite":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise _in_words(error, self.name) from error
        except OSError as error:
            raise LibraryError(f"The library {self.name} cannot be used: {error.strerror or error}.") from error


def _parsed(url: str | Path) -> sa.URL:
    text = str(url)
    if isinstance(url, Path) or "://" not in text or text.startswith("sqlite:///"):
        url = text.removeprefix("sqlite:///")  # a path may hold ? and %, which a URL may not
        return sa.URL.create("sqlite", database=str(Path(url).expanduser().absolute()))
    try:
        parsed = sa.make_url(text)
    except ArgumentError as error:
        raise LibraryError("The library's URL cannot be read; give a path or postgresql://user@host/name.") from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: sa.URL) -> sa.Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return sa.create_engine(url, pool_pre_ping=True, json_serializer=_json)
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, json_serializer=_json)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise LibraryError(
            f"No driver for {url.drivername} is installed; for PostgreSQL: pip install 'article-rag[postgres]'."
        ) from error

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says so
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        write_ahead(connection)
        # FULL: an acknowledged change survives a power cut, not only a kill. Articles come in
        # batches, a commit each, so this costs one fsync per some hundred articles.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _migrate(database: Database) -> None:
    with database.read() as connection:
        if _revision(connection, database.name) == SCHEMA:
            return
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        revision = _revision(connection, database.name)  # another process may have been faster
        if revision == SCHEMA:
            return
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        if revision is not None and revision not in {
            s.revision for s in ScriptDirectory.from_config(config).walk_revisions()
        }:
            raise NewerSchema(
                f"The library {database.name} was written by a newer version of this program "
                f"(schema {revision}, this version knows up to {SCHEMA}); upgrade: pip install -U article-rag."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: sa.Connection, name: str) -> str | None:
    tables = sa.inspect(connection).get_table_names()
    if "library_schema" in tables:
        return str(connection.execute(sa.text("SELECT version_num FROM library_schema")).scalar_one())
    if tables and connection.dialect.name == "sqlite":
        raise LibraryError(f"{name} is a database, but not a library of articles; choose another path for the library.")
    return None


def _in_words(error: SQLAlchemyError, name: str) -> LibraryError:
    reason = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()
    said = reason[0] if reason else type(error).__name__
    for sign, words in _KNOWN.items():
        if sign in said.lower():
            return LibraryError(words.format(name=name))
    return LibraryError(f"The library {name} failed: {said}.")


_KNOWN = {
    "file is not a database": "{name} is not a library (not an SQLite database); move it away or choose another path.",
    "malformed": "The library {name} is damaged; restore it from a backup.",
    "disk is full": "The disk is full: the library {name} is as it was before; free some space.",
    "disk i/o error": "The disk holding the library {name} reports an error, or is full; check it, then try again.",
    "readonly database": "The library {name} cannot be written: the file or its directory is read-only.",
    "read-only database": "The library {name} cannot be written: the file or its directory is read-only.",
    "unable to open database": "The library {name} cannot be opened: is its directory there, and may it be written?",
    "database is locked": "Another process has been writing the library {name} for too long; try again.",
}
