"""What this suite makes of a case."""

from openai import OpenAI

from evals.errors import MetricError
from evals.metrics.faithfulness import faithfulness
from evals.metrics.retrieval import average_precision, ragas_context_precision
from evals.metrics.values import LeftOut, Value, checked_share
from evals.sidebyside.cases import HELPFUL, Case
from index.sentences import sentence_spans
from rag.verify import Evidence
from rag.verify.endpoint import EndpointJudge
from rag.verify.structured import JsonChat


def cell(case: Case, client: OpenAI, model: str) -> str:
    """In words, with `model` at `client` as the judge."""
    try:
        return _measured(case, client, model)
    except MetricError as error:
        return f"raises {type(error).__name__}: {str(error).partition(';')[0]}"


def _measured(case: Case, client: OpenAI, model: str) -> str:
    match case.metric:
        case "faithfulness":
            return _faithful(case, client, model)
        case "relevance":
            return "no such metric; counted with the abstentions"
        case "precision":
            return _precise(case)
        case "grade":
            assert case.grade is not None
            return _shown(checked_share(case.grade / 5, "the score"))


def _faithful(case: Case, client: OpenAI, model: str) -> str:
    contexts = len(case.contexts)
    if case.abstains or not contexts:
        return _shown(faithfulness([], abstained=case.abstains, contexts=contexts).score)
    sentences = [case.answer[start:end] for start, end in sentence_spans(case.answer)]
    evidence = [Evidence(text) for text in case.contexts]
    judge = EndpointJudge(JsonChat(lambda: client, model))
    verdicts = [check.verdict for check in judge.check_many((one, evidence) for one in sentences)]
    found = faithfulness(verdicts, abstained=False, contexts=contexts)
    coverage = found.judged_coverage
    partly = isinstance(coverage, float) and 0 < coverage < 1
    return _shown(found.score) + (f", judged coverage {coverage:.1f}" if partly else "")


def _precise(case: Case) -> str:
    found = [str(rank) for rank, _ in enumerate(case.useful)]
    helpful = [rank for rank, helps in zip(found, case.useful, strict=True) if helps]
    missed = [f"missed {n}" for n in range(HELPFUL - len(helpful))]
    precision = _shown(average_precision(found, dict.fromkeys([*helpful, *missed], 1)))
    return f"AP {precision}" + (f"; ragas' {_shown(ragas_context_precision(case.useful))}" if found else "")


def _shown(value: Value) -> str:
    return value.label if isinstance(value, LeftOut) else str(round(value, 2))
