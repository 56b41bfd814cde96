"""Encodings remembered by text: the sentences of a passage are compared again and again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.evidence import Embed

if TYPE_CHECKING:
    from index.minilm import Encoded

_Value = TypeVar("_Value")


class Remembering:
    """Wraps an embedding model: `embed` gives vectors, `encode` token states too (None: the model has none).

    Keeps the last `most` vectors (384 floats each: 1.5 kB) and the states of the last `most_tokens`
    tokens (384 halves each: 0.8 kB). Thread-safe.
    """

    def __init__(
        self,
        embed: Embed,
        encode: "Callable[[Sequence[str]], list[Encoded]] | None" = None,
        most: int = 20_000,
        most_tokens: int = 60_000,
    ) -> None:
        self._vectors = _Memory[NDArray[np.float32]](lambda texts: list(embed(texts)), most, lambda _: 1)
        self._encoded = encode and _Memory["Encoded"](encode, most_tokens, lambda one: len(one.ids) + 1)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows in the order of `texts`."""
        return np.stack(self._vectors(texts))

    def encode(self, texts: Sequence[str]) -> "list[Encoded] | None":
        """Each text's vector and the states of its tokens; None where the model gives vectors alone."""
        return self._encoded(texts) if self._encoded else None


class _Memory(Generic[_Value]):
    """The values of the texts last asked for, as many as together weigh no more than `most`."""

    def __init__(
        self, make: Callable[[Sequence[str]], Sequence[_Value]], most: int, weight: Callable[[_Value], int]
    ) -> None:
        self._make = make
        self._most = most
        self._weight = weight
        self._held = 0
        self._known: OrderedDict[str, _Value] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> list[_Value]:
        with self._lock:
            values = {text: self._known[text] for text in texts if text in self._known}
        if missing := list(dict.fromkeys(text for text in texts if text not in values)):
            values.update(zip(missing, self._make(missing), strict=True))
        with self._lock:
            for text, value in values.items():
                if text not in self._known:
                    self._held += self._weight(value)
                    self._known[text] = value
                self._known.move_to_end(text)
            while self._held > self._most:
                self._held -= self._weight(self._known.popitem(last=False)[1])
        return [values[text] for text in texts]
