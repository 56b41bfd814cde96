"""What the index asks of an embedding model, and the one that an OpenAI-compatible endpoint provides.

`index.minilm.MiniLM` is the local one. `index.llama_embedding` hands either to LlamaIndex.
"""

import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbeddingError

if TYPE_CHECKING:
    import openai

BATCH = 64
PARALLEL = 4


class Embedder(Protocol):
    """Texts in, unit vectors out. `name` changes whenever the same text would get another vector."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        """Vectors of length 1, shape (len(texts), dimensions), in the order given.

        `progress` is called with the number of texts that were finished since it was last called.
        """
        ...


class EndpointEmbedder:
    """A model behind an OpenAI-compatible ``/embeddings`` address: OpenAI's own, vLLM's, Ollama's, llama.cpp's …

    `base_url` is the address up to and including ``/v1``; None is OpenAI's. Connection failures, 429 and 5xx are
    tried again up to `retries` times, waiting longer each time or as long as the endpoint asks for; `timeout` is in
    seconds. Threads may share one. Every failure is an EmbeddingError of one line.
    """

    def __init__(
        self, base_url: str | None, api_key: str, model: str, *, timeout: float = 60.0, retries: int = 4
    ) -> None:
        self.name = f"endpoint:{model}"
        self._base_url, self._api_key, self._model = base_url, api_key, model
        self._timeout, self._retries = timeout, retries

    @cached_property
    def dimensions(self) -> int:
        """The length of its vectors, asked on first use."""
        return len(self._request(["dimensions"])[0])

    def embed(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        """See `Embedder`. A text that is too long for the model is the endpoint's to cut or refuse."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        starts = range(0, len(texts), BATCH)
        pool = ThreadPoolExecutor(PARALLEL)
        try:
            batches = pool.map(lambda start: self._request(texts[start : start + BATCH]), starts)
            for start, batch in zip(starts, batches, strict=True):
                if batch.shape[1] != self.dimensions:
                    raise self._error(
                        f"it changed the length of its vectors from {self.dimensions} to {batch.shape[1]}"
                    )
                vectors[start : start + BATCH] = batch
                if progress:
                    progress(len(batch))
        finally:
            pool.shutdown(cancel_futures=True)
        return vectors

    @cached_property
    def _client(self) -> "openai.OpenAI":
        import openai

        client = openai.OpenAI(
            base_url=self._base_url, api_key=self._api_key, timeout=self._timeout, max_retries=self._retries
        )
        weakref.finalize(self, client.close)
        return client

    def _request(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import openai

        # endpoints refuse empty texts, and lone surrogates cannot be sent
        clean = [text.encode("utf-8", "replace").decode("utf-8") if text.strip() else "." for text in texts]
        try:
            reply = self._client.embeddings.create(model=self._model, input=clean, encoding_format="float")
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise self._error("it refused the key. Set RAG_EMBEDDING_API_KEY") from error
        except openai.NotFoundError as error:
            raise self._error("it knows no such model, or the address lacks its /v1 (404)") from error
        except openai.RateLimitError as error:
            raise self._error(f"too many requests or no credit left (429), after {self._retries} retries") from error
        except openai.APITimeoutError as error:
            raise self._error(f"no answer within {self._timeout:g} s, after {self._retries} retries") from error
        except openai.APIConnectionError as error:
            raise self._error(
                "nothing answers there. Is RAG_EMBEDDING_BASE_URL right, is the server running?"
            ) from error
        except openai.APIStatusError as error:
            words = error.body.get("message") if isinstance(error.body, dict) else error.message
            raise self._error(f"status {error.status_code}: {_one_line(words)}") from error
        except (openai.OpenAIError, ValueError) as error:
            raise self._error(f"its reply cannot be read: {_one_line(error)}") from error
        try:
            rows = sorted(reply.data, key=lambda row: row.index)
            vectors = np.array([row.embedding for row in rows], np.float32)
        except (AttributeError, TypeError, ValueError) as error:
            raise self._error("its reply holds no embeddings") from error
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.all(np.isfinite(lengths) & (lengths > 0)):
            raise self._error(f"its reply does not hold a vector for each of {len(texts)} texts")
        return np.asarray(vectors / lengths, np.float32)

    def _error(self, problem: str) -> EmbeddingError:
        where = self._client.base_url
        return EmbeddingError(
            f"The embedding model {self._model} at {where.host}:{where.port or 443} failed: {problem}."
        )


def _one_line(words: object) -> str:
    return " ".join(str(words).split())[:300]
