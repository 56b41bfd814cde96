"""Each kind of system, asked for real: recorded answers, functions, endpoints, our engine."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from scripted import ScriptedEndpoint

from evals.config import SystemConfig, parse_config
from evals.datasets import Question, Turn
from evals.errors import AnswerError, ConfigurationError
from evals.systems import open_system
from evals.systems.function import found
from index.article import Article

FIRE = Article(
    text="A fire broke out in Lindholm on Monday. It destroyed 14 houses, the mayor Ingrid Solberg said.",
    title="Fire in Lindholm",
    address="dataset:fire",
)
RIVER = Article(text="The river Orla rose by two metres in one night.", title="Flood", address="dataset:river")
ASKED = Question(id="q1", question="How many houses did the fire in Lindholm destroy?", articles=(RIVER, FIRE))


def system(**given: Any) -> SystemConfig:
    return parse_config({"name": "t", "datasets": [{"name": "golden"}], "systems": [given]}).systems[0]


def test_recorded_answers(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    rows = [
        {"id": "q1", "answer": "14 houses [2].", "usage": {"prompt_tokens": 7, "completion_tokens": 2},
         "passages": ["Something else.", {"article_id": FIRE.article_id, "text": "It destroyed 14 houses"}]},
        {"question": "And the river?", "answer": "I do not know."},
        {"question_id": "q3", "answer": 3},
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    recorded = open_system(system(type="recorded", path=str(path)))
    document = recorded.ask(ASKED).document
    (citation,) = document["citations"]
    assert citation["article_id"] == FIRE.article_id
    assert FIRE.text[citation["start"] : citation["end"]] == citation["quote"] == "It destroyed 14 houses"
    assert document["usage"]["prompt_tokens"] == 7
    assert recorded.ask(Question(id="x", question="And the river?")).document["abstained"]
    with pytest.raises(AnswerError, match="neither a text nor"):
        recorded.ask(Question(id="q3", question="?"))
    with pytest.raises(AnswerError, match="no answer to q9"):
        recorded.ask(Question(id="q9", question="?"))


def recorded(place: Path, *rows: dict[str, Any], **more: Any) -> Any:
    file = place / "records.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return open_system(system(type="recorded", path=str(file), **more))


def test_two_recorded_answers_to_one_question_are_refused(tmp_path: Path) -> None:
    one, other = {"question": "Who won?", "answer": "Moss."}, {"question": "Who won?", "answer": "Lind."}
    with pytest.raises(ConfigurationError, match=r"records\.jsonl:2: a second answer to 'Who won\?'"):
        recorded(tmp_path, one, other)
    named = [one | {"system": "a"}, other | {"system": "b"}]
    with pytest.raises(ConfigurationError, match="say whose with `system`"):
        recorded(tmp_path, *named)
    asked = Question(id="q1", question="Who won?")
    assert recorded(tmp_path, *named, system="b").ask(asked).document["answer"] == "Lind."
    # Two names of one question are found out when it is asked.
    with pytest.raises(AnswerError, match="answers q1 twice"):
        recorded(tmp_path, one, {"id": "q1", "answer": "Lind."}).ask(asked)
    # Of a run, a later row of the same key is a retry, and rows that are not of its plan are earlier settings.
    first = {"question_id": "q1", "key": "k", "answer": None, "error": "timed out"}
    again = {"question_id": "q1", "key": "k", "answer": "Lind."}
    assert recorded(tmp_path, first, again).ask(asked).document["answer"] == "Lind."
    recorded(tmp_path, again)
    with (tmp_path / "records.jsonl").open("a") as file:
        file.write(json.dumps(again | {"key": "earlier", "answer": "Moss."}) + "\n")
    (tmp_path / "run.json").write_text(json.dumps({"plan": ["k"]}))
    of_run = open_system(system(type="recorded", path=str(tmp_path)))
    assert of_run.ask(asked).document["answer"] == "Lind."


def quoting(request: dict[str, Any]) -> str:
    """A system that quotes the second article."""
    assert request["as_of"] == "2031-05-13"
    return request["articles"][1]["text"].split(". ")[1] + " [2]"


def test_a_function_is_given_the_articles() -> None:
    function = open_system(system(type="function", function=f"{__name__}:quoting"))
    asked = Question(id="q1", question="How many?", articles=(RIVER, FIRE), as_of=date(2031, 5, 13))
    document = function.ask(asked).document
    assert document["citations"][0]["article_id"] == FIRE.article_id
    assert not document["abstained"]
    assert len(function.describe()["source_sha256"]) == 64


@pytest.mark.parametrize("name", ["nothing", "no_such_module:f", "json:no_such_function", "json:__doc__"])
def test_what_is_no_function_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError):
        found(name)


def test_an_endpoint_with_documents(endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.texts = ["It destroyed 14 houses [2].", "NOT FOUND"]
    asked = open_system(system(type="endpoint", model="m", base_url=endpoint.url, documents="given"))
    talked = Question(id="q1", question="How many?", articles=(RIVER, FIRE), conversation=(Turn("A fire?", "Yes."),))
    document = asked.ask(talked).document
    assert document["citations"][0]["quote"] == FIRE.text
    assert document["usage"]["prompt_tokens"] == 100
    sent = endpoint.requests[0]["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "user"]
    assert "[2] Fire in Lindholm" in sent[-1]["content"]
    assert asked.ask(talked).document["abstained"]
    endpoint.status = 401
    with pytest.raises(AnswerError, match="AuthenticationError"):
        asked.ask(talked)
    asked.close()


@pytest.mark.parametrize(
    ("said", "silent"),
    [
        ("“Not found.”", True),
        ("NOT FOUND\n\nSorry, the articles are about something else.", True),
        ("The provided articles do not mention the mayor.", True),
        ("Not found guilty, he left the court [1].", False),
        ("It destroyed 14 houses [2]. NOT FOUND", False),
    ],
)
def test_an_endpoints_silence_is_read_as_our_models_is(said: str, silent: bool, endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = [said]
    asked = open_system(system(type="endpoint", model="m", base_url=endpoint.url, documents="given"))
    assert asked.ask(ASKED).document["abstained"] is silent
    asked.close()


def test_closed_book_shows_nothing(endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["14 houses."]
    asked = open_system(system(type="endpoint", model="m", base_url=endpoint.url, documents="none"))
    document = asked.ask(ASKED).document
    assert document["passages"] == []
    assert "Lindholm on Monday" not in json.dumps(endpoint.requests[0])
    asked.close()


@pytest.mark.model
def test_our_engine_from_given_articles_and_from_a_collection(
    minilm_folder: Path, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    engine = open_system(system(type="engine", settings={"llm": "extractive", "judge": "off"}))
    document = engine.ask(ASKED).document
    assert "14 houses" in document["answer"]
    assert {one["article_id"] for one in document["passages"]} == {FIRE.article_id, RIVER.article_id}
    assert "timings" not in document
    engine.prepare([FIRE, RIVER])
    again = engine.ask(Question(id="q2", question=ASKED.question))
    assert again.document["citations"][0]["article_id"] == FIRE.article_id
    assert again.timings["total_ms"] > 0
    engine.close()


@pytest.mark.model
def test_a_collection_never_goes_into_the_users_own_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, minilm_folder: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    own = tmp_path / "own.sqlite3"
    engine = open_system(system(type="engine", settings={"llm": "extractive", "database_url": f"sqlite:///{own}"}))
    engine.prepare([FIRE])
    assert not engine.ask(Question(id="q1", question="How many houses did the fire destroy?")).document["abstained"]
    engine.close()
    assert not own.exists()


def test_a_report_tells_no_secrets_of_the_settings() -> None:
    secret = {"llm": "extractive", "database_url": "postgresql://me:hunter2@db/articles", "llm_api_key": "hunter2"}
    assert "hunter2" not in json.dumps(open_system(system(type="engine", settings=secret)).describe())
