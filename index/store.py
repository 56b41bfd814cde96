"""The derived indexes on disk: which generation is current, what made it, how far it has come.

```
<home>/index/
├── owner.lock, owner.json     who may write
├── current                    the name of the generation in use
└── g0001/                     a generation: made by one model and one set of rules, from one library
    ├── manifest.json          which
    ├── state.json             the change that each index has reached
    ├── vectors/               Chroma (embedded)
    └── lexical/               tantivy
```
A rebuild fills a new generation beside the current one and then renames one small file.
"""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from index.errors import IndexMismatch, SearchIndexError
from index.files import write_atomically
from index.lexical import Lexical
from index.vectors import Vectors

# Raise when what is stored in either index, or how words are analysed, changes.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made a generation; its indexes answer for nothing else."""

    library_id: str
    embedding: str
    dimensions: int
    passages: str
    format: int = FORMAT

    @property
    def collection(self) -> str:
        """The name of the collection on a Chroma server, where several libraries may have theirs."""
        digest = hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
        return f"articles-{digest[:24]}"

    def check(self, other: "Manifest", where: Path) -> None:
        """Raise IndexMismatch unless `other` could have made this."""
        differences = [
            f"{name} {mine!r}, now {theirs!r}"
            for name, mine, theirs in (
                ("format", self.format, other.format),
                ("embedding model", self.embedding, other.embedding),
                ("passages", self.passages, other.passages),
                ("library", self.library_id, other.library_id),
            )
            if mine != theirs
        ]
        if differences:
            raise IndexMismatch(
                f"The index in {where} was made with {'; '.join(differences)}. "
                "Run `rag index --rebuild`, or go back to the former settings."
            )


@dataclass(frozen=True, slots=True)
class State:
    """The number of the change up to which each index holds the library."""

    vectors: int = 0
    lexical: int = 0

    @property
    def reached(self) -> int:
        return min(self.vectors, self.lexical)


class Generation:
    """One set of derived indexes, open: by their owner, or by a reader, who makes and changes nothing."""

    def __init__(self, directory: Path, manifest: Manifest, chroma_url: str | None, *, owned: bool) -> None:
        self.directory = directory
        self.manifest = manifest
        self.owned = owned
        self.state = _read_state(directory)
        if owned:
            self._heal(chroma_url)
        where = chroma_url or directory / "vectors"
        self.vectors = Vectors(where, manifest.collection if chroma_url else "passages", create=owned)
        self.lexical = Lexical(directory / "lexical", create=owned)

    def advance(self, state: State) -> None:
        """Record how far the indexes have come, after what they hold is on disk."""
        write_atomically(self.directory / "state.json", json.dumps(asdict(state)))
        self.state = state

    def refresh(self) -> bool:
        """Reopen if another process has written since; whether it had."""
        state = _read_state(self.directory)
        if state == self.state:
            return False
        self.vectors.reopen()
        self.lexical.reopen()
        self.state = state
        return True

    def close(self) -> None:
        self.vectors.close()

    def _heal(self, chroma_url: str | None) -> None:
        """An index whose directory was deleted starts again from nothing."""
        if self.state.lexical and not (self.directory / "lexical" / "meta.json").exists():
            shutil.rmtree(self.directory / "lexical", ignore_errors=True)
            self.state = replace(self.state, lexical=0)
        if self.state.vectors and not chroma_url and not (self.directory / "vectors" / "chroma.sqlite3").exists():
            shutil.rmtree(self.directory / "vectors", ignore_errors=True)
            self.state = replace(self.state, vectors=0)


class Store:
    """The directory that holds the generations."""

    def __init__(self, directory: Path, chroma_url: str | None = None) -> None:
        self.directory = directory
        self.chroma_url = chroma_url

    @property
    def current(self) -> Path | None:
        """The directory of the generation in use."""
        try:
            name = (self.directory / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        directory = self.directory / name
        return directory if name and directory.is_dir() else None

    @property
    def state(self) -> State:
        """How far the current generation has come."""
        directory = self.current
        return State() if directory is None else _read_state(directory)

    def open(self, manifest: Manifest, *, owned: bool) -> Generation | None:
        """The current generation; None if there is none. Raises IndexMismatch if something else made it."""
        directory = self.current
        if directory is None:
            return None
        _read_manifest(directory).check(manifest, directory)
        return Generation(directory, manifest, self.chroma_url, owned=owned)

    def create(self, manifest: Manifest) -> Generation:
        """A new, empty generation, not yet current."""
        taken = [int(path.name[1:]) for path in self.directory.glob("g*") if path.name[1:].isdigit()]
        directory = self.directory / f"g{max(taken, default=0) + 1:04}"
        directory.mkdir(parents=True)
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
                shutil.rmtree(path, ignore_errors=True)  # on Windows a reader may hold it: next time


def _read_manifest(directory: Path) -> Manifest:
    try:
        return Manifest(**json.loads((directory / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SearchIndexError(
            f"The index in {directory} is damaged (manifest.json: {error}); `rag index --rebuild` makes it anew."
        ) from error


def _read_state(directory: Path) -> State:
    try:
        return State(**json.loads((directory / "state.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, TypeError) as error:
        raise SearchIndexError(
            f"The index in {directory} is damaged (state.json: {error}); `rag index --rebuild` makes it anew."
        ) from error
