"""One self-contained page about one run or several: figures, plots, and every question with all that was made of it.

All text of questions, articles and models is escaped.
"""

from collections.abc import Sequence
from itertools import combinations

from evals.compare import MAIN_METRICS, compare, pair
from evals.errors import RecordError
from evals.figures import Figure
from evals.report.comparison import comparison_table
from evals.report.document import document
from evals.report.markdown import interval, left_out, number
from evals.report.markup import Markup, el
from evals.report.opinions import opinions
from evals.report.plots import Axis, curves, intervals, share_axis, steps, time_axis
from evals.report.questions import questions
from evals.report.robustness import robustness
from evals.runs import Run
from evals.summary import HEADLINE, Part, parts_of


def page(runs: Sequence[Run], title: str | None = None, before: Sequence[Markup] = ()) -> str:
    """The whole document, with `before` under its title. Raises RecordError if there is nothing in the runs."""
    parts = [(run, part) for run in runs for part in parts_of(run)]
    if not parts:
        raise RecordError("the runs hold no records; there is nothing to report")
    named = title or ", ".join(run.name for run in runs)
    return document(
        named,
        [
            *before,
            *[_about(run) for run in runs],
            el("nav", [el("a", text, href=f"#{place}") for text, place in _places(parts)]),
            *[_dataset(dataset, [one for one in parts if one[1].dataset == dataset]) for dataset in _datasets(parts)],
            *[section for run in runs if (section := robustness(run))],
            *[section for run in runs if (section := opinions(run))],
            questions(runs),
        ],
    )


def _datasets(parts: Sequence[tuple[Run, Part]]) -> list[str]:
    return list(dict.fromkeys(part.dataset for _, part in parts))


def _places(parts: Sequence[tuple[Run, Part]]) -> list[tuple[str, str]]:
    return [*((name, _anchor(name)) for name in _datasets(parts)), ("All questions", "questions")]


def _anchor(name: str) -> str:
    return "d-" + "".join(c if c.isalnum() else "-" for c in name.lower())


def _about(run: Run) -> Markup:
    said = run.about
    lines: list[object] = []
    if judge := said.get("judge"):
        lines.append(el("p", "Support is judged by ", el("b", judge["name"]), _quality(judge), "."))
    if run.missing:
        lines.append(el("p", f"{run.missing} answers are still missing.", class_="bad"))
    if run.errors:
        lines.append(el("p", f"{run.errors} answers failed; they count as unjudged, never as passed.", class_="bad"))
    for name, system in (said.get("systems") or {}).items():
        rows = [el("tr", el("td", key), el("td", _flat(value))) for key, value in system.items() if value is not None]
        lines.append(el("details", el("summary", f"What {name} is"), el("div", el("table", rows), class_="wide")))
    for name, card in (said.get("datasets") or {}).items():
        rows = [el("tr", el("td", key), el("td", value)) for key, value in card.items() if value]
        lines.append(el("details", el("summary", f"What {name} is"), el("div", el("table", rows), class_="wide")))
    return el("section", lines)


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_flat(one)}" for key, one in value.items())
    return str(value)


def _quality(judge: dict[str, object]) -> str:
    quality = judge.get("quality")
    return f" ({quality})" if quality else ""


def _dataset(name: str, parts: Sequence[tuple[Run, Part]]) -> Markup:
    several = len({run.name for run, _ in parts}) > 1
    labels = [f"{part.system} ({run.name})" if several else part.system for run, part in parts]
    only = [part for _, part in parts]
    return el(
        "section",
        el("h2", name, id=_anchor(name)),
        _plots(name, parts, labels),
        *[_figures(label, part) for label, part in zip(labels, only, strict=True)],
        *_comparisons(parts, labels),
    )


def _figures(label: str, part: Part) -> Markup:
    count = f"{part.records} questions" + (f", {part.errors} failed" if part.errors else "")
    rows = [_row(figure, main=figure.name in HEADLINE) for figure in part.figures]
    if part.aurc is not None:
        rows.append(
            el("tr", el("td", "AURC"), el("td", f"{part.aurc:.3f}", class_="n"), el("td", "–"), el("td"),
               el("td", f"the best possible order has {part.best_aurc:.3f}", class_="soft"))
        )  # fmt: skip
    main, rest = [row for row in rows if 'class="main"' in row], [row for row in rows if 'class="main"' not in row]
    return el(
        "div",
        el("h3", label, " ", el("small", count)),
        _grid(main),
        el("details", el("summary", f"All other figures ({len(rest)})"), _grid(rest)) if rest else None,
    )


def _grid(rows: Sequence[Markup]) -> Markup:
    head = el("tr", el("th", "figure"), el("th", "value", class_="n"), el("th", "95% interval"),
              el("th", "n", class_="n"), el("th", "left out"))  # fmt: skip
    return el("div", el("table", el("thead", head), el("tbody", list(rows))), class_="wide")


def _row(figure: Figure, *, main: bool) -> Markup:
    return el(
        "tr",
        el("td", figure.name),
        el("td", number(figure), class_="n"),
        el("td", interval(figure), title=figure.method),
        el("td", figure.n, class_="n"),
        el("td", left_out(figure), class_="soft"),
        class_="main" if main else None,
    )


def _plots(name: str, parts: Sequence[tuple[Run, Part]], labels: Sequence[str]) -> Markup:
    only = [part for _, part in parts]
    shares = [f for f in HEADLINE if any((one := p.figure(f)) and one.unit == "share" for p in only)]
    plots = [intervals([(one, [part.figure(one) for part in only]) for one in shares], labels,
                       label=f"The main figures on {name}, with 95% intervals")]  # fmt: skip
    kinds = list(dict.fromkeys(kind for part in only for kind in part.by_kind))
    by_kind = [(kind, [_right(part.by_kind.get(kind, ())) for part in only]) for kind in kinds]
    if any(figure for _, figures in by_kind for figure in figures):
        plots.append(intervals(by_kind, labels, label="Right, by kind of question"))
    risk = [(label, [(p.coverage, p.risk) for p in part.curve]) for label, part in zip(labels, only, strict=True)]
    if any(len(points) > 1 for _, points in risk):
        plots.append(
            curves(risk, share_axis("share of the answerable questions answered, the surest first"),
                   share_axis("share of wrong answers among them"), label="Risk and coverage")
        )  # fmt: skip
    times = [(label, _times(run, part)) for label, (run, part) in zip(labels, parts, strict=True)]
    if longest := max((max(values) for _, values in times if values), default=0.0):
        plots.append(
            curves([(label, steps(values)) for label, values in times], time_axis(longest),
                   Axis(0, 1, (0, 0.25, 0.5, 0.75, 1), "share of answers there by then"), label="Latency")
        )  # fmt: skip
    return el("div", plots, class_="plots")


def _right(figures: Sequence[Figure]) -> Figure | None:
    return next((figure for figure in figures if figure.name == "right"), None)


def _times(run: Run, part: Part) -> list[float]:
    records = run.part(part.system, part.dataset)
    return [float(record.timings["total_ms"]) for record in records if "total_ms" in record.timings]


def _comparisons(parts: Sequence[tuple[Run, Part]], labels: Sequence[str]) -> list[Markup]:
    """Every two systems, question by question."""
    sections = []
    for (i, (run_a, a)), (j, (run_b, b)) in combinations(enumerate(parts), 2):
        old, new = run_a.part(a.system, a.dataset), run_b.part(b.system, b.dataset)
        if not any(one.shared for one in pair(old, new)):
            continue
        shared = [
            name for name in MAIN_METRICS if a.figure(_FIGURE.get(name, name)) and b.figure(_FIGURE.get(name, name))
        ]
        if shared:
            sections.append(
                el("details", el("summary", f"{labels[j]} against {labels[i]}, question by question"),
                   comparison_table(compare(old, new, shared)))
            )  # fmt: skip
    return sections


# A metric's name among the records → its figure's, where the two differ.
_FIGURE = {"faithfulness": "faithfulness, macro", "citation_recall": "citation recall",
           "citation_precision": "citation precision"}  # fmt: skip
