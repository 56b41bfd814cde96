"""Any Python callable as a system: ``module:function``, found as Python finds modules.

It is called with a dictionary: ``question``, ``conversation`` (pairs of question and answer), ``as_of``, ``after``,
``before``, ``source`` (dates as text, None if not given), and ``articles`` (``article_id``, ``title``, ``text``,
``url``, ``source``, ``published``: those that come with the question, else the data set's). It returns the answer as a
string, its [n] taken as the n-th article, or a dictionary in the form that ``rag ask --json`` prints, of which
``answer`` and ``abstained`` are needed.
"""

import importlib
import inspect
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from evals.config import FunctionConfig
from evals.datasets import Question
from evals.errors import AnswerError, ConfigurationError
from evals.fingerprint import file_hash
from evals.prose import sounds_like_refusal
from evals.systems.base import Plain, Reply
from evals.systems.documents import Shown, completed, document_of

Answering = Callable[[dict[str, Any]], Any]


class FunctionSystem(Plain):
    """A callable of the user's."""

    def __init__(self, config: FunctionConfig) -> None:
        super().__init__(config.name)
        self.parallel = config.parallel or 1
        self._named = config.function
        self._function = found(config.function)

    def describe(self) -> dict[str, Any]:
        """Its name and the hash of the file it is in."""
        file = inspect.getsourcefile(self._function)
        return {"type": "function", "function": self._named, "source_sha256": file and file_hash(Path(file))}

    def ask(self, question: Question) -> Reply:
        """Call it. Raises AnswerError for what is no answer."""
        articles = question.articles or self.articles
        started = time.perf_counter()
        answer = self._function(request_of(question, articles))
        timings = {"total_ms": (time.perf_counter() - started) * 1000}
        if isinstance(answer, str):
            shown = [Shown(article, 0, len(article.text)) for article in articles]
            silent = not answer.strip() or sounds_like_refusal(answer)
            document = document_of(question.question, answer, shown, engine=self._named, abstained=silent)
            document["passages"] = document["passages"] if question.articles else []
            return Reply(document, timings)
        if isinstance(answer, dict) and isinstance(answer.get("answer"), str) and "abstained" in answer:
            document, given = completed(answer, question.question, self._named)
            return Reply(document, {**timings, **given})
        raise AnswerError(
            f"{self._named} returned {type(answer).__name__}; it must return a string, or a dictionary with 'answer' "
            "and 'abstained'"
        )


def request_of(question: Question, articles: Any) -> dict[str, Any]:
    """What a callable is given."""
    days = {name: getattr(question, name) for name in ("as_of", "after", "before")}
    return {
        "question": question.question,
        "conversation": [(turn.question, turn.answer) for turn in question.conversation],
        **{name: None if day is None else day.isoformat() for name, day in days.items()},
        "source": question.source,
        "articles": [
            {
                "article_id": article.article_id,
                "title": article.title,
                "text": article.text,
                "url": article.url,
                "source": article.source,
                "published": article.published.isoformat() if article.published else None,
            }
            for article in articles
        ],
    }


def found(name: str) -> Answering:
    """The callable that ``module:function`` names; the working directory counts. Raises ConfigurationError."""
    module, colon, attribute = name.partition(":")
    if not colon or not module or not attribute:
        raise ConfigurationError(f"{name!r} names no function; write module:function")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        function = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"{name} cannot be imported: {error}") from error
    if not callable(function):
        raise ConfigurationError(f"{name} is {type(function).__name__}, not a function")
    return cast("Answering", function)
