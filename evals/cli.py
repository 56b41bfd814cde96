"""``rag eval``: measure, report, compare, gate. Also ``python -m evals``."""

import json
from pathlib import Path
from typing import Any

import click


@click.group(epilog="Example: rag eval run golden-extractive")
def command() -> None:
    """Measure how good the answers are."""


@command.command(epilog="Example: rag eval run golden-extractive --limit 40")
@click.argument("config")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The run's folder (default: runs/NAME).")
@click.option("--limit", type=click.IntRange(1), help="Questions of each data set, drawn with the seed.")
@click.option("--seed", type=int, help="Another seed than the configuration's.")
@click.option("--parallel", type=click.IntRange(1), help="Questions at a time.")
@click.option("--max-cost", type=click.FloatRange(0), help="What the run may cost at most.")
@click.option("--all", "every", is_flag=True, help="Print every figure, not only the most important.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def run(config: str, out: Path | None, every: bool, as_json: bool, **overrides: Any) -> None:
    """Run CONFIG: a YAML file, or the name of one that comes with the project. Killed, it goes on when run again."""
    from evals.config import read_config
    from evals.run import run as run_config
    from evals.summary import table, to_json

    given = {name: value for name, value in overrides.items() if value is not None}
    read = read_config(config).model_copy(update=given)
    if "limit" in given:
        datasets = tuple(one.model_copy(update={"limit": given["limit"]}) for one in read.datasets)
        read = read.model_copy(update={"datasets": datasets})
    done = run_config(read, out)
    click.echo(json.dumps(to_json(done), ensure_ascii=False, indent=1) if as_json else table(done, every=every))
    if done.errors:
        raise click.ClickException(f"{done.errors} answers failed; run it again to try them again")


@command.command(epilog="Example: rag eval report runs/golden-extractive -o report.html")
@click.argument("runs", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The file: .html, .md or .json (default: printed).")
@click.option("--title", help="The page's title.")
def report(runs: tuple[Path, ...], out: Path | None, title: str | None) -> None:
    """Report on RUNS: one page that works from disk, or Markdown, or JSON."""
    from evals.report import markdown, page
    from evals.runs import load_run
    from evals.summary import to_json

    loaded = [load_run(one) for one in runs]
    kind = ".md" if out is None else out.suffix
    if kind == ".html":
        text = page(loaded, title)
    elif kind == ".json":
        text = json.dumps([to_json(one) for one in loaded], ensure_ascii=False, indent=1) + "\n"
    elif kind == ".md":
        text = markdown(loaded)
    else:
        raise click.UsageError(f"{out}: a report is .html, .md or .json")
    if out is None:
        click.echo(text)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, "utf-8")
        click.echo(f"{out}: {len(text.encode()) / 1e6:.1f} MB", err=True)
