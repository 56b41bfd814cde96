"""A small learned judge: the embedding model's own weights, changed a little, read a claim with its evidence.

It costs some tens of milliseconds a claim and no further download: what training changed (``python -m evals.learned``)
are low-rank additions to the matrices of all-MiniLM-L6-v2, which come with the package.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.verify.analysis import Case
from rag.verify.judge import excerpt

if TYPE_CHECKING:
    from index.minilm import MiniLM

FILE = Path(__file__).with_name("learned.safetensors")
SENTENCES, MAX_CHARACTERS = 4, 900
LENGTH = 8.0
"""Of the vector that is weighed, whose length is 1 otherwise."""


class LearnedJudge:
    """Says how likely it is that a claim is borne out. Loaded when first asked; thread-safe.

    `find` gives the folder of the embedding model (`index.weights`).
    """

    def __init__(self, find: Callable[[], Path], threads: int | None = None) -> None:
        self._find = find
        self._threads = threads
        self._lock = threading.Lock()
        self._model: MiniLM | None = None
        self._weights: NDArray[np.float32] = np.zeros(0, np.float32)
        self._bias = 0.0

    def logit(self, case: Case) -> float:
        """The log-odds that the closest sentences of the evidence bear the claim out, not calibrated.

        Raises ModelError where the embedding model cannot be had or used."""
        model = self._loaded()
        (vector,) = model.embed([(case.claim.text, evidence_of(case))])
        return float(LENGTH * (self._weights @ vector) + self._bias)

    def _loaded(self) -> "MiniLM":
        from safetensors.numpy import load_file

        from index.minilm import MiniLM

        with self._lock:
            if self._model is None:
                changes = {name: tensor.astype(np.float32) for name, tensor in load_file(FILE).items()}
                self._weights, self._bias = changes.pop("head.weight"), float(changes.pop("head.bias")[0])
                self._model = MiniLM(self._find(), self._threads, changes=changes)
            return self._model


def evidence_of(case: Case) -> str:
    """What the judge reads beside the claim, and was trained with."""
    return excerpt(case, SENTENCES, MAX_CHARACTERS)
