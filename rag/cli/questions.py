"""Commands that ask: search, ask, chat."""

import dataclasses
import shutil
import textwrap
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from index.errors import InputError
from rag.answer import Answer, Citation, Condensed, Copy, Delta, Event, Finished, Notice, Retrieved
from rag.arguments import MOST_PASSAGES
from rag.cli.common import filter_options, json_option, opened, print_json, safe, say

if TYPE_CHECKING:
    from index.ranking import Part
    from rag.bot import Bot

MARKS = {"supported": "✓", "contradicted": "✗ contradicted", "not_found": "? not found", "not_judged": "– not judged"}


@click.command(epilog="Example: rag search 'death toll' -k 3 --after 2023-02-06")
@click.argument("query")
@click.option("-k", type=click.IntRange(1, MOST_PASSAGES), help="How many passages.")
@click.option("--explain", is_flag=True, help="Show what each score is the sum of.")
@filter_options
@json_option
def search(
    query: str, k: int | None, explain: bool, source: tuple[str, ...], as_json: bool, **days: str | None
) -> None:
    """Find the passages that fit QUERY best."""
    from rag.engine import found

    with opened() as bot:
        started = time.perf_counter()
        hits = bot.hits(query, k, source=source, **days)
        timings = {"total_ms": round((time.perf_counter() - started) * 1000, 1)}
        copies = bot.copies({hit.passage.article_id for hit in hits})
        if as_json:
            passages = [
                dataclasses.asdict(found(hit))
                | {"copies": [dataclasses.asdict(copy) for copy in copies.get(hit.passage.article_id, ())]}
                | ({"parts": [dataclasses.asdict(part) for part in hit.parts]} if explain else {})
                for hit in hits
            ]
            print_json({"query": query, "passages": passages, "timings": timings})
            return
        for number, hit in enumerate(hits, 1):
            passage = found(hit)
            known = ", ".join(part for part in (passage.source, passage.published) if part)
            arms = f"dense {_score(passage.dense)}, lexical {_score(passage.lexical)}"
            click.echo(safe(f"{number}. {passage.title}" + (f" ({known})" if known else "")))
            click.echo(f"   {passage.article_id} {passage.start}–{passage.end}  score {passage.score:.3f}  ({arms})")
            for part in hit.parts if explain else ():
                click.echo(_part(part))
            click.echo(_wrapped(safe(passage.text), "   "))
            _say_copies(copies.get(passage.article_id, ()), "   ")
        if not hits:
            say("nothing found")


@click.command(epilog="Example: rag ask 'How many people died in Lahaina?' --as-of 2023-08-22")
@click.argument("question")
@filter_options
@json_option
def ask(question: str, source: tuple[str, ...], as_json: bool, **days: Any) -> None:
    """Ask one question. The answer is streamed, cited and checked."""
    with opened() as bot:
        if as_json:
            answer = bot.ask(question, source=source, **days)
            print_json(answer.to_json())
        else:
            _say_where(bot)
            answer = _show(bot.stream(question, source=source, **days))
        if answer.error is not None:
            say(f"rag: {answer.error}")
            raise click.exceptions.Exit(1)


def _say_where(bot: "Bot") -> None:
    """Who answers, and over nothing if it is so."""
    say(f"[{bot.choice.name}: {bot.choice.why}]")
    if not bot.library.count():
        say("The library is empty. Add articles first: rag add FILE, FOLDER or ADDRESS")


@click.command(epilog="Example: rag chat --source CNN")
@filter_options
def chat(source: tuple[str, ...], **days: Any) -> None:
    """Ask questions one after another; each may lean on those before. Ctrl-D ends."""
    from rag.conversation import Conversation

    with opened() as bot:
        _say_where(bot)
        conversation = Conversation()
        while True:
            try:
                question = input("\nYou: ").strip()
            except EOFError:
                say()
                return
            if not question:
                continue
            try:
                answer = _show(bot.stream(question, conversation=conversation, source=source, **days))
            except InputError as error:  # of this question; the conversation goes on
                say(f"rag: {error}")
                continue
            if answer.error is not None:
                say(f"rag: {answer.error}")


def _say_copies(copies: Sequence[Copy], indent: str) -> None:
    """Where else the story stands: an answer cites only the earliest."""
    if copies:
        also = ", ".join(f"{copy.source or copy.title} ({copy.article_id})" for copy in copies)
        click.echo(_wrapped(safe(f"also in {also}"), indent))


def _show(events: Any) -> Answer:
    from rag.checking import plain

    streamed = ""
    answer: Answer | None = None
    for event in events:
        streamed += _step(event)
        if isinstance(event, Finished):
            answer = event.answer
    assert answer is not None
    if plain(answer.text) != plain(streamed):
        # Dropped or abstained after the checks: what counts is the final text.
        if streamed:
            click.echo()
            say("[withdrawn after its checks; what stands is:]")
        click.echo(safe(answer.text))
    else:
        click.echo()
    for sentence in answer.sentences:
        if sentence.verdict != "supported":
            reasons = f" ({'; '.join(sentence.reasons)})" if sentence.reasons else ""
            say(safe(f"  {MARKS[sentence.verdict]}: {sentence.text}{reasons}"))
    if answer.citations:
        click.echo()
    for citation in answer.citations:
        click.echo(_reference(citation))
        _say_copies(citation.copies, "    ")
    if answer.error is not None and answer.passages:
        say("\nFound all the same:")
        for passage in answer.passages[:3]:
            say(_wrapped(safe(f"{passage.title}: {passage.text}"), "  "))
    supported = sum(sentence.verdict == "supported" for sentence in answer.sentences)
    checked = f"{supported} of {len(answer.sentences)} sentences supported · " if answer.sentences else ""
    say(f"\n[{checked}{answer.timings['total_ms'] / 1000:.1f} s]")
    return answer


def _step(event: Event) -> str:
    if isinstance(event, Delta):
        click.echo(safe(event.text), nl=False)
        return event.text
    if isinstance(event, Retrieved):
        say(f"[{len(event.passages)} passages found]")
    elif isinstance(event, Notice):
        say(f"\n[{safe(event.text)}]")
    elif isinstance(event, Condensed):
        return ""
    return ""


def _reference(citation: Citation) -> str:
    known = ", ".join(part for part in (citation.source, citation.published) if part)
    head = safe(f"[{citation.number}] {citation.title}" + (f" ({known})" if known else ""))
    place = f"{citation.article_id} {citation.start}–{citation.end}" + (f" {citation.url}" if citation.url else "")
    from rag.timeline import dated

    quote = dated(citation.quote, citation.published)
    return f"{head}\n{_wrapped('“' + safe(quote) + '”', '    ')}\n    {safe(place)}"


def _wrapped(text: str, indent: str) -> str:
    width = min(100, shutil.get_terminal_size((100, 20)).columns)
    return textwrap.fill(" ".join(text.split()), width, initial_indent=indent, subsequent_indent=indent)


def _part(part: "Part") -> str:
    raw = f"{part.raw:.0f}" if abs(part.raw) > 1e6 else f"{part.raw:.4g}"  # a moment in epoch seconds, or a score
    return f"     {part.weight * part.value:.3f} = {part.weight:.3f} × {part.value:.3f}  {part.name} ({raw})"


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:.2f}"
