"""LlamaIndex's evaluators and ours on the same inputs: ``python -m evals.sidebyside`` prints docs/evals.md's table.

A language model that says what the row tells it to say stands behind both, so that what differs is what each makes of
the same words.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.errors import MetricError
from evals.metrics.faithfulness import Verdict, faithfulness
from evals.metrics.retrieval import hits
from evals.metrics.values import LeftOut, Value, checked_share
from rag.verify import Evidence
from rag.verify.endpoint import EndpointJudge

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

CONTEXT = "A fire broke out in Lindholm. It destroyed 14 houses."
CLAIM = "The fire in Lindholm destroyed 41 houses."
QUESTION = "How many houses did the fire destroy?"


@dataclass(frozen=True, slots=True)
class Case:
    """One input with what either makes of it."""

    what: str
    llamaindex: str
    ours: str


def cases() -> list[Case]:
    """All rows, run now."""
    return [
        Case("The judge answers “NO. The context, of yesterday, says 14 houses.”",
             _said(_faithful, "NO. The context, of yesterday, says 14 houses."),
             _judged("NO. The context, of yesterday, says 14 houses.")),
        Case("The judge answers that the claim is contradicted, with the quote",
             _said(_faithful, "No."), _judged(_reply("contradicted", "It destroyed 14 houses."))),
        Case("The judge says supported, with a quote that is in no passage",
             _said(_faithful, "YES"), _judged(_reply("supported", "It destroyed 41 houses."))),
        Case("The judge answers “I cannot tell.”", _said(_faithful, "I cannot tell."), _judged("I cannot tell.")),
        Case("The judge answers nothing", _said(_faithful, ""), _judged("")),
        Case("The answer has no context to be judged against",
             _said(lambda llm: _faithful(llm, []), "YES"), _value(lambda: _ours(["supported"], contexts=0))),
        Case("A score of 45 on a scale to 5", _said(_correct, "45\nFine."),
             _value(lambda: checked_share(45 / 5, "the score"))),
        Case("Nothing was retrieved for a question", _raised(_hit_rate),
             _value(lambda: hits([], {"a": 1}, 4))),
    ]  # fmt: skip


def _said(evaluate: "Callable[[LLM], Any]", reply: str) -> str:
    return _raised(lambda: evaluate(scripted(reply)))


def _raised(call: Callable[[], Any]) -> str:
    try:
        result = call()
    except ValueError as error:
        return f"raises ValueError: {error}"
    return f"passing {result.passing}, score {result.score}"


def _faithful(llm: "LLM", contexts: Sequence[str] = (CONTEXT,)) -> Any:
    from llama_index.core.evaluation import FaithfulnessEvaluator

    return FaithfulnessEvaluator(llm=llm).evaluate(query=QUESTION, response=CLAIM, contexts=list(contexts))


def _correct(llm: "LLM") -> Any:
    from llama_index.core.evaluation import CorrectnessEvaluator

    return CorrectnessEvaluator(llm=llm).evaluate(query=QUESTION, response=CLAIM, reference="14 houses")


def _hit_rate() -> Any:
    from llama_index.core.evaluation.retrieval.metrics import HitRate

    return HitRate().compute(expected_ids=["a"], retrieved_ids=[])


def scripted(reply: str) -> "LLM":
    """A LlamaIndex language model that always says `reply`."""
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class Scripted(CustomLLM):
        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(context_window=4000, num_output=200)

        def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
            return CompletionResponse(text=reply)

        def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
            yield CompletionResponse(text=reply, delta=reply)

    return Scripted()


@dataclass
class _Saying:
    """A structured model that always says the same."""

    reply: str
    name: str = "scripted"

    def structured(self, messages: list[dict[str, str]], schema: dict[str, object], max_tokens: int) -> str:
        return self.reply


def _reply(verdict: str, quote: str) -> str:
    return json.dumps({"verdicts": [{"claim": 1, "verdict": verdict, "quote": quote}]})


def _judged(reply: str) -> str:
    (check,) = EndpointJudge(_Saying(reply)).check_many([(CLAIM, [Evidence(CONTEXT)])])
    return f"{check.verdict}; faithfulness {_value(lambda: _ours([check.verdict]))}"


def _ours(verdicts: Sequence[Verdict], contexts: int = 1) -> Value:
    return faithfulness(verdicts, abstained=False, contexts=contexts).score


def _value(call: Callable[[], Value]) -> str:
    try:
        value = call()
    except MetricError as error:
        return f"raises MetricError: {error}"
    return value.label if isinstance(value, LeftOut) else f"{value:.1f}"


def table() -> str:
    """The rows as Markdown."""
    rows = [f"| {one.what} | {one.llamaindex} | {one.ours} |" for one in cases()]
    return "\n".join(["| input | LlamaIndex's evaluator | ours |", "| --- | --- | --- |", *rows])


if __name__ == "__main__":
    print(table())
