"""``rag eval``: measure, report, compare, gate. Also ``python -m evals``."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import ArticleRagError
from rag.cli.common import safe

if TYPE_CHECKING:
    from evals.runs import Run


class _Group(click.Group):
    """Errors name what stands in people's files and what systems said: their text is as untrusted as that."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ArticleRagError as error:
            error.args = (safe(str(error)),)
            raise


def _say(text: str, *, err: bool = False) -> None:
    """Print what may hold words of articles, questions, models and other systems."""
    click.echo(safe(text), err=err)


def _json(document: Any) -> str:
    """One JSON document in which what could drive a terminal is escaped, so that it says the same."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return text if safe(text) == text else "".join(c if safe(c) else json.dumps(c)[1:-1] for c in text)


@click.group(cls=_Group, epilog="Example: rag eval run golden-extractive")
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
@click.option("--gate", "baseline", type=click.Path(exists=True, path_type=Path), help="Then gate on this baseline.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def run(config: str, out: Path | None, every: bool, baseline: Path | None, as_json: bool, **overrides: Any) -> None:
    """Run CONFIG: a YAML file, or the name of one that comes with the project. Killed, it goes on when run again."""
    from evals.config import read_config
    from evals.running import run as run_config
    from evals.runs import RUNS
    from evals.summary import table, to_json

    given = {name: value for name, value in overrides.items() if value is not None}
    read = read_config(config).model_copy(update=given)
    if "limit" in given:
        datasets = tuple(one.model_copy(update={"limit": given["limit"]}) for one in read.datasets)
        read = read.model_copy(update={"datasets": datasets})
    done = run_config(read, out)
    _say(_json(to_json(done)) if as_json else table(done, every=every))
    if done.errors:
        first = str(next(record.error for record in done.records if record.error))
        raise click.ClickException(f"{done.errors} answers failed ({safe(first)}); run it again to try them again")
    if baseline is not None:
        _gate(baseline, out or RUNS / read.name, {}, (), as_json=False, aside=as_json)


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
        _say(text)
    else:
        _write(out, text)


def _write(out: Path, text: str) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, "utf-8")
    _say(f"{out}: {len(text.encode()) / 1e6:.1f} MB", err=True)


@command.command(epilog="Example: rag eval readme runs/golden-extractive runs/golden-local-sample")
@click.argument("runs", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--file", "place", default="README.md", type=click.Path(exists=True, path_type=Path), show_default=True)
def readme(runs: tuple[Path, ...], place: Path) -> None:
    """Write the quality section of the README from RUNS, between its markers."""
    from evals.readme import rewrite, section
    from evals.runs import load_run

    made = "rag eval readme " + " ".join(run.as_posix() for run in runs)
    changed = rewrite(place, section([load_run(run) for run in runs], made))
    _say(f"{place}: {'rewritten' if changed else 'up to date'}", err=True)


@command.command(epilog="Example: rag eval compare runs/before runs/after --html changes.html")
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option("--metric", "metrics", multiple=True, help="Only this metric; may be repeated.")
@click.option("--system", "names", multiple=True, help="The system, where a run has several; twice for old and new.")
@click.option(
    "--questions",
    default=5,
    type=click.IntRange(0),
    show_default=True,
    help="How many changed questions to show for each metric.",
)
@click.option("-o", "--html", type=click.Path(path_type=Path), help="Write a page with both answers of each question.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare(
    old: Path,
    new: Path,
    metrics: tuple[str, ...],
    names: tuple[str, ...],
    questions: int,
    html: Path | None,
    as_json: bool,
) -> None:
    """Compare two runs question by question: what got better, what worse, and whether it could be chance."""
    from evals.compare import compare as compared
    from evals.report import comparison_page
    from evals.tables import comparison

    before, after = _two(old, new, names)
    found = compared(before.records, after.records, metrics or None)
    if html is not None:
        _write(html, comparison_page(before, after, found))
    if as_json:
        _say(_json([one.to_json() for one in found]))
    else:
        _say(comparison(found, questions))


@command.command(epilog="Example: rag eval gate evals/golden/baseline-extractive.jsonl runs/golden-extractive")
@click.argument("baseline", type=click.Path(exists=True, path_type=Path))
@click.argument("run", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--margin", "margins", multiple=True, metavar="METRIC=δ", help="Instead of the usual metrics and margins."
)
@click.option("--system", "names", multiple=True, help="The system, where a run has several; twice for old and new.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def gate(baseline: Path, run: Path, margins: tuple[str, ...], names: tuple[str, ...], as_json: bool) -> None:
    """Hold RUN against BASELINE: exit status 1 if it is worse by more than a metric's margin.

    What has no answer counts as failed. INCONCLUSIVE passes with a warning that says how many questions would settle
    it.
    """
    _gate(baseline, run, dict(map(_margin, margins)), names, as_json=as_json)


def _gate(
    baseline: Path,
    run: Path,
    margins: dict[str, float],
    names: tuple[str, ...],
    *,
    as_json: bool,
    aside: bool = False,
) -> None:
    from evals.gate import DEFAULT_MARGINS
    from evals.gate import gate as held
    from evals.subset import to_be_asked

    before, after = _two(baseline, run, names)
    old, new = to_be_asked(before.records, after), after.records
    if len(old) < len(before.records):
        _say(f"{run} is a sample by its limit: {len(old)} of the baseline's {len(before.records)}", err=True)
    measured = {name for record in old for name in record.metrics}
    found = held(old, new, margins or {name: delta for name, delta in DEFAULT_MARGINS.items() if name in measured})
    _say(_json(found.to_json()) if as_json else str(found), err=aside)
    if found.outcome == "INCONCLUSIVE":
        _say("warning: not every metric can be told; it passes, but look at those", err=True)
    if found.outcome == "FAIL":
        raise click.exceptions.Exit(1)


def _two(old: Path, new: Path, names: tuple[str, ...]) -> "tuple[Run, Run]":
    """Both runs, each with the records of one system."""
    from evals.records import of_system
    from evals.runs import load_run

    if len(names) > 2:
        raise click.UsageError(f"--system is given {len(names)} times; give it once, or twice for old and new")
    first, second = (names[0], names[-1]) if names else (None, None)
    before, after = load_run(old), load_run(new)
    return (
        replace(before, records=tuple(of_system(before.records, first))),
        replace(after, records=tuple(of_system(after.records, second))),
    )


def _margin(text: str) -> tuple[str, float]:
    name, _, margin = text.rpartition("=")
    try:
        delta = float(margin)
    except ValueError:
        delta = math.nan
    if not name or not (math.isfinite(delta) and delta > 0):
        raise click.UsageError(f"--margin {text}: write METRIC=0.05, with a number of more than 0")
    return name, delta


@command.command(epilog="Example: rag eval baseline runs/golden-extractive -o evals/golden/baseline-extractive.jsonl")
@click.argument("run", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="A .jsonl or .jsonl.gz file.")
def baseline(run: Path, out: Path) -> None:
    """Keep what a gate needs of RUN in a small file: the gated metrics of every question, no answers."""
    from evals.gate import DEFAULT_MARGINS
    from evals.runs import load_run, slim, write_records

    loaded = load_run(run)
    if loaded.errors or loaded.missing:
        raise click.ClickException(f"{run} has {loaded.errors} errors and {loaded.missing} missing answers: finish it")
    write_records(out, slim(loaded.records, DEFAULT_MARGINS))
    _say(f"{out}: {out.stat().st_size / 1e3:.0f} kB, {len(loaded.records)} questions", err=True)


@command.command(epilog="Example: rag eval datasets")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def datasets(as_json: bool) -> None:
    """List the data sets: what they are, their licence, where to get them."""
    from dataclasses import asdict

    from evals.datasets import card, names

    cards = [card(name) for name in names()]
    if as_json:
        _say(_json([asdict(one) for one in cards]))
        return
    for one in cards:
        _say(f"{one.name}\n  {one.description}\n  licence: {one.licence}\n  from: {one.origin}")
        if one.citation:
            _say(f"  cite: {one.citation}")


@command.command(epilog="Example: rag eval judges --judge rules --judge local -o runs/judges.html")
@click.option(
    "--judge",
    "judges_",
    multiple=True,
    default=("rules-only", "rules", "learned"),
    show_default=True,
    help="rules-only, rules, learned, local or endpoint; may be repeated.",
)
@click.option(
    "--dataset", "datasets_", multiple=True, help="Only these labels, or a file of your own; may be repeated."
)
@click.option("--full", is_flag=True, help="Every item, not a sample.")
@click.option("--limit", type=click.IntRange(2), help="Items of each set.")
@click.option("--model", help="The endpoint's model, for --judge endpoint.")
@click.option("--base-url", help="The endpoint's address.")
@click.option(
    "--price",
    nargs=2,
    type=click.FloatRange(0),
    metavar="PROMPT COMPLETION",
    help="What the endpoint charges for a million tokens, to say what verdicts cost.",
)
@click.option(
    "--rows",
    default="runs/judges.jsonl",
    type=click.Path(path_type=Path),
    show_default=True,
    help="Where each verdict is kept; killed, it goes on from there.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="A report: .html, .md or .json.")
@click.option("--keep", is_flag=True, help="Remember how good the judges are, for reports to say.")
def judges(
    judges_: tuple[str, ...],
    datasets_: tuple[str, ...],
    full: bool,
    limit: int | None,
    model: str | None,
    base_url: str | None,
    price: tuple[float, float] | None,
    rows: Path,
    out: Path | None,
    keep: bool,
) -> None:
    """Measure the judges themselves against people's labels."""
    from evals.config import JudgeConfig
    from evals.judge import name_at_endpoint
    from evals.judge_figures import known_error, scores
    from evals.judges import SETS, judge_all
    from evals.metrics.latency import Price
    from evals.quality import write
    from evals.report.judges import page, table, to_json

    if price and not model:
        raise click.UsageError("--price is what the endpoint charges: give its --model too")
    endpoint = JudgeConfig(type="endpoint", model=model, base_url=base_url) if model else None
    found, skipped = judge_all(judges_, datasets_ or tuple(SETS), rows, full=full, limit=limit, model=endpoint,
                               progress=lambda line: _say(line, err=True))  # fmt: skip
    for why in skipped.values():
        _say(f"skipped: {why}", err=True)
    if not found:
        raise click.ClickException("no labels could be read")
    if keep:
        write(known_error(scores(found)))
    prices = {name_at_endpoint(model): Price(*price)} if model and price else {}
    makers = {".html": lambda: page(found, prices), ".md": lambda: table(found, prices),
              ".json": lambda: json.dumps(to_json(found, prices), ensure_ascii=False, indent=1)}  # fmt: skip
    if out is None:
        _say(table(found, prices))
    elif out.suffix not in makers:
        raise click.UsageError(f"{out}: a report is .html, .md or .json")
    else:
        _write(out, makers[out.suffix]())


@command.command(epilog="Example: rag eval new my-questions.jsonl -n 40")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("-n", "--count", default=30, show_default=True, type=click.IntRange(1), help="How many questions.")
@click.option(
    "--articles", type=click.Path(exists=True, path_type=Path), help="A file or folder (default: your library)."
)
@click.option("--seed", default=0, show_default=True, help="Another seed draws other sentences.")
def new(out: Path, count: int, articles: Path | None, seed: int) -> None:
    """Make a first set of questions from your own articles, for you to edit, in the file OUT."""
    from evals.conditions import articles_in, library_articles
    from evals.new import asking, first_set, write_set
    from rag.bot import Bot
    from rag.loop import BackgroundLoop
    from rag.settings import load

    with Bot(load()) as bot:
        found = library_articles() if articles is None else articles_in(articles)
        _say(f"[{bot.choice.name}: {bot.choice.why}]", err=True)
        loop = BackgroundLoop()
        try:
            rows = first_set(found, count, asking(bot.choice, loop.run), seed)
            number = write_set(rows, out, lambda done: click.echo(f"\r{done} of {count}", nl=False, err=True))
        finally:
            if bot.choice.model is not None:
                loop.run(bot.choice.model.close())
            loop.close()
    _say(f"\n{out}: {number} questions. Read and correct every one before you believe a figure from it.", err=True)
