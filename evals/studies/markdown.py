"""Tables of a study, put where its documentation has markers for them."""

from collections.abc import Hashable, Sequence
from pathlib import Path

from evals.statistics import cluster_bootstrap, weighted_mean


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def mean_with_interval(values: Sequence[float], clusters: Sequence[Hashable], style: str = ".3f") -> str:
    """The mean with its 95% interval over clusters, as in ``.751 [.668, .823]``."""
    interval = cluster_bootstrap(weighted_mean(values), clusters)
    low, high = interval.low, interval.high
    mean = short(float(sum(values)) / len(values), style)
    return mean if low is None or high is None else f"{mean} [{short(low, style)}, {short(high, style)}]"


def short(value: float, style: str = ".3f") -> str:
    """A figure without the zero before its point."""
    shown = format(value, style)
    return shown.replace("0.", ".", 1) if abs(value) < 1 else shown


def put(path: Path, name: str, text: str) -> None:
    """Let `text` stand between the markers ``<!-- name: begin -->`` and ``<!-- name: end -->`` of the file at `path`.

    They are added at its end where it has none.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = path.read_text("utf-8") if path.exists() else ""
    before, found, rest = old.partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")
