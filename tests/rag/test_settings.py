from pathlib import Path

import pytest

from index.errors import ConfigError
from rag.settings import gather, load


def test_the_first_source_that_names_a_setting_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rag.toml").write_text("k = 3\nport = 1\nllm = 'extractive'\n")
    (tmp_path / ".env").write_text("RAG_PORT=2\nRAG_LLM=local\n")
    monkeypatch.setenv("RAG_LLM", "some-model")
    settings, origins = gather({"llm": "auto"}, folder=tmp_path)
    assert (settings.k, settings.port, settings.llm) == (3, 2, "auto")
    assert origins["k"].endswith("rag.toml")
    assert origins["port"].endswith(".env")
    assert origins["llm"] == "arguments"


def test_openai_variables_are_honoured_and_ours_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://llm.example/v1")
    monkeypatch.setenv("RAG_LLM_API_KEY", "ours")
    settings = load()
    assert settings.llm_base_url == "https://llm.example/v1"
    assert settings.llm_api_key is not None
    assert settings.llm_api_key.get_secret_value() == "ours"
    assert "ours" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("RAG_LMM", "local", "unknown setting RAG_LMM (environment): did you mean RAG_LLM?"),
        ("RAG_PORT", "high", "setting port (environment): Input should be a valid integer"),
        ("RAG_ON_UNSUPPORTED", "hide", "Input should be 'mark', 'drop' or 'retry'"),
    ],
)
def test_a_bad_setting_is_refused_by_name(
    name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as raised:
        load()
    assert expected in str(raised.value)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text("k = = 3")
    with pytest.raises(ConfigError, match=r"rag\.toml is not valid TOML"):
        gather(folder=tmp_path)
