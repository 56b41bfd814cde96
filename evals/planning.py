"""What a run is to do: every question to every system, under two keys.

The key of an answer is the SHA-256 of everything that could change it: the system's settings and models, the prompts
and the code that answers (`evals.fingerprint.ANSWERING`), the articles, and the question as a system is asked it. The
key of a measurement is that of its answer with what a right answer is, the judges, the prices, and the code that
measures. So another judge or an edited metric measures the same answers anew, and no system is asked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.conditions import conditioned
from evals.config import DatasetConfig, RunConfig, SystemConfig
from evals.datasets import Dataset, Question, load
from evals.errors import ConfigurationError
from evals.fingerprint import ANSWERING, MEASURING, code_version, digest
from evals.judge import Judge
from index.article import Article


@dataclass(frozen=True, slots=True)
class Task:
    """One question to one system: the key of its answer, and that of what is measured of it."""

    answer_key: str
    key: str
    question: Question


@dataclass(frozen=True, slots=True)
class Block:
    """All questions of one data set to one system."""

    config: SystemConfig
    dataset: Dataset
    canary: str | None
    tasks: tuple[Task, ...]


def prepared(config: RunConfig) -> list[tuple[DatasetConfig, Dataset]]:
    """The questions and articles that a configuration asks for. Raises DatasetError, ConfigurationError."""
    found = [(one, _prepared(one, config)) for one in config.datasets]
    times = Counter(dataset.name for _, dataset in found)
    for name, number in times.items():
        if number > 1:  # their questions could not be told apart, in no file and in no figure
            raise ConfigurationError(
                f"{number} data sets would be called {name!r}; run them apart, or put your own questions in one file"
            )
    return found


def _prepared(one: DatasetConfig, config: RunConfig) -> Dataset:
    dataset = load(one.name, one.path, limit=one.limit or config.limit, split=one.split, seed=config.seed)
    if not dataset.questions:
        raise ConfigurationError(f"{one.name} holds no questions but judgements: use it with `rag eval judges`")
    return conditioned(dataset, one)


def blocks(
    config: SystemConfig,
    described: Mapping[str, Any],
    datasets: Sequence[tuple[DatasetConfig, Dataset]],
    judges: Sequence[Judge],
) -> Iterator[Block]:
    """A block for each data set; `described` is what the system says of itself."""
    answering = [config.name, described, code_version(ANSWERING)]
    price = getattr(config, "price", None)
    judging = [[judge.name, judge.describe] for judge in judges]
    measuring = [judging, price and price.model_dump(), code_version(MEASURING)]
    for one, dataset in datasets:
        asked = digest([answering, dataset.name, sorted(map(_version, dataset.articles))])
        measured = digest([measuring, one.canary])
        keys = [digest([asked, _as_asked(question)]) for question in dataset.questions]
        tasks = [
            Task(key, digest([key, measured, question]), question)
            for key, question in zip(keys, dataset.questions, strict=True)
        ]
        yield Block(config, dataset, one.canary, tuple(tasks))


def _version(article: Article) -> tuple[str, str]:
    return article.article_id, article.version


def _as_asked(question: Question) -> list[Any]:
    """What of a question a system may see: not what its right answer is."""
    circumstances = [question.as_of, question.after, question.before, question.source]
    own = [_version(article) for article in question.articles]
    return [question.id, question.question, question.conversation, circumstances, own]
