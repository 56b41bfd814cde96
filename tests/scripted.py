"""A language model that says what a test tells it to, behind the same HTTP interface as a real one."""

import json
import math
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from evals.loopback import Loopback, send_json


@dataclass
class ScriptedEndpoint(Loopback):
    """Streams `text` in pieces of `chunk` characters; or fails as `status` and `cut` say.

    `requests` are the bodies received. `cut` ends the connection after so many pieces, `pause` waits
    before each. A list of `texts` is given out one a call, the last again and again. A call
    that does not stream is a yes-or-no question, and `sure` its P(yes), or what
    `surer` says for a text that stands in it; `used` are the tokens that it then
    reports, if any. `raw` is sent in place of the stream, as it is.
    """

    texts: list[str] = field(default_factory=lambda: ["NOT FOUND"])
    status: int = 200
    message: str = "scripted failure"
    chunk: int = 3
    cut: int | None = None
    raw: str | None = None
    pause: float = 0.0
    sure: float = 0.5
    surer: dict[str, float] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    disconnected: threading.Event = field(default_factory=threading.Event)

    def respond(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        """As the script has it."""
        self.requests.append(body)
        if self.status != 200:
            send_json(handler, {"error": {"message": self.message}}, self.status, {"Retry-After": "0"})
        elif body.get("stream"):
            self._stream(handler, body)
        else:
            self._yes_or_no(handler, body)

    def _stream(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        asked = sum(bool(request.get("stream")) for request in self.requests)
        text = self.texts[min(asked, len(self.texts)) - 1]
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        try:
            if self.raw is not None:
                handler.wfile.write(self.raw.encode())
                return
            for number, start in enumerate(range(0, len(text), self.chunk)):
                if number == self.cut:
                    return
                time.sleep(self.pause)
                choice: dict[str, Any] = {"delta": {"content": text[start : start + self.chunk]}}
                self._send(handler, body, choice)
            self._send(handler, body, {"delta": {}, "finish_reason": "stop"})
            usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
            self._send(handler, body, None, usage)
            handler.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            self.disconnected.set()

    def _yes_or_no(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        asked = body["messages"][-1]["content"]
        sure = next((p for text, p in self.surer.items() if text in asked), self.sure)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "yes"},
                  "logprobs": {"content": [_odds({"yes": sure, "no": 1 - sure})]}}  # fmt: skip
        reply = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"], "choices": [choice],
                 **({"usage": self.used} if self.used else {})}  # fmt: skip
        send_json(handler, reply)

    @staticmethod
    def _send(
        handler: BaseHTTPRequestHandler, body: dict[str, Any], choice: dict[str, Any] | None, usage: Any = None
    ) -> None:
        choices = [] if choice is None else [{"index": 0, "finish_reason": None} | choice]
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": body["model"], "choices": choices}
        handler.wfile.write(f"data: {json.dumps(chunk | ({'usage': usage} if usage else {}))}\n\n".encode())
        handler.wfile.flush()


def _odds(first: dict[str, float]) -> dict[str, Any]:
    told = [{"token": token, "logprob": math.log(p), "bytes": None} for token, p in first.items()]
    return told[0] | {"top_logprobs": told}
