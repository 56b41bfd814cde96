"""JSON out of any OpenAI-compatible endpoint: by schema where it can, by asking where it cannot."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rag.llm.errors import EndpointFailed, Unreachable
from rag.llm.model import Usage

if TYPE_CHECKING:
    from openai import OpenAI


class JsonChat:
    """A chat model reached through an `openai` client; see `rag.verify.endpoint.StructuredModel`.

    `client` is called when there is something to ask.
    """

    def __init__(self, client: "Callable[[], OpenAI]", model: str) -> None:
        self.name = model
        self._client = client
        self._schemas = True

    def structured(
        self, messages: list[dict[str, str]], schema: dict[str, object], max_tokens: int, usage: Usage | None = None
    ) -> str:
        """The answer's text; `usage` is filled in if the endpoint tells. Raises LLMError."""
        import openai

        try:
            if self._schemas:
                try:
                    return self._call(messages, max_tokens, _format(schema), usage)
                except (openai.BadRequestError, openai.UnprocessableEntityError):
                    self._schemas = False  # an endpoint that knows no schemas; the prompt asks for JSON as well
            return self._call(messages, max_tokens, None, usage)
        except openai.APIConnectionError as error:
            raise Unreachable(f"{self.name}: nothing answers there; check the judge's address") from error
        except openai.OpenAIError as error:
            raise EndpointFailed(f"{self.name} cannot judge: {error}") from error

    def _call(self, messages: list[dict[str, str]], max_tokens: int, response_format: Any, usage: Usage | None) -> str:
        extra = {} if response_format is None else {"response_format": response_format}
        reply = self._client().chat.completions.create(
            model=self.name,
            messages=messages,  # type: ignore[arg-type]
            max_tokens=max_tokens,
            temperature=0,
            **extra,
        )
        if usage is not None and reply.usage is not None:
            usage.prompt_tokens, usage.completion_tokens = reply.usage.prompt_tokens, reply.usage.completion_tokens
        return reply.choices[0].message.content or "" if reply.choices else ""


def _format(schema: dict[str, object]) -> dict[str, object]:
    return {"type": "json_schema", "json_schema": {"name": "verdicts", "strict": True, "schema": schema}}
