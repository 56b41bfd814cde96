"""Settings: one model, from arguments, the environment (``RAG_*``), ``.env`` and ``rag.toml``.

The first of these that names a setting wins. An unknown name is refused with the nearest known one.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from index.errors import ConfigError
from rag.arguments import MOST_PASSAGES

PREFIX = "RAG_"
# What other tools for OpenAI-compatible endpoints read; ours come first.
FALLBACKS = {"llm_api_key": "OPENAI_API_KEY", "llm_base_url": "OPENAI_BASE_URL"}
# RAG_ names that belong to the tests and the evaluation data, not to this model.
NOT_SETTINGS = frozenset({"shared_data", "kill_rounds"})
LOCAL_MODELS = ("qwen2.5-coder-1.5b-instruct", "qwen2.5-coder-0.5b-instruct")


def _user_folder(variable: str, fallback: str) -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "article-rag"
    return Path(os.environ.get(variable) or Path.home() / fallback) / "article-rag"


class Settings(BaseSettings):
    """All settings. Every field can be set as ``RAG_NAME`` or as ``name`` in ``rag.toml``."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=lambda: _user_folder("XDG_DATA_HOME", ".local/share"),
        description="Where the library and the indexes are kept.",
    )
    model_cache: Path = Field(
        default_factory=lambda: _user_folder("XDG_CACHE_HOME", ".cache") / "models",
        description="Where model weights are kept; can be shared by several homes.",
    )
    database_url: str | None = Field(None, description="SQL database of the library; default: a file in home.")
    chroma_url: str | None = Field(None, description="A Chroma server; default: embedded, in home.")
    llm: str = Field(
        "auto",
        description="auto, local, extractive, a local model of the catalogue, or a model name at llm_base_url.",
    )
    llm_base_url: str | None = Field(None, description="An OpenAI-compatible endpoint.")
    llm_api_key: SecretStr | None = Field(None, description="Its key.")
    llm_path: Path | None = Field(None, description="A GGUF file to use instead of the catalogue's.")
    llm_timeout: float = Field(60, gt=0, description="Seconds to wait for an endpoint to say something.")
    llm_context: int = Field(3000, ge=400, description="Prompt tokens of passages an endpoint is given.")
    judge: Literal["auto", "off", "local", "endpoint"] = Field(
        "auto", description="Which language model checks the sentences that rules cannot decide."
    )
    on_unsupported: Literal["mark", "drop", "retry"] = Field(
        "mark", description="What is done with a sentence of an answer that its evidence does not support."
    )
    embedding: str = Field(
        "local", description="local, local-fast (eight-bit products), or a model name at embedding_base_url."
    )
    embedding_base_url: str | None = Field(None, description="An OpenAI-compatible embeddings endpoint.")
    embedding_api_key: SecretStr | None = Field(None, description="Its key.")
    embedding_path: Path | None = Field(None, description="A folder with the embedding model's files.")
    rerank: str = Field(
        "",
        description="A fastembed cross-encoder that reads the best passages again, such as "
        "Xenova/ms-marco-MiniLM-L-6-v2; needs the extra rerank. Default: none.",
    )
    offline: bool = Field(False, description="Never fetch model weights.")
    allow_private_addresses: bool = Field(False, description="Let pages be fetched from private networks.")
    threads: int | None = Field(None, ge=1, description="CPU threads; default: the available cores.")
    k: int = Field(10, ge=1, le=MOST_PASSAGES, description="Passages that a question finds.")
    host: str = Field("127.0.0.1", description="Address that the page listens on.")
    port: int = Field(7860, ge=0, le=65535, description="Port of the page; the next free one is taken.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`gather` reads the sources itself, to know where each value came from."""
        return (init_settings,)

    @property
    def library_url(self) -> str:
        """The library's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.home / 'library.db'}"


def gather(
    overrides: Mapping[str, Any] | None = None, *, folder: Path | None = None
) -> tuple[Settings, dict[str, str]]:
    """Settings, and for each that is not a default where it came from.

    Reads ``.env`` and ``rag.toml`` in `folder` (default: the working directory). Raises ConfigError
    naming the setting, its source, what is wrong and what to do.
    """
    folder = folder or Path.cwd()
    dotenv = _read_dotenv(folder / ".env")
    layers = [
        (str(folder / "rag.toml"), _read_toml(folder / "rag.toml")),
        (str(folder / ".env"), _prefixed(dotenv)),
        ("environment", _prefixed(os.environ)),
        ("arguments", {key: value for key, value in (overrides or {}).items() if value is not None}),
    ]
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for variables, origin in ((dotenv, str(folder / ".env")), (os.environ, "environment")):
        for name, variable in FALLBACKS.items():
            if variables.get(variable):
                values[name], origins[name] = variables[variable], f"{variable} ({origin})"
    for origin, layer in layers:
        for name, value in layer.items():
            if name not in Settings.model_fields:
                raise ConfigError(_unknown(name, origin))
            values[name], origins[name] = value, origin
    try:
        return Settings(**values), origins
    except ValidationError as error:
        problem = error.errors(include_input=False)[0]
        name = str(problem["loc"][0]) if problem["loc"] else "settings"
        raise ConfigError(f"setting {name} ({origins.get(name, 'default')}): {problem['msg']}") from None


def load(**overrides: Any) -> Settings:
    """Settings from all sources; keyword arguments win. Raises ConfigError."""
    return gather(overrides)[0]


def _prefixed(variables: Mapping[str, str]) -> dict[str, str]:
    named = {key[len(PREFIX) :].lower(): value for key, value in variables.items() if key.startswith(PREFIX)}
    return {name: value for name, value in named.items() if name not in NOT_SETTINGS and value != ""}


def _read_dotenv(path: Path) -> dict[str, str]:
    try:
        return {key: value for key, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _unknown(name: str, origin: str) -> str:
    near = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.5)
    shown = PREFIX + name.upper() if origin == "environment" or origin.endswith(".env") else name
    hint = f"did you mean {PREFIX + near[0].upper() if shown != name else near[0]}?" if near else "see rag doctor"
    return f"unknown setting {shown} ({origin}): {hint}"
