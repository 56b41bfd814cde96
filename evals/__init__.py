"""Data sets, metrics, runs, comparisons and reports.

    import evals

    done = evals.run("golden-extractive")      # a configuration that comes along, a YAML file, or a RunConfig
    print(evals.table(done))

The command line is ``rag eval`` or ``python -m evals``; docs/evals.md says how to measure, and how to add to it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evals.config import RunConfig
    from evals.runs import Run

__all__ = ["load_run", "page", "run", "table"]


def run(config: "RunConfig | str | Path", out: Path | None = None, *, quiet: bool = False) -> "Run":
    """Run a configuration into a folder, going on where it was; see `evals.running.run`."""
    from evals import running

    return running.run(config, out, quiet=quiet)


def load_run(path: str | Path) -> "Run":
    """A run's folder, or a file of records; see `evals.runs.load_run`."""
    from evals import runs

    return runs.load_run(path)


def table(run: "Run", *, every: bool = False) -> str:
    """A run's figures as text; see `evals.summary.table`."""
    from evals import summary

    return summary.table(run, every=every)


def page(runs: "list[Run]") -> str:
    """The report on runs as one HTML page; see `evals.report.page`."""
    from evals import report

    return report.page(runs)
