"""What conditions do to the answers: the same questions under each and under the clean one."""

from collections.abc import Sequence

from evals.report.comparison import comparison_table, differences
from evals.report.markup import Markup, el
from evals.robustness import Effect, effects
from evals.runs import Run


def robustness(run: Run) -> Markup | None:
    """The section of a page; None for a run without conditions."""
    found = effects(run)
    if not found:
        return None
    return el(
        "section",
        el("h2", f"The same questions under other conditions ({run.name})"),
        el("p", "Each condition against the clean one, by the questions that are there under both. Means are of all "
                "that have a value, differences of those that have one under both. Holm's correction is for all "
                "figures and conditions of a system.", class_="soft"),
        [_against(clean, [one for one in found if one.clean == clean])
         for clean in dict.fromkeys(one.clean for one in found)],
    )  # fmt: skip


def _against(clean: str, found: Sequence[Effect]) -> Markup:
    systems = list(dict.fromkeys(one.system for one in found))
    conditions = list(dict.fromkeys(one.condition for one in found))
    by_place = {(one.condition, one.system): one.metric("right") for one in found}
    rows = [
        (condition, [one.difference if (one := by_place.get((condition, system))) else None for system in systems])
        for condition in conditions
    ]
    label = f"How much less, or more, is right than on {clean}"
    return el(
        "div",
        el("div", differences(rows, systems, label=label), class_="plots"),
        [_effect(one) for one in found],
    )


def _effect(one: Effect) -> Markup:
    return el(
        "div",
        el("h3", f"{one.system} on {one.condition} ", el("small", f"against {one.clean}, {one.questions} questions")),
        [el("p", str(figure)) for figure in one.figures],
        comparison_table(one.metrics, ("clean", "here")) if one.metrics else None,
    )
