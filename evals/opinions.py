"""What the judges of a run say of the answers: the faithfulness figures of each, and how far two of them agree.

The first judge's verdicts are a record's ``answer["judged"]``, those of the others stand by name in
``answer["also_judged"]``. A sentence that a judge did not judge counts as unjudged with that judge, never as supported,
and is left out where it is compared with another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from evals.aggregate import corrected_share, faithfulness_figures
from evals.figures import Figure, ratio_figure
from evals.metrics.faithfulness import Faithfulness, faithfulness
from evals.metrics.judging import cohen_kappa, krippendorff_alpha
from evals.metrics.values import LeftOut, Value, unjudged
from evals.records import Record

NOT_JUDGED = "not_judged"
# Tiers of the rules that every judge goes through first: what they decide, all judges say alike.
RULES = frozenset({"values", "copy"})


@dataclass(frozen=True, slots=True)
class Opinion:
    """One judge on one system's answers; `quality` says how good it was against people, where that is known."""

    judge: str
    quality: str | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two judges on the same sentences: the share of those judged by both on which they agree whether it is supported,
    Cohen's κ of the same, and how many only the first, or only the second, calls supported. `beyond_rules` is the share
    over the sentences that were not left to the rules by both, on which they cannot but agree."""

    first: str
    second: str
    share: Figure
    beyond_rules: Figure
    kappa: Value
    only_first: int
    only_second: int

    def __str__(self) -> str:
        return (
            f"{self.share}; {self.beyond_rules}; Cohen's κ {shown(self.kappa)}; only {self.first} calls "
            f"{self.only_first} supported, only {self.second} {self.only_second}"
        )


def shown(value: Value) -> str:
    """A coefficient in words."""
    return value.label if isinstance(value, LeftOut) else f"{value:.3f}"


def judges_of(about: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What ``run.json`` says of each judge, the first being the one whose figures are a run's."""
    return [one for one in (about.get("judge"), *about.get("also_judged", ())) if one]


def verdicts_of(record: Record, judge: str | None = None) -> list[str]:
    """A verdict a sentence of the answer, by the other judge of that name, else by the first; empty for an error."""
    return [str(one["verdict"]) for one in _judgements(record, judge)]


def _judgements(record: Record, judge: str | None) -> list[Mapping[str, Any]]:
    answer = record.answer or {}
    first = answer.get("judged", ())
    given = first if judge is None else answer.get("also_judged", {}).get(judge)
    return [{"verdict": NOT_JUDGED} for _ in first] if given is None else list(given)


def faithfulness_of(
    records: Sequence[Record], judge: Mapping[str, Any], other: str | None = None
) -> tuple[Figure, ...]:
    """The faithfulness figures by the first judge, or by the `other` of that name. Where `judge`, which is what
    ``run.json`` says of it, has its sensitivity and specificity, the share of supported sentences is also given
    corrected for its errors."""
    if all(r.answer is None or "faithfulness" not in r.metrics for r in records):
        return ()
    figures = faithfulness_figures([_judged(record, other) for record in records], [r.cluster for r in records])
    micro = next(figure for figure in figures if figure.name == "faithfulness, micro")
    if micro.value is None or "sensitivity" not in judge:
        return figures
    (right, supported), (caught, unsupported) = judge["sensitivity"], judge["specificity"]
    if right / supported + caught / unsupported <= 1:  # no better than chance: there is nothing to correct by
        return figures
    corrected = corrected_share(micro, sensitivity=(right, supported), specificity=(caught, unsupported))
    return (*figures, corrected)


def _judged(record: Record, other: str | None) -> Faithfulness:
    answer = record.answer
    if answer is None:
        missing = unjudged("error")
        return Faithfulness(None, missing, missing, missing, missing, missing)
    if isinstance(out := record.metrics.get("faithfulness"), LeftOut) and not answer["passages"]:
        return Faithfulness(None, out, out, out, out, out)
    contexts = len(answer["passages"]) + len(answer["citations"])
    verdicts: Sequence[Any] = verdicts_of(record, other)
    return faithfulness(verdicts, abstained=bool(answer["abstained"]), contexts=contexts)


def opinions(records: Sequence[Record], about: Mapping[str, Any]) -> list[Opinion]:
    """Each judge's figures of one system on one data set; empty unless there are several."""
    judges = judges_of(about)
    if len(judges) < 2:
        return []
    return [
        Opinion(one["name"], one.get("quality"), faithfulness_of(records, one, one["name"] if place else None))
        for place, one in enumerate(judges)
    ]


def agreements(records: Sequence[Record], about: Mapping[str, Any]) -> list[Agreement]:
    """Every two judges on the sentences of one system's answers on one data set; silences are no answers."""
    names = [one["name"] for one in judges_of(about)]
    said = _said(records, names)
    return [
        _agreement(names[i], names[j], [(cluster, own[i], own[j]) for cluster, own in said])
        for i, j in combinations(range(len(names)), 2)
    ]


def alpha(records: Sequence[Record], about: Mapping[str, Any]) -> Value:
    """Krippendorff's α of all judges together, on whether a sentence is supported; unjudged sentences are missing."""
    names = [one["name"] for one in judges_of(about)]
    said = [by_judge for _, by_judge in _said(records, names)]
    return krippendorff_alpha([[_supported(v) for one in said for v in one[place]] for place in range(len(names))])


_Said = Sequence[Mapping[str, Any]]


def _said(records: Sequence[Record], names: Sequence[str]) -> list[tuple[str, list[_Said]]]:
    """Of each answer its cluster and the judgements of every judge."""
    return [
        (record.cluster, [_judgements(record, name if place else None) for place, name in enumerate(names)])
        for record in records
        if record.answer is not None and not record.answer["abstained"]
    ]


def _supported(judgement: Mapping[str, Any]) -> bool | None:
    return None if judgement["verdict"] == NOT_JUDGED else bool(judgement["verdict"] == "supported")


def _agreement(first: str, second: str, answers: Sequence[tuple[str, _Said, _Said]]) -> Agreement:
    clusters = [cluster for cluster, _, _ in answers]
    pairs = [list(zip(one, other, strict=True)) for _, one, other in answers]
    both = [[(a, b) for a, b in own if _supported(a) is not None and _supported(b) is not None] for own in pairs]
    judged = [(bool(_supported(a)), bool(_supported(b))) for own in both for a, b in own]
    missing = sum(map(len, pairs)) - len(judged)
    out = (("not judged by both", missing),) if missing else ()

    def share(name: str, counted: Sequence[Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]]) -> Figure:
        alike = [sum(_supported(a) == _supported(b) for a, b in own) for own in counted]
        return ratio_figure(name, alike, [len(own) for own in counted], clusters, left_out=out)

    beyond = [[(a, b) for a, b in own if not {a.get("tier"), b.get("tier")} <= RULES] for own in both]
    return Agreement(
        first,
        second,
        share(f"{first} and {second} agree", both),
        share("where not both leave it to the rules", beyond),
        cohen_kappa([a for a, _ in judged], [b for _, b in judged]),
        sum(a and not b for a, b in judged),
        sum(b and not a for a, b in judged),
    )
