"""``python -m evals.sidebyside``: the same inputs to other suites and to ours."""

import argparse
import sys
from pathlib import Path

from evals.errors import ConfigurationError
from evals.sidebyside import scripted
from evals.sidebyside.suites import PACKAGES, SUITES, install, interpreters
from evals.studies.markdown import put


def main() -> None:
    """Run what is asked for; the exit status is 1 where a suite does not start."""
    options = _options()
    try:
        if options.install is not None:
            install(options.install)
        found = interpreters(options.install or options.suites, dict(options.suite))
        if options.judge == "local":
            from evals.sidebyside import local

            name, text = "side by side with the local model", local.report(found, options.rows, options.minutes)
        else:
            name, text = "side by side", scripted.report(scripted.run(found))
    except ConfigurationError as error:
        sys.exit(f"{error}")
    print(text)
    if options.into is not None:
        put(options.into, name, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.sidebyside", description=__doc__)
    parser.add_argument(
        "--install", type=Path, metavar="FOLDER", help=f"make environments there: {', '.join(PACKAGES)}"
    )
    parser.add_argument("--suites", type=Path, metavar="FOLDER", help="the environments that --install made")
    parser.add_argument("--suite", type=_suite, action="append", default=[], metavar="NAME=PYTHON", help="one of them")
    parser.add_argument("--judge", choices=("scripted", "local"), default="scripted", help="who judges (scripted)")
    parser.add_argument("--minutes", type=float, default=15.0, help="how long the local model may judge (15)")
    parser.add_argument("--rows", type=Path, default=Path("runs/sidebyside.jsonl"), help="where its verdicts are kept")
    parser.add_argument("--into", type=Path, metavar="FILE", help="a Markdown file that gets the table")
    return parser.parse_args()


def _suite(text: str) -> tuple[str, Path]:
    name, given, python = text.partition("=")
    if not given or name not in SUITES:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PYTHON with one of {', '.join(SUITES)}")
    return name, Path(python)


if __name__ == "__main__":
    main()
