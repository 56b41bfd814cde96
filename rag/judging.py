"""The verifier with the judges that the settings ask for."""

from functools import partial

from index import weights
from rag.embedder import FAST, WEIGHTS
from rag.llm.choose import Choice
from rag.settings import Settings
from rag.verify import Verifier
from rag.verify.learned import LearnedJudge


def verifier(settings: Settings, choice: Choice) -> Verifier:
    """Rules always; what they leave open goes to the learned judge, where the embedding model that it is made of is the
    one that is used anyway, and to the model that answers, if it can judge and may.

    A model at an endpoint gives structured verdicts with quotes, kept in ``home/verdicts.jsonl``; the
    local one its probability of "yes". ``RAG_JUDGE`` narrows that to one of them, or to none.
    """
    model, small = choice.model, learned(settings) if settings.embedding in ("local", FAST) else None
    if model is None or settings.judge == "off":
        return Verifier(learned=small)
    if choice.server is not None:
        usable = settings.judge in ("auto", "local") and model.judges
        return Verifier(judge=model if usable else None, learned=small)
    if settings.judge == "local":
        return Verifier(learned=small)
    from rag.verify.endpoint import EndpointJudge
    from rag.verify.structured import JsonChat

    judge = EndpointJudge(JsonChat(model.blocking_client, model.model), settings.home / "verdicts.jsonl")
    return Verifier(endpoint=judge, learned=small)


def learned(settings: Settings) -> LearnedJudge:
    """The learned judge over the local embedding model's weights, fetched when it is first asked if need be."""
    find = partial(
        weights.ensure,
        WEIGHTS,
        cache=settings.model_cache,
        path=settings.embedding_path,
        offline=settings.offline,
    )
    return LearnedJudge(find, settings.threads)
