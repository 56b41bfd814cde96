"""The verifier with the judge that the settings ask for."""

from rag.llm.choose import Choice
from rag.settings import LOCAL_MODELS, Settings
from rag.verify import Verifier

# The 0.5B model says "no" to everything: no judge.
JUDGES = frozenset({LOCAL_MODELS[0]})


def verifier(settings: Settings, choice: Choice) -> Verifier:
    """Rules always; what they leave open goes to the model that answers, if it can judge and may.

    A model at an endpoint gives structured verdicts with quotes, kept in ``home/verdicts.jsonl``; the
    local one its probability of "yes". ``RAG_JUDGE`` narrows that to one of them, or to none.
    """
    model = choice.model
    if model is None or settings.judge == "off":
        return Verifier()
    if choice.server is not None:
        usable = settings.judge in ("auto", "local") and model.model in JUDGES
        return Verifier(judge=model if usable else None)
    if settings.judge == "local":
        return Verifier()
    from rag.verify.endpoint import EndpointJudge
    from rag.verify.structured import JsonChat

    judge = EndpointJudge(JsonChat(model.blocking_client, model.model), settings.home / "verdicts.jsonl")
    return Verifier(endpoint=judge)
