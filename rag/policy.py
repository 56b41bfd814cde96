"""What is done with sentences that their evidence does not bear out: marked, dropped, or written once more."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answer import Citation, Sentence
from rag.citations import CitationParser, Use

FAILED = ("contradicted", "not_found")


def failed(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Those that the check did not find supported; what was not judged has not failed."""
    return [sentence for sentence in sentences if sentence.verdict in FAILED]


def supported(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Those of the answerer's that the check found supported."""
    return [sentence for sentence in sentences if sentence.tier != "engine" and sentence.verdict == "supported"]


def hopeless(sentences: Sequence[Sentence]) -> bool:
    """Whether nothing that the answerer wrote can be kept; the engine's own remark does not save an answer."""
    written = [sentence for sentence in sentences if sentence.tier != "engine"]
    return bool(written) and all(sentence.verdict in FAILED for sentence in written)


def without_failed(
    sentences: Sequence[Sentence], citations: Sequence[Citation], uses: Sequence[Use]
) -> tuple[str, list[Sentence], list[Citation]]:
    """The answer's text, sentences and citations without the failed sentences, renumbered; nothing if all failed.

    `uses` are the markers in the answer's text. What else looks like one there is text: articles are quoted in it.
    """
    builder = CitationParser(len(citations))
    position = {citation.number: source for source, citation in enumerate(citations)}
    text = ""
    kept: list[Sentence] = []
    for sentence in sentences:
        if sentence.verdict in FAILED:
            continue
        text += builder.literal(" ").text if kept else ""
        start, done = len(text), 0
        own = [use for use in uses if sentence.start <= use.start < sentence.end]
        for use in own:
            text += builder.literal(sentence.text[done : use.start - sentence.start]).text
            text += builder.cite(position[use.number]).text
            done = use.end - sentence.start
        text += builder.literal(sentence.text[done:]).text
        numbers = dict.fromkeys(builder.order.index(position[use.number]) + 1 for use in own)
        kept.append(replace(sentence, text=text[start:], start=start, end=len(text), citations=tuple(numbers)))
    renumbered = [replace(citations[source], number=number) for number, source in enumerate(builder.order, 1)]
    return text, kept, renumbered
