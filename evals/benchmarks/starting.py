"""Starting and memory: ``python -m evals.benchmarks.starting``.

How long ``rag --help``, a wrong option and a typo in a setting take (the median of several runs), and how much memory
a process that answers and its local model take together after some questions of the golden set.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from evals import golden
from evals.studies.markdown import put, table
from evals.systems.engine import fill, home_of
from rag.bot import Bot
from rag.settings import load

RUNS = 9
QUESTIONS = 6
COMMANDS = {
    "rag --help": ["--help"],
    "rag ask --help": ["ask", "--help"],
    "a wrong option": ["ask", "--no-such-option"],
    "a wrong command": ["aks"],
}


def seconds(arguments: list[str]) -> float:
    """The median time of a new process."""
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run([str(Path(sys.executable).with_name("rag")), *arguments], capture_output=True, check=False)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def resident(pid: int) -> float:
    """MB of a process and of those that it started (Linux)."""
    children = [
        child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text("ascii").split()
    ]
    return alone(pid) + sum(resident(int(child)) for child in children)


def alone(pid: int) -> float:
    """MB of a process (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def answering() -> tuple[str, float, float]:
    """What answers, and MB of this process alone and with its model's, after some questions."""
    articles, settings = golden.articles(), load()
    with Bot(settings.model_copy(update={"home": home_of(articles, settings)})) as bot:
        fill(bot, articles)
        for question in golden.questions()[:QUESTIONS]:
            bot.ask(question.question)
        return bot.choice.name, alone(os.getpid()), resident(os.getpid())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.starting", description=__doc__)
    parser.add_argument("--write", type=Path, help="a Markdown file that gets the table")
    options = parser.parse_args()
    rows = [[name, f"{seconds(arguments):.2f} s"] for name, arguments in COMMANDS.items()]
    name, own, whole = answering()
    rows.append(
        [f"memory after {QUESTIONS} answers of {name}", f"{whole:,.0f} MB, of it {own:,.0f} MB without the model"]
    )
    report = table(("what", "median"), rows)
    print(report)
    if options.write:
        put(options.write, "starting", report)


if __name__ == "__main__":
    main()
