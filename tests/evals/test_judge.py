"""A model's verdicts are kept: none is asked for twice, and a failure is not a verdict. Its tokens are counted."""

from pathlib import Path

import pytest
from scripted import ScriptedEndpoint

from evals.judge import Meter, _its_own, _Kept, _MeteredYes
from rag.llm.model import LanguageModel
from rag.verify import Evidence, Verifier

CLAIM = "The mayor was pleased with how the night had gone."
EVIDENCE = [Evidence("The head of the town said that a better evening could hardly be wished for.")]


@pytest.fixture
def model(endpoint: ScriptedEndpoint) -> LanguageModel:
    return LanguageModel("m", model="m", address=lambda: endpoint.url, key="k", context=1000, marks=False, timeout=5)


@pytest.fixture
def verifier(model: LanguageModel) -> Verifier:
    return Verifier(judge=model)


def test_a_verdict_is_asked_for_once(verifier: Verifier, endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    kept = tmp_path / "run" / "verdicts-local.jsonl"
    endpoint.sure = 0.9
    first = _Kept(_its_own(verifier.check), {"model": "m"}, kept)(CLAIM, EVIDENCE)
    assert first.tier == "judge"
    assert len(endpoint.requests) == 1
    assert _Kept(_its_own(verifier.check), {"model": "m"}, kept)(CLAIM, EVIDENCE) == first
    assert len(endpoint.requests) == 1
    kept.write_text(kept.read_text()[:-9])  # killed while it was written
    assert _Kept(_its_own(verifier.check), {"model": "m"}, kept)(CLAIM, EVIDENCE) == first
    assert len(endpoint.requests) == 2
    _Kept(_its_own(verifier.check), {"model": "another"}, kept)(CLAIM, EVIDENCE)
    assert len(endpoint.requests) == 3


def test_a_failure_is_not_kept(verifier: Verifier, endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    kept = tmp_path / "verdicts-local.jsonl"
    check = _Kept(_its_own(verifier.check), {"model": "m"}, kept)
    endpoint.status = 400
    assert check(CLAIM, EVIDENCE).verdict == "not_judged"
    assert not kept.exists()
    endpoint.status = 200
    assert check(CLAIM, EVIDENCE).tier == "judge"


def test_tokens_are_those_reported_else_estimated(model: LanguageModel, endpoint: ScriptedEndpoint) -> None:
    spent: list[tuple[int, int]] = []
    meter = Meter(lambda prompt, completion: spent.append((prompt, completion)))
    check = Verifier(judge=_MeteredYes(model, meter)).check
    endpoint.used = {"prompt_tokens": 90, "completion_tokens": 1, "total_tokens": 91}
    check(CLAIM, EVIDENCE)
    assert (meter.prompt, meter.completion, meter.estimated) == (90, 1, False)
    check(EVIDENCE[0].text, EVIDENCE)  # a copy, which rules decide
    assert spent == [(90, 1)]
    endpoint.used = {}
    check(CLAIM, EVIDENCE)
    assert meter.estimated
    assert 120 < meter.prompt < 400
    assert spent[1] == (meter.prompt - 90, meter.completion - 1)
