"""ragas, by its present metrics (``ragas.metrics.collections``) and its own client for OpenAI-compatible endpoints."""

# mypy: disable-error-code=import-not-found

import asyncio
from typing import Any


def start(base_url: str, key: str, model: str) -> tuple[str, dict[str, Any]]:
    """The version, and a function of a case for each metric."""
    import ragas
    from openai import AsyncOpenAI
    from ragas.embeddings import OpenAIEmbeddings
    from ragas.llms import llm_factory
    from ragas.metrics.collections import (
        AnswerRelevancy,
        ContextPrecisionWithReference,
        DomainSpecificRubrics,
        Faithfulness,
    )

    loop = asyncio.new_event_loop()
    client = AsyncOpenAI(base_url=base_url, api_key=key, max_retries=0)
    llm = llm_factory(model, client=client)
    embeddings = OpenAIEmbeddings(client=client, model="embedding")

    def score(metric: Any, **given: Any) -> float:
        value: float = loop.run_until_complete(metric.ascore(**given)).value
        return float(value)

    def faithfulness(case: dict[str, Any]) -> float:
        return score(
            Faithfulness(llm=llm),
            user_input=case["question"],
            response=case["answer"],
            retrieved_contexts=case["contexts"],
        )

    def relevance(case: dict[str, Any]) -> float:
        metric = AnswerRelevancy(llm=llm, embeddings=embeddings)
        return score(metric, user_input=case["question"], response=case["answer"])

    def precision(case: dict[str, Any]) -> float:
        metric = ContextPrecisionWithReference(llm=llm)
        return score(
            metric, user_input=case["question"], reference=case["reference"], retrieved_contexts=case["contexts"]
        )

    def grade(case: dict[str, Any]) -> float:
        metric = DomainSpecificRubrics(llm=llm, with_reference=True)
        return score(metric, user_input=case["question"], response=case["answer"], reference=case["reference"])

    metrics = {"faithfulness": faithfulness, "relevance": relevance, "precision": precision, "grade": grade}
    return ragas.__version__, metrics
