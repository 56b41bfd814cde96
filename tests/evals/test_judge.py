"""A model's verdicts are kept: none is asked for twice, and a failure is not a verdict."""

from pathlib import Path

import pytest
from scripted import ScriptedEndpoint

from evals.judge import _its_own, _Kept
from rag.llm.model import LanguageModel
from rag.verify import Evidence, Verifier

CLAIM = "The mayor was pleased with how the night had gone."
EVIDENCE = [Evidence("The head of the town said that a better evening could hardly be wished for.")]


@pytest.fixture
def verifier(endpoint: ScriptedEndpoint) -> Verifier:
    return Verifier(judge=LanguageModel("m", model="m", address=lambda: endpoint.url, key="k", context=1000,
                                        marks=False, timeout=5))  # fmt: skip


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
