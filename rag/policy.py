"""What is done with sentences that their evidence does not bear out: marked, dropped, or written once more."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answer import Citation, Sentence
from rag.citations import CitationParser

FAILED = ("contradicted", "not_found")


def failed(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Those that the check did not find supported; what was not judged has not failed."""
    return [sentence for sentence in sentences if sentence.verdict in FAILED]


def hopeless(sentences: Sequence[Sentence]) -> bool:
    """Whether nothing that the answerer wrote can be kept; the engine's own remark does not save an answer."""
    written = [sentence for sentence in sentences if sentence.tier != "engine"]
    return bool(written) and all(sentence.verdict in FAILED for sentence in written)


def refuted(sentences: Sequence[Sentence]) -> bool:
    """Whether rules refute all that the answerer wrote: values, names, quotations that the evidence does not have."""
    written = [sentence for sentence in sentences if sentence.tier != "engine"]
    return bool(written) and all(one.tier == "values" and one.verdict in FAILED for one in written)


def without_failed(
    sentences: Sequence[Sentence], citations: Sequence[Citation]
) -> tuple[str, list[Sentence], list[Citation]]:
    """The answer's text, sentences and citations without the failed sentences, renumbered."""
    parser = CitationParser(len(citations))
    text = ""
    kept: list[Sentence] = []
    for sentence in sentences:
        if sentence.verdict in FAILED:
            continue
        start = len(text) + bool(text)
        text += parser.feed((" " if text else "") + sentence.text).text
        kept.append(replace(sentence, start=start))
    text += parser.finish().text
    order = {citations[source].number: number for number, source in enumerate(parser.order, 1)}
    ends = [sentence.start - 1 for sentence in kept[1:]] + [len(text)]
    kept = [
        replace(
            sentence,
            text=text[sentence.start : end],
            end=end,
            citations=tuple(order[number] for number in sentence.citations),
        )
        for sentence, end in zip(kept, ends, strict=True)
    ]
    renumbered = [replace(citations[source], number=number) for number, source in enumerate(parser.order, 1)]
    return text, kept, renumbered
