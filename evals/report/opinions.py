"""What each judge of a run says, beside the others: figures, and where they differ."""

from evals.figures import Figure
from evals.opinions import agreements, alpha, judges_of, shown
from evals.opinions import opinions as opinions_of
from evals.report.markdown import interval, left_out, number
from evals.report.markup import Markup, el
from evals.runs import Run
from evals.summary import Part, parts_of


def opinions(run: Run) -> Markup | None:
    """The section of a page, a table for each system and data set; None for a run with one judge."""
    if len(judges_of(run.about)) < 2:
        return None
    return el("section", el("h2", f"What each judge said of {run.name}"), [_part(run, part) for part in parts_of(run)])


def _part(run: Run, part: Part) -> Markup:
    records = run.part(part.system, part.dataset)
    found = opinions_of(records, run.about)
    names = list(dict.fromkeys(figure.name for one in found for figure in one.figures))
    head = el("tr", [el("th", text) for text in ("judge", *names)])
    rows = [
        el("tr", el("td", one.judge, el("br"), el("small", one.quality or "not measured against people")),
           [_cell(next((f for f in one.figures if f.name == name), None)) for name in names])
        for one in found
    ]  # fmt: skip
    agreed = [str(one) for one in agreements(records, run.about)]
    if len(found) > 2:
        agreed.append(f"All together: Krippendorff's α {shown(alpha(records, run.about))}")
    return el(
        "div",
        el("h3", f"{part.system} on {part.dataset}"),
        el("div", el("table", el("thead", head), el("tbody", rows)), class_="wide"),
        el("ul", [el("li", line) for line in agreed]),
    )


def _cell(figure: Figure | None) -> Markup:
    if figure is None or figure.value is None:
        return el("td", "–", title=left_out(figure) if figure else None)
    return el("td", f"{number(figure)} ({interval(figure)}, n {figure.n})", title=left_out(figure) or None)
