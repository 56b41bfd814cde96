"""What a run does, as a YAML file says it; unknown keys are refused.

::

    name: golden-extractive
    datasets:
      - name: golden            # or a file of your own questions
        limit: 60               # drawn with the seed; all if left out
    systems:
      - type: engine
        name: extractive
        settings: {llm: extractive}
    judge: {type: rules}
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from evals.errors import ConfigurationError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatasetConfig(_Part):
    """Which questions. `name` is a data set's name or a file; `path` your own download of a public one.

    `distractors` keeps that many irrelevant documents of those that come with each question (noise); `canary` plants an
    instruction to say that word in the articles with the evidence (injection).
    """

    name: str
    path: Path | None = None
    split: str | None = None
    limit: int | None = Field(None, ge=1)
    articles: Path | None = Field(None, description="Articles for your own questions: a file, a folder, or library.")
    distractors: int | None = Field(None, ge=0)
    canary: str | None = None


class Price(_Part):
    """For a million tokens, in the endpoint's currency."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)


class EngineConfig(_Part):
    """The product, with settings as `rag.toml` has them. With `arms`, what each arm of the search finds alone is
    measured too."""

    type: Literal["engine"]
    name: str = "engine"
    settings: dict[str, Any] = Field(default_factory=dict)
    arms: bool = False
    price: Price | None = None
    parallel: int | None = Field(None, ge=1)


class LlamaIndexConfig(_Part):
    """LlamaIndex's CitationQueryEngine over its VectorStoreIndex, as they come. The embedding model is ours; the model
    is the local one unless `base_url` and `model` name another."""

    type: Literal["llamaindex"]
    name: str = "llamaindex"
    model: str | None = None
    base_url: str | None = None
    api_key_variable: str | None = None
    context_window: int = Field(2048, ge=256)
    top_k: int | None = Field(None, ge=1)
    price: Price | None = None
    parallel: int | None = Field(None, ge=1)


class EndpointConfig(_Part):
    """A chat model at an OpenAI-compatible address: without documents (`none`: closed book), with those that come with
    the question (`given`), or with the passages that our search finds (`retrieved`)."""

    type: Literal["endpoint"]
    name: str = "endpoint"
    model: str
    base_url: str | None = None
    api_key_variable: str = "OPENAI_API_KEY"
    documents: Literal["none", "given", "retrieved"] = "given"
    k: int = Field(5, ge=1)
    context: int = Field(6000, ge=200, description="Tokens of documents in the prompt, about.")
    max_tokens: int = Field(400, ge=1)
    timeout: float = Field(120, gt=0)
    price: Price | None = None
    parallel: int | None = Field(None, ge=1)


class FunctionConfig(_Part):
    """A Python callable, "module:function"; see `evals.systems.function`."""

    type: Literal["function"]
    name: str = "function"
    function: str
    parallel: int | None = Field(None, ge=1)


class RecordedConfig(_Part):
    """Answers from a file; see `evals.systems.recorded`."""

    type: Literal["recorded"]
    name: str = "recorded"
    path: Path
    system: str | None = None
    parallel: int | None = Field(None, ge=1)


SystemConfig = Annotated[
    EngineConfig | LlamaIndexConfig | EndpointConfig | FunctionConfig | RecordedConfig, Field(discriminator="type")
]


class JudgeConfig(_Part):
    """Who says whether the answers' sentences are supported.

    `rules`: the verifier without any model; `learned`: with the small judge that comes with the package; `local`: with
    that and the local model's yes or no; `endpoint`: structured verdicts of a model at an address.
    """

    type: Literal["rules", "learned", "local", "endpoint"] = "rules"
    model: str | None = None
    base_url: str | None = None
    api_key_variable: str = "OPENAI_API_KEY"
    price: Price | None = None

    @model_validator(mode="after")
    def _named(self) -> "JudgeConfig":
        if self.type == "endpoint" and self.model is None:
            raise ValueError("an endpoint judge needs its model")
        return self


def _several(given: Any) -> Any:
    return given if isinstance(given, list | tuple) else (given,)


class RunConfig(_Part):
    """A run: every system on every data set. `judge` is one judge or a list: the first one's verdicts are the run's
    figures, the others' are kept beside them. `max_cost` is the ceiling in the currency of the prices."""

    name: str = Field(pattern=r"^[\w-][\w.-]*$")
    datasets: tuple[DatasetConfig, ...] = Field(min_length=1)
    systems: tuple[SystemConfig, ...] = Field(min_length=1)
    judge: Annotated[tuple[JudgeConfig, ...], BeforeValidator(_several), Field(min_length=1)] = (JudgeConfig(),)
    seed: int = 0
    limit: int | None = Field(None, ge=1, description="Questions of each data set that gives none of its own.")
    parallel: int | None = Field(None, ge=1)
    max_cost: float | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _distinct(self) -> "RunConfig":
        names = [system.name for system in self.systems]
        if len(set(names)) != len(names):
            raise ValueError(f"two systems have the same name: {', '.join(names)}; give each its own")
        return self


def read_config(path: str | Path) -> RunConfig:
    """The configuration in a YAML file, or one of those that come with the project, by name ("golden-extractive").

    Paths in it are relative to the file. Raises ConfigurationError naming the key and what is wrong.
    """
    place = Path(path)
    if not place.is_file():
        place = Path(__file__).parent / "configs" / f"{path}.yaml"
        if not place.is_file():
            known = ", ".join(sorted(file.stem for file in place.parent.glob("*.yaml")))
            raise ConfigurationError(f"there is no configuration {path}; give a file, or one of {known}")
    try:
        raw = yaml.safe_load(place.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{place} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(raw, dict):
        raise ConfigurationError(f"{place} must be a mapping with name, datasets and systems")
    return parse_config({"name": place.stem, **raw}, place)


def parse_config(raw: dict[str, Any], place: Path | None = None) -> RunConfig:
    """A configuration from plain values. Raises ConfigurationError."""
    try:
        config = RunConfig.model_validate(raw)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"]) or "the configuration"
        raise ConfigurationError(f"{place or 'configuration'}: {where}: {problem['msg']}") from None
    return config if place is None else _beside(config, place.parent)


def _beside(config: RunConfig, folder: Path) -> RunConfig:
    """With the paths that exist beside the file taken from there; a data set's name may be a file too."""

    def found(path: Path | None) -> Path | None:
        return folder / path if path is not None and (folder / path).exists() else path

    datasets = [
        one.model_copy(
            update={
                "path": found(one.path),
                "articles": found(one.articles),
                "name": str(folder / one.name) if (folder / one.name).is_file() else one.name,
            }
        )
        for one in config.datasets
    ]
    systems = [
        one.model_copy(update={"path": found(one.path)}) if isinstance(one, RecordedConfig) else one
        for one in config.systems
    ]
    return config.model_copy(update={"datasets": tuple(datasets), "systems": tuple(systems)})
