"""While one process serves, what another adds is found within seconds, and what it removes is gone."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.article import Article
from index.embedding import Embedder
from index.errors import IndexInUse
from index.facade import Index
from index.library import Library

Make = Callable[..., Article]
Ask = Callable[[str], set[str]]
HERE = Path(__file__).parent
SECONDS = 3.0


@pytest.fixture
def ask(tmp_path: Path, library: Library) -> Iterator[Ask]:
    """Asks the serving process."""
    with subprocess.Popen(
        [sys.executable, str(HERE / "serving.py"), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent.parent)])},
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None
        assert stdout.readline() == "ready\n"

        def question(text: str) -> set[str]:
            stdin.write(text + "\n")
            stdin.flush()
            return set(stdout.readline().split())

        yield question
        stdin.close()
        assert process.wait(30) == 0


def seconds_until(test: Callable[[], bool]) -> float:
    start = time.monotonic()
    while not test():
        assert time.monotonic() - start < 30
        time.sleep(0.05)
    return time.monotonic() - start


def test_added_is_found_and_removed_is_gone_within_seconds(library: Library, ask: Ask, article: Make) -> None:
    for i in range(3):
        library.put(article(str(i), f"The zeppelin number {i} landed in Elmsford."))
        assert seconds_until(lambda number=i + 1: len(ask("zeppelin")) == number) < SECONDS  # type: ignore[misc]
    added = library.resolve("Title 2")
    library.put(article("2", "The biplane landed in Oakham."))
    assert added not in ask("zeppelin")
    assert seconds_until(lambda: added in ask("biplane")) < SECONDS
    library.remove([added])
    assert added not in ask("biplane")


def test_a_process_beside_the_owner_waits_for_it(
    tmp_path: Path, library: Library, ask: Ask, article: Make, embedder: Embedder
) -> None:
    added = library.put(article("a", "The zeppelin landed in Elmsford.")).article_id
    with Index.open(tmp_path, embedder, library) as beside:
        with pytest.raises(IndexInUse, match=r"process \d+ on .*serving\.py"):
            beside.catch_up()
        beside.bring_up_to_date()
        assert added in ask("zeppelin")
        assert {hit.passage.article_id for hit in beside.search("zeppelin")} == {added}
        status = beside.status()
        assert status.fresh
        assert not status.owned
        assert status.owner is not None
        assert "serving.py" in status.owner.command
