"""What is missing or damaged among the derived indexes is noticed, and comes back."""

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hash_embedder import Counting, HashEmbedder

from index.article import Article
from index.embedding import Embedder
from index.errors import IndexMismatch, SearchIndexError
from index.facade import Index
from index.library import Library
from index.passages import PassageRules
from index.trouble import trouble

Make = Callable[..., Article]


def opened(home: Path, embedder: Embedder, library: Library) -> Index:
    """An index whose passages are single sentences: many of them, quickly."""
    return Index.open(home, embedder, library, rules=PassageRules(target=1))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index holds enough passages that Chroma has written its graph."""
    home = tmp_path_factory.mktemp("template")
    embedder = HashEmbedder()
    with Library.open(home / "library.sqlite3") as library, opened(home, embedder, library) as index:
        for i in range(11):
            words = (f"River {i} rose at bridge {n}. " for n in range(100))
            library.put(Article(text="".join(words), title=f"River {i}", address=f"/articles/{i}"))
        index.catch_up()
    assert list(home.glob("index/g0001/vectors/*/index_metadata.pickle"))
    return home


@pytest.fixture
def filled(tmp_path: Path, template: Path) -> Path:
    """A copy of that home in `tmp_path`; returns its generation's directory."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path / "index" / "g0001"


@pytest.fixture
def library(filled: Path, tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library.sqlite3") as library:
        yield library


def ids(home: Path, embedder: Embedder, library: Library) -> tuple[list[str], list[str]]:
    with opened(home, embedder, library) as index:
        generation = index._current()
        assert generation is not None
        with generation.reading():
            vectors = sorted(passage_id for passage_id, _ in generation.vectors.everything())
            return vectors, sorted(c.passage_id for c in generation.lexical.everything())


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Library]:
    """An empty library, beside no index."""
    with Library.open(tmp_path / "small.sqlite3") as library:
        yield library


def each(paths: Iterable[Path], do: Callable[[Path], None]) -> None:
    for path in list(paths):
        do(path)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "graph cut short": lambda where: half(next(where.glob("vectors/*/data_level0.bin"))),
    "graph without its ids": lambda where: next(where.glob("vectors/*/index_metadata.pickle")).unlink(),
    "graph header cut short": lambda where: half(next(where.glob("vectors/*/header.bin"))),
    "Chroma's database cut short": lambda where: half(where / "vectors" / "chroma.sqlite3"),
    "Chroma's database gone": lambda where: (where / "vectors" / "chroma.sqlite3").unlink(),
    "vectors gone": lambda where: shutil.rmtree(where / "vectors"),
    "lexical index gone": lambda where: shutil.rmtree(where / "lexical"),
    "lexical index without its list": lambda where: (where / "lexical" / "meta.json").write_text("{}"),
    "lexical index cut short": lambda where: each(where.glob("lexical/*.idx"), half),
    "lexical index without its files": lambda where: each(where.glob("lexical/*.store"), Path.unlink),
}


def test_damage_is_healed_without_embedding_again(
    tmp_path: Path, library: Library, counting: Counting, filled: Path
) -> None:
    before = ids(tmp_path, counting, library)
    assert len(before[0]) > 1000
    for name, damage in DAMAGE.items():
        damage(filled)
        with opened(tmp_path, counting, library) as index:
            index.catch_up()
        assert ids(tmp_path, counting, library) == before, name
    assert counting.texts == 0


def test_a_reader_says_what_is_damaged(tmp_path: Path, library: Library, counting: Counting, filled: Path) -> None:
    half(next(filled.glob("vectors/*/data_level0.bin")))
    with (
        opened(tmp_path, counting, library) as reader,
        pytest.raises(SearchIndexError, match=r"vector index in .* is damaged.*`rag index` repairs it"),
    ):
        reader.search("river")


def test_a_reader_does_not_answer_without_the_lexical_index(
    tmp_path: Path, library: Library, counting: Counting, filled: Path
) -> None:
    with opened(tmp_path, counting, library) as reader:
        assert reader.search("river")
    shutil.rmtree(filled / "lexical")
    with (
        opened(tmp_path, counting, library) as reader,
        pytest.raises(SearchIndexError, match=r"lexical index in .* is gone; `rag index` repairs it"),
    ):
        reader.search("river")


def test_damaged_notes_ask_for_a_rebuild(tmp_path: Path, library: Library, counting: Counting, filled: Path) -> None:
    before = ids(tmp_path, counting, library)
    for name in ("state.json", "manifest.json"):
        (filled / name).write_text("{")
        with opened(tmp_path, counting, library) as index:
            with pytest.raises(SearchIndexError, match=rf"{name}.*`rag index --rebuild`"):
                index.catch_up()
            index.rebuild()
        assert ids(tmp_path, counting, library) == before
        assert not filled.exists()
        filled = next((tmp_path / "index").glob("g*"))


def test_without_the_kept_vectors_they_are_made_again(
    tmp_path: Path, library: Library, counting: Counting, filled: Path
) -> None:
    before = ids(tmp_path, counting, library)
    (filled / "embeddings.sqlite3").write_bytes(b"not a database at all" * 1000)
    shutil.rmtree(filled / "vectors")
    with opened(tmp_path, counting, library) as index:
        index.catch_up()
    assert ids(tmp_path, counting, library) == before
    assert counting.texts == len(before[0])


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 1000])
def test_a_reader_makes_nothing_of_the_kept_vectors_and_needs_none(
    content: bytes | None, tmp_path: Path, library: Library, counting: Counting, filled: Path
) -> None:
    before = ids(tmp_path, counting, library)
    with opened(tmp_path, counting, library) as reader:
        expected = [hit.passage.text for hit in reader.search("Which river rose at bridge 7?", k=3)]
    kept = filled / "embeddings.sqlite3"
    for path in filled.glob(f"{kept.name}*"):
        path.unlink()
    if content is not None:
        kept.write_bytes(content)
    with opened(tmp_path, counting, library) as reader:
        assert [hit.passage.text for hit in reader.search("Which river rose at bridge 7?", k=3)] == expected
    assert (kept.read_bytes() if kept.exists() else None) == content
    assert ids(tmp_path, counting, library) == before


def test_everything_deleted_comes_back(tmp_path: Path, library: Library, counting: Counting, filled: Path) -> None:
    before = ids(tmp_path, counting, library)
    shutil.rmtree(tmp_path / "index")
    with opened(tmp_path, counting, library) as index:
        with pytest.raises(SearchIndexError, match=r"not indexed yet.*`rag index`"):
            index.search("river")
        index.catch_up()
    assert ids(tmp_path, counting, library) == before


def test_another_model_is_refused(tmp_path: Path, small: Library, embedder: Embedder, article: Make) -> None:
    small.put(article("a", "The river rose."))
    with opened(tmp_path, embedder, small) as index:
        index.catch_up()
    other = Counting()
    other.name = "another"
    with opened(tmp_path, other, small) as index:
        with pytest.raises(IndexMismatch, match=r"embedding model 'hash', now 'another'.*rag index --rebuild"):
            index.search("river")
        with pytest.raises(IndexMismatch):
            index.catch_up()
        index.rebuild()
        assert len(index.search("river")) == 1


def test_an_index_made_by_older_rules_answers_until_it_is_made_anew_by_itself(
    tmp_path: Path, small: Library, embedder: Embedder, article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.put(article("a", "The river rose. " * 100))
    with Index.open(tmp_path, embedder, small) as index:
        index.catch_up()
    monkeypatch.setattr("index.passages._CUTTING", 10_000)
    with Index.open(tmp_path, embedder, small, rules=PassageRules(target=500)) as index:
        assert max(len(hit.passage.text) for hit in index.search("river")) > 500
        index.follow(0.05)
        deadline = time.monotonic() + 60
        while max(len(hit.passage.text) for hit in index.search("river")) > 500:
            assert time.monotonic() < deadline, index.status().trouble
            time.sleep(0.05)
    assert [path.name for path in (tmp_path / "index").glob("g*")] == ["g0002"]
    with Index.open(tmp_path, embedder, small, rules=PassageRules(target=500)) as index:
        assert index.catch_up().embedded == 0


def test_an_index_of_another_format_is_not_read_but_made_anew(
    tmp_path: Path, small: Library, embedder: Embedder, article: Make
) -> None:
    small.put(article("a", "The river rose."))
    with Index.open(tmp_path, embedder, small) as index:
        index.catch_up()
    manifest = tmp_path / "index" / "g0001" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 1}))
    with Index.open(tmp_path, embedder, small) as index:
        with pytest.raises(IndexMismatch, match=r"another version.*`rag index` makes it anew"):
            index.search("river")
        assert index.catch_up().embedded == 0  # its passages are the same
        assert len(index.search("river")) == 1
        assert index.rebuild().embedded == 1


def test_another_library_or_an_older_copy_is_refused(
    tmp_path: Path, small: Library, embedder: Embedder, article: Make
) -> None:
    small.put(article("a", "The river rose."))
    copy = tmp_path / "copy.sqlite3"
    with small.database.read() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(f"VACUUM INTO '{copy}'")
        connection.exec_driver_sql("BEGIN")
    small.put(article("b", "The lake rose."))
    with opened(tmp_path, embedder, small) as index:
        index.catch_up()
    with (
        Library.open(copy) as older,
        opened(tmp_path, embedder, older) as index,
        pytest.raises(IndexMismatch, match="older copy"),
    ):
        index.catch_up()
    with (
        Library.open(tmp_path / "other.sqlite3") as other,
        opened(tmp_path, embedder, other) as index,
        pytest.raises(IndexMismatch, match="library"),
    ):
        index.search("river")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    where = tmp_path / "disk"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(where)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be mounted on Linux as root")
    yield where
    subprocess.run(["umount", "-l", str(where)], check=True)


@pytest.fixture
def read_only(tmp_path: Path, filled: Path) -> Iterator[Path]:
    """A home whose index may only be read."""
    where = str(filled.parent)
    for mount in (["--bind", where, where], ["-o", "remount,bind,ro", where]):
        if sys.platform != "linux" or subprocess.run(["mount", *mount], capture_output=True, check=False).returncode:
            pytest.skip("a directory can only be mounted on Linux as root")
    yield tmp_path
    subprocess.run(["umount", "-l", where], check=True)


def test_a_read_only_index_is_said(read_only: Path, library: Library, counting: Counting) -> None:
    for use in (Index.catch_up, lambda index: index.search("river")):
        with (
            opened(read_only, counting, library) as index,
            pytest.raises(SearchIndexError, match=r"index.* cannot be written.* make it writable\.$"),
        ):
            use(index)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("unable to open database file", "cannot be written ({}); make it writable."),
        ("attempt to write a readonly database", "cannot be written ({}); make it writable."),
        ("database is locked", "is kept busy by another process ({}); try again."),
    ],
)
def test_what_is_no_damage_is_not_rebuilt(said: str, advice: str, tmp_path: Path) -> None:
    error = trouble("index", tmp_path, sqlite3.OperationalError(said))
    assert str(error) == f"The index in {tmp_path} {advice.format(said)}"


def test_a_full_disk_is_said_and_overcome(small_disk: Path, small: Library, embedder: Embedder, article: Make) -> None:
    with opened(small_disk, embedder, small) as index:
        small.put(article("a", "The zeppelin landed."))
        index.catch_up()
        list(small.put_many(article(str(i), f"River {i} rose by metres. " * 20) for i in range(100)))
        for _ in range(2):
            with pytest.raises(SearchIndexError, match=r"^The disk is full: the .*index.* Free some space\.$"):
                index.catch_up()
        subprocess.run(["mount", "-o", "remount,size=60m", str(small_disk)], check=True)
        index.catch_up()
        assert index.search("zeppelin")
        assert index.status().fresh
    vectors, words = ids(small_disk, embedder, small)
    assert vectors == words
    assert len(vectors) > 1000


def test_readers_find_everything_while_the_index_is_made_anew_again_and_again(
    tmp_path: Path, small: Library, embedder: Embedder, article: Make
) -> None:
    small.put(article("a", "The river rose."))
    with Index.open(tmp_path, embedder, small) as owner:
        owner.catch_up()
        done = threading.Event()
        found: list[int] = []
        troubles: list[Exception] = []

        def read(index: Index) -> None:
            while not done.is_set():
                try:
                    found.append(len(index.search("river")))
                except Exception as error:  # noqa: BLE001 (asserted on below)
                    troubles.append(error)

        with Index.open(tmp_path, embedder, small) as other:
            readers = [threading.Thread(target=read, args=(index,)) for index in (owner, other)]
            for reader in readers:
                reader.start()
            for _ in range(8):
                owner.rebuild()
            done.set()
            for reader in readers:
                reader.join()
    assert troubles == []
    assert set(found) == {1}
