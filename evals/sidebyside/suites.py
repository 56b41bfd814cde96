"""The other suites: what they need, and each in a process of its own."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from evals.errors import ConfigurationError

# What each is installed from. ragas does not import with newer releases of langchain-community, and without a recent
# instructor given pip settles for one of 2024.
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "ragas": ("ragas==0.4.3", "langchain-community<0.4", "instructor>=1.14,<2", "openai>=2,<3"),
    "deepeval": ("deepeval==4.3.1",),
    "trulens": ("trulens-feedback==2.16.0", "trulens-providers-openai==2.16.0"),
}
SUITES = ("ragas", "deepeval", "trulens", "llamaindex")
# No telemetry, no writing of keys and results into the working folder; and a slow judge is no failing of a suite's.
_QUIET = {
    "RAGAS_DO_NOT_TRACK": "true",
    "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
    "DEEPEVAL_DISABLE_TIMEOUTS": "1",
    "DEEPEVAL_FILE_SYSTEM": "READ_ONLY",
    "DEEPEVAL_UPDATE_WARNING_OPT_IN": "0",
}
_RUNNERS = Path(__file__).parent / "runners"


def install(folder: Path) -> None:
    """An environment for each suite in `folder`, made with pip as it is set up here; those that are there stay.

    Raises ConfigurationError where pip cannot install one.
    """
    for name, packages in PACKAGES.items():
        python = interpreter(folder, name)
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=False)
        if done.returncode:
            raise ConfigurationError(f"{name} cannot be installed into {folder / name}: pip says why above")


def interpreter(folder: Path, name: str) -> Path:
    """Where `install` puts a suite's interpreter."""
    return folder / name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def interpreters(folder: Path | None = None, given: Mapping[str, Path] | None = None) -> dict[str, Path]:
    """Each suite's interpreter, as far as there is one: LlamaIndex has this one, with the extra `baselines`."""
    here = importlib.util.find_spec("llama_index.llms") and importlib.util.find_spec("llama_index.llms.openai_like")
    found = {"llamaindex": Path(sys.executable)} if here else {}
    if folder is not None:
        found |= {name: interpreter(folder, name) for name in PACKAGES if interpreter(folder, name).exists()}
    return found | dict(given or {})


@dataclass(frozen=True, slots=True)
class Found:
    """What a suite made of an input: a score (None: it gave none), or the error that it raised; and the seconds."""

    score: float | None
    error: str | None
    seconds: float


class Suite:
    """One suite's process: started on entry, ended on exit. Its `version` and `metrics` are known from then on."""

    version: str
    metrics: frozenset[str]

    def __init__(self, name: str, python: Path, base_url: str, key: str, model: str) -> None:
        self.name = name
        self._python = python
        self._judge = {"base_url": base_url, "key": key, "model": model}

    def __enter__(self) -> Self:
        """Raises ConfigurationError where the suite does not start."""
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name) / "log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [str(self._python), str(_RUNNERS / "run.py"), self.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                cwd=self._folder.name,
                env=os.environ | _QUIET | {"NLTK_DATA": _sentence_data()},
            )
        try:
            ready = self._say(self._judge)
        except ConfigurationError:
            self.__exit__()
            raise
        self.version, self.metrics = ready["version"], frozenset(ready["metrics"])
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # what was not read by a process that has died
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()

    def measure(self, case: Mapping[str, Any]) -> Found:
        """What it makes of a case. Raises ConfigurationError where its process has died."""
        found = self._say(case)
        error = f"{found['error']}: {found['message']}" if "error" in found else None
        return Found(found.get("score"), error, found["seconds"])

    def _say(self, message: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            last = self._log.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
            raise ConfigurationError(
                f"{self.name} does not run with {self._python}: {' '.join(last) or 'it said nothing'}; "
                "python -m evals.sidebyside --install FOLDER makes an environment for it"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer


def _sentence_data() -> str:
    """The data of nltk's sentence splitter, which trulens would download, as LlamaIndex brings it along."""
    import llama_index.core

    return str(Path(llama_index.core.__file__).parent / "_static" / "nltk_cache")
