"""Every test has a home of its own; what a machine lacks is skipped, saying what."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from scripted import ScriptedEndpoint

REPOSITORY = Path(__file__).parent.parent
# A busy machine is no failure: what an example took is not looked at.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
MODEL_CACHE = Path(os.environ.get("RAG_MODEL_CACHE") or Path.home() / ".cache" / "article-rag" / "models")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty RAG_HOME; no settings of the user's reach a test, but downloaded models may be used."""
    folder = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("RAG_", "OPENAI_")) and name not in ("RAG_SHARED_DATA", "RAG_KILL_ROUNDS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RAG_HOME", str(folder))
    monkeypatch.setenv("RAG_MODEL_CACHE", str(MODEL_CACHE))
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The measuring data; never part of this repository."""
    folder = Path(os.environ.get("RAG_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the measuring data is not at {folder} (RAG_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def minilm_folder() -> Path:
    """The embedding model's files, verified."""
    from index.weights import locate

    folder = locate("all-minilm-l6-v2", cache=MODEL_CACHE)
    if folder is None:
        pytest.skip("the embedding model is not in the cache: rag models fetch all-minilm-l6-v2")
    return folder


@pytest.fixture(scope="session")
def llm_file() -> Path:
    """The local language model's file, verified."""
    from index.weights import locate

    file = locate("qwen2.5-coder-1.5b-instruct", cache=MODEL_CACHE)
    if file is None:
        pytest.skip("the local model is not in the cache: rag models fetch qwen2.5-coder-1.5b-instruct")
    return file


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    """A scripted model behind a real OpenAI-compatible address."""
    with ScriptedEndpoint() as server:
        yield server
