"""Who says whether a sentence is supported, for the metrics that need a judge."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from evals.config import JudgeConfig
from evals.errors import ConfigurationError
from evals.fingerprint import code_version, digest, file_hash
from evals.lines import append_line, read_lines
from rag.verify import Check, Evidence

if TYPE_CHECKING:
    from rag.llm.model import LanguageModel, Usage
    from rag.verify.learned import LearnedJudge
    from rag.verify.structured import JsonChat

Judging = Callable[[str, Sequence[Evidence]], Check]
# Is told what a call to a paid judge used: (prompt tokens, completion tokens).
Spent = Callable[[int, int], None]


class Meter:
    """The tokens that a judge's language model has used so far, as its server reports them; where it does not they are
    estimated from the texts, and `estimated` says so. Threads may share one."""

    def __init__(self, spent: Spent = lambda _prompt, _completion: None) -> None:
        self.prompt = 0
        self.completion = 0
        self.estimated = False
        self._spent = spent
        self._lock = Lock()

    def count(self, usage: "Usage", messages: Sequence[Mapping[str, str]], answer: str) -> None:
        """One call: what was reported of it, what was asked, and what came back."""
        from rag.tokens import tokens

        prompt, completion = usage.prompt_tokens, usage.completion_tokens
        reported = prompt > 0
        if not reported:
            prompt, completion = sum(tokens(one["content"]) for one in messages), tokens(answer)
        with self._lock:
            self.prompt += prompt
            self.completion += completion
            self.estimated = self.estimated or not reported
        self._spent(prompt, completion)


@dataclass(frozen=True)
class Judge:
    """A verifier with a name. `describe` holds everything that could change a verdict; `meter` counts the tokens of its
    language model, None where it has none."""

    name: str
    check: Judging
    describe: dict[str, Any]
    close: Callable[[], None] = field(default=lambda: None)
    meter: Meter | None = None

    def supports(self, premise: str, claim: str) -> bool | None:
        """Whether `premise` supports `claim`; None without a verdict."""
        verdict = self.check(claim, [Evidence(premise)]).verdict
        return None if verdict == "not_judged" else verdict == "supported"


def evidence_of(entry: Mapping[str, Any], key: str) -> Evidence:
    """A citation (`key` "quote") or passage (`key` "text") of an answer, as evidence."""
    published = entry.get("published")
    return Evidence(entry[key], entry.get("title"), date.fromisoformat(published[:10]) if published else None)


def open_judge(
    config: JudgeConfig, *, cache: Path | None = None, spent: Spent = lambda _prompt, _completion: None
) -> Judge:
    """The judge that a configuration names; close it at the end. What a model says is kept in the file `cache`, or for
    the local one in one beside it, and asked for once. Raises ConfigurationError, and LLMError where the local model
    cannot be had."""
    match config.type:
        case "rules":
            from rag.verify import Verifier

            return _remembering("rules", Verifier().check, _about("rules"))
        case "learned":
            from rag.verify import Verifier

            return _remembering("learned", Verifier(learned=_learned()).check, _about("learned"))
        case "local":
            return _local(config, cache and cache.with_stem(f"{cache.stem}-local"))
        case "endpoint":
            return _endpoint(config, cache, spent)


def name_at_endpoint(model: str) -> str:
    """The name under which a model at an endpoint judges."""
    return f"endpoint:{model}"


@contextmanager
def opened(
    configs: Sequence[JudgeConfig], cache: Path, spent: Callable[[JudgeConfig], Spent]
) -> Iterator[tuple[Judge, ...]]:
    """The judges of a run, in order, closed at the end. Raises ConfigurationError, also for one that is there twice."""
    with ExitStack() as stack:
        judges = [stack.enter_context(closing(open_judge(one, cache=cache, spent=spent(one)))) for one in configs]
        names = [judge.name for judge in judges]
        if len(set(names)) < len(names):
            raise ConfigurationError(f"the same judge is there twice: {', '.join(names)}; name each once")
        yield tuple(judges)


# What a verdict goes through.
_JUDGING = ("rag.verify", "rag.llm", "prompts", "index.sentences", "index.minilm", "evals.judge")


def _its_own(check: Judging) -> Judging:
    """A model's verdicts and the rules' before it. Where it gives none the product weighs signs instead; a measurement
    says that it was not judged."""

    def own(claim: str, evidence: Sequence[Evidence]) -> Check:
        found = check(claim, evidence)
        if found.tier not in ("features", "learned"):
            return found
        return Check("not_judged", None, "none", reasons=("the judge gave no verdict",))

    return own


def _remembering(
    name: str,
    check: Judging,
    describe: dict[str, Any],
    close: Callable[[], None] = lambda: None,
    meter: Meter | None = None,
) -> Judge:
    @lru_cache(maxsize=4096)
    def remembered(claim: str, evidence: tuple[Evidence, ...]) -> Check:
        return check(claim, evidence)

    return Judge(name, lambda claim, evidence: remembered(claim, tuple(evidence)), describe, close, meter)


def _about(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "code": code_version(_JUDGING), **more}


class _Kept:
    """A model's verdicts in a file of lines, under everything that could change them, so that none is asked for twice.
    What it does not decide itself is not kept: rules are quick, and a failure may pass."""

    def __init__(self, check: Judging, about: Mapping[str, Any], path: Path) -> None:
        self._check = check
        self._about = digest(about)
        self._path = path
        self._lock = Lock()
        rows = read_lines(path) if path.is_file() else ()
        self._known = {row["key"]: Check(**{**row["check"], "reasons": tuple(row["check"]["reasons"])})
                       for _, row in rows}  # fmt: skip

    def __call__(self, claim: str, evidence: Sequence[Evidence]) -> Check:
        key = digest([self._about, claim, list(evidence)])
        if key in self._known:
            return self._known[key]
        found = self._check(claim, evidence)
        if found.tier == "judge":
            with self._lock:
                self._known[key] = found
                append_line(self._path, json.dumps({"key": key, "check": asdict(found)}, ensure_ascii=False) + "\n")
        return found


def _learned() -> "LearnedJudge":
    from rag.judging import learned
    from rag.settings import load

    return learned(load())


def _local(config: JudgeConfig, kept: Path | None) -> Judge:
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

    about = _about("local", model=model.model, model_sha256=file_hash(server.weights))
    meter = Meter()
    check = _its_own(Verifier(judge=_MeteredYes(model, meter), learned=_learned()).check)
    return _remembering(model.name, check if kept is None else _Kept(check, about, kept), about, close, meter)


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
    meter = Meter(spent)
    judge = EndpointJudge(_MeteredChat(JsonChat(lambda: client, config.model), meter), cache)
    about = _about("endpoint", model=config.model, base_url=config.base_url)
    check = _its_own(Verifier(endpoint=judge).check)
    return _remembering(name_at_endpoint(config.model), check, about, client.close, meter)


class _MeteredYes:
    """A model that is asked for its yes or no, with what it used on a meter."""

    def __init__(self, model: "LanguageModel", meter: Meter) -> None:
        self._model = model
        self._meter = meter

    def probability(self, messages: list[dict[str, str]]) -> float:
        from rag.llm.model import Usage

        usage = Usage()
        yes = self._model.probability(messages, usage)
        self._meter.count(usage, messages, "yes")
        return yes


class _MeteredChat:
    """A structured model, with what it used on a meter."""

    def __init__(self, model: "JsonChat", meter: Meter) -> None:
        self.name = model.name
        self._model = model
        self._meter = meter

    def structured(self, messages: list[dict[str, str]], schema: dict[str, object], max_tokens: int) -> str:
        from rag.llm.model import Usage

        usage = Usage()
        answer = self._model.structured(messages, schema, max_tokens, usage)
        self._meter.count(usage, messages, answer)
        return answer
