"""The local embedding model, loaded when it is first asked: listing and removing articles do not need it."""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index import weights
from rag.settings import Settings

if TYPE_CHECKING:
    from index.minilm import Encoded, MiniLM

WEIGHTS = "all-minilm-l6-v2"
FAST = "local-fast"


class LocalEmbedder:
    """`index.embedding.Embedder` over `index.minilm.MiniLM`. Thread-safe."""

    def __init__(self, settings: Settings, progress: weights.Progress | None = None) -> None:
        from index.minilm import NAME, WIDTH

        self._fast = settings.embedding == FAST
        self.name = f"{NAME}-int8" if self._fast else NAME
        self.dimensions = WIDTH
        self._settings = settings
        self._progress = progress
        self._lock = threading.Lock()
        self._model: MiniLM | None = None

    def embed(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        """Unit rows, shape (n, 384). Raises ModelError where the weights cannot be had or used."""
        return self._loaded().embed(texts, progress)

    def encode(self, texts: Sequence[str]) -> "list[Encoded]":
        """Vectors with the states of the texts' tokens. Raises ModelError like `embed`."""
        return self._loaded().encode(texts)

    def _loaded(self) -> "MiniLM":
        from index.minilm import MiniLM

        with self._lock:
            if self._model is None:
                folder = weights.ensure(
                    WEIGHTS,
                    cache=self._settings.model_cache,
                    path=self._settings.embedding_path,
                    progress=self._progress,
                    offline=self._settings.offline,
                )
                self._model = MiniLM(folder, self._settings.threads, eight_bit=self._fast)
            return self._model
