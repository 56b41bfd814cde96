"""deepeval, by its metrics as they come and its own client for OpenAI-compatible endpoints (``LocalModel``)."""

# mypy: disable-error-code=import-not-found

from typing import Any


def start(base_url: str, key: str, model: str) -> tuple[str, dict[str, Any]]:
    """The version, and a function of a case for each metric."""
    import deepeval
    from deepeval.metrics import AnswerRelevancyMetric, ContextualPrecisionMetric, FaithfulnessMetric, GEval
    from deepeval.models import LocalModel
    from deepeval.test_case import LLMTestCase, SingleTurnParams

    # Bounded as ragas bounds its own, since a small model may not come to an end.
    judge = LocalModel(model=model, base_url=base_url, api_key=key, generation_kwargs={"max_tokens": 1024})
    # Without reasons: they are one more call, after the score. One call at a time, as a small server wants it.
    common = {"model": judge, "include_reason": False, "async_mode": False}

    def score(metric: Any, case: dict[str, Any]) -> float:
        metric.measure(
            LLMTestCase(
                input=case["question"],
                actual_output=case["answer"],
                expected_output=case.get("reference"),
                retrieval_context=case["contexts"],
            ),
            _show_indicator=False,
        )
        return float(metric.score)

    def grade(case: dict[str, Any]) -> float:
        metric = GEval(
            name="correctness",
            evaluation_steps=["Compare the actual output with the expected output."],
            evaluation_params=[SingleTurnParams.ACTUAL_OUTPUT, SingleTurnParams.EXPECTED_OUTPUT],
            model=judge,
            async_mode=False,
        )
        return score(metric, case)

    return deepeval.__version__, {
        "faithfulness": lambda case: score(FaithfulnessMetric(**common), case),
        "relevance": lambda case: score(AnswerRelevancyMetric(**common), case),
        "precision": lambda case: score(ContextualPrecisionMetric(**common), case),
        "grade": grade,
    }
