"""What every system under test offers: a question in, a document in the form of ``rag ask --json`` out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from evals.datasets import Question
from index.article import Article

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer as ``rag ask --json`` prints it, and apart from it the times, in milliseconds, which are never the
    same twice."""

    document: Document
    timings: Mapping[str, float] = field(default_factory=dict)


class System(Protocol):
    """Something that answers questions. `ask` is called from up to `parallel` threads at once."""

    name: str
    parallel: int

    def describe(self) -> dict[str, Any]:
        """Everything that could change an answer, apart from the question and the articles: settings, the models'
        hashes, prompts. Plain values without keys or passwords; it is kept with the run."""
        ...

    def prepare(self, articles: Sequence[Article]) -> None:
        """Make these articles what the next questions are asked of, but for those that bring their own."""
        ...

    def ask(self, question: Question) -> Reply:
        """One answer. Raises an ArticleRagError if there is none; the run notes it and tries again next time."""
        ...

    def close(self) -> None:
        """Let go of servers and files."""
        ...


class Plain:
    """What most systems need not say: one question at a time, nothing to prepare, nothing to close."""

    parallel = 1

    def __init__(self, name: str) -> None:
        self.name = name
        self.articles: tuple[Article, ...] = ()

    def prepare(self, articles: Sequence[Article]) -> None:
        """Remember them."""
        self.articles = tuple(articles)

    def close(self) -> None:
        """Nothing is held."""
