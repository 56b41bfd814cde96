"""An embedding model without weights, for tests and the processes that they start."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray


class HashEmbedder:
    """Words hashed into a vector: deterministic, and near for texts that share words."""

    name = "hash"
    dimensions = 64

    def embed(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.md5(word.encode()).digest()[0] % self.dimensions] += 1
            if progress is not None:
                progress(1)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Counting(HashEmbedder):
    """One that counts its texts, and does `meanwhile` before each call."""

    def __init__(self) -> None:
        self.texts = 0
        self.meanwhile: Callable[[], object] = lambda: None

    def embed(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        self.meanwhile()
        self.texts += len(texts)
        return super().embed(texts, progress)
