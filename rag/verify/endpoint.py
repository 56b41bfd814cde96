"""A language model at an endpoint as judge: a structured verdict for each claim, with a quote that is checked.

A verdict counts only if its quote stands verbatim in the evidence; those that are missing or do not
hold are asked for once more, and then left unjudged. Each verdict is kept under everything that
could change it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import regex
from pydantic import BaseModel, ValidationError

import prompts
from rag.verify.check import Check, Evidence
from rag.verify.words import content_stems, plain_typography, tokens

CLAIMS_A_CALL = 8
ROUNDS = 2
# What a verdict of such a judge is worth as a probability; not calibrated, since it depends on the model.
SUPPORT = {"supported": 0.95, "contradicted": 0.03, "not_found": 0.08}


class Entry(BaseModel):
    """What the model says of one claim, numbered from 1."""

    claim: int
    verdict: Literal["supported", "contradicted", "not_found"]
    quote: str = ""


class Reply(BaseModel):
    """What the model answers."""

    verdicts: list[Entry]


SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["verdicts"],
    "properties": {
        "verdicts": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["claim", "verdict", "quote"],
                "properties": {
                    "claim": {"type": "integer"},
                    "verdict": {"type": "string", "enum": ["supported", "contradicted", "not_found"]},
                    "quote": {"type": "string"},
                },
            },
        }
    },
}


class StructuredModel(Protocol):
    """A chat model that answers in JSON."""

    name: str

    def structured(self, messages: list[dict[str, str]], schema: dict[str, object], max_tokens: int) -> str:
        """The answer to chat `messages`, JSON of the form `schema` if all goes well. Raises LLMError."""
        ...


@dataclass(frozen=True, slots=True)
class _Claim:
    sentence: str
    evidence: tuple[Evidence, ...]
    key: str


class EndpointJudge:
    """Verdicts of a model at an endpoint. With `cache`, a file of JSON Lines, each is paid for once."""

    def __init__(self, model: StructuredModel, cache: Path | None = None) -> None:
        self._model = model
        self._cache = cache
        self._known: dict[str, Entry] = {}
        self._torn = False  # a killed process may have left half a line
        if cache is not None and cache.exists():
            text = cache.read_text(encoding="utf-8", errors="replace")
            self._torn = not text.endswith("\n") and bool(text)
            for line in text.splitlines():
                try:
                    kept = json.loads(line)
                    self._known[kept["key"]] = Entry.model_validate(kept["entry"])
                except (ValueError, KeyError, TypeError):
                    continue  # it is asked again

    def check_many(self, items: Iterable[tuple[str, Sequence[Evidence]]]) -> list[Check]:
        """A check for each (sentence, evidence), in order; ``not_judged`` without a usable verdict. Raises LLMError."""
        claims = [_Claim(s, tuple(e), self._key(s, e)) for s, e in items]
        for _ in range(ROUNDS):
            by_evidence: dict[tuple[Evidence, ...], list[_Claim]] = {}
            for claim in claims:
                if claim.key not in self._known and claim.evidence:
                    by_evidence.setdefault(claim.evidence, []).append(claim)
            for evidence, own in by_evidence.items():
                for first in range(0, len(own), CLAIMS_A_CALL):
                    self._ask(evidence, own[first : first + CLAIMS_A_CALL])
        return [self._check(claim) for claim in claims]

    def _ask(self, evidence: Sequence[Evidence], claims: Sequence[_Claim]) -> None:
        numbered = "\n".join(f"{n}. {' '.join(claim.sentence.split())}" for n, claim in enumerate(claims, 1))
        messages = prompts.load("judge_claims").messages(evidence=_text_of(evidence), claim=numbered)
        answer = self._model.structured(messages, SCHEMA, max_tokens=160 * len(claims) + 40)
        for entry in _entries(answer):
            if not 1 <= entry.claim <= len(claims):
                continue  # a number that the model made up
            if entry.verdict != "not_found" and locate(entry.quote, evidence) is None:
                continue  # its quote does not stand in the evidence, so it shows nothing
            self._keep(claims[entry.claim - 1].key, entry)

    def _keep(self, key: str, entry: Entry) -> None:
        if key in self._known:
            return
        self._known[key] = entry
        if self._cache is not None:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            with self._cache.open("a", encoding="utf-8") as out:
                if self._torn:
                    print(file=out)
                    self._torn = False
                print(json.dumps({"key": key, "entry": entry.model_dump()}), file=out)

    def _check(self, claim: _Claim) -> Check:
        entry = self._known.get(claim.key)
        if entry is None:
            return Check("not_judged", None, "none", reasons=(f"{self._model.name} gave no usable verdict",))
        where = locate(entry.quote, claim.evidence) if entry.verdict != "not_found" else None
        return Check(entry.verdict, SUPPORT[entry.verdict], "endpoint", *(where or (None, None, None)))

    def _key(self, sentence: str, evidence: Sequence[Evidence]) -> str:
        prompt = prompts.load("judge_claims")
        parts = [self._model.name, prompt.system, prompt.user, sentence, _text_of(evidence)]
        return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def locate(quote: str, evidence: Sequence[Evidence]) -> tuple[int, int, int] | None:
    """(evidence index, start, end) of `quote`, verbatim but for typography and white space.

    None if it is nowhere, or says nothing: "the" stands everywhere.
    """
    words = plain_typography(quote).strip().strip('"').split()
    if not content_stems(tokens(quote)) and not regex.search(r"\p{N}", quote):
        return None
    pattern = regex.compile(r"\s+".join(map(regex.escape, words)), regex.IGNORECASE)
    for index, item in enumerate(evidence):
        match = pattern.search(plain_typography(item.text))
        if match:
            return index, match.start(), match.end()
    return None


def _text_of(evidence: Sequence[Evidence]) -> str:
    parts = []
    for item in evidence:
        head = " · ".join(part for part in (item.source, item.title, item.published and str(item.published)) if part)
        parts.append(f"[{head}]\n{item.text}" if head else item.text)
    return "\n\n".join(parts)


def _entries(answer: str) -> list[Entry]:
    """The readable verdicts of an answer, also out of a fence or of prose around the JSON."""
    start, end = answer.find("{"), answer.rfind("}")
    if start < 0 or end < start:
        return []
    try:
        return Reply.model_validate_json(answer[start : end + 1]).verdicts
    except ValidationError:
        pass
    # One bad entry must not cost the others.
    entries = []
    for piece in regex.findall(r"\{[^{}]*\}", answer):
        try:
            entries.append(Entry.model_validate_json(piece))
        except ValidationError:
            continue
    return entries
