"""A judge that says what a case tells it to, behind the same HTTP interface as a real one."""

from http.server import BaseHTTPRequestHandler
from typing import Any

from evals.loopback import Loopback, send_json
from evals.sidebyside.cases import Case
from evals.sidebyside.replies import reply

KEY = "scripted"
MODEL = "scripted"


class ScriptedJudge(Loopback):
    """OpenAI's chat completions and embeddings on loopback. `play` says whose prompts come next, and about what;
    `problems` holds prompts that it had no answer to."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._suite = ""
        self._case: Case | None = None

    def play(self, suite: str, case: Case) -> None:
        """Answer the suite's prompts from now on with what the judge finds in `case`."""
        self._suite, self._case = suite, case

    def respond(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        """What the judge says to it."""
        status, answer = self._answer(handler.path, body)
        send_json(handler, answer, status)

    def _answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.endswith("/embeddings"):
            asked = body["input"] if isinstance(body["input"], list) else [body["input"]]
            data = [{"object": "embedding", "index": n, "embedding": [1.0, 0.0]} for n in range(len(asked))]
            return 200, {"object": "list", "model": MODEL, "data": data, "usage": _USAGE}
        if not path.endswith("/chat/completions"):
            return 404, {"error": {"message": f"{path} is not supported here: no responses but chat completions"}}
        assert self._case is not None
        prompt = "\n".join(str(message["content"]) for message in body["messages"])
        try:
            text = reply(self._suite, self._case, prompt)
        except ValueError as error:
            self.problems.append(str(error))
            return 400, {"error": {"message": str(error)}}
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        head = {"id": "1", "object": "chat.completion", "created": 0, "model": MODEL}
        return 200, head | {"choices": [choice], "usage": _USAGE}


_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
