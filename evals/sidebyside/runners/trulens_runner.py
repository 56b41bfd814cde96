"""trulens, by its feedback functions as they come and its provider for OpenAI-compatible endpoints."""

# mypy: disable-error-code=import-not-found

from typing import Any


def start(base_url: str, key: str, model: str) -> tuple[str, dict[str, Any]]:
    """The version, and a function of a case for each metric. It has none of a ranking by a judge."""
    from importlib.metadata import version

    from trulens.providers.openai import OpenAI

    provider = OpenAI(model_engine=model, base_url=base_url, api_key=key)

    def faithfulness(case: dict[str, Any]) -> float:
        # The passages as one text, as its examples collect them.
        source = "\n\n".join(case["contexts"])
        return float(provider.groundedness_measure_with_cot_reasons(source=source, statement=case["answer"])[0])

    def relevance(case: dict[str, Any]) -> float:
        return float(provider.relevance(prompt=case["question"], response=case["answer"]))

    return version("trulens-feedback"), {"faithfulness": faithfulness, "relevance": relevance, "grade": relevance}
