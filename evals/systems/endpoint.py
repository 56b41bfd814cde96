"""A chat model at an OpenAI-compatible address, asked plainly: closed-book, or with documents in the prompt."""

import os
import time
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import prompts
from evals.config import EndpointConfig, EngineConfig
from evals.datasets import Question
from evals.errors import AnswerError, ConfigurationError
from evals.systems.base import Reply
from evals.systems.documents import Shown, document_of
from index.article import Article
from rag.sentinel import Sentinel, refuses

if TYPE_CHECKING:
    from openai import OpenAI

    from evals.systems.engine import EngineSystem

CLOSED, OPEN = "closed_book", "answer_cited"


class EndpointSystem:
    """The baseline that our engine is to beat: the same model with the same documents and the same instructions, and
    nothing of ours after it. Whether it abstained is read from the sentinel that it is told to write then.
    """

    def __init__(self, config: EndpointConfig) -> None:
        self.name = config.name
        self.parallel = config.parallel or 4
        self._config = config
        self._articles: tuple[Article, ...] = ()
        self._search = _searcher() if config.documents == "retrieved" else None

    @cached_property
    def _client(self) -> "OpenAI":
        from openai import OpenAI

        key = os.environ.get(self._config.api_key_variable)
        if key is None and self._config.base_url is None:
            raise ConfigurationError(f"{self.name}: {self._config.api_key_variable} is not set")
        return OpenAI(
            base_url=self._config.base_url, api_key=key or "none", timeout=self._config.timeout, max_retries=3
        )

    def describe(self) -> dict[str, Any]:
        """The model, where it is, the prompt, what it is shown."""
        prompt = prompts.load(CLOSED if self._config.documents == "none" else OPEN)
        counted = ("model", "base_url", "documents", "k", "context", "max_tokens")
        return {
            "type": "endpoint",
            **{name: getattr(self._config, name) for name in counted},
            "prompt": [prompt.system, prompt.user],
            "search": None if self._search is None else self._search.describe(),
        }

    def prepare(self, articles: Sequence[Article]) -> None:
        """Index the articles if it is to search them."""
        self._articles = tuple(articles)
        if self._search is not None:
            self._search.prepare(articles)

    def tokens(self, question: Question) -> tuple[int, int]:
        """(prompt, completion) of one question, at most, by the estimate of `rag.tokens.tokens`."""
        from rag.tokens import tokens

        turns = sum(tokens(turn.question + turn.answer) for turn in question.conversation)
        shown = 0 if self._config.documents == "none" else self._config.context
        return 300 + tokens(question.question) + turns + shown, self._config.max_tokens

    def ask(self, question: Question) -> Reply:
        """One chat completion. Raises AnswerError, ConfigurationError."""
        import openai

        shown = self._shown(question)
        day = question.as_of or date.today()
        common = {"question": question.question, "not_found": prompts.NOT_FOUND, "date": f"{day.day} {day:%B %Y}"}
        if self._config.documents == "none":
            messages = prompts.load(CLOSED).messages(**common)
        else:
            passages = "\n\n".join(f"[{n}] {_heading(one.article)}\n{one.text}" for n, one in enumerate(shown, 1))
            messages = prompts.load(OPEN).messages(**common, passages=passages)
        earlier = [
            message
            for turn in question.conversation
            for message in ({"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer})
        ]
        started = time.perf_counter()
        pieces: list[str] = []
        usage: dict[str, int] = {}
        timings: dict[str, float] = {}
        try:
            stream = self._client.chat.completions.create(  # type: ignore[call-overload]
                model=self._config.model,
                messages=[messages[0], *earlier, messages[1]],
                max_tokens=self._config.max_tokens,
                temperature=0,
                seed=0,
                stream=True,
                stream_options={"include_usage": True},
            )
            with stream:
                for chunk in stream:
                    if chunk.usage is not None:
                        usage = {"prompt_tokens": chunk.usage.prompt_tokens,
                                 "completion_tokens": chunk.usage.completion_tokens}  # fmt: skip
                    pieces += [choice.delta.content or "" for choice in chunk.choices]
                    if pieces:
                        timings.setdefault("first_token_ms", (time.perf_counter() - started) * 1000)
        except openai.OpenAIError as error:
            raise AnswerError(f"{self.name}: {type(error).__name__}: {error}") from error
        timings["total_ms"] = (time.perf_counter() - started) * 1000
        text = "".join(pieces).strip()
        if not text:
            raise AnswerError(f"{self.name} returned nothing")
        document = document_of(
            question.question,
            text,
            shown,
            engine=f"endpoint:{self._config.model}",
            abstained=_silent(text),
            usage=usage,
        )
        if self._config.documents == "none":
            document["closed_book"] = True
        return Reply(document, timings)

    def _shown(self, question: Question) -> list[Shown]:
        if self._config.documents == "none":
            return []
        if self._search is not None and not question.articles:
            articles = {article.article_id: article for article in self._articles}
            found = self._search.search(question, self._config.k)
            return [Shown(articles[one.article_id], one.start, one.end, one.score) for one in found]
        if not question.articles:
            raise AnswerError(f"{question.id} brings no documents of its own: use documents: retrieved")
        return _cut([Shown(article, 0, len(article.text)) for article in question.articles], self._config.context)

    def close(self) -> None:
        """Hang up."""
        if "_client" in vars(self):
            self._client.close()
        if self._search is not None:
            self._search.close()


def _searcher() -> "EngineSystem":
    from evals.systems.engine import EngineSystem

    return EngineSystem(EngineConfig.model_validate({"type": "engine", "settings": {"llm": "extractive"}}))


def _silent(text: str) -> bool:
    """Whether an answer is the sentinel or says no more than that, as our engine reads its own model's."""
    sentinel = Sentinel()
    said = sentinel.feed(text) + sentinel.finish()
    return sentinel.found or refuses(said)


def _heading(article: Article) -> str:
    parts = [article.title, article.source, article.published.date().isoformat() if article.published else None]
    return ", ".join(part for part in parts if part)


def _cut(shown: Sequence[Shown], budget: int) -> list[Shown]:
    """The documents, each cut at the end of a sentence so that all have about the same share of the budget."""
    from index.sentences import sentence_spans
    from rag.tokens import tokens

    share = budget // max(1, len(shown))
    cut = []
    for one in shown:
        end = one.end
        if tokens(one.text) > share:
            ends = [span.end for span in sentence_spans(one.text) if tokens(one.text[: span.end]) <= share]
            end = one.start + (ends[-1] if ends else 4 * share)
        cut.append(Shown(one.article, one.start, end, one.score))
    return cut
