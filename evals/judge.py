"""Who says whether a sentence is supported, for the metrics that need a judge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from evals.config import JudgeConfig
from rag.verify import Check, Evidence

Judging = Callable[[str, Sequence[Evidence]], Check]


@dataclass(frozen=True)
class Judge:
    """A verifier with a name. `describe` holds everything that could change a verdict."""

    name: str
    check: Judging
    describe: dict[str, Any]
    close: Callable[[], None] = field(default=lambda: None)

    def supports(self, premise: str, claim: str) -> bool | None:
        """Whether `premise` supports `claim`; None without a verdict."""
        verdict = self.check(claim, [Evidence(premise)]).verdict
        return None if verdict == "not_judged" else verdict == "supported"


def evidence_of(entry: dict[str, Any], key: str) -> Evidence:
    """A citation (`key` "quote") or passage (`key` "text") of an answer, as evidence."""
    published = entry.get("published")
    return Evidence(entry[key], entry.get("title"), date.fromisoformat(published[:10]) if published else None)


def open_judge(config: JudgeConfig) -> Judge:
    """The judge that a configuration names; close it at the end. Raises ConfigurationError."""
    from rag.verify import Verifier

    verifier = Verifier()

    @lru_cache(maxsize=4096)
    def check(claim: str, evidence: tuple[Evidence, ...]) -> Check:
        return verifier.check(claim, evidence)

    return Judge("rules", lambda claim, evidence: check(claim, tuple(evidence)), {"type": "rules"})
