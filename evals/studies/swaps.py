"""Values exchanged within an article, by the rules: ``python -m evals.studies.swaps [--articles N] [--write FILE]``.

A sentence of a news article gets a number, a date or a name that the same article states elsewhere, and is held against
the whole article: everything in it is there, and still it is wrong. That is how a language model errs that mixes up
figures, and no comparison of words finds it. The sentence as it stands is checked too, which nothing may be said
against. Articles are RealTimeQA's; ``--skip`` takes others than the first, to check that nothing was fitted to them.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import regex

from evals.datasets import load
from evals.statistics import wilson
from evals.studies.markdown import put, short, table
from index.article import Article
from index.sentences import sentence_spans
from rag.mentions import mentions
from rag.verify import Evidence, Verifier
from rag.verify.analysis import Parsed, Spanned

SEED = 9
A_SENTENCE = range(60, 260)  # characters
SENTENCES = 3  # of an article
AS_IT_STANDS = "as it stands"

VALUES: dict[str, Callable[[Parsed], Sequence[Spanned]]] = {
    "number": lambda parsed: parsed.quantities,
    "date": lambda parsed: parsed.moments,
    "name": lambda parsed: [name for name in parsed.names if not name.initial],
}


class Claim(NamedTuple):
    """A sentence, what was exchanged in it, and the article that it is held against."""

    kind: str
    text: str
    evidence: Evidence


def claims(articles: Sequence[Article], rng: random.Random) -> Iterator[Claim]:
    """Of each article some sentences: as they stand, and with one value of each kind exchanged where there is one."""
    for article in articles:
        spans = sentence_spans(article.text)
        sentences = [article.text[start:end] for start, end in spans if end - start in A_SENTENCE]
        parsed = [Parsed(sentence) for sentence in sentences if "\n" not in sentence and sentence[-1] in '.”"']
        if len(parsed) <= SENTENCES:
            continue
        kinds = {mention.text: str(mention.kind) for mention in mentions(article.text)}
        evidence = Evidence(article.text, article.title, article.published and article.published.date())
        for sentence in rng.sample(parsed, SENTENCES):
            yield Claim(AS_IT_STANDS, sentence.text, evidence)
            for kind, values in VALUES.items():
                others = [_of(other, value) for other in parsed if other is not sentence for value in values(other)]
                if values(sentence) and (
                    text := _exchanged(sentence, rng.choice(values(sentence)), others, kinds, rng)
                ):
                    yield Claim(kind, text, evidence)


def _of(sentence: Parsed, value: Spanned) -> str:
    return sentence.text[value.start : value.end]


def _exchanged(
    sentence: Parsed, value: Spanned, others: Sequence[str], kinds: dict[str, str], rng: random.Random
) -> str | None:
    """The sentence with one of `others` of the same form in the place of `value`."""
    old = _of(sentence, value)
    fitting = [
        other
        for other in dict.fromkeys(others)
        if _form(other, kinds) == _form(old, kinds)
        and other.lower() not in sentence.text.lower()
        and old.lower() not in other.lower()
    ]
    return sentence.text[: value.start] + rng.choice(fitting) + sentence.text[value.end :] if fitting else None


def _form(value: str, kinds: dict[str, str]) -> tuple[object, ...]:
    signs = tuple(sign in value for sign in "%$€£")
    return len(value.split()), bool(regex.search(r"\d", value)), value[0].isalpha(), signs, kinds.get(value)


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m evals.studies.swaps", description=__doc__)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--skip", type=int, default=0, help="articles to leave out first")
    parser.add_argument("--data", type=Path, help="RealTimeQA's folder")
    parser.add_argument("--write", type=Path, help="put the table into this file")
    options = parser.parse_args(arguments)
    rng = random.Random(SEED)
    articles = list(load("realtimeqa", options.data).articles)
    rng.shuffle(articles)
    verifier = Verifier()
    verdicts: dict[str, list[tuple[str, str]]] = {kind: [] for kind in (*VALUES, AS_IT_STANDS)}
    for claim in claims(articles[options.skip : options.skip + options.articles], rng):
        check = verifier.check(claim.text, [claim.evidence])
        verdicts[claim.kind].append((check.verdict, check.tier))
    rows = [[kind, str(len(found)), _share(v != "supported" for v, _ in found), _share(t == "copy" for _, t in found)]
            for kind, found in verdicts.items() if found]  # fmt: skip
    text = table(("exchanged", "sentences", "not supported", "taken for a copy"), rows)
    print(text)
    if options.write:
        put(options.write, "swaps", text)


def _share(hits: Iterator[bool]) -> str:
    listed = list(hits)
    interval = wilson(sum(listed), len(listed))
    return f"{short(sum(listed) / len(listed))} [{short(interval.low or 0.0)}, {short(interval.high or 1.0)}]"


if __name__ == "__main__":
    main()
