"""Who says whether a sentence is supported, for the metrics that need a judge."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.config import JudgeConfig
from evals.errors import ConfigurationError
from evals.fingerprint import code_version, file_hash
from rag.verify import Check, Evidence

if TYPE_CHECKING:
    from rag.verify.structured import JsonChat

Judging = Callable[[str, Sequence[Evidence]], Check]
# Tells what a call to a paid judge used: (prompt tokens, completion tokens).
Spent = Callable[[int, int], None]


@dataclass(frozen=True)
class Judge:
    """A verifier with a name. `describe` holds everything that could change a verdict; `quality` says in words how
    good it was against people's labels, where that has been measured."""

    name: str
    check: Judging
    describe: dict[str, Any]
    close: Callable[[], None] = field(default=lambda: None)

    def supports(self, premise: str, claim: str) -> bool | None:
        """Whether `premise` supports `claim`; None without a verdict."""
        verdict = self.check(claim, [Evidence(premise)]).verdict
        return None if verdict == "not_judged" else verdict == "supported"


def evidence_of(entry: Mapping[str, Any], key: str) -> Evidence:
    """A citation (`key` "quote") or passage (`key` "text") of an answer, as evidence."""
    published = entry.get("published")
    return Evidence(entry[key], entry.get("title"), date.fromisoformat(published[:10]) if published else None)


def open_judge(config: JudgeConfig, *, cache: Path | None = None, spent: Spent | None = None) -> Judge:
    """The judge that a configuration names; close it at the end. An endpoint's verdicts are kept in the file `cache`
    and paid for once. Raises ConfigurationError, and LLMError where the local model cannot be had."""
    match config.type:
        case "rules":
            from rag.verify import Verifier

            return _remembering("rules", Verifier().check, {})
        case "local":
            return _local(config)
        case "endpoint":
            return _endpoint(config, cache, spent or (lambda _prompt, _completion: None))


# What a verdict goes through.
_JUDGING = ("rag.verify", "rag.llm", "prompts", "index.sentences", "evals.judge")


def _its_own(check: Judging) -> Judging:
    """A model's verdicts and the rules' before it. Where it gives none the product weighs signs instead; a measurement
    says that it was not judged."""

    def own(claim: str, evidence: Sequence[Evidence]) -> Check:
        found = check(claim, evidence)
        if found.tier != "features":
            return found
        return Check("not_judged", None, "none", reasons=("the judge gave no verdict",))

    return own


def _remembering(
    name: str, check: Judging, describe: dict[str, Any], close: Callable[[], None] = lambda: None
) -> Judge:
    @lru_cache(maxsize=4096)
    def remembered(claim: str, evidence: tuple[Evidence, ...]) -> Check:
        return check(claim, evidence)

    about = {"type": name.partition(":")[0], "code": code_version(_JUDGING), **describe}
    return Judge(name, lambda claim, evidence: remembered(claim, tuple(evidence)), about, close)


def _local(config: JudgeConfig) -> Judge:
    from rag.llm.choose import choose
    from rag.settings import load
    from rag.verify import Verifier

    chosen = choose(load(llm=config.model or "local"))
    if chosen.model is None or chosen.server is None:
        raise chosen.problem or ConfigurationError(f"the judge {config.model} is not a local model; use type: endpoint")
    model, server = chosen.model, chosen.server

    def close() -> None:
        asyncio.run(model.close())
        server.close()

    describe = {"model": model.model, "model_sha256": file_hash(server.weights)}
    return _remembering(model.name, _its_own(Verifier(judge=model).check), describe, close)


def _endpoint(config: JudgeConfig, cache: Path | None, spent: Spent) -> Judge:
    from openai import OpenAI

    from rag.verify import Verifier
    from rag.verify.endpoint import EndpointJudge
    from rag.verify.structured import JsonChat

    assert config.model is not None
    key = os.environ.get(config.api_key_variable)
    if key is None and config.base_url is None:
        raise ConfigurationError(f"the judge {config.model} needs a key: {config.api_key_variable} is not set")
    client = OpenAI(base_url=config.base_url, api_key=key or "none", max_retries=3)
    judge = EndpointJudge(_Counted(JsonChat(lambda: client, config.model), spent), cache)
    describe = {"model": config.model, "base_url": config.base_url}
    check = _its_own(Verifier(endpoint=judge).check)
    return _remembering(f"endpoint:{config.model}", check, describe, client.close)


class _Counted:
    """A structured model whose tokens are estimated from the texts, since the client reports none."""

    def __init__(self, model: "JsonChat", spent: Spent) -> None:
        self.name = model.name
        self._model = model
        self._spent = spent

    def structured(self, messages: list[dict[str, str]], schema: dict[str, object], max_tokens: int) -> str:
        from rag.tokens import tokens

        answer = self._model.structured(messages, schema, max_tokens)
        self._spent(sum(tokens(message["content"]) for message in messages), tokens(answer))
        return answer
