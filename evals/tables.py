"""Comparisons as text for a terminal."""

from collections.abc import Sequence

from evals.compare import Change, MetricComparison, p_value


def comparison(found: Sequence[MetricComparison], questions: int = 5) -> str:
    """Each metric with both means, the difference and its tests, then the questions that changed most."""
    lines = []
    for one in found:
        if one.old.value is None and one.new.value is None:
            continue
        lines.append(headline(one))
        for word, changes in (("better", one.better), ("worse", one.worse)):
            lines += [f"    {word}: {_changed(change)}" for change in changes[:questions]]
            if len(changes) > questions > 0:
                lines.append(f"    … and {len(changes) - questions} more {word}")
        lines += [
            f"    no value any more ({lost.reason}): {one_line(lost.question_id)}" for lost in one.lost[:questions]
        ]
    return "\n".join(lines)


def one_line(text: str) -> str:
    """What came with a question, without line ends: a line of its own could be taken for one of ours."""
    return " ".join(text.split())


def headline(one: MetricComparison) -> str:
    """One metric: both means, the difference, and whether it could be chance."""

    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    d = one.difference
    between = "no interval" if d.low is None or d.high is None else f"{d.low:+.3f} to {d.high:+.3f}"
    tests = [f"p {p_value(one.p)}, by Holm {p_value(one.p_holm)}"] if one.p is not None else []
    tests += [f"McNemar {p_value(one.p_mcnemar)}"] if one.p_mcnemar is not None else []
    change = "–" if d.value is None else f"{d.value:+.3f} [{between}]"
    less = " (less is better)" if one.lower_is_better else ""
    return (
        f"{one.metric}{less}: {shown(one.old.value)} → {shown(one.new.value)}, {change}, n = {d.n}; "
        f"{len(one.better)} better, {len(one.worse)} worse, {one.same} the same"
        + "".join(f"; {test}" for test in tests)
    )


def _changed(change: Change) -> str:
    return f"{one_line(change.question_id)} {change.old:g} → {change.new:g}: {one_line(change.question)}"
