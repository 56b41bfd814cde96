"""One question followed from beginning to end: ``python -m evals.studies.trace [QUESTION] [--into docs/answers.md]``.

Asks the golden articles as users do and writes down what each event brought, as Markdown.
"""

import argparse
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import rag
from evals import golden
from evals.studies.markdown import put
from evals.systems.engine import fill, home_of
from rag.answer import Answer, Checked, Cited, Condensed, Delta, Finished, Notice, Retrieved
from rag.bot import Bot
from rag.settings import load

QUESTION = "How much of the oxygen was left on the Titan on Monday afternoon?"
PASSAGES = 3


def trace(bot: Bot, question: str, as_of: date | None) -> Iterator[str]:
    """Lines of Markdown, one for each step; the text as it streamed is one."""
    begun, streamed, first = time.perf_counter(), "", 0.0

    def clock() -> str:
        return f"{1_000 * (time.perf_counter() - begun):,.0f} ms"

    for event in bot.stream(question, as_of=as_of):
        if isinstance(event, Delta):
            first = first or time.perf_counter() - begun
            streamed += event.text
            continue
        if streamed:
            yield f"- first text after {1_000 * first:,.0f} ms; streamed until {clock()}: “{streamed}”"
            streamed = ""
        match event:
            case Condensed():
                yield f"- understood as: “{event.standalone_question}”"
            case Retrieved():
                yield f"- {clock()}: {len(event.passages)} passages, the best:"
                yield from (
                    f"    - {p.score:.2f} (cosine {p.dense or 0:.2f}, BM25 {p.lexical or 0:.1f}) {p.title}, "
                    f"characters {p.start}–{p.end}"
                    for p in event.passages[:PASSAGES]
                )
            case Cited():
                c = event.citation
                yield f"- [{c.number}] is {c.title}, characters {c.start}–{c.end}, by the {c.placed_by}: “{c.quote}”"
            case Checked():
                s = event.sentence
                support = "" if s.support is None else f", probability {s.support:.2f}"
                yield f"- {clock()}: sentence {event.index + 1} is {s.verdict}{support}, says the tier “{s.tier}”"
            case Notice():
                yield f"- notice: {event.text}"
            case Finished():
                yield from _end(event.answer)


def _end(answer: Answer) -> Iterator[str]:
    if answer.confidence is not None:
        signs = ", ".join(f"{name} {value:.2f}" for name, value in answer.signs.items())
        yield f"- that the articles hold an answer has the probability {answer.confidence:.2f} ({signs})"
    tokens = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in answer.usage.items())
    yield f"- {answer.engine}{': ' + tokens if tokens else ''}; done after {answer.timings['total_ms']:,.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.studies.trace", description=__doc__)
    parser.add_argument("question", nargs="?", default=QUESTION)
    parser.add_argument("--as-of", type=date.fromisoformat)
    parser.add_argument("--into", type=Path, help="a Markdown file that gets it")
    options = parser.parse_args()
    articles, settings = list(golden.articles()), load()
    with rag.open(home=home_of(articles, settings)) as bot:
        fill(bot, articles)
        if bot.choice.model is not None:
            bot.choice.model.warm_up()
        bot.search("Everything is loaded before the clock runs.")
        text = f"> {options.question}\n\n" + "\n".join(trace(bot, options.question, options.as_of))
    print(text)
    if options.into:
        put(options.into, "trace", text)


if __name__ == "__main__":
    main()
