"""What a run may cost: nothing is taken for free, and what was spent before a run was stopped still counts."""

import json
from pathlib import Path
from typing import Any

import pytest
from scripted import ScriptedEndpoint

from evals import run
from evals.config import EndpointConfig, JudgeConfig, RunConfig, parse_config
from evals.cost import CALLS, JUDGEMENT, Budget
from evals.datasets import Question
from evals.errors import TooExpensive
from evals.runs import ANSWERS, RECORDS
from evals.systems.endpoint import EndpointSystem

PRICE = {"prompt": 1000, "completion": 1000}  # 0.001 a token
ASKED = Question(id="q1", question="How many houses did the fire destroy?")


def paid(url: str) -> dict[str, Any]:
    return {"type": "endpoint", "name": "paid", "model": "m", "base_url": url, "documents": "none", "max_tokens": 10,
            "price": PRICE}  # fmt: skip


def test_an_answer_without_usage_costs_the_estimate() -> None:
    config = EndpointConfig.model_validate(paid("https://models.example/v1"))
    system, budget = EndpointSystem(config), Budget(1.0)
    budget.plan(config, system, [ASKED])
    assert budget.estimate == pytest.approx(sum(system.tokens(ASKED)) / 1000)
    budget.spend(config, system, ASKED, {})
    assert budget.spent == pytest.approx(budget.estimate)
    budget.spend(config, system, ASKED, {"prompt_tokens": 100, "completion_tokens": 10})
    assert budget.spent == pytest.approx(budget.estimate + 0.11)
    budget.spend(config, system, ASKED, {"prompt_tokens": 0})  # it says that no model was asked
    assert budget.spent == pytest.approx(budget.estimate + 0.11)
    free = config.model_copy(update={"price": None})
    budget.spend(free, EndpointSystem(free), ASKED, {})
    assert budget.spent == pytest.approx(budget.estimate + 0.11)


def test_the_run_stops_when_answers_without_usage_reach_the_ceiling() -> None:
    config = EndpointConfig.model_validate(paid("https://models.example/v1"))
    system, budget = EndpointSystem(config), Budget(0.5)
    budget.spend(config, system, ASKED, {})
    budget.check_spent()
    budget.spend(config, system, ASKED, {})
    with pytest.raises(TooExpensive, match=r"is spent, max_cost is 0\.5"):
        budget.check_spent()


def test_what_an_earlier_part_of_a_run_judged_is_spent() -> None:
    judge = JudgeConfig.model_validate({"type": "endpoint", "model": "big", "price": PRICE})
    budget = Budget(20.0)
    budget.spend_on_judge(judge, 2)
    assert budget.spent == pytest.approx(2 * CALLS * sum(JUDGEMENT) / 1000)  # 10.5
    budget.plan_judge(judge, 2)
    with pytest.raises(TooExpensive, match=r"10\.50 is spent, and the rest of the run would cost about 10\.50"):
        budget.check()
    budget.judged(judge)(500, 500)
    assert budget.spent == pytest.approx(11.5)
    rules = Budget(None)
    rules.spend_on_judge(JudgeConfig(), 100)
    assert rules.spent == 0.0


def test_what_was_spent_before_the_run_was_stopped_counts(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.texts = ["14 houses."]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(json.dumps({"id": f"q{n}", "question": "How many?"}) + "\n" for n in range(3)))

    def config(max_cost: float) -> RunConfig:
        return parse_config({"name": "paid", "datasets": [{"name": str(questions)}], "systems": [paid(endpoint.url)],
                             "max_cost": max_cost})  # fmt: skip

    run(config(1.5), tmp_path / "run", quiet=True)
    for name in (ANSWERS, RECORDS):  # stopped after the first answer: 110 tokens, 0.11
        whole = (tmp_path / "run" / name).read_bytes()
        (tmp_path / "run" / name).write_bytes(whole[: whole.index(b"\n") + 1])
    asked = len(endpoint.requests)
    # Two more are 0.63 by the estimate: below the ceiling alone, above it with what is spent.
    with pytest.raises(TooExpensive, match=r"0\.11 is spent, and the rest of the run would cost about 0\.6"):
        run(config(0.7), tmp_path / "run", quiet=True)
    assert len(endpoint.requests) == asked
    run(config(0.8), tmp_path / "run", quiet=True)
    assert len(endpoint.requests) == asked + 2
    assert run(config(0.1), tmp_path / "run", quiet=True).missing == 0  # nothing is left to ask, so nothing to refuse
