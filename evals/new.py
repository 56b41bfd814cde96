"""A first set of questions from your own articles, for people to edit: ``rag eval new``.

Sentences with a number or a name are drawn at random, as many of each article as of any other. A language model turns
each into the question that it answers; without one the question asks for what was cut out of the sentence. Whatever
made it, a row says so, and is only worth something once a person has read it.
"""

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import regex

import prompts
from evals.errors import ConfigurationError
from index.article import Article
from index.sentences import sentence_spans
from rag.llm.choose import Choice
from rag.llm.errors import LLMError

SHORTEST, LONGEST = 40, 260
_NUMBER = regex.compile(r"(?<![\w.,])[$€£]?\d[\d.,]*\d|(?<![\w.,])[$€£]?\d(?![\w.,]*\d)")
_NAME = regex.compile(r"(?<=\p{Ll}[,;]?\s)\p{Lu}[\p{L}’'-]+(?:\s\p{Lu}[\p{L}’'-]+)*")
_TELLTALE = regex.compile(r"\b(?:the|this|that) (?:article|sentence|text|passage)\b", regex.IGNORECASE)

Asking = Callable[[str, str], str | None]


def candidates(article: Article) -> list[tuple[int, int, str]]:
    """(start, end, what to ask for) of the sentences that a question can be made of."""
    found = []
    for start, end in sentence_spans(article.text, article.language):
        sentence = article.text[start:end]
        wanted = _NUMBER.search(sentence) or _NAME.search(sentence)
        if SHORTEST <= len(sentence) <= LONGEST and wanted is not None:
            found.append((start, end, wanted[0]))
    return found


def first_set(articles: Sequence[Article], count: int, ask: Asking | None, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Up to `count` rows as `evals.datasets.own` reads them. `ask` makes a question of (title, sentence), None where
    it cannot; without it, or then, the question is a gap to fill."""
    rng = random.Random(seed)
    pools = [(article, own) for article in articles if (own := candidates(article))]
    for _, own in pools:
        rng.shuffle(own)
    rng.shuffle(pools)
    made = 0
    while made < count and any(own for _, own in pools):
        for article, own in pools:
            if own and made < count:
                made += 1
                yield _row(article, own.pop(), ask, made)


def _row(article: Article, place: tuple[int, int, str], ask: Asking | None, number: int) -> dict[str, Any]:
    start, end, wanted = place
    sentence = article.text[start:end]
    question = None if ask is None else ask(article.title, sentence)
    return {
        "id": f"n{number:03d}",
        "question": question or f"What stands in the gap? {sentence.replace(wanted, '___', 1)}",
        "answer": sentence,
        # A person says what a right answer must hold: in a gap it is known.
        "aliases": [] if question else [[wanted]],
        "kind": "single",
        "evidence": [[{"article": article.article_id, "start": start, "end": end, "quote": sentence}]],
        "made_by": "gap" if question is None else "model",
        "article_title": article.title,
    }


def asking(choice: Choice, loop: Callable[[Any], Any] = asyncio.run) -> Asking | None:
    """Questions by the language model chosen; None if there is none. A model that fails leaves a gap instead."""
    model = choice.model
    if model is None:
        return None

    def ask(title: str, sentence: str) -> str | None:
        messages = prompts.load("new_question").messages(title=title, evidence=sentence)
        try:
            return usable(loop(model.complete(messages, max_tokens=60)), sentence)
        except LLMError:
            return None

    return ask


def usable(said: str, sentence: str) -> str | None:
    """The first question in what a model said, if it is one that can be asked."""
    line = next((line.strip(" \"'“”*") for line in said.splitlines() if "?" in line), "")
    question = line[: line.rfind("?") + 1].removeprefix("Question:").strip()
    number = _NUMBER.search(sentence)
    if not 12 <= len(question) <= 240 or _TELLTALE.search(question) or (number and number[0] in question):
        return None
    return question


def write_set(rows: Iterator[dict[str, Any]], path: Path, progress: Callable[[int], None] = lambda _n: None) -> int:
    """Write the rows as JSON Lines and return their number. Raises ConfigurationError rather than replace a file, which
    a person may have edited."""
    if path.exists():
        raise ConfigurationError(f"{path} is there already; give another name, or remove it")
    path.parent.mkdir(parents=True, exist_ok=True)
    number = 0
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows, start=1):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            progress(number)
    return number
