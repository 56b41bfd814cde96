"""Killed at any moment, nothing acknowledged is lost, and the next start ends as if nothing had happened.

RAG_KILL_ROUNDS says how often the process is killed (default 10).
"""

import importlib.util
import itertools
import json
import os
import random
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from children import Child, children
from sites import Page, Site

from index.article import address_id
from index.embedding import Embedder
from index.errors import SearchIndexError
from index.facade import Index
from index.library import Library
from index.passages import embedding_text, passages_of
from index.schema import metadata
from index.sources import Fetcher
from index.sync import add, sync

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


def test_killed_at_random_moments(tmp_path: Path, embedder: Embedder, changing: ModuleType) -> None:
    chance = random.Random(7)
    known: dict[str, int] = {}  # name → version, of all that was acknowledged
    changes = looked = 0
    with children(lambda seed: Child(HERE / "changing.py", tmp_path, seed), ROUNDS) as started:
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
    """The articles found; None while the index is as the last kill left it and the child is healing or making it."""
    try:
        return {hit.passage.article_id for hit in reader.search(name, k=5)}
    except SearchIndexError as error:
        if "repairs it" in str(error) or "not indexed yet" in str(error):
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


def test_a_sync_that_was_killed_ends_as_if_it_had_not_been(
    tmp_path: Path, embedder: Embedder, site: Site, fetcher: Fetcher
) -> None:
    """Two homes read the same sources: the sync of one is killed several times after each change, then let through."""
    killed, spared = tmp_path / "killed", tmp_path / "spared"
    sources = Sources(tmp_path / "articles", site)
    for home in (killed, spared):
        home.mkdir()
        with Library.open(home / "library.sqlite3") as library:
            list(add(library, [sources.folder, f"{site.url}/feed"], lambda: fetcher))
    kills, moments = 3, set()
    chance = random.Random(7)
    seconds = 0.0
    with children(lambda _: Child(HERE / "syncing.py", killed), ROUNDS - ROUNDS % kills) as started:
        sources.change()
        for number, child in enumerate(started, 1):
            if number % kills == 1:
                start = time.monotonic()
                undisturbed = _synced(spared, fetcher)
                seconds = time.monotonic() - start
            time.sleep(chance.uniform(0, seconds))
            moments.add(len(child.kill()))
            if number % kills == 0:
                assert _synced(killed, fetcher) == undisturbed
                _check_index(killed, embedder)
                sources.change()
    assert len(moments) > 1, "killed where it matters"
    print(f"\n{number} kills, after {sorted(moments)} entries")


class Sources:
    """A folder with files and exports, and a feed on a site, which change in every way that they can."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.folder, self.site = folder, site
        self._chance = random.Random(11)
        self._step = 0
        folder.mkdir()
        self.change()

    def change(self) -> None:
        self._step += 1
        for n in range(20):
            file = next(self.folder.glob(f"{n}-*.md"), self.folder / f"{n}-{self._step}.md")
            match self._chance.choice(["written", "written", "kept", "kept", "deleted", "renamed"]):
                case "written":
                    file.write_text(f"---\ndate: 2024-02-{n + 1:02}\n---\n{self._story('agency' if n % 5 else n)}\n")
                case "deleted":
                    file.unlink(missing_ok=True)
                case "renamed" if file.exists():
                    file.rename(self.folder / f"{n}-{self._step}.md")
        for name in ("one", "two"):
            some = self._chance.sample(range(30), 20)
            lines = [json.dumps({"id": f"{name} {n}", "text": self._story(f"{name} {n}")}) for n in some]
            (self.folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
        items = ""
        for n in self._chance.sample(range(16), 12):
            day = self._chance.randint(1, 28)
            self.site.pages[f"/{n}"] = self._page(n)
            if self._step + n > 18:
                self.site.pages[f"/{n}"] = Page(status=301, headers={"Location": f"/moved/{n}"})
                self.site.pages[f"/moved/{n}"] = self._page(n)
            date = f"<pubDate>{day:02} Feb 2024 10:00:00 GMT</pubDate>"
            items += f"<item><title>Page {n}</title><link>{self.site.url}/{n}</link>{date}</item>"
        body = f'<rss version="2.0"><channel><title>Alva Post</title>{items}</channel></rss>'
        self.site.pages["/feed"] = Page(body, "application/rss+xml", headers={"ETag": f'"{self._step}"'})

    def _story(self, name: object) -> str:
        version = self._chance.randrange(3)
        return " ".join(f"Of {name} sentence {n} says in version {version} what happened." for n in range(12))

    def _page(self, n: int) -> Page:
        story = self._story(f"page {n}")
        html = f"<html><head><title>Page {n}</title></head><body><article><p>{story}</p></article></body></html>"
        return Page(html, headers={"ETag": f'"{address_id(story)}"'})


def _synced(home: Path, fetcher: Fetcher) -> dict[str, Any]:
    """All that the library knows after a sync: every column but those that count changes, readings and seconds."""
    counting = {"change", "reading", "added", "last_seen", "removed"}
    with Library.open(home / "library.sqlite3") as library:
        for _ in sync(library, lambda: fetcher):
            continue
        with library.database.read() as connection:
            return {
                table.name: sorted(
                    str(tuple(row))
                    for row in connection.execute(sa.select(*(c for c in table.c if c.name not in counting)))
                )
                for table in metadata.sorted_tables
                if table.name not in {"counters", "facts"}
            }
