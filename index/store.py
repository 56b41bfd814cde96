"""The derived indexes on disk: which generation is current, what made it, how far it has come.

```
<home>/index/
├── owner.lock, owner.json     who may write
├── current                    the name of the generation in use
└── g0001/                     a generation: made by one model and one set of rules, from one library
    ├── manifest.json          which
    ├── state.json             the change that each index has reached
    ├── lock                   readers and the writer, in turn
    ├── vectors/               Chroma (embedded)
    ├── embeddings.sqlite3     the same vectors, to compare a few, and should Chroma's files be damaged
    └── lexical/               tantivy
```
A rebuild fills a new generation beside the current one and then renames one small file. A Chroma
server holds a collection for each generation, its own, in place of `vectors/`.
"""

import hashlib
import json
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedding_cache import EmbeddingCache
from index.errors import IndexMismatch, SearchIndexError
from index.files import write_atomically
from index.lexical import Lexical
from index.shared_lock import SharedLock
from index.trouble import trouble
from index.vectors import Vectors

# Raise when what is stored in either index, or how words are analysed, changes.
FORMAT = 4


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made a generation; its indexes answer for nothing else. `token` is random, the generation's own."""

    library_id: str
    embedding: str
    dimensions: int
    passages: str
    format: int = FORMAT
    token: str = ""

    def collection(self, directory: Path) -> str:
        """The name on a Chroma server of the collection of the generation in `directory`.

        Nobody else's, be it another home over the same library or a copy of this one.
        """
        digest = hashlib.sha256(f"{self.token} {directory.resolve()}".encode()).hexdigest()
        return f"articles-{digest[:24]}-{directory.name}"

    def check(self, other: "Manifest", where: Path) -> None:
        """Raise IndexMismatch unless `other` could have made this, or will make it anew because it is outdated."""
        differences = [
            f"{name} {mine!r}, now {theirs!r}"
            for name, mine, theirs in (
                ("embedding model", self.embedding, other.embedding),
                ("library", self.library_id, other.library_id),
            )
            if mine != theirs
        ]
        if differences:
            raise IndexMismatch(
                f"The index in {where} was made with {'; '.join(differences)}. "
                "Run `rag index --rebuild`, or go back to the former settings."
            )

    def outdated(self, other: "Manifest") -> bool:
        """Whether this was made by other rules than `other`'s: those of another version of the program."""
        return (self.format, self.passages) != (other.format, other.passages)


@dataclass(frozen=True, slots=True)
class State:
    """The number of the change up to which each index holds the library.

    `collection`: the one on a Chroma server that `vectors` speaks of; none where Chroma is embedded.
    `files`: size and time (ns) of the vector index's graph files as they were then. Chroma 1.5 does
    not write them atomically, loads what is left of them without complaint, and answers wrongly from
    it or takes the process down; so files in any other state than this are not opened.
    """

    vectors: int = 0
    lexical: int = 0
    collection: str = ""
    files: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        return min(self.vectors, self.lexical)


class Generation:
    """One set of derived indexes, open: by their owner, or by a reader, who makes and changes nothing.

    The owner writes while no reader looks, and records the new state before the next may look, so
    that what a reader sees inside `reading` is always one recorded state.
    """

    def __init__(self, directory: Path, manifest: Manifest, chroma_url: str | None, *, owned: bool) -> None:
        """Raises SearchIndexError when a reader meets indexes that only their owner can heal."""
        self.directory = directory
        self.manifest = manifest
        self.owned = owned
        self._chroma_url = chroma_url
        self._collection = manifest.collection(directory) if chroma_url else ""
        self._lock = SharedLock(directory / "lock")
        self.embeddings = EmbeddingCache(directory / "embeddings.sqlite3", manifest.dimensions, owned=owned)
        with self._lock.exclusive():
            self.state = _read_state(directory)
            if owned:
                self._heal()
            else:
                self._check()
            self.vectors = self._open_vectors()
            self.lexical = Lexical(directory / "lexical", create=owned)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """For the owner: nobody reads meanwhile. `advance` belongs inside, at the end."""
        with self._said(), self._lock.exclusive():
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Search inside: all that is found there is of one state, the newest."""
        with self._said():
            if self.owned:  # the one process whose Chroma is always fresh
                yield
                return
            with self._lock.shared():
                if fresh := _read_state(self.directory) == self.state:
                    yield
            if not fresh:  # seen anew and searched in one go: the next look might come too late again
                with self._lock.exclusive():
                    self._see_anew()
                    yield

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise trouble("index", self.directory, error) from error

    def keep(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep the vectors of passages that are not indexed yet, so that they need not be embedded again."""
        with self._said():
            self.embeddings.put(vectors)

    def advance(self, state: State) -> None:
        """Record how far the indexes have come, after what they hold is on disk."""
        self.vectors.settle()
        state = replace(state, collection=self._collection, files=self._graph_files())
        write_atomically(self.directory / "state.json", json.dumps(asdict(state)))
        self.state = state

    def _see_anew(self) -> None:
        """For a reader, alone, since Chroma may also write while it loads: what the owner has written since."""
        self.state = _read_state(self.directory)
        if not self.directory.is_dir():
            raise SearchIndexError(f"The index in {self.directory} was replaced meanwhile; try again.")
        self._check()
        self.vectors.reopen()
        self._check_collection(self.vectors)
        self.vectors.settle()
        self.lexical.reopen()

    def close(self) -> None:
        self.vectors.close()
        self.embeddings.close()

    def _open_vectors(self) -> Vectors:
        if self._chroma_url:
            vectors = Vectors(self._chroma_url, self._collection, create=self.owned)
            try:
                if self.owned and not vectors.count():  # somebody emptied the server
                    self.state = replace(self.state, vectors=0)
                self._check_collection(vectors)
            except SearchIndexError:
                vectors.close()
                raise
            return vectors
        where = self.directory / "vectors"
        try:
            vectors = Vectors(where, "passages", create=self.owned)
            vectors.settle()
        except SearchIndexError:
            if not self.owned:
                raise
            self._start_again("vectors")
            vectors = Vectors(where, "passages", create=True)
        return vectors

    def _heal(self) -> None:
        """For the owner: an index that is gone, or was cut off while being written, starts again from nothing."""
        if self.state.lexical and not Lexical.intact(self.directory / "lexical"):
            self._start_again("lexical")
        if self.state.collection != self._collection:  # the vectors are elsewhere: it was moved or copied
            self.state = replace(self.state, vectors=0)
        if not self._chroma_url and not self._vectors_intact():
            self._start_again("vectors")

    def _check(self) -> None:
        """For a reader, who would answer from one index alone without saying so."""
        if self.state.lexical and not (self.directory / "lexical" / "meta.json").exists():
            raise SearchIndexError(f"The lexical index in {self.directory} is gone; `rag index` repairs it.")
        if not self._chroma_url and not self._vectors_intact():
            raise SearchIndexError(
                f"The vector index in {self.directory} is damaged, or was cut off while it was being written; "
                "`rag index` repairs it."
            )

    def _check_collection(self, vectors: Vectors) -> None:
        if (
            self._chroma_url
            and self.state.vectors
            and not (vectors.exists and self.state.collection == self._collection)
        ):
            raise SearchIndexError(
                f"The Chroma server at {self._chroma_url} lacks the collection {vectors.name}; `rag index` fills it."
            )

    def _vectors_intact(self) -> bool:
        there = (self.directory / "vectors" / "chroma.sqlite3").exists()
        return (there or not self.state.vectors) and self._graph_files() == self.state.files

    def _start_again(self, name: str) -> None:
        shutil.rmtree(self.directory / name, ignore_errors=True)
        self.state = replace(self.state, lexical=0) if name == "lexical" else replace(self.state, vectors=0, files={})

    def _graph_files(self) -> dict[str, tuple[int, int]]:
        """Size and time of the files of Chroma's graph; none as long as all of it is in Chroma's log."""
        found = {}
        for complete in (self.directory / "vectors").glob("*/index_metadata.pickle"):
            for path in complete.parent.iterdir():
                stat = path.stat()
                found[f"{path.parent.name}/{path.name}"] = (stat.st_size, stat.st_mtime_ns)
        return found


class Store:
    """The directory that holds the generations."""

    def __init__(self, directory: Path, chroma_url: str | None = None) -> None:
        self.directory = directory
        self.chroma_url = chroma_url

    @property
    def last_kept(self) -> float:
        """When vectors were last kept in any generation, in seconds of the file system: a sign of its owner's life."""
        times = [0.0]
        with suppress(FileNotFoundError):  # what is looked for, or looked through, may be removed between two looks
            for file in self.directory.glob("*/embeddings.sqlite3*"):
                with suppress(FileNotFoundError):
                    times.append(file.stat().st_mtime)
        return max(times)

    @property
    def current(self) -> Path | None:
        """The directory of the generation in use."""
        before = None
        while name := self._current_name():
            if (directory := self.directory / name).is_dir():
                return directory
            if name == before:
                break
            before = name  # replaced and removed between the two looks, or lost: the name will tell
        return None

    @property
    def state(self) -> State:
        """How far the current generation has come."""
        directory = self.current
        return State() if directory is None else _read_state(directory)

    def _current_name(self) -> str:
        try:
            return (self.directory / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def open(self, manifest: Manifest, *, owned: bool) -> Generation | None:
        """The current generation; None if there is none. Raises IndexMismatch if something else made it."""
        directory = self.current
        if directory is None:
            return None
        made = _read_manifest(directory)
        made.check(manifest, directory)
        if made.format != manifest.format:
            raise IndexMismatch(
                f"The index in {directory} was made by another version of the program; `rag index` makes it anew."
            )
        return Generation(directory, made, self.chroma_url, owned=owned)

    def outdated(self, manifest: Manifest) -> bool:
        """Whether the current generation is of the same library and model, but has to be made anew by its owner.

        Raises IndexMismatch if something else made it.
        """
        directory = self.current
        if directory is None:
            return False
        made = _read_manifest(directory)
        made.check(manifest, directory)
        return made.outdated(manifest)

    def known_vectors(self, manifest: Manifest) -> EmbeddingCache | None:
        """Those of the current generation, where its passages are the same as a new one's would be."""
        directory = self.current
        if directory is None or _read_manifest(directory).passages != manifest.passages:
            return None
        return EmbeddingCache(directory / "embeddings.sqlite3", manifest.dimensions, owned=False)

    def create(self, manifest: Manifest) -> Generation:
        """A new, empty generation, not yet current."""
        taken = [int(path.name[1:]) for path in self.directory.glob("g*") if path.name[1:].isdigit()]
        directory = self.directory / f"g{max(taken, default=0) + 1:04}"
        directory.mkdir(parents=True)
        manifest = replace(manifest, token=secrets.token_hex(16))
        write_atomically(directory / "manifest.json", json.dumps(asdict(manifest), indent=1))
        return Generation(directory, manifest, self.chroma_url, owned=True)

    def use(self, generation: Generation) -> None:
        """Make `generation` the current one, and remove the others."""
        write_atomically(self.directory / "current", generation.directory.name)
        self.clean()

    def clean(self) -> None:
        """Remove the generations that are not in use: replaced ones, and rebuilds that were cut off."""
        current = self.current
        for path in self.directory.glob("g[0-9]*"):
            if path != current:
                self._remove(path)

    def _remove(self, directory: Path) -> None:
        try:
            name = _read_manifest(directory).collection(directory)
        except SearchIndexError:
            name = None  # a damaged manifest does not say which: the collection stays on the server
        if self.chroma_url and name:
            with closing(Vectors(self.chroma_url, name, create=False)) as vectors:
                vectors.remove()
        # Gone in one step, lest a reader take what is left of it for the whole.
        removed = directory.with_suffix(".removed")
        with suppress(OSError):  # on Windows a reader may hold it: next time
            directory.rename(removed)
            shutil.rmtree(removed)


def _read_manifest(directory: Path) -> Manifest:
    try:
        return Manifest(**json.loads((directory / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SearchIndexError(
            f"The index in {directory} is damaged (manifest.json: {error}); `rag index --rebuild` makes it anew."
        ) from error


def _read_state(directory: Path) -> State:
    try:
        known = json.loads((directory / "state.json").read_text(encoding="utf-8"))
        files = {name: (int(size), int(time)) for name, (size, time) in known["files"].items()}
        return State(int(known["vectors"]), int(known["lexical"]), str(known.get("collection", "")), files)
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SearchIndexError(
            f"The index in {directory} is damaged (state.json: {error}); `rag index --rebuild` makes it anew."
        ) from error
