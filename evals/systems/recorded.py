"""Answers that were given elsewhere, to be measured: JSON Lines, or the records of one of our runs.

A line has ``question_id`` (or ``id``; else ``question``) and ``answer``: a text, or the whole document that
``rag ask --json`` prints. With a text, ``abstained``, ``passages`` (``text``, and ``article_id`` with ``start`` and
``end`` where known) and ``usage`` may stand beside it; [n] in the text is the n-th passage.

Of two answers to one question none could be said to be the system's, so they are refused; but what a run's row says
again under its key is a retry, and rows of earlier settings in a run's folder are passed over, as they are everywhere.
"""

from pathlib import Path
from typing import Any

from evals.config import RecordedConfig
from evals.datasets import Question
from evals.datasets.files import read_rows, truth
from evals.datasets.items import passage_article
from evals.errors import AnswerError, ConfigurationError
from evals.fingerprint import file_hash
from evals.prose import sounds_like_refusal
from evals.runs import RECORDS, read_about
from evals.systems.base import Plain, Reply
from evals.systems.documents import Shown, completed, document_of


class RecordedSystem(Plain):
    """A file of answers."""

    def __init__(self, config: RecordedConfig) -> None:
        super().__init__(config.name)
        self.parallel = config.parallel or 1
        self._path = config.path / RECORDS if config.path.is_dir() else config.path
        if not self._path.is_file():
            raise ConfigurationError(f"there are no recorded answers at {config.path}")
        plan = frozenset((read_about(config.path) if config.path.is_dir() else {}).get("plan") or ())
        self._rows: dict[str, dict[str, Any]] = {}
        for where, row in read_rows(self._path):
            if config.system is not None and row.get("system", config.system) != config.system:
                continue
            if plan and row.get("key") not in plan:
                continue
            name = row.get("question_id") or row.get("id") or row.get("question")
            if name is None:
                raise ConfigurationError(f"{self._path.name}, {where}: no question_id, id or question")
            before = self._rows.setdefault(str(name), row)
            if before is not row and (row.get("key") is None or row["key"] != before.get("key")):
                raise ConfigurationError(
                    f"{self._path}, {where}: a second answer to {str(name)!r}; keep one, or say whose with `system`, "
                    "or give a question_id to each"
                )
            self._rows[str(name)] = row

    def describe(self) -> dict[str, Any]:
        """The hash of the file."""
        return {"type": "recorded", "file": self._path.name, "sha256": file_hash(Path(self._path))}

    def ask(self, question: Question) -> Reply:
        """The answer recorded. Raises AnswerError if there is none."""
        by_id, by_words = self._rows.get(question.id), self._rows.get(question.question)
        if by_id and by_words and by_id is not by_words:
            raise AnswerError(
                f"{self._path.name} answers {question.id} twice, by its id and by {question.question!r}; keep one"
            )
        row = by_id or by_words
        if row is None:
            raise AnswerError(f"{self._path.name} has no answer to {question.id}")
        if row.get("error"):
            raise AnswerError(str(row["error"]))
        answer, timings = row.get("answer"), row.get("timings") or {}
        if not isinstance(timings, dict):
            raise AnswerError(f"{self._path.name}: timings is {timings!r} for {question.id}; give milliseconds by name")
        if isinstance(answer, dict):
            document, given = completed(answer, question.question, self.name)
            return Reply(document, {**given, **timings})
        if not isinstance(answer, str):
            raise AnswerError(f"{self._path.name}: the answer to {question.id} is neither a text nor a document")
        articles = {article.article_id: article for article in (*self.articles, *question.articles)}
        shown = [self._shown(one, number, question, articles) for number, one in enumerate(row.get("passages") or ())]
        silent = truth(row["abstained"]) if "abstained" in row else not answer.strip() or sounds_like_refusal(answer)
        if silent is None:
            raise AnswerError(
                f"{self._path.name}: abstained is {row['abstained']!r} for {question.id}; write true or false"
            )
        document = document_of(
            question.question, answer, shown, engine=self.name, abstained=silent, usage=row.get("usage")
        )
        return Reply(document, timings)

    def _shown(self, one: Any, number: int, question: Question, articles: dict[str, Any]) -> Shown:
        entry: dict[str, Any] = {"text": one} if isinstance(one, str) else dict(one)
        article = articles.get(str(entry.get("article_id")))
        if article is not None and isinstance(entry.get("start"), int):
            return Shown(article, entry["start"], entry["end"])
        if article is not None:
            return Shown.of(article, str(entry.get("text") or article.text))
        # A passage of nothing that the data set has: it can be judged against, but finds no evidence.
        own = passage_article(
            f"recorded/{question.id}#{number}", str(entry["text"]), title=str(entry.get("title") or "")
        )
        return Shown(own, 0, len(own.text))
