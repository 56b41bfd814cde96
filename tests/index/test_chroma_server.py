"""The same index with its vectors on a Chroma server, which several processes may share."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.article import Article
from index.embedding import Embedder
from index.errors import SearchIndexError
from index.facade import Index
from index.library import Library

Make = Callable[..., Article]


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


def test_an_index_on_a_server(tmp_path: Path, library: Library, embedder: Embedder, article: Make, server: str) -> None:
    gone = library.put(article("a", "The river rose.")).article_id
    library.put(article("b", "The lake froze."))
    with Index.open(tmp_path, embedder, library, server) as index:
        index.catch_up()
        assert index.search("river")[0].passage.text == "The river rose."
        library.remove([gone])
        index.catch_up()
        assert [hit.passage.text for hit in index.search("river lake")] == ["The lake froze."]
        index.rebuild()
        assert [hit.passage.text for hit in index.search("river lake")] == ["The lake froze."]
    assert not (tmp_path / "index" / "g0002" / "vectors").exists()


def test_two_homes_share_one_collection(
    tmp_path: Path, library: Library, embedder: Embedder, article: Make, server: str
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    library.put(article("a", "The river rose."))
    with Index.open(first, embedder, library, server) as one, Index.open(second, embedder, library, server) as two:
        one.catch_up()
        report = two.catch_up()
        assert report.embedded == 0  # the vectors were there
        library.put(article("a", "The river fell."))
        one.catch_up()
        two.catch_up()
        for index in (one, two):
            generation = index._current()
            assert generation is not None
            assert generation.vectors.count() == 1
            assert [hit.passage.text for hit in index.search("river")] == ["The river fell."]


def test_an_emptied_server_is_filled_again(
    tmp_path: Path, library: Library, embedder: Embedder, article: Make, server: str
) -> None:
    library.put(article("a", "The river rose."))
    with Index.open(tmp_path, embedder, library, server) as index:
        index.catch_up()
        generation = index._current()
        assert generation is not None
        generation.vectors.clear()
    with Index.open(tmp_path, embedder, library, server) as index:
        index.catch_up()
        (hit,) = index.search("river")
        assert hit.dense is not None


def test_a_server_that_is_away_is_named(tmp_path: Path, library: Library, embedder: Embedder) -> None:
    with (
        Index.open(tmp_path, embedder, library, "http://127.0.0.1:1") as index,
        pytest.raises(SearchIndexError, match=r"Chroma server at http://127\.0\.0\.1:1"),
    ):
        index.catch_up()
