"""Embeddings remembered by text: the sentences of a passage are compared again and again."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.evidence import Embed


class Remembering:
    """Wraps an `Embed`; keeps the last `most` vectors (384 floats each: 1.5 kB). Thread-safe."""

    def __init__(self, embed: Embed, most: int = 20_000) -> None:
        self._embed = embed
        self._most = most
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows in the order of `texts`."""
        with self._lock:
            rows = {text: self._known[text] for text in texts if text in self._known}
        if missing := list(dict.fromkeys(text for text in texts if text not in rows)):
            rows.update(zip(missing, self._embed(missing), strict=True))
        with self._lock:
            for text, row in rows.items():
                self._known[text] = row
                self._known.move_to_end(text)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return np.stack([rows[text] for text in texts])
