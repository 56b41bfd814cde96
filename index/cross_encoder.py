"""A reranker of fastembed (the extra ``rerank``), which fetches its model from the Hugging Face hub."""

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.errors import ConfigError, ModelError

_WAIT = 10.0  # seconds for the hub to say something


class CrossEncoder:
    """`index.reranker.Reranker` over fastembed's ``TextCrossEncoder``, loaded when it is first asked. Thread-safe.

    `name` is one of fastembed's models ("Xenova/ms-marco-MiniLM-L-6-v2"), `cache` where it is kept. Unlike the models
    of the catalogue it is not pinned: it is what the hub has under that name.
    """

    def __init__(self, name: str, cache: Path, threads: int | None = None, *, offline: bool = False) -> None:
        self.name = name
        self._cache = cache
        self._threads = threads
        self._offline = offline
        self._lock = threading.Lock()
        self._model: Any = None

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """One logit for each text. Raises ConfigError where fastembed is missing or does not know the model, and
        ModelError where the model cannot be had."""
        return [float(score) for score in self._loaded().rerank(query, list(texts))]

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> Any:
        try:
            from fastembed.rerank.cross_encoder import TextCrossEncoder
        except ImportError as error:
            raise ConfigError(
                f"RAG_RERANK is {self.name}, but fastembed is not installed; pip install 'article-rag[rerank]', or "
                "unset RAG_RERANK"
            ) from error
        known = {model["model"].lower(): model for model in TextCrossEncoder.list_supported_models()}
        if self.name.lower() not in known:
            names = ", ".join(model["model"] for model in known.values())
            raise ConfigError(f"RAG_RERANK is {self.name}, which is no reranker of fastembed; it has {names}")
        with contextlib.suppress(ImportError):  # what it logs on the terminal, our errors say
            from loguru import logger

            logger.disable("fastembed")
        given = {"model_name": self.name, "cache_dir": str(self._cache), "threads": self._threads}
        with contextlib.suppress(OSError, ValueError):  # not in the cache
            return TextCrossEncoder(**given, local_files_only=True)
        if self._offline:
            raise ModelError(
                f"the reranker {self.name} is not in {self._cache}, and RAG_OFFLINE forbids to fetch it; "
                "fetch it once without, or unset RAG_RERANK"
            )
        self._ask_the_hub(known[self.name.lower()])
        try:
            return TextCrossEncoder(**given)
        except (OSError, ValueError) as error:
            raise ModelError(self._unreachable(error)) from error

    def _ask_the_hub(self, model: Any) -> None:
        """fastembed itself tries for most of a minute before it gives up. Raises ModelError."""
        import httpx
        from huggingface_hub import model_info

        try:
            model_info(model["sources"]["hf"], timeout=_WAIT)
        except (OSError, ValueError, RuntimeError, httpx.HTTPError) as error:
            raise ModelError(self._unreachable(error)) from error

    def _unreachable(self, error: Exception) -> str:
        why = " ".join(str(error).split()) or type(error).__name__
        return (
            f"the reranker {self.name} is not in {self._cache}, and the Hugging Face hub does not give it ({why}); "
            "try again when it can be reached, or unset RAG_RERANK"
        )
