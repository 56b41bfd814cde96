"""One language model, local or at an endpoint, behind one interface."""

import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rag.llm.errors import (
    CutStream,
    EndpointFailed,
    LLMError,
    RateLimited,
    TimedOut,
    UnknownModel,
    Unreachable,
    WrongKey,
)

if TYPE_CHECKING:
    from llama_index.llms.openai_like import OpenAILike
    from openai import OpenAI

Message = dict[str, str]

MAX_RETRIES = 2  # the openai client's own: exponential, honouring Retry-After
_YES = frozenset({"yes", "true", "supported"})
_NO = frozenset({"no", "false", "not"})


@dataclass
class Usage:
    """Tokens and milliseconds of one call, filled in while it streams."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    extra: dict[str, float] = field(default_factory=dict)


class LanguageModel:
    """A chat model at an OpenAI-compatible address, reached through LlamaIndex and the `openai` client.

    `address` is called for the base URL when a call is made, so that a local server starts on
    first use only. `context` is how many tokens of passages it is given for a question.
    """

    def __init__(
        self,
        name: str,
        *,
        model: str,
        address: Callable[[], str | None],
        key: str,
        context: int,
        marks: bool,
        timeout: float,
    ) -> None:
        self.name = name
        self.model = model
        self.context = context
        self.marks = marks
        """Whether it is asked to write [n] markers; a small model answers better without."""
        self._address = address
        self._key = key
        self._timeout = timeout
        self._clients: dict[str | None, tuple[OpenAILike, OpenAI]] = {}

    @cached_property
    def where(self) -> str:
        """For messages: the model and, where it is not local, the address."""
        return self.name

    def warm_up(self) -> None:
        """Start what must be started before the first call. Raises LLMError."""
        self._address()

    async def stream(
        self, messages: list[Message], *, max_tokens: int, usage: Usage | None = None, temperature: float = 0.0
    ) -> AsyncIterator[str]:
        """Pieces of the answer as they come. Raises LLMError, also in the middle."""
        from llama_index.core.llms import ChatMessage

        llm, _ = self._client()
        chat = [ChatMessage(role=message["role"], content=message["content"]) for message in messages]
        finished = False
        with self._named_errors():
            replies = await llm.astream_chat(
                chat, max_tokens=max_tokens, temperature=temperature, stream_options={"include_usage": True}
            )
            async for reply in replies:
                chunk: Any = reply.raw
                if usage is not None and getattr(chunk, "usage", None) is not None:
                    _count(chunk, usage)
                if chunk.choices and chunk.choices[0].finish_reason is not None:
                    finished = True
                if reply.delta:
                    yield reply.delta
        if not finished:
            raise CutStream(f"{self.where}: the answer broke off before its end; ask again")

    async def complete(self, messages: list[Message], *, max_tokens: int) -> str:
        """The whole answer. Raises LLMError."""
        return "".join([piece async for piece in self.stream(messages, max_tokens=max_tokens)])

    def probability(self, messages: list[Message]) -> float:
        """P(yes) / (P(yes) + P(no)) of the first token, in 0..1. Blocking. Raises LLMError.

        0.5 where neither is among the twenty likeliest tokens.
        """
        _, client = self._client()
        with self._named_errors():
            reply = client.chat.completions.create(
                model=self.model,
                messages=messages,  # type: ignore[arg-type]
                max_tokens=1,
                temperature=0,
                logprobs=True,
                top_logprobs=20,
            )
        logprobs = reply.choices[0].logprobs
        if logprobs is None or not logprobs.content:
            raise EndpointFailed(f"{self.where} returns no log-probabilities, so it cannot judge; set RAG_JUDGE=off")
        yes = no = 0.0
        for candidate in logprobs.content[0].top_logprobs:
            token = candidate.token.strip().lower()
            if token in _YES:
                yes += math.exp(candidate.logprob)
            elif token in _NO:
                no += math.exp(candidate.logprob)
        return yes / (yes + no) if yes + no > 0 else 0.5

    def _client(self) -> "tuple[OpenAILike, OpenAI]":
        address = self._address()
        if address not in self._clients:
            from llama_index.llms.openai_like import OpenAILike
            from openai import OpenAI

            llm = OpenAILike(
                model=self.model,
                api_base=address,
                api_key=self._key,
                is_chat_model=True,
                context_window=self.context + 1024,
                max_retries=MAX_RETRIES,
                timeout=self._timeout,
                reuse_client=True,
            )
            client = OpenAI(base_url=address, api_key=self._key, max_retries=MAX_RETRIES, timeout=self._timeout)
            self._clients = {address: (llm, client)}  # the one before, if any, was of a server that is gone
        return self._clients[address]

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        import httpx
        import openai

        try:
            yield
        except LLMError:
            raise
        except openai.APITimeoutError as error:
            raise TimedOut(f"{self.where}: no answer within {self._timeout:g} s (RAG_LLM_TIMEOUT)") from error
        except openai.APIConnectionError as error:
            raise Unreachable(f"{self.where}: nothing answers there; check RAG_LLM_BASE_URL and the network") from error
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise WrongKey(f"{self.where}: the key was refused; check RAG_LLM_API_KEY") from error
        except openai.NotFoundError as error:
            raise UnknownModel(f"{self.where}: unknown there ({_words(error)}); check RAG_LLM") from error
        except openai.RateLimitError as error:
            raise RateLimited(f"{self.where}: too many requests or no credit left ({_words(error)})") from error
        except openai.APIStatusError as error:
            raise EndpointFailed(f"{self.where}: error {error.status_code} ({_words(error)})") from error
        except openai.APIError as error:
            raise EndpointFailed(f"{self.where}: {error.message}") from error
        except httpx.TimeoutException as error:
            raise TimedOut(f"{self.where}: the answer stopped for {self._timeout:g} s (RAG_LLM_TIMEOUT)") from error
        except httpx.HTTPError as error:
            raise CutStream(f"{self.where}: the answer broke off ({type(error).__name__}); ask again") from error


def _words(error: Any) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or error.message)[:200]


def _count(chunk: Any, usage: Usage) -> None:
    usage.prompt_tokens = chunk.usage.prompt_tokens
    usage.completion_tokens = chunk.usage.completion_tokens
    details = getattr(chunk.usage, "prompt_tokens_details", None)
    usage.cached_tokens = getattr(details, "cached_tokens", None) or 0
