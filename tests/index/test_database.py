"""Opening a library: made, migrated, or refused in words."""

import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import index
from index.article import Article
from index.database import BUSY_SECONDS, SCHEMA, Database, write_ahead
from index.duplicates import mark_copies
from index.errors import LibraryError, NewerSchema
from index.library import Library
from index.library_rows import address_key
from index.library_values import Outcome
from index.schema import addresses, articles, counters, metadata

Make = Callable[..., Article]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_migrations_make_the_tables_that_the_code_expects(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = Database(tmp_path / "l.sqlite3" if kind == "sqlite" else request.getfixturevalue("postgres"))
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "library_schema", "compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == SCHEMA
    database.close()
    config = Config()
    config.set_main_option("script_location", str(Path(index.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA


def test_a_library_opens_again(tmp_path: Path, article: Make) -> None:
    where = tmp_path / "new folder" / "100% ☃.sqlite3"
    with Library.open(where) as library:
        library.put(article("a", "Text."))
        library_id = library.library_id
    with Library.open(str(where)) as library:
        assert (library.count(), library.library_id) == (1, library_id)


def test_a_new_file_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE first (a)")
        timer = threading.Timer(0.2, other.execute, ["COMMIT"])
        timer.start()
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            write_ahead(connection)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        timer.join()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_that_put_the_same_articles_at_once_wait_for_each_other(
    kind: str, tmp_path: Path, article: Make, request: pytest.FixtureRequest
) -> None:
    where = str(tmp_path / "l.sqlite3") if kind == "sqlite" else request.getfixturevalue("postgres")
    articles = [article(str(n), f"Report number {n}.") for n in range(100)]
    with Library.open(where) as one, Library.open(where) as other, ThreadPoolExecutor() as pool:
        both = [pool.submit(lambda library: list(library.put_many(articles)), library) for library in (one, other)]
        outcomes = [Counter(put.outcome for put in each.result()) for each in both]
        assert sum(outcomes, Counter()) == {Outcome.ADDED: 100, Outcome.UNCHANGED: 100}
        assert one.count() == 100


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_library_of_the_first_schema_is_brought_up_with_its_articles(
    kind: str, tmp_path: Path, article: Make, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = str(tmp_path / "l.sqlite3") if kind == "sqlite" else request.getfixturevalue("postgres")
    story = "The river rose to 6.4 metres and closed two bridges of the town, said the mayor. " * 5
    kept = [article("a", story, metadata={"desk": "news"}), article("b", "Short.", authors=("Ida",))]
    with monkeypatch.context() as patched:  # as the first release made it, and filled it
        upgrade = command.upgrade
        patched.setattr("alembic.command.upgrade", lambda config, _: upgrade(config, "0001"))
        database = Database(where)
    with database.write() as connection:
        assert "listings" not in sa.inspect(connection).get_table_names()
        for number, one in enumerate(kept, 1):
            row = {
                name: getattr(one, name) for name in ("article_id", "address", "title", "text_hash", "version", "text")
            }
            known = {"authors": list(one.authors), "metadata": dict(one.metadata), "change": number}
            connection.execute(sa.insert(articles).values(**row, **known, added=1.7e9))
            place = {"address_key": address_key(one.address), "address": one.address, "article_id": one.article_id}
            seen = {"kind": "file", "last_seen": 1.7e9, "missing_count": 0}
            connection.execute(sa.insert(addresses).values(**place, **seen))
        connection.execute(sa.update(counters).values(value=len(kept)))
    database.close()
    with Library.open(where) as library:
        assert sorted(library.articles(), key=lambda one: one.title) == kept
        assert [change.article_id for change in library.changes_since(0, 10)] == [one.article_id for one in kept]
        assert library.put(kept[0]).outcome == "unchanged"
        copy = library.put(article("c", f"By us. {story}")).article_id
        assert mark_copies(library) == 3  # those from before among them
        assert library.originals([copy]) == {copy: kept[0].article_id}
        assert library.remove([kept[1].article_id]) == [kept[1].article_id]


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    where = tmp_path / "library.sqlite3"
    Library.open(where).close()
    with sqlite3.connect(where) as connection:
        connection.execute("UPDATE library_schema SET version_num = '9999'")
    connection.close()
    with pytest.raises(NewerSchema, match=r"newer version.*9999.*upgrade"):
        Library.open(where)


def test_what_is_not_a_library_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Not a database at all. " * 100)
    with pytest.raises(LibraryError, match=r"notes\.txt is not a library"):
        Library.open(text)
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE accounts (name TEXT)")
    connection.close()
    with pytest.raises(LibraryError, match="not a library of articles"):
        Library.open(other)
    with pytest.raises(LibraryError, match=r"cannot be (used|opened)"):
        Library.open(text / "below a file.sqlite3")
    with pytest.raises(LibraryError, match="cannot be opened"):
        Library.open(tmp_path)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(LibraryError) as caught:
        Library.open("postgresql://someone:secret@127.0.0.1:1/news")
    assert "127.0.0.1" in str(caught.value)
    assert "secret" not in str(caught.value)
    with pytest.raises(LibraryError, match=r"No driver|postgresql://"):
        Library.open("nonsense://x")


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path, article: Make) -> None:
    with Library.open(tmp_path / "library.sqlite3") as library:
        library.put(article("a", "Text."))

        @sa.event.listens_for(library.database.engine, "begin")
        def shrink(connection: sa.Connection) -> None:  # SQLite's own way to be out of space
            connection.exec_driver_sql("PRAGMA max_page_count = 1")

        with pytest.raises(LibraryError, match="disk is full"):
            list(library.put_many([article("b", "Small."), article("c", "Large. " * 100_000)]))
        assert [x.text for x in library.articles()] == ["Text."]


def test_a_read_only_library_is_said(tmp_path: Path, article: Make) -> None:
    with Library.open(tmp_path / "library.sqlite3") as library:

        @sa.event.listens_for(library.database.engine, "begin")
        def lock(connection: sa.Connection) -> None:
            connection.exec_driver_sql("PRAGMA query_only = ON")

        with pytest.raises(LibraryError, match="read-only"):
            library.put(article("a", "Text."))


def test_a_damaged_library_is_said(tmp_path: Path, article: Make) -> None:
    where = tmp_path / "library.sqlite3"
    with Library.open(where) as library:
        list(library.put_many(article(str(i), f"Text {i}. " * 500) for i in range(20)))
    data = bytearray(where.read_bytes())
    data[4096 : len(data) - 4096] = b"\xff" * (len(data) - 8192)
    where.write_bytes(data)
    with pytest.raises(LibraryError, match="damaged"), Library.open(where) as library:
        list(library.articles())


def test_two_processes_may_make_the_same_library_at_once(tmp_path: Path) -> None:
    code = "import sys; from index.library import Library; print(Library.open(sys.argv[1]).library_id)"
    command = [sys.executable, "-c", code, str(tmp_path / "library.sqlite3")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    ids = {process.communicate()[0] for process in started}
    assert [process.returncode for process in started] == [0] * 4
    assert len(ids) == 1


def test_importing_the_package_loads_no_database() -> None:
    code = "import sys, index; sys.exit(any(m in sys.modules for m in ('sqlalchemy', 'chromadb', 'tantivy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
