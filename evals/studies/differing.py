"""Whether differing figures are told, and only those: ``python -m evals.studies.differing [--write FILE]``.

Scenarios of two to four invented articles (``evals/golden/differing.jsonl``): in some they differ on what is asked, a
toll that rose or a length that two outlets give differently; in the others figures only look comparable: the injured
and the dead, one town and another, what was expected and what came. Each is asked without a language model, over a
library of its articles alone. The answer must hold every differing value, the newest first; of the others nothing may
be said to differ.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import rag
from evals import golden
from evals.statistics import wilson
from evals.studies.markdown import put, short, table

_SAYS_SO = ("has changed: ", "The articles give different ")


@dataclass(frozen=True)
class Outcome:
    """What an answer said of a scenario: every value, the newest before the others, that figures differ."""

    differing: bool
    all_told: bool
    newest_told: bool
    remarked: bool


def scenarios() -> list[dict[str, Any]]:
    """``id``, ``kind``, ``question``, ``as_of``, ``articles`` (``title``, ``source``, ``published``, ``text``), the
    ``expected`` values, none where nothing differs, the ``newest`` and those ``superseded``."""
    return list(map(json.loads, (golden.FOLDER / "differing.jsonl").read_text("utf-8").splitlines()))


def ask(scenario: dict[str, Any]) -> Outcome:
    """The outcome of asking the quoting engine."""
    with TemporaryDirectory() as folder:
        for number, article in enumerate(scenario["articles"]):
            head = "".join(f"{key}: {json.dumps(article[key])}\n" for key in ("title", "source", "published"))
            (Path(folder) / f"{number}.md").write_text(f"---\n{head}---\n\n{article['text']}\n", encoding="utf-8")
        with rag.open(home=Path(folder) / "library", llm="extractive", judge="off") as bot:
            for path in sorted(Path(folder).glob("*.md")):
                bot.add(path)
            text = bot.ask(scenario["question"], as_of=scenario["as_of"]).text
    said = text.lower()
    return Outcome(
        differing=bool(scenario["expected"]),
        all_told=all(value.lower() in said for value in scenario["expected"]),
        newest_told=scenario["newest"].lower() in said,
        remarked=any(phrase in text for phrase in _SAYS_SO),
    )


def report(outcomes: Sequence[Outcome]) -> str:
    """The table."""
    differing = [one for one in outcomes if one.differing]
    alike = [one for one in outcomes if not one.differing]
    lines = [
        ("figures differ: every value is told", [one.all_told for one in differing]),
        ("figures differ: the newest is told", [one.newest_told for one in differing]),
        ("figures differ: the answer says so", [one.remarked for one in differing]),
        ("figures only look comparable: nothing is said to differ", [not one.remarked for one in alike]),
    ]
    return table(("scenarios", "n", "share"), [[name, str(len(right)), _share(right)] for name, right in lines])


def _share(right: Sequence[bool]) -> str:
    interval = wilson(sum(right), len(right))
    share = short(sum(right) / len(right))
    if interval.low is None or interval.high is None:
        return share
    return f"{share} [{short(interval.low)}, {short(interval.high)}]"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.studies.differing", description=__doc__)
    parser.add_argument("--write", type=Path, help="a Markdown file that gets the table")
    options = parser.parse_args()
    found = report([ask(scenario) for scenario in scenarios()])
    print(found)
    if options.write:
        put(options.write, "differing", found)


if __name__ == "__main__":
    main()
