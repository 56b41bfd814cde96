"""From what the two arms say of passages to one order, with the reasons of each place.

docs/retrieval.md has the measurements behind the weights, and what was tried and left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from index.candidate import Candidate
from index.preference import Preference


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much, relative to the passage's own fit, which is 1.

    `dense`: the dense arm's share of a fit, the lexical arm has the rest. `lead`: how the first passage
    of the article fits, since news says at its beginning what it is about; it counts for the article's
    best passage, and `others` times as much for its other passages, so that they do not displace other
    articles. `time`: a publication in the days that are preferred, at full strength, of a passage that
    fits in every other way; of others as much less as they fit less, so that no article is found for its
    day alone.
    """

    dense: float = 0.6
    lead: float = 0.5
    others: float = 0.5
    time: float = 1.2


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: `value` is `raw` brought to the scale of the others; `weight` × `value` is added."""

    name: str
    raw: float
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place; `score` is the sum of its parts."""

    candidate: Candidate
    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        return _sum(self.parts)


@dataclass(frozen=True, slots=True)
class Scale:
    """Brings an arm's scores to a common scale: `low` becomes 0, `high` 1."""

    low: float
    high: float

    @classmethod
    def of(cls, scores: Iterable[float], low: float | None = None) -> Self:
        """From the lowest of `scores`, or from `low`, to the highest."""
        known = list(scores) or [0.0]
        return cls(min(known) if low is None else low, max(known))

    def __call__(self, score: float) -> float:
        if self.high <= self.low:
            return float(score >= self.high > 0)
        return max(0.0, (score - self.low) / (self.high - self.low))


@dataclass(frozen=True, slots=True)
class Arm:
    """What one arm says: raw scores by passage id, of all candidates and of their articles' first passages.

    A passage without a score has 0 (none of the words).
    """

    name: str
    scores: Mapping[str, float]
    scale: Scale
    weight: float

    def part(self, name: str, passage_id: str, share: float) -> Part:
        raw = self.scores.get(passage_id, 0.0)
        return Part(name, raw, self.scale(raw), self.weight * share)


def rank(
    candidates: Mapping[str, Candidate],
    arms: Sequence[Arm],
    preference: Preference | None = None,
    weights: Weights = DEFAULT_WEIGHTS,
) -> list[Ranked]:
    """The candidates, best first, ties broken by passage id. The arms' weights sum to 1, so a score is in [0, 1]."""
    whole = 1.0 + weights.lead + (weights.time * preference.share if preference else 0.0)
    own = {at: tuple(arm.part(arm.name, at, 1 / whole) for arm in arms) for at in candidates}
    seen: set[str] = set()
    ranked: list[Ranked] = []
    for at in sorted(candidates, key=lambda at: (-_sum(own[at]), at)):
        candidate = candidates[at]
        share = weights.lead * (weights.others if candidate.article_id in seen else 1.0) / whole
        seen.add(candidate.article_id)
        parts = own[at] + tuple(arm.part(f"lead {arm.name}", candidate.lead_id, share) for arm in arms)
        if preference:
            fit = min(1.0, _sum(parts) * whole / (1.0 + weights.lead))  # rounding
            weight = weights.time * preference.share / whole
            day = float(candidate.published or 0)
            parts += (Part("time", day, fit * preference.value(candidate.published), weight),)
        ranked.append(Ranked(candidate, parts))
    return sorted(ranked, key=lambda one: (-one.score, one.candidate.passage_id))


def _sum(parts: Iterable[Part]) -> float:
    return sum(part.weight * part.value for part in parts)
