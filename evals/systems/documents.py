"""From the prose of other systems to the document that ours gives: sentences, the numbers they cite, passages; and
whether what a system gives is such a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import regex
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from evals.errors import AnswerError
from evals.prose import MARK, numbers_of
from evals.systems.base import Document
from index.article import Article
from index.sentences import sentence_spans


class _Form(BaseModel):
    """What metrics and reports read of an answer; what else there is they pass over."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Sentence(_Form):
    text: str
    citations: list[int]
    support: FiniteFloat | None = None


class _Span(_Form):
    article_id: str
    start: Annotated[int, Field(ge=0)]
    end: int


class _Citation(_Span):
    number: int
    quote: str


class _Passage(_Span):
    text: str
    score: FiniteFloat | None = None
    dense: FiniteFloat | None = None
    lexical: FiniteFloat | None = None


class _Document(_Form):
    answer: str
    abstained: bool
    sentences: list[_Sentence]
    citations: list[_Citation]
    passages: list[_Passage]
    confidence: FiniteFloat | None = None
    usage: dict[str, Annotated[int, Field(ge=0)]] | None = None
    timings: dict[str, FiniteFloat] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A text that a system had before it: a span of an article where it is known, number n as [n]."""

    article: Article
    start: int
    end: int
    score: float = 0.0

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @classmethod
    def of(cls, article: Article, text: str, score: float = 0.0) -> "Shown":
        """The span of `article` that `text` is, at its first place; the whole article if it is none."""
        start = article.text.find(text.strip())
        if start < 0:
            return cls(article, 0, len(article.text), score)
        return cls(article, start, start + len(text.strip()), score)


def document_of(
    question: str,
    text: str,
    shown: Sequence[Shown],
    *,
    engine: str,
    abstained: bool,
    usage: Mapping[str, int] | None = None,
    standalone: str | None = None,
) -> Document:
    """An answer in prose, its [n] taken as pointing at the n-th text shown, as ``rag ask --json`` would print it.

    Numbers of nothing that was shown stay in the sentences' lists: metrics count them as invalid.
    """
    sentences: list[Document] = []
    used: dict[int, None] = {}
    for start, end in sentence_spans(text):
        piece = text[start:end]
        numbers = list(dict.fromkeys(number for mark in MARK.finditer(piece) for number in numbers_of(mark[1])))
        used.update(dict.fromkeys(numbers))
        # A mark alone, after the full stop, belongs to the sentence before.
        if sentences and not regex.search(r"\w", MARK.sub("", piece)):
            before = sentences[-1]
            before["citations"] = list(dict.fromkeys([*before["citations"], *numbers]))
            before["text"], before["end"] = text[before["start"] : end], end
            continue
        sentences.append({"text": piece, "start": start, "end": end, "citations": numbers, "verdict": "not_judged",
                          "support": None, "tier": None, "reasons": []})  # fmt: skip
    return {
        "question": question,
        "standalone_question": standalone or question,
        "answer": text,
        "abstained": abstained,
        "engine": engine,
        "sentences": [] if abstained else sentences,
        "citations": [_citation(number, shown[number - 1]) for number in used if 1 <= number <= len(shown)],
        "passages": [_passage(one) for one in shown],
        "usage": dict(usage or {}),
        "notices": [],
        "error": None,
    }


def _entry(one: Shown) -> dict[str, Any]:
    article = one.article
    return {
        "article_id": article.article_id,
        "start": one.start,
        "end": one.end,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": article.published.date().isoformat() if article.published else None,
    }


def _citation(number: int, one: Shown) -> dict[str, Any]:
    return {"number": number, **_entry(one), "quote": one.text, "placed_by": "model"}


def _passage(one: Shown) -> dict[str, Any]:
    return {**_entry(one), "text": one.text, "score": one.score, "dense": None, "lexical": None, "used": True}


def completed(given: Mapping[str, Any], question: str, engine: str) -> tuple[Document, Mapping[str, float]]:
    """A document that may lack parts, whole, and its times apart. What it has is not `checked`. Raises AnswerError."""
    for key in ("answer", "abstained"):
        if key not in given:
            raise AnswerError(f"{engine}: the answer's document has no {key!r}; give it as `rag ask --json` prints it")
    document = {
        **document_of(question, str(given["answer"]), [], engine=engine, abstained=given["abstained"] is True),
        **{key: value for key, value in given.items() if key not in _OURS},
    }
    # Without either it answers from what it knows.
    if "passages" not in given and "citations" not in given:
        document["closed_book"] = True
    times = document.pop("timings", None) or {}
    if not isinstance(times, Mapping):
        raise AnswerError(f"{engine}: timings is {times!r}; give milliseconds by name")
    return document, times


# Added by a run to the rows that it writes.
_OURS = frozenset({"asked", "judged", "also_judged", "nuggets"})


def checked(document: Mapping[str, Any], timings: Mapping[str, Any]) -> None:
    """Raise AnswerError if what a system gave, and the times it took, are not of the form of ``rag ask --json``."""
    try:
        _Document.model_validate({**document, "timings": timings})
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise AnswerError(
            f"the answer is not in the form of `rag ask --json`: {where}: {problem['msg'].lower()}"
        ) from None
