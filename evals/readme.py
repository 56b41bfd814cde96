"""The quality section of the README, generated from reports between two markers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.errors import RecordError
from evals.figures import Figure
from evals.report.markdown import escaped, interval, number
from evals.runs import Run
from evals.summary import Part, parts_of

BEGIN, END = "<!-- quality:begin -->", "<!-- quality:end -->"

# Column → the figure, by its name in a run's summary.
COLUMNS = {
    "right": "right",
    "silent when it must be": "abstention recall",
    "silent in vain": "over-refusal",
    "evidence cited": "evidence_cited",
    "sentences supported": "faithfulness, micro",
    "answer after (median)": "total_ms p50",
}


def section(runs: Sequence[Run], command: str) -> str:
    """The section's text, without its markers: a table for each data set, and how to make it again."""
    parts = [(run, part) for run in runs for part in parts_of(run)]
    if not parts:
        raise RecordError("the runs hold no records; there is nothing to write")
    lines = []
    for dataset in dict.fromkeys(part.dataset for _, part in parts):
        own = [(run, part) for run, part in parts if part.dataset == dataset]
        lines += [f"{escaped(_said(dataset, own))}:", "", *_table([part for _, part in own]), ""]
    judges = sorted({f"{judge['name']}" + (f" ({judge['quality']})" if judge.get("quality") else "")
                     for run, _ in parts if (judge := run.about.get("judge"))})  # fmt: skip
    lines += [
        "Right: the answer holds every fact asked for or, where the articles do not say, is silent. Evidence cited: "
        "the share of the marked pieces of evidence that a citation lies on. In brackets, 95% intervals (cluster "
        "bootstrap over articles; Wilson).",
        f"Sentences supported is the verdict of a judge: {escaped('; '.join(judges) or 'not named')}.",
        "",
        f"Made by `{command}`; [docs/evals.md](docs/evals.md) says how to measure, compare and gate.",
    ]
    return "\n".join(lines)


def _said(dataset: str, own: Sequence[tuple[Run, Part]]) -> str:
    most = max(part.records for _, part in own)
    card: dict[str, Any] = next(
        (run.about["datasets"][dataset] for run, _ in own if dataset in run.about.get("datasets", {})), {}
    )
    articles = card.get("articles")
    return f"On {dataset}, {most} questions" + (f" over {articles} articles" if articles else "")


def _table(parts: Sequence[Part]) -> list[str]:
    shown = {name: figure for name, figure in COLUMNS.items() if any(part.figure(figure) for part in parts)}
    rows = ["| answered by | questions | " + " | ".join(shown) + " |", "| --- | ---: |" + " --- |" * len(shown)]
    for part in parts:
        cells = [_cell(part.figure(figure)) for figure in shown.values()]
        failed = f" ({part.errors} failed)" if part.errors else ""
        rows.append(f"| {escaped(part.system)} | {part.records}{failed} | " + " | ".join(cells) + " |")
    return rows


def _cell(figure: Figure | None) -> str:
    if figure is None or figure.value is None:
        return "–"
    if figure.unit == "ms":
        return f"{figure.value / 1000:.1f} s"
    return f"{number(figure)} ({interval(figure)})" if figure.low is not None else number(figure)


def rewrite(readme: Path, text: str) -> bool:
    """Put `text` between the markers of a file; whether that changed it. Raises RecordError without the markers."""
    whole = readme.read_text("utf-8")
    begin, end = whole.find(BEGIN), whole.find(END)
    if begin < 0 or end < begin:
        raise RecordError(f"{readme} lacks the lines {BEGIN} and {END}, between which the section goes")
    new = f"{whole[: begin + len(BEGIN)]}\n{text}\n{whole[end:]}"
    if new != whole:
        readme.write_text(new, "utf-8")
    return new != whole
