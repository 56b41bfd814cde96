"""The endpoint here is a real HTTP server that speaks just enough of OpenAI's embeddings."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from index.embedding import BATCH, Embedder, EndpointEmbedder
from index.errors import EmbeddingError


class Endpoint(http.server.ThreadingHTTPServer):
    """Embeds a text as (its length, 1, 0). `replies` are statuses that come before it works."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: list[int] = []
        self.requests: list[dict[str, Any]] = []
        self.body: bytes | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        status = self.server.replies.pop(0) if self.server.replies else 200
        if self.headers["Authorization"] != "Bearer right":
            status = 401
        if self.path != "/v1/embeddings" or request["model"] != "small":
            status = 404
        rows = [
            {"object": "embedding", "index": n, "embedding": [len(text), 1, 0]}
            for n, text in enumerate(request["input"])
        ]
        body: Any = {
            "object": "list",
            "model": "small",
            "data": rows[::-1],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
        if status != 200:
            body = {"error": {"message": "not\nso"}}
        payload = self.server.body if self.server.body is not None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("Retry-After-Ms", "1")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def embedder_at(endpoint: Endpoint, **changed: Any) -> EndpointEmbedder:
    return EndpointEmbedder(**{"base_url": endpoint.url, "api_key": "right", "model": "small", **changed})


def test_unit_vectors_in_the_order_given(endpoint: Endpoint) -> None:
    embedder: Embedder = embedder_at(endpoint)
    texts = ["x" * (n % 97 + 1) for n in range(3 * BATCH + 5)]
    seen: list[int] = []
    vectors = embedder.embed(texts, seen.append)
    assert embedder.dimensions == 3
    assert embedder.name == "endpoint:small"
    assert vectors.shape == (len(texts), 3)
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-6
    assert np.allclose(vectors[:, 0] / vectors[:, 1], [len(text) for text in texts])
    assert seen == [BATCH, BATCH, BATCH, 5]
    assert len(endpoint.requests) == 5  # the first asks for the dimensions


def test_no_texts_empty_texts_and_broken_characters(endpoint: Endpoint) -> None:
    embedder = embedder_at(endpoint)
    assert embedder.embed([]).shape == (0, 3)
    assert embedder.embed(["", " \n", "a\ud800"]).shape == (3, 3)
    assert endpoint.requests[-1]["input"] == [".", ".", "a?"]


def test_what_passes_is_tried_again(endpoint: Endpoint) -> None:
    endpoint.replies = [429, 503]
    assert embedder_at(endpoint).embed(["a"]).shape == (1, 3)
    assert len(endpoint.requests) == 4


@pytest.mark.parametrize(
    ("changed", "replies", "message"),
    [
        ({"api_key": "wrong"}, [], "it refused the key. Set RAG_EMBEDDING_API_KEY"),
        ({"model": "huge"}, [], "embedding model huge .* no such model"),
        ({"retries": 1}, [429, 429], r"too many requests or no credit left \(429\), after 1 retries"),
        ({"retries": 0}, [500], "status 500: .*not so"),
        ({"base_url": "http://127.0.0.1:9/v1", "retries": 0}, [], "at 127.0.0.1:9 failed: nothing answers there"),
    ],
)
def test_failures_are_one_clear_line(
    endpoint: Endpoint, changed: dict[str, Any], replies: list[int], message: str
) -> None:
    endpoint.replies = replies
    with pytest.raises(EmbeddingError, match=message) as caught:
        embedder_at(endpoint, **changed).embed(["a"])
    assert "\n" not in str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>hello</html>",
        b"{}",
        b"[]",
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": [0, 0, 0]}]}',
        b'{"data": [{"index": 0, "embedding": [1, NaN, 0]}]}',
        b'{"data": [{"index": 0, "embedding": null}]}',
    ],
)
def test_a_reply_without_vectors_is_refused(endpoint: Endpoint, body: bytes) -> None:
    endpoint.body = body
    with pytest.raises(EmbeddingError, match="its reply"):
        embedder_at(endpoint).embed(["a"])


def test_silence_ends(endpoint: Endpoint) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        with pytest.raises(EmbeddingError, match=r"no answer within 0\.3 s"):
            embedder_at(endpoint, base_url=address, timeout=0.3, retries=0).embed(["a"])


async def test_as_llamaindex_sees_it(endpoint: Endpoint) -> None:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from index.llama_embedding import LlamaIndexEmbedding

    embedder = embedder_at(endpoint)
    adapted = LlamaIndexEmbedding(embedder)
    texts = ["one", "three", "seventeen"]
    expected = embedder.embed(texts).tolist()
    assert isinstance(adapted, BaseEmbedding)
    assert adapted.model_name == embedder.name
    assert adapted.get_text_embedding_batch(texts) == expected
    assert await adapted.aget_text_embedding_batch(texts) == expected
    assert adapted.get_text_embedding("three") == await adapted.aget_text_embedding("three") == expected[1]
    assert adapted.get_query_embedding("three") == await adapted.aget_query_embedding("three") == expected[1]
