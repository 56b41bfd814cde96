"""Which language model answers: a configured endpoint, else the local model, else none."""

import importlib.util
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from index import weights
from index.errors import ConfigError
from rag.llm.errors import LLMError, ModelMissing, Unreachable
from rag.llm.local import LocalServer
from rag.llm.model import LanguageModel
from rag.settings import LOCAL_MODELS, Settings

OPENAI_MODEL = "gpt-4.1-mini"  # when a key of OpenAI's is all that is configured
# Tokens of evidence and question. With what stands around them a local model reads fewer than 320 anew, at 40 to 60
# a second on two cores.
LOCAL_CONTEXT = 275
LOCAL_TIMEOUT = 300.0
# The 0.5B model says "no" to everything: no judge.
JUDGES = frozenset({LOCAL_MODELS[0]})


@dataclass(frozen=True, slots=True)
class Choice:
    """What answers and, in one line, why. Without a `model` the extractive answerer does.

    `problem` is set when the settings ask for a model that cannot be had.
    """

    model: LanguageModel | None
    why: str
    server: LocalServer | None = None
    problem: LLMError | None = None

    @property
    def name(self) -> str:
        """As in ``answer.engine``."""
        return self.model.name if self.model is not None else "extractive"


def choose(settings: Settings) -> Choice:
    """Follow ``RAG_LLM``. Starts nothing and fetches nothing. Raises ConfigError."""
    wanted = settings.llm
    if wanted == "extractive":
        return Choice(None, "extractive, as RAG_LLM says")
    endpoint = settings.llm_base_url is not None or settings.llm_api_key is not None
    if wanted == "auto" and endpoint:
        return _endpoint(settings, None)
    if wanted in ("auto", "local") or (wanted in LOCAL_MODELS and not endpoint):
        return _local(settings, LOCAL_MODELS[0] if wanted in ("auto", "local") else wanted, asked=wanted != "auto")
    if not endpoint:
        raise ConfigError(
            f"setting llm is {wanted!r}, which is none of auto, local, extractive, {', '.join(LOCAL_MODELS)}; "
            "for a model at an endpoint set RAG_LLM_BASE_URL or RAG_LLM_API_KEY too"
        )
    return _endpoint(settings, wanted)


def _local(settings: Settings, name: str, *, asked: bool) -> Choice:
    problem: ModelMissing | None = None
    path: Path | None = settings.llm_path
    if importlib.util.find_spec("xllamacpp") is None:
        problem = ModelMissing("the local model needs xllamacpp: pip install 'article-rag[local]'")
    elif path is not None and not path.is_file():
        problem = ModelMissing(f"there is no model file at {path} (RAG_LLM_PATH)")
    elif path is None:
        path = weights.locate(name, cache=settings.model_cache)
        if path is None:
            problem = ModelMissing(f"the local model {name} is not here yet: rag models fetch {name}")
    if problem is not None:
        return Choice(None, f"extractive, since {problem}", problem=problem if asked else None)
    assert path is not None
    server = LocalServer(name, path, settings.threads)
    model = LanguageModel(
        f"local:{name}",
        model=name,
        address=server.address,
        key=server.key,
        context=LOCAL_CONTEXT,
        marks=False,
        timeout=max(settings.llm_timeout, LOCAL_TIMEOUT),
        judges=name in JUDGES,
    )
    return Choice(model, f"{name} on this machine" + ("" if asked else ", since no endpoint is configured"), server)


def _endpoint(settings: Settings, name: str | None) -> Choice:
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key is not None else "none"
    url = settings.llm_base_url
    if name is None:
        try:
            name = OPENAI_MODEL if url is None else _only_model(url, key)
        except LLMError as error:
            return Choice(None, f"extractive, since {error}", problem=error)
    model = LanguageModel(
        f"endpoint:{name}",
        model=name,
        address=partial(str, url) if url is not None else lambda: None,
        key=key,
        context=settings.llm_context,
        marks=True,
        timeout=settings.llm_timeout,
    )
    return Choice(model, f"{name} at {url or 'OpenAI'}, as configured")


def _only_model(url: str, key: str) -> str:
    import openai

    try:
        with openai.OpenAI(base_url=url, api_key=key, max_retries=1, timeout=5) as client:
            names = [model.id for model in client.models.list().data]
    except openai.OpenAIError as error:
        raise Unreachable(f"{url} does not list its models ({type(error).__name__}): set RAG_LLM to one") from error
    if len(names) != 1:
        raise Unreachable(f"{url} has {len(names)} models: set RAG_LLM to one of {', '.join(names[:8])}")
    return names[0]
