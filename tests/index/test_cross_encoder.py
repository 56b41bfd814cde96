"""fastembed as the reranker, with a stand-in for fastembed: what is asked of it, and what is said when it fails."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from index.cross_encoder import CrossEncoder
from index.errors import ConfigError, ModelError

MODEL = "Xenova/ms-marco-MiniLM-L-6-v2"


class Fastembed:
    """Remembers how the model was opened; `cached` says whether it is on disk, `online` whether the hub gives it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cached = self.online = True
        self.opened: list[dict[str, Any]] = []
        self.asked: list[str] = []
        outer = self

        class TextCrossEncoder:
            def __init__(self, **given: Any) -> None:
                outer.opened.append(given)
                if not (outer.cached or (outer.online and not given.get("local_files_only"))):
                    raise ValueError("Could not load model from any source.")

            @classmethod
            def list_supported_models(cls) -> list[dict[str, Any]]:
                return [{"model": MODEL, "sources": {"hf": "hub/place"}}]

            def rerank(self, query: str, documents: list[str]) -> Any:
                return (float(len(document)) for document in documents)

        def model_info(place: str, **_: Any) -> None:
            outer.asked.append(place)
            if not outer.online:
                raise OSError("[Errno -2]\nName or service not known")

        for name in ("fastembed", "fastembed.rerank"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        module = ModuleType("fastembed.rerank.cross_encoder")
        module.TextCrossEncoder = TextCrossEncoder  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr("huggingface_hub.model_info", model_info)


@pytest.fixture
def fastembed(monkeypatch: pytest.MonkeyPatch) -> Fastembed:
    return Fastembed(monkeypatch)


def test_it_is_loaded_once_when_asked_and_from_the_cache_without_the_hub(fastembed: Fastembed, tmp_path: Path) -> None:
    encoder = CrossEncoder(MODEL.lower(), tmp_path, 2)
    assert fastembed.opened == []
    assert encoder.scores("why?", ["one", "three"]) == [3.0, 5.0]
    assert encoder.scores("why?", []) == []
    assert fastembed.asked == []
    [given] = fastembed.opened
    assert given == {
        "model_name": MODEL.lower(), "cache_dir": str(tmp_path), "threads": 2, "local_files_only": True,
    }  # fmt: skip


def test_it_is_fetched_when_it_is_not_there(fastembed: Fastembed, tmp_path: Path) -> None:
    fastembed.cached = False
    assert CrossEncoder(MODEL, tmp_path).scores("why?", ["one"]) == [3.0]
    assert fastembed.asked == ["hub/place"]


def test_a_hub_that_is_not_reached_is_one_line_at_once(fastembed: Fastembed, tmp_path: Path) -> None:
    fastembed.cached = fastembed.online = False
    with pytest.raises(ModelError) as raised:
        CrossEncoder(MODEL, tmp_path).scores("why?", ["one"])
    said = str(raised.value)
    assert "\n" not in said
    assert all(part in said for part in (MODEL, str(tmp_path), "Name or service not known", "unset RAG_RERANK"))
    assert len(fastembed.opened) == 1, "fastembed's own retries take most of a minute"


def test_offline_nothing_is_asked_of_the_hub(fastembed: Fastembed, tmp_path: Path) -> None:
    fastembed.cached = False
    with pytest.raises(ModelError, match="RAG_OFFLINE"):
        CrossEncoder(MODEL, tmp_path, offline=True).scores("why?", ["one"])
    assert fastembed.asked == []


def test_an_unknown_model_is_said_with_the_known_ones(fastembed: Fastembed, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"RAG_RERANK is nonsense, which is no reranker of fastembed; it has {MODEL}"):
        CrossEncoder("nonsense", tmp_path).scores("why?", ["one"])


def test_without_fastembed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "fastembed", None)
    with pytest.raises(ConfigError, match=r"fastembed is not installed; pip install 'article-rag\[rerank\]', or unset"):
        CrossEncoder(MODEL, tmp_path).scores("why?", ["one"])
