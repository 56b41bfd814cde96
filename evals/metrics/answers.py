"""Is the answer right: exact match, token F1, containment, nuggets, claims.

Short-answer metrics take the answer and its accepted forms (aliases); the best alias counts. Text is compared after
SQuAD's normalisation. A question without an expected answer is left out.
"""

import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

import regex

from evals.errors import MetricError
from evals.metrics.values import LeftOut, Value, harmonic_mean, mean, share_of, unjudged

_NO_SPACES = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]")
_ARTICLES = frozenset({"a", "an", "the"})
_PUNCTUATION = frozenset(string.punctuation)
NO_EXPECTED_ANSWER = LeftOut("no expected answer")

Support = Literal["support", "partial", "not"]


def normalise(text: str) -> str:
    """SQuAD v1.1: lower case, no punctuation, no a/an/the, single spaces.

    SQuAD removes ASCII punctuation; here typographic punctuation (curly quotes, dashes: Unicode categories P*) goes
    too and compatibility characters are folded (NFKC: ½, ﬁ, full width), because news text is full of them. ASCII
    text normalises exactly as in SQuAD.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(c for c in folded if c not in _PUNCTUATION and not unicodedata.category(c).startswith("P"))
    return " ".join(word for word in kept.split() if word not in _ARTICLES)


def exact_match(answer: str, aliases: Sequence[str]) -> Value:
    """EM = max over aliases of 1[normalise(answer) = normalise(alias)]."""
    if not aliases:
        return NO_EXPECTED_ANSWER
    said = normalise(answer)
    return float(any(said == normalise(alias) for alias in aliases))


def token_f1(answer: str, aliases: Sequence[str]) -> Value:
    """Token F1 = max over aliases of 2PR/(P+R) on multiset token overlap; 1 if both are empty, 0 if one is (SQuAD)."""
    if not aliases:
        return NO_EXPECTED_ANSWER
    said = normalise(answer).split()
    return max(_overlap_f1(said, normalise(alias).split()) for alias in aliases)


def _overlap_f1(said: Sequence[str], gold: Sequence[str]) -> float:
    if not said or not gold:
        return float(not said and not gold)
    common = (Counter(said) & Counter(gold)).total()
    return harmonic_mean(common / len(said), common / len(gold))


def contains(answer: str, aliases: Sequence[str]) -> Value:
    """Match (BERGEN) / str-EM (ALCE): 1 if an alias's normalised tokens stand in the answer's, in one run, else 0.

    Whole tokens, so "art" is not in "party"; only where a script is written without spaces, any run of characters.
    An alias that normalises to nothing matches nothing.
    """
    if not aliases:
        return NO_EXPECTED_ANSWER
    said = f" {normalise(answer)} "
    return float(
        any(gold and (gold if _NO_SPACES.search(gold) else f" {gold} ") in said for gold in map(normalise, aliases))
    )


def chosen(answer: str, choices: Sequence[str]) -> str | None:
    """Which of a quiz's choices an answer in prose gives: the only one that it contains or, if it contains none or
    several, the one whose words it has the largest share of;
    None where two have as much."""
    held = [choice for choice in choices if contains(answer, [choice]) == 1.0]
    if len(held) == 1:
        return held[0]
    said = set(normalise(answer).split())
    shares = {choice: _share(set(normalise(choice).split()), said) for choice in held or choices}
    best = max(shares.values(), default=0.0)
    leading = [choice for choice, share in shares.items() if share == best]
    return leading[0] if best > 0 and len(leading) == 1 else None


def _share(words: AbstractSet[str], said: AbstractSet[str]) -> float:
    return len(words & said) / len(words) if words else 0.0


def sub_answers(answer: str, groups: Sequence[Sequence[str]]) -> Value:
    """Share of the needed sub-answers that the answer contains (ALCE str-EM): one group of aliases a sub-answer."""
    if not groups or any(not aliases for aliases in groups):
        return NO_EXPECTED_ANSWER
    return sum(contains(answer, aliases) == 1.0 for aliases in groups) / len(groups)


def all_sub_answers(answer: str, groups: Sequence[Sequence[str]]) -> Value:
    """1 if the answer contains every needed sub-answer, else 0 (ALCE str-EM, strict)."""
    share = sub_answers(answer, groups)
    return share if isinstance(share, LeftOut) else float(share == 1.0)


@dataclass(frozen=True, slots=True)
class Nugget:
    """One fact that a good answer states: vital or merely okay, and whether the answer supports it."""

    vital: bool
    support: Support | None


@dataclass(frozen=True, slots=True)
class NuggetScores:
    """TREC RAG nugget scores of one answer (castorini/nuggetizer, core/metrics.py); `v_strict` is the headline."""

    v_strict: Value
    v: Value
    a_strict: Value
    a: Value
    weighted: Value


def nugget_scores(nuggets: Sequence[Nugget]) -> NuggetScores:
    """Scores of one answer from its nuggets, with s = 1 for support, ½ for partial, 0 for not.

    V_strict = Σ_vital 1[support] / |vital|; V = Σ_vital s / |vital|; A_strict and A the same over all nuggets;
    W = (Σ_vital s + ½ Σ_okay s) / (|vital| + ½ |okay|). A nugget without a verdict leaves the answer unjudged.
    """
    if not nuggets:
        return NuggetScores(*[LeftOut("no nuggets")] * 5)
    if any(nugget.support is None for nugget in nuggets):
        return NuggetScores(*[unjudged("a nugget was not judged")] * 5)
    credit = {"support": 1.0, "partial": 0.5, "not": 0.0}
    if unknown := {str(n.support) for n in nuggets} - credit.keys():
        raise MetricError(f"unknown nugget verdict {min(unknown)!r}; it is support, partial or not")
    soft = [credit[str(n.support)] for n in nuggets]
    strict = [float(n.support == "support") for n in nuggets]
    vital = [i for i, n in enumerate(nuggets) if n.vital]
    okay = [i for i, n in enumerate(nuggets) if not n.vital]
    no_vital = LeftOut("no vital nugget")
    weight = len(vital) + 0.5 * len(okay)
    return NuggetScores(
        v_strict=mean(strict[i] for i in vital) if vital else no_vital,
        v=mean(soft[i] for i in vital) if vital else no_vital,
        a_strict=mean(strict),
        a=mean(soft),
        weighted=(sum(soft[i] for i in vital) + 0.5 * sum(soft[i] for i in okay)) / weight,
    )


@dataclass(frozen=True, slots=True)
class ClaimScores:
    """RAGChecker's overall scores of one answer against the gold answer."""

    precision: Value
    recall: Value
    f1: Value


def claim_scores(answer_claims: Sequence[bool | None], gold_claims: Sequence[bool | None]) -> ClaimScores:
    """RAGChecker (Ru et al. 2024): precision = answer claims entailed by the gold answer / answer claims;
    recall = gold claims entailed by the answer / gold claims; F1 their harmonic mean. One verdict a claim."""
    precision = share_of(answer_claims, "answer claim")
    recall = share_of(gold_claims, "gold claim")
    if isinstance(precision, LeftOut) or isinstance(recall, LeftOut):
        return ClaimScores(precision, recall, unjudged("precision or recall is missing"))
    return ClaimScores(precision, recall, harmonic_mean(precision, recall))
