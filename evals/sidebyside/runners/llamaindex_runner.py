"""LlamaIndex's evaluators as they come, and its client for OpenAI-compatible endpoints."""

# mypy: disable-error-code=import-untyped

from typing import Any


def start(base_url: str, key: str, model: str) -> tuple[str, dict[str, Any]]:
    """The version, and a function of a case for each metric."""
    from importlib.metadata import version

    from llama_index.core.evaluation import (
        AnswerRelevancyEvaluator,
        CorrectnessEvaluator,
        FaithfulnessEvaluator,
    )
    from llama_index.core.evaluation.retrieval.metrics import AveragePrecision
    from llama_index.llms.openai_like import OpenAILike

    llm = OpenAILike(
        model=model, api_base=base_url, api_key=key, is_chat_model=True, temperature=0.0, max_retries=0, timeout=600
    )

    def score(evaluator: Any, case: dict[str, Any], **more: Any) -> float | None:
        found = evaluator.evaluate(query=case["question"], response=case["answer"], **more)
        return None if found.score is None else float(found.score)

    def faithfulness(case: dict[str, Any]) -> float | None:
        return score(FaithfulnessEvaluator(llm=llm), case, contexts=case["contexts"])

    def relevance(case: dict[str, Any]) -> float | None:
        return score(AnswerRelevancyEvaluator(llm=llm), case)

    def precision(case: dict[str, Any]) -> float:
        # Its metrics of a ranking compare ids: those of the passages that were found and of those that help.
        return float(AveragePrecision().compute(expected_ids=case["expected"], retrieved_ids=case["retrieved"]).score)

    def grade(case: dict[str, Any]) -> float | None:
        return score(CorrectnessEvaluator(llm=llm), case, reference=case["reference"])

    metrics = {"faithfulness": faithfulness, "relevance": relevance, "precision": precision, "grade": grade}
    return version("llama-index-core"), metrics
