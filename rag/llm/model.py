"""One language model, local or at an endpoint, behind one interface."""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from index.article import valid_text
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
    from openai import AsyncOpenAI, OpenAI
    from openai.types.chat import ChatCompletionMessageParam

Message = dict[str, str]

MAX_RETRIES = 2  # the openai client's own: exponential, honouring Retry-After
_YES = frozenset({"yes", "true", "supported"})
_NO = frozenset({"no", "false", "not"})


@dataclass
class Usage:
    """Tokens of one call, filled in when it ends."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


class LanguageModel:
    """A chat model at an OpenAI-compatible address, reached through the `openai` client.

    `address` is called for the base URL when a call is made, so that a local server starts on
    first use only. `context` is how many tokens of passages and question it is given.
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
        judges: bool = False,
    ) -> None:
        self.name = name
        self.model = model
        self.context = context
        self.marks = marks
        """Whether it is asked to write [n] markers; a small model answers better without."""
        self.judges = judges
        """Whether the odds of its yes or no, asked for with `probability`, are known to tell something."""
        self._address = address
        self._key = key
        self._timeout = timeout
        self._clients: dict[str | None, tuple[AsyncOpenAI, OpenAI]] = {}

    def warm_up(self) -> None:
        """Start what must be started before the first call. Raises LLMError."""
        self._address()

    async def stream(
        self, messages: list[Message], *, max_tokens: int, usage: Usage | None = None
    ) -> AsyncGenerator[str, None]:
        """Pieces of the answer as they come; leaving early hangs up. Raises LLMError, also in the middle."""
        client, _ = await asyncio.to_thread(self._client)  # starting a server takes seconds
        finished = False
        with self._named_errors():
            chunks = await client.chat.completions.create(
                model=self.model,
                messages=cast("list[ChatCompletionMessageParam]", messages),
                max_tokens=max_tokens,
                temperature=0,
                stream=True,
                stream_options={"include_usage": True},
            )
            async with chunks:
                async for chunk in chunks:
                    if usage is not None and chunk.usage is not None:
                        _count(chunk, usage)
                    for choice in chunk.choices or ():
                        finished = finished or choice.finish_reason is not None
                        if choice.delta is not None and choice.delta.content:
                            yield valid_text(choice.delta.content)
        if not finished:
            raise CutStream(f"{self.name}: the answer broke off before its end; ask again")

    async def complete(self, messages: list[Message], *, max_tokens: int, usage: Usage | None = None) -> str:
        """The whole answer. Raises LLMError."""
        return "".join([piece async for piece in self.stream(messages, max_tokens=max_tokens, usage=usage)])

    def probability(self, messages: list[Message], usage: Usage | None = None) -> float:
        """P(yes) / (P(yes) + P(no)) of the first token, in 0..1. Blocking. Raises LLMError.

        0.5 where neither is among the twenty likeliest tokens.
        """
        client = self.blocking_client()
        with self._named_errors():
            reply = client.chat.completions.create(
                model=self.model,
                messages=cast("list[ChatCompletionMessageParam]", messages),
                max_tokens=1,
                temperature=0,
                logprobs=True,
                top_logprobs=20,
            )
        if usage is not None and reply.usage is not None:
            _count(reply, usage)
        logprobs = reply.choices[0].logprobs if reply.choices else None
        if logprobs is None or not logprobs.content:
            raise EndpointFailed(f"{self.name} returns no log-probabilities, so it cannot judge; set RAG_JUDGE=off")
        yes = no = 0.0
        for candidate in logprobs.content[0].top_logprobs:
            token = candidate.token.strip().lower()
            if token in _YES:
                yes += math.exp(candidate.logprob)
            elif token in _NO:
                no += math.exp(candidate.logprob)
        return yes / (yes + no) if yes + no > 0 else 0.5

    async def close(self) -> None:
        """Hang up; on the event loop that streamed."""
        clients, self._clients = self._clients, {}
        for streaming, blocking in clients.values():
            await streaming.close()
            blocking.close()

    def blocking_client(self) -> "OpenAI":
        """The `openai` client for calls that block; starts the server if there is one to start."""
        return self._client()[1]

    def _client(self) -> "tuple[AsyncOpenAI, OpenAI]":
        address = self._address()
        if address not in self._clients:
            from openai import AsyncOpenAI, OpenAI

            self._clients[address] = (
                AsyncOpenAI(base_url=address, api_key=self._key, max_retries=MAX_RETRIES, timeout=self._timeout),
                OpenAI(base_url=address, api_key=self._key, max_retries=MAX_RETRIES, timeout=self._timeout),
            )
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
            raise TimedOut(f"{self.name}: no answer within {self._timeout:g} s (RAG_LLM_TIMEOUT)") from error
        except openai.APIConnectionError as error:
            raise Unreachable(f"{self.name}: nothing answers there; check RAG_LLM_BASE_URL and the network") from error
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise WrongKey(f"{self.name}: the key was refused; check RAG_LLM_API_KEY") from error
        except openai.NotFoundError as error:
            raise UnknownModel(f"{self.name}: unknown there ({_words(error)}); check RAG_LLM") from error
        except openai.RateLimitError as error:
            raise RateLimited(f"{self.name}: too many requests or no credit left ({_words(error)})") from error
        except openai.APIStatusError as error:
            raise EndpointFailed(f"{self.name}: error {error.status_code} ({_words(error)})") from error
        except openai.APIError as error:
            raise EndpointFailed(f"{self.name}: {error.message}") from error
        except httpx.TimeoutException as error:
            raise TimedOut(f"{self.name}: the answer stopped for {self._timeout:g} s (RAG_LLM_TIMEOUT)") from error
        except httpx.HTTPError as error:
            raise CutStream(f"{self.name}: the answer broke off ({type(error).__name__}); ask again") from error
        except (ValueError, TypeError, AttributeError) as error:  # the client takes what comes for what should come
            raise EndpointFailed(f"{self.name}: what it sent is not understood ({str(error)[:200]})") from error


def _words(error: Any) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or error.message)[:200]


def _count(reply: Any, usage: Usage) -> None:
    usage.prompt_tokens = reply.usage.prompt_tokens
    usage.completion_tokens = reply.usage.completion_tokens
    details = getattr(reply.usage, "prompt_tokens_details", None)
    usage.cached_tokens = getattr(details, "cached_tokens", None) or 0
