"""The report on judges: Markdown, a page, JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from evals.figures import Figure
from evals.judge_figures import JudgeScore, agreement, humans, scores
from evals.judges import Row
from evals.metrics.latency import Price
from evals.metrics.values import LeftOut
from evals.published import beside
from evals.report.document import document
from evals.report.markdown import escaped, interval, number
from evals.report.markup import Markup, el
from evals.report.plots import curves, intervals, share_axis

COLUMNS = ("balanced accuracy", "AUROC", "F1, responses", "F1, sentences", "F1, characters", "Brier", "ECE", "judged")
PER = 1000  # verdicts, for which a price is given
Prices = Mapping[str, Price]
"""What a judge's tokens cost, by the judge's name."""
_FREE: Prices = MappingProxyType({})
_FITTED = "the verifier's probabilities were fitted to data of this set, which flatters it"


def table(rows: Sequence[Row], prices: Prices = _FREE) -> str:
    """For a terminal and for Markdown alike."""
    found = scores(rows)
    lines = ["# Judges", ""]
    for dataset in dict.fromkeys(one.dataset for one in found):
        own = [one for one in found if one.dataset == dataset]
        shown = [name for name in COLUMNS if any(_value(one.figure(name)) != "–" for one in own)]
        lines += [f"## {dataset}" + (f" ({_FITTED})" if own[0].fitted else ""), ""]
        costs = _costs(own, prices)
        lines += ["| judge | n (supported) | " + " | ".join([*shown, *costs]) + " |",
                  "| --- | --- |" + " --- |" * (len(shown) + len(costs))]  # fmt: skip
        for place, one in enumerate(own):
            cells = [*(_value(one.figure(name)) for name in shown), *(values[place] for values in costs.values())]
            lines.append(f"| {escaped(one.judge)} | {one.n} ({one.supported}) | {' | '.join(cells)} |")
        kinds = list(dict.fromkeys(figure.name for one in own for figure in one.by_kind))
        if kinds:
            lines += ["", "Minimal pairs: the original accepted, its corruption not.", ""]
            lines += ["| judge | " + " | ".join(kinds) + " |", "| --- |" + " --- |" * len(kinds)]
            for one in own:
                by_name = {figure.name: figure for figure in one.by_kind}
                lines.append(f"| {escaped(one.judge)} | " + " | ".join(_value(by_name.get(k)) for k in kinds) + " |")
        lines += ["", *_published(dataset)]
    return "\n".join([*lines, *_agreement(rows)])


def _costs(own: Sequence[JudgeScore], prices: Prices) -> dict[str, list[str]]:
    """Column → what a verdict takes of each judge: time, and as far as any has them tokens and money."""
    columns = {"ms a verdict": [f"{one.ms:.0f}" for one in own]}
    if any(one.tokens for one in own):
        columns["tokens a verdict (prompt + completion)"] = [str(one.tokens or "–") for one in own]
    costs = [price_of(one, prices) for one in own]
    if any(cost is not None for cost in costs):
        columns[f"price of {PER} verdicts"] = ["–" if cost is None else f"{cost:.3g}" for cost in costs]
    return columns


def price_of(one: JudgeScore, prices: Prices) -> float | None:
    """What a thousand verdicts of a judge cost, in the currency of its price; None without tokens or a price."""
    price = prices.get(one.judge)
    if price is None or one.tokens is None:
        return None
    return price.cost(PER * one.tokens.prompt, PER * one.tokens.completion)


def _published(dataset: str) -> list[str]:
    rows = beside(dataset)
    if not rows:
        return []
    lines = [
        f"- {escaped(row.judge)}: {row.measure} {row.value:.3f} ({escaped(row.source)}; {escaped(row.difference)})"
        for row in rows
    ]
    return ["Published by others:", "", *lines, ""]


def _value(figure: Figure | None) -> str:
    if figure is None or figure.value is None:
        return "–"
    return f"{number(figure)} ({interval(figure)}, n {figure.n})"


def _agreement(rows: Sequence[Row]) -> list[str]:
    lines = [f"- {escaped(figure.name)}: balanced accuracy {_value(figure)}" for figure in humans(rows)]
    for dataset, first, second, n, kappa in agreement(rows):
        said = kappa.label if isinstance(kappa, LeftOut) else f"{kappa:.3f}"
        lines.append(f"- {escaped(first)} and {escaped(second)} on {dataset}, {n} items: Cohen's κ {escaped(said)}")
    return ["## Agreement", "", *lines, ""] if lines else []


def page(rows: Sequence[Row], prices: Prices = _FREE) -> str:
    """The self-contained page."""
    found = scores(rows)
    sections = [_section(dataset, [one for one in found if one.dataset == dataset], prices)
                for dataset in dict.fromkeys(one.dataset for one in found)]  # fmt: skip
    agreed = [el("li", line.removeprefix("- ").replace("\\", "")) for line in _agreement(rows) if line.startswith("- ")]
    return document("Judges", [*sections, el("section", el("h2", "Agreement"), el("ul", agreed))])


def _section(dataset: str, own: Sequence[JudgeScore], prices: Prices) -> Markup:
    names = [one.judge for one in own]
    measured = [name for name in COLUMNS if any((f := one.figure(name)) and f.value is not None for one in own)]
    plots = [
        intervals([(name, [one.figure(name) for one in own]) for name in measured], names, label="Against people"),
        curves([(one.judge, [(b.confidence, b.share) for b in one.bins]) for one in own],
               share_axis("probability given"), share_axis("share that was supported"), label="Reliability",
               dots=True, diagonal=True),
    ]  # fmt: skip
    kinds = list(dict.fromkeys(figure.name for one in own for figure in one.by_kind))
    if kinds:
        by_kind = [(kind, [next((f for f in one.by_kind if f.name == kind), None) for one in own]) for kind in kinds]
        plots.append(intervals(by_kind, names, label="Minimal pairs: the original accepted, its corruption not"))
    costs = _costs(own, prices)
    head = el("tr", [el("th", text) for text in ("judge", "items", *measured, *costs)])
    rows = [
        el("tr", el("td", one.judge), el("td", f"{one.n} ({one.supported} supported)"),
           [el("td", _value(one.figure(name))) for name in measured],
           [el("td", values[place], class_="n") for values in costs.values()])
        for place, one in enumerate(own)
    ]  # fmt: skip
    others = [
        el("li", f"{row.judge}: {row.measure} {row.value:.3f} ", el("small", f"{row.source}; {row.difference}"))
        for row in beside(dataset)
    ]
    return el(
        "section",
        el("h2", dataset),
        el("p", f"Careful: {_FITTED}.", class_="unsure") if own[0].fitted else None,
        el("div", plots, class_="plots"),
        el("div", el("table", el("thead", head), el("tbody", rows)), class_="wide"),
        el("div", el("h3", "Published by others"), el("ul", others)) if others else None,
    )


def to_json(rows: Sequence[Row], prices: Prices = _FREE) -> list[dict[str, Any]]:
    """Plain values."""
    return [
        {
            "judge": one.judge,
            "dataset": one.dataset,
            "items": one.n,
            "supported": one.supported,
            "fitted": one.fitted,
            "ms": one.ms,
            "tokens": None if one.tokens is None else asdict(one.tokens),
            f"price_of_{PER}": price_of(one, prices),
            "figures": [figure.to_json() for figure in one.figures],
            "pairs": [figure.to_json() for figure in one.by_kind],
            "published": [[row.judge, row.measure, row.value, row.source, row.difference]
                          for row in beside(one.dataset)],
        }
        for one in scores(rows)
    ]  # fmt: skip
