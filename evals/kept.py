"""What a judge has said, kept in an append-only file under everything that could change it."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from evals.fingerprint import digest
from evals.lines import append_line

Messages = Sequence[Mapping[str, str]]


class Kept:
    """P(yes) of the judge `model` to chat messages, a line of `path` each; one that a killed run left open is none."""

    def __init__(self, model: str, path: Path) -> None:
        self._model, self._path = model, path
        lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
        self._known: dict[str, float] = {row["key"]: row["yes"] for row in map(json.loads, lines)}

    def get(self, messages: Messages) -> float | None:
        """What it said to `messages`, if it was asked."""
        return self._known.get(self._key(messages))

    def put(self, messages: Messages, yes: float) -> None:
        """Keep what it said."""
        key = self._key(messages)
        self._known[key] = yes
        append_line(self._path, json.dumps({"key": key, "yes": yes}) + "\n")

    def asking(self, judge: Callable[[list[dict[str, str]]], float]) -> Callable[[list[dict[str, str]]], float]:
        """`judge`, asked only what it was not asked before."""

        def probability(messages: list[dict[str, str]]) -> float:
            yes = self.get(messages)
            if yes is None:
                yes = judge(messages)
                self.put(messages, yes)
            return yes

        return probability

    def _key(self, messages: Messages) -> str:
        return digest([self._model, list(messages)])
