"""Killed at any moment, nothing acknowledged is lost, and the next start ends as if nothing had happened.

RAG_KILL_ROUNDS says how often the process is killed (default 10).
"""

import importlib.util
import itertools
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from index.article import address_id
from index.embedding import Embedder
from index.errors import SearchIndexError
from index.facade import Index
from index.library import Library
from index.passages import embedding_text, passages_of

HERE = Path(__file__).parent
ROUNDS = int(os.environ.get("RAG_KILL_ROUNDS") or 10)


@pytest.fixture
def changing() -> ModuleType:
    """The script that the child runs, for the articles that it makes."""
    spec = importlib.util.spec_from_file_location("changing", HERE / "changing.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Child:
    """The changing process, and what it has said."""

    def __init__(self, home: Path, seed: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "changing.py"), str(home), str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent.parent)])},
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)

    def start(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self._reader.start()

    def kill(self) -> list[str]:
        """All that it has said."""
        assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
        self.end()
        return self.lines

    def end(self) -> None:
        """Let nothing of it be left, however far it came."""
        self.process.kill()
        self.process.wait()
        if self._reader.is_alive():
            self._reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.strip() for line in self.process.stdout)


@contextmanager
def children(home: Path) -> Iterator[Iterator[Child]]:
    """One child after another, the next one importing while the last one runs."""
    alive = [Child(home, 1)]

    def each() -> Iterator[Child]:
        for seed in range(2, ROUNDS + 2):
            alive.append(Child(home, seed))
            alive[0].start()
            yield alive[0]
            del alive[0]  # it was killed

    try:
        yield each()
    finally:
        for child in alive:
            child.end()


def test_killed_at_random_moments(tmp_path: Path, embedder: Embedder, changing: ModuleType) -> None:
    chance = random.Random(7)
    known: dict[str, int] = {}  # name → version, of all that was acknowledged
    changes = looked = 0
    with children(tmp_path) as started:
        for child in started:
            until = time.monotonic() + chance.uniform(0.05, 2.5)
            with (
                Library.open(tmp_path / "library.sqlite3") as library,
                Index.open(tmp_path, embedder, library) as reader,
            ):
                while time.monotonic() < until:
                    said = len(child.lines)
                    removed = _removed(known, child.lines[:said])
                    found = _ask(reader, chance.choice(sorted(removed)) if removed else "name1")
                    looked += found is not None
                    time.sleep(0.1)  # let the child get on
                    put_since = {line.split()[1] for line in child.lines[said:] if line.startswith("put")}
                    assert not (found or set()) & {address_id(f"/{name}") for name in removed - put_since}
            lines = child.kill()
            assert not [line for line in lines if line.startswith("fault")]
            changes += lines.count("done")
            _check_library(tmp_path, known, lines, changing)
            _check_index(tmp_path, embedder)
    assert changes > ROUNDS
    assert looked > ROUNDS
    print(f"\n{ROUNDS} kills, {changes} acknowledged changes, {looked} questions meanwhile, {len(known)} articles left")


def _ask(reader: Index, name: str) -> set[str] | None:
    """The articles found; None while the index is as the last kill left it and the child is healing it."""
    try:
        return {hit.passage.article_id for hit in reader.search(name, k=5)}
    except SearchIndexError as error:
        if "repairs it" in str(error):
            return None
        raise


def _removed(known: dict[str, int], lines: list[str]) -> set[str]:
    """The names of articles whose removal was acknowledged and that were not put since."""
    removed = {f"name{i}" for i in range(40)} - set(known)
    for line, after in itertools.pairwise([*lines, ""]):
        if line.startswith("put"):
            removed.discard(line.split()[1])
        elif line.startswith("remove") and after == "done":
            removed.add(line.split()[1])
    return removed


def _check_library(home: Path, known: dict[str, int], lines: list[str], changing: ModuleType) -> None:
    """What was acknowledged is there; what was under way is there whole or not at all."""
    pending: list[str] = []
    for line in lines:
        if line == "done":
            _apply(known, pending)
        else:
            pending = line.split()
    under_way = dict(known)
    if lines and lines[-1] != "done":
        _apply(under_way, pending)
    with Library.open(home / "library.sqlite3") as library:
        texts = {article.address: article.text for article in library.articles()}
    either = [{f"/{name}": changing.article(name, v).text for name, v in m.items()} for m in (known, under_way)]
    assert texts in either
    if texts == either[1]:
        known.clear()
        known.update(under_way)


def _apply(known: dict[str, int], change: list[str]) -> None:
    if change[0] == "put":
        known[change[1]] = int(change[2])
    else:
        known.pop(change[1], None)


def _check_index(home: Path, embedder: Embedder) -> None:
    """After one catching up both indexes hold exactly the library's passages, with the right vectors."""
    with Library.open(home / "library.sqlite3") as library, Index.open(home, embedder, library) as index:
        index.catch_up()
        wanted = {p.passage_id: embedding_text(p) for article in library.articles() for p in passages_of(article)}
        generation = index._current()
        assert generation is not None
        vectors = dict(generation.vectors.everything())
        assert set(vectors) == set(wanted)
        ids = sorted(wanted)
        if ids:
            expected = embedder.embed([wanted[i] for i in ids])
            np.testing.assert_allclose(np.stack([vectors[i] for i in ids]), expected, atol=1e-6)
        assert sorted(c.passage_id for c in generation.lexical.everything()) == ids
        assert index.status().fresh
