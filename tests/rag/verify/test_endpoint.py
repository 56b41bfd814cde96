"""The judge at an endpoint, over real HTTP against a scripted model."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI

from rag.llm.errors import LLMError
from rag.verify import Evidence
from rag.verify.endpoint import EndpointJudge, locate
from rag.verify.structured import JsonChat

EVIDENCE = (Evidence("The mill in Orrby burned down on Monday. Nobody was hurt, said the fire chief,\nAda Berg."),)


class Script:
    """Answers each request with the next of `answers`: text, or a status code to fail with."""

    def __init__(self) -> None:
        self.answers: list[str | int] = []
        self.requests: list[dict[str, Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                script.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                answer = script.answers.pop(0)
                failed = isinstance(answer, int)
                message = {"role": "assistant", "content": answer}
                choice = {"index": 0, "finish_reason": "stop", "message": message}
                body: dict[str, Any] = {"error": {"message": "no"}} if failed else {"id": "1", "choices": [choice]}
                data = json.dumps({"object": "chat.completion", "created": 0, "model": "m", **body}).encode()
                self.send_response(answer if isinstance(answer, int) else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def model(self) -> JsonChat:
        url = f"http://127.0.0.1:{self.server.server_port}/v1"
        client = OpenAI(base_url=url, api_key="none", max_retries=0)
        return JsonChat(lambda: client, "scripted")


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    thread = threading.Thread(target=script.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield script
    script.server.shutdown()
    script.server.server_close()
    thread.join()


def verdicts(*entries: tuple[int, str, str]) -> str:
    return json.dumps({"verdicts": [{"claim": c, "verdict": v, "quote": q} for c, v, q in entries]})


def test_a_verdict_comes_with_the_span_of_its_quote(script: Script) -> None:
    script.answers = [verdicts((1, "supported", "said the fire chief, Ada Berg"), (2, "not_found", ""))]
    items = [("Ada Berg is the fire chief.", EVIDENCE), ("The mill was old.", EVIDENCE)]
    first, second = EndpointJudge(script.model()).check_many(items)
    assert (first.verdict, first.tier, first.evidence_index) == ("supported", "endpoint", 0)
    assert EVIDENCE[0].text[first.start : first.end] == "said the fire chief,\nAda Berg"
    assert (second.verdict, second.start) == ("not_found", None)
    assert script.requests[0]["response_format"]["type"] == "json_schema"


def test_only_what_is_missing_or_unproven_is_asked_again(script: Script) -> None:
    script.answers = [
        verdicts((1, "supported", "burned down on Monday"), (2, "supported", "a quote that stands nowhere")),
        verdicts((1, "contradicted", "Nobody was hurt")),
    ]
    items = [("The mill burned down.", EVIDENCE), ("Two people were hurt.", EVIDENCE)]
    checks = EndpointJudge(script.model()).check_many(items)
    assert [check.verdict for check in checks] == ["supported", "contradicted"]
    assert "The mill burned down." not in script.requests[1]["messages"][1]["content"]


def test_what_is_still_unproven_stays_unjudged(script: Script) -> None:
    script.answers = ["I think yes.", verdicts((7, "supported", "Monday"), (1, "supported", ""))]
    (check,) = EndpointJudge(script.model()).check_many([("The mill burned down.", EVIDENCE)])
    assert (check.verdict, check.support) == ("not_judged", None)
    assert "scripted" in check.reasons[0]


def test_verdicts_are_kept(script: Script, tmp_path: Path) -> None:
    script.answers = [f"Here it is:\n```json\n{verdicts((1, 'supported', 'on Monday'))}\n```"]
    cache = tmp_path / "cache" / "verdicts.jsonl"
    items = [("It burned on Monday.", EVIDENCE)]
    EndpointJudge(script.model(), cache).check_many(items)
    with cache.open("a") as out:
        out.write('{"key": "cut o')  # by a process that was killed
    (again,) = EndpointJudge(script.model(), cache).check_many(items)
    assert again.verdict == "supported"
    assert len(script.requests) == 1


def test_an_endpoint_without_schemas_is_asked_without(script: Script) -> None:
    script.answers = [400, verdicts((1, "supported", "on Monday"))]
    (check,) = EndpointJudge(script.model()).check_many([("It burned on Monday.", EVIDENCE)])
    assert check.verdict == "supported"
    assert "response_format" not in script.requests[1]


def test_a_refusal_is_an_error_of_ours(script: Script) -> None:
    script.answers = [401]
    with pytest.raises(LLMError, match="scripted"):
        EndpointJudge(script.model()).check_many([("It burned on Monday.", EVIDENCE)])


def test_a_broken_entry_does_not_cost_the_others(script: Script) -> None:
    script.answers = [
        '{"verdicts": [{"claim": 1, "verdict": "perhaps"}, {"claim": 2, "verdict": "not_found", "quote": ""}]}',
        verdicts((1, "supported", "on Monday")),
    ]
    checks = EndpointJudge(script.model()).check_many([("It burned.", EVIDENCE), ("It was sold.", EVIDENCE)])
    assert [check.verdict for check in checks] == ["supported", "not_found"]


def test_quotes_are_found_whatever_their_typography() -> None:
    evidence = [Evidence("He said “we’ll be back” – twice.")]
    assert locate('"we\'ll be  back" - twice', evidence) == (0, 9, 31)
    assert locate("we will be back", evidence) is None
    assert locate(" ", evidence) is None
    assert locate("the", [Evidence("The end of the road.")]) is None
