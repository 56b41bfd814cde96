"""The same index with its vectors on a Chroma server, which several processes may share."""

import contextlib
import gc
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import chromadb
import numpy as np
import pytest
from hash_embedder import Counting
from numpy.typing import NDArray

from index.article import Article
from index.embedding import Embedder
from index.errors import SearchIndexError
from index.facade import Index
from index.library import Library
from index.passage import Passage
from index.vectors import Vectors

Make = Callable[..., Article]
Open = Callable[[], Index]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Chroma server's address."""
    program = shutil.which("chroma", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("the chroma command is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma")
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder) as process:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.skip("the Chroma server does not start here")
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.kill()


@pytest.fixture
def opened(tmp_path: Path, library: Library, embedder: Embedder, server: str) -> Open:
    """Opens the index of the test's home."""
    return lambda: Index.open(tmp_path, embedder, library, server)


def test_an_index_on_a_server(tmp_path: Path, library: Library, article: Make, opened: Open) -> None:
    gone = library.put(article("a", "The river rose.")).article_id
    library.put(article("b", "The lake froze."))
    with opened() as index:
        index.catch_up()
        assert index.search("river")[0].passage.text == "The river rose."
        library.remove([gone])
        index.catch_up()
        assert [hit.passage.text for hit in index.search("river lake")] == ["The lake froze."]
        index.rebuild()
        assert [hit.passage.text for hit in index.search("river lake")] == ["The lake froze."]
    assert not (tmp_path / "index" / "g0002" / "vectors").exists()


def texts(index: Index, query: str = "river") -> list[str]:
    """What the dense index finds."""
    return [hit.passage.text for hit in index.search(query) if hit.dense is not None]


def test_two_homes_over_one_library_touch_nothing_of_each_other(
    tmp_path: Path, library: Library, embedder: Embedder, article: Make, server: str
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    library.put(article("both", "The river rose."))
    with Index.open(first, embedder, library, server) as one, Index.open(second, embedder, library, server) as two:
        one.catch_up()
        two.catch_up()
        assert len(collections(server, library)) == 2
        library.put(article("both", "The river fell."))
        one.catch_up()
        two.rebuild()
        assert texts(one) == texts(two) == ["The river fell."]
        one.rebuild()
        library.remove([article("both", "").article_id])
        one.catch_up()
        generation = two._current()
        assert generation is not None
        assert generation.vectors.count() == 1
    assert len(collections(server, library)) <= 1


@pytest.mark.parametrize("way", ["copied", "moved"])
def test_a_home_that_was_copied_or_moved_has_a_collection_of_its_own_again(
    way: str, tmp_path: Path, library: Library, counting: Counting, article: Make, server: str
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    library.put(article(way, f"The river rose, {way}."))
    with Index.open(first, counting, library, server) as one:
        one.catch_up()
    (used,) = collections(server, library)
    shutil.copytree(first, second)
    if way == "moved":
        shutil.rmtree(first)
    counting.texts = 0
    with Index.open(second, counting, library, server) as two:
        with pytest.raises(SearchIndexError, match=r"lacks the collection articles-\w+-g0001; `rag index` fills it"):
            two.search("river")
        two.catch_up()
        assert counting.texts == 0
        assert texts(two) == [f"The river rose, {way}."]
        two.rebuild()
    assert used in collections(server, library)


def test_an_index_of_an_older_version_leaves_the_collection_that_others_may_use(
    tmp_path: Path, library: Library, article: Make, opened: Open, server: str
) -> None:
    library.put(article("old", "The river rose on an old day."))
    with opened() as index:
        index.catch_up()
    (used,) = collections(server, library)
    generation = tmp_path / "index" / "g0001"
    for name, gone in (("manifest.json", "token"), ("state.json", "collection")):
        known = json.loads((generation / name).read_text())
        del known[gone]
        (generation / name).write_text(json.dumps(known | ({"passages": "sentences-1"} if gone == "token" else {})))
    with opened() as index:
        index.catch_up()
        assert texts(index) == ["The river rose on an old day."]
    assert used in collections(server, library)
    assert len(collections(server, library)) == 2


def test_no_connection_is_left_open(library: Library, article: Make, opened: Open, server: str) -> None:
    library.put(article("a", "The river rose."))
    with opened() as index:
        index.catch_up()
        index.rebuild()
        with opened() as reader:
            assert reader.search("river")
            assert connections(server)
    assert connections(server) == 0


def connections(server: str) -> int:
    """How many this process holds to the server."""
    count = 0
    for each in gc.get_objects():
        if isinstance(each, socket.socket) and each.fileno() >= 0:
            with contextlib.suppress(OSError):  # one that is not connected
                count += each.getpeername()[1] == urlsplit(server).port
    return count


@pytest.mark.parametrize("way", ["clear", "remove"])
def test_what_is_gone_from_the_server_is_said_and_filled_again(
    way: str, library: Library, article: Make, opened: Open
) -> None:
    library.put(article("a", "The river rose."))
    with opened() as index:
        index.catch_up()
        generation = index._current()
        assert generation is not None
        getattr(generation.vectors, way)()
    if way == "remove":
        with (
            opened() as reader,
            pytest.raises(SearchIndexError, match=r"lacks the collection articles-\w+-g0001; `rag index` fills it"),
        ):
            reader.search("river")
    with opened() as index:
        index.catch_up()
        assert texts(index) == ["The river rose."]


def collections(server: str, library: Library) -> list[str]:
    """The names of those that hold passages of this library."""
    parts = urlsplit(server)
    client = chromadb.HttpClient(host=str(parts.hostname), port=parts.port or 80)
    found = [(each.name, each.get(limit=1, include=["metadatas"])["metadatas"]) for each in client.list_collections()]
    for each in (client, client._admin_client):  # type: ignore[attr-defined]
        each._server._session.close()
    ids = {article.article_id for article in library.articles()}
    return sorted(name for name, some in found if some and some[0]["article_id"] in ids)


def test_a_rebuild_cut_off_leaves_what_is_in_use_whole(
    library: Library, article: Make, opened: Open, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(3):
        library.put(article(f"cut-{i}", f"The river rose {i} times."))
    with opened() as index:
        index.catch_up()
        (used,) = collections(server, library)

    def upsert(vectors: Vectors, passages: Sequence[Passage], rows: NDArray[np.float32]) -> None:
        put(vectors, passages[:1], rows[:1])
        raise KeyboardInterrupt

    put = Vectors.upsert
    with monkeypatch.context() as patched:
        patched.setattr(Vectors, "upsert", upsert)
        with opened() as index, pytest.raises(KeyboardInterrupt):
            index.rebuild()
    assert len(collections(server, library)) == 2
    with opened() as reader:
        assert len(texts(reader)) == 3
    with opened() as index:
        index.catch_up()
        assert len(texts(index)) == 3
        assert collections(server, library) == [used]
        index.rebuild()
        assert len(texts(index)) == 3
        assert len(collections(server, library)) == 1


def test_a_reader_goes_over_to_what_was_rebuilt(library: Library, article: Make, opened: Open) -> None:
    library.put(article("a", "The river rose."))
    with opened() as index, opened() as reader:
        index.catch_up()
        assert reader.search("river")
        index.rebuild()
        assert reader.search("river")[0].dense is not None


def test_a_server_that_is_away_is_named(tmp_path: Path, library: Library, embedder: Embedder) -> None:
    with (
        Index.open(tmp_path, embedder, library, "http://127.0.0.1:1") as index,
        pytest.raises(SearchIndexError, match=r"Chroma server at http://127\.0\.0\.1:1"),
    ):
        index.catch_up()
