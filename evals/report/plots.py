"""Plots as inline SVG: dots with intervals, curves, steps. Colours come from the page's style, by series number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.figures import Figure
from evals.report.markup import Markup, el

WIDTH = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 16, 10, 34
LONGEST = 28  # characters of a name in one line
SERIES = 8  # colours that the style has

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, with marks at `ticks`."""

    low: float
    high: float
    ticks: Sequence[float]
    label: str
    show: Callable[[float], str] = "{:g}".format


SHARE = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def share_axis(label: str) -> Axis:
    """0 to 1."""
    return Axis(0.0, 1.0, SHARE, label)


def difference_axis(widest: float) -> Axis:
    """Around 0, as far to both sides as a difference of shares of `widest` needs."""
    top = next((top for top in (0.05, 0.1, 0.2, 0.5) if widest <= top), 1.0)
    return Axis(-top, top, (-top, -top / 2, 0, top / 2, top), "", lambda d: f"{d:+g}" if d else "0")


def intervals(rows: Sequence[tuple[str, Sequence[Figure | None]]], series: Sequence[str], *, label: str,
              axis: Axis | None = None) -> Markup:  # fmt: skip
    """A row for each name with a dot and a line for each series: value and 95% interval, of a share if no other axis
    is given."""
    names = [_lines(name) for name, _ in rows]
    left, row_height = 190, max(18 if max(map(len, names), default=1) == 1 else 28, 9 * len(series) + 9)
    height = _TOP + row_height * len(rows) + _BOTTOM
    span = WIDTH - left - _RIGHT
    axis = axis or share_axis("")

    def x(value: float) -> float:
        return left + span * _share(value, axis)

    marks = [
        el("g", el("line", x1=x(t), x2=x(t), y1=_TOP, y2=height - _BOTTOM,
                   class_="zero" if axis.low < t == 0 else "grid"),
           el("text", axis.show(t), x=x(t), y=height - _BOTTOM + 16, text_anchor="middle"))
        for t in axis.ticks
    ]  # fmt: skip
    for number, (lines, (_, figures)) in enumerate(zip(names, rows, strict=True)):
        top = _TOP + number * row_height
        first = top + row_height / 2 + 11 - 7 * len(lines)
        marks.append(el("text", [el("tspan", line, x=left - 8, y=first + 14 * i) for i, line in enumerate(lines)],
                        text_anchor="end"))  # fmt: skip
        for s, figure in enumerate(figures):
            if figure is None or figure.value is None:
                continue
            y = top + row_height * (s + 1) / (len(figures) + 1)
            low = figure.value if figure.low is None else figure.low
            high = figure.value if figure.high is None else figure.high
            marks.append(
                el("g", el("title", f"{series[s]}: {figure}"),
                   el("line", x1=x(low), x2=x(high), y1=y, y2=y, class_=f"bar s{s % SERIES}"),
                   el("circle", cx=x(figure.value), cy=y, r=4, class_=f"dot s{s % SERIES}"))
            )  # fmt: skip
    return _figure(height, marks, series, label)


def curves(lines: Sequence[tuple[str, Points]], across: Axis, up: Axis, *, label: str, dots: bool = False,
           diagonal: bool = False) -> Markup:  # fmt: skip
    """A line for each series over two axes, with dots if `dots`, the diagonal if asked."""
    height, top = 312, _TOP + 16  # above the plot is what the upright axis means
    wide, high = WIDTH - _LEFT - _RIGHT, height - top - _BOTTOM - 8

    def x(value: float) -> float:
        return _LEFT + wide * _share(value, across)

    def y(value: float) -> float:
        return top + high * (1 - _share(value, up))

    floor = top + high
    marks = [
        *(el("g", el("line", x1=x(t), x2=x(t), y1=top, y2=floor, class_="grid"),
             el("text", across.show(t), x=x(t), y=floor + 16, text_anchor="middle")) for t in across.ticks),
        *(el("g", el("line", x1=_LEFT, x2=_LEFT + wide, y1=y(t), y2=y(t), class_="grid"),
             el("text", up.show(t), x=_LEFT - 6, y=y(t) + 4, text_anchor="end")) for t in up.ticks),
        el("text", across.label, x=_LEFT + wide / 2, y=height - 4, text_anchor="middle", class_="axis"),
        el("text", up.label, x=_LEFT, y=_TOP + 2, class_="axis"),
    ]  # fmt: skip
    if diagonal:
        marks.append(el("line", x1=x(0), y1=y(0), x2=x(1), y2=y(1), class_="diagonal"))
    for s, (name, points) in enumerate(lines):
        if not points:
            continue
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
        marks.append(el("polyline", points=path, class_=f"curve s{s % SERIES}"))
        if dots:
            marks += [
                el("circle", el("title", f"{name}: {a:.3f}, {b:.3f}"), cx=x(a), cy=y(b), r=3.5,
                   class_=f"dot s{s % SERIES}") for a, b in points
            ]  # fmt: skip
    return _figure(height, marks, [name for name, _ in lines], label)


def _lines(name: str) -> list[str]:
    """A long name in two lines, parted at the space nearest to its middle."""
    spaces = [at for at, character in enumerate(name) if character == " "]
    if len(name) <= LONGEST or not spaces:
        return [name]
    middle = min(spaces, key=lambda at: abs(at - len(name) / 2))
    return [name[:middle], name[middle + 1 :]]


def steps(values: Sequence[float]) -> Points:
    """The cumulative distribution of `values` as corner points."""
    points: list[tuple[float, float]] = []
    n = len(values)
    for number, value in enumerate(sorted(values)):
        points += [(value, number / n), (value, (number + 1) / n)]
    return points


def time_axis(longest: float) -> Axis:
    """Milliseconds from 0 to a round number, in seconds."""
    for top in (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000, 3_600_000):
        if longest <= top:
            break
    return Axis(0, top, [top * i / 5 for i in range(6)], "seconds", lambda ms: f"{ms / 1000:g}")


def _share(value: float, axis: Axis) -> float:
    return min(1.0, max(0.0, (value - axis.low) / (axis.high - axis.low)))


def _figure(height: float, marks: Sequence[Markup], series: Sequence[str], label: str) -> Markup:
    legend = (
        el("p", [el("span", el("i", class_=f"key s{s % SERIES}"), name) for s, name in enumerate(series)],
           class_="legend")
        if len(series) > 1
        else None
    )  # fmt: skip
    plot = el("svg", el("title", label), marks, viewBox=f"0 0 {WIDTH} {height:g}", role="img", aria_label=label)
    return el("figure", el("figcaption", label), legend, plot)
