"""A run's figures as Markdown."""

from collections.abc import Sequence
from typing import Any

from evals.compare import p_value
from evals.figures import RULE_OF_THREE, Figure
from evals.opinions import agreements, opinions
from evals.robustness import Effect, effects
from evals.runs import Run
from evals.summary import Part, parts_of
from rag.cli.common import safe


def markdown(runs: Sequence[Run]) -> str:
    """All figures of the runs, a table for each system and data set."""
    lines: list[str] = []
    for run in runs:
        lines += [f"# {escaped(run.name)}", "", *about(run), ""]
        for part in parts_of(run):
            lines += [f"## {escaped(part.system)} on {escaped(part.dataset)}", "", *_table(part), ""]
            lines += _judges(run, part)
        for effect in effects(run):
            lines += _effect(effect)
    return "\n".join(lines)


def about(run: Run) -> list[str]:
    """What was run and who judged, a line each."""
    said = run.about
    lines = []
    if judge := said.get("judge"):
        lines.append(f"Judge of support: {escaped(judge['name'])}.")
    if run.missing:
        lines.append(f"{run.missing} answers are missing.")
    if run.errors:
        lines.append(f"{run.errors} answers failed; no figure counts them as anything but unjudged.")
    lines += [f"{escaped(name)}: {escaped(_plain(system))}" for name, system in (said.get("systems") or {}).items()]
    return lines


def _plain(system: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in system.items() if isinstance(value, str | int))


def _table(part: Part) -> list[str]:
    rows = ["| figure | value | 95% interval | n | left out |", "| --- | ---: | --- | ---: | --- |"]
    rows += [_row(figure) for figure in part.figures]
    for kind, figures in part.by_kind.items():
        rows += [_row(figure, f"{figure.name}, {kind}") for figure in figures]
    if part.aurc is not None:
        rows.append(f"| AURC (best possible order {part.best_aurc:.3f}) | {part.aurc:.3f} | | | |")
    return rows


def _judges(run: Run, part: Part) -> list[str]:
    """What each judge said, where there are several."""
    records = run.part(part.system, part.dataset)
    found = opinions(records, run.about)
    if not found:
        return []
    lines = []
    for one in found:
        said = "; ".join(str(figure) for figure in one.figures if figure.value is not None)
        lines.append(f"{one.judge} ({one.quality or 'not measured against people'}): {said or 'judged nothing'}")
    lines += map(str, agreements(records, run.about))
    return ["What each judge said:", "", *(f"- {escaped(line)}" for line in lines), ""]


def _effect(effect: Effect) -> list[str]:
    """What a condition did to the answers."""
    columns = ("figure", "clean", "here", "difference", "95% interval", "n", "p", "Holm", "McNemar", "left out")
    rows = [
        (one.metric, number(one.old), number(one.new), signed(one.difference), interval(one.difference),
         str(one.difference.n), p_value(one.p), p_value(one.p_holm), p_value(one.p_mcnemar),
         left_out(one.difference))
        for one in effect.metrics
    ]  # fmt: skip
    own = "; ".join(map(str, effect.figures))
    return [
        f"## {escaped(effect.system)} on {escaped(effect.condition)}, against {escaped(effect.clean)}", "",
        *([f"{escaped(own)}.", ""] if own else []),
        "| " + " | ".join(columns) + " |", "| --- |" + " ---: |" * (len(columns) - 2) + " --- |",
        *("| " + " | ".join(map(escaped, row)) + " |" for row in rows), "",
    ]  # fmt: skip


def _row(figure: Figure, name: str | None = None) -> str:
    cells = (name or figure.name, number(figure), interval(figure), str(figure.n), left_out(figure))
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def number(figure: Figure) -> str:
    """The value in its unit."""
    return "none" if figure.value is None else _shown(figure.value, figure.unit)


def signed(figure: Figure) -> str:
    """A difference in its unit, with its sign."""
    return ("+" if figure.value is not None and figure.value > 0 else "") + number(figure)


def interval(figure: Figure) -> str:
    """Low to high; a dash where there is none. A bound by the rule of three is called so."""
    if figure.value is None or figure.low is None or figure.high is None:
        return "–"
    rule = f" ({RULE_OF_THREE})" if figure.method == RULE_OF_THREE else ""
    return f"{_shown(figure.low, figure.unit, unit=False)} to {_shown(figure.high, figure.unit)}{rule}"


def _shown(value: float, unit_name: str, *, unit: bool = True) -> str:
    if unit_name == "share":
        return f"{value:.3f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3
    return f"{value:,.{digits}f}" + (f" {unit_name}" if unit and unit_name else "")


def left_out(figure: Figure) -> str:
    """How many were not counted, and why."""
    return "; ".join(f"{n} {reason}" for reason, n in figure.left_out)


def escaped(text: str) -> str:
    """Text that stays text in Markdown."""
    flat = safe(" ".join(str(text).split()))
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|" else c for c in flat)
