"""The LlamaIndex baseline: its own engine over its own index, with our embeddings and a scripted model."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from evals.config import parse_config
from evals.datasets import Question
from evals.errors import ConfigurationError
from evals.systems import llamaindex, open_system
from index.article import Article

ASKED: list[dict[str, Any]] = []
REPLIES = ["The fire destroyed 14 houses [1].", "The provided sources do not mention it."]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        ASKED.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        message = {"role": "assistant", "content": REPLIES[min(len(ASKED), len(REPLIES)) - 1]}
        reply = {"id": "1", "object": "chat.completion", "created": 0, "model": "m",
                 "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}  # fmt: skip
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def address() -> Iterator[str]:
    ASKED.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def config(**more: Any) -> Any:
    given = {"type": "llamaindex", "model": "m", **more}
    return parse_config({"name": "t", "datasets": [{"name": "golden"}], "systems": [given]}).systems[0]


@pytest.mark.model
def test_its_answers_become_documents(minilm_folder: Path, address: str) -> None:
    pytest.importorskip("llama_index.llms.openai_like")
    fire = Article(text="A fire broke out in Lindholm on Monday. It destroyed 14 houses.", title="Fire", address="x:1")
    flood = Article(text="The river rose by two metres within one night.", title="Flood", address="x:2")
    system = open_system(config(base_url=address))
    system.prepare([flood, fire])
    document = system.ask(Question(id="q", question="How many houses did the fire destroy?")).document
    assert document["answer"] == REPLIES[0]
    assert {one["article_id"] for one in document["passages"]} == {fire.article_id, flood.article_id}
    (citation,) = document["citations"]
    assert citation["article_id"] == fire.article_id  # the nearest, so its first source
    assert fire.text[citation["start"] : citation["end"]] == citation["quote"]
    assert "14 houses" in ASKED[0]["messages"][-1]["content"]
    assert system.ask(Question(id="r", question="Who is the mayor?")).document["abstained"]
    assert system.describe()["abstention"] == "from the prose"
    system.close()


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llamaindex, "_installed", lambda _module: False)
    with pytest.raises(ConfigurationError, match=r"article-rag\[baselines\]"):
        open_system(config(base_url="http://127.0.0.1:1/v1"))
