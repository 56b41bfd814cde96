"""What an answer is made of, and the events from which it grows while it streams."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from index.article import Article

Verdict = Literal["supported", "contradicted", "not_found", "not_judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage that the question found. ``article.text[start:end] == text``.

    `score` is the fused score that ranked it; `dense` (cosine) and `lexical` (BM25) are the arms'
    own, None where an arm did not return it. `used` says that it was shown to the answerer.
    """

    article_id: str
    start: int
    end: int
    text: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    score: float
    dense: float | None
    lexical: float | None
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another article that tells the same story in the same words. `published` is an ISO date."""

    article_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The sentence(s) of an article that carry the support: ``article.text[start:end] == quote``.

    `number` counts from 1 in order of first use. `placed_by` says whether the model wrote the
    marker or the engine attributed the sentence. `published` is an ISO date. `copies` says where else
    the article's story stands: of an agency's text in several papers only the earliest is cited. Of an article that
    was changed or removed while the answer was written, and no longer says it, `quote`, `start` and `end` are as read,
    and a notice of the answer says so.
    """

    number: int
    article_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    start: int
    end: int
    quote: str
    placed_by: Literal["model", "engine"]
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """``article.text[start:end]`` of the article `article_id`."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One checked sentence of the answer; ``answer.text[start:end] == text``, markers included.

    `support` is the probability that its evidence supports it (`rag.verify.Check`), `tier` the check that said so
    (``engine`` for a sentence of the engine's own, made of values of what it cites and not checked), `reasons` what it
    objects to, in words. `evidence` is the sentence that it was held against and that comes closest, whether it bears
    it out or not.
    """

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    verdict: Verdict
    support: float | None = None
    tier: str | None = None
    reasons: tuple[str, ...] = ()
    evidence: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, whole. `engine` names what wrote it, e.g. ``local:qwen2.5-coder-1.5b-instruct``.

    `timings` are in milliseconds, `usage` in tokens, of the writing alone. `invented` counts the citations that the
    model made up, which are dropped: of sources that do not exist or, where it was shown none by number, all that it
    wrote. `notices` are things the reader should know (a date range that was applied, sources that disagree, invented
    citations that were dropped). `error` is the one line of what went wrong when the language model failed: the
    passages found are here all the same. `confidence` is the calibrated probability that the articles hold an answer,
    `signs` what it rests on (rag/abstention.py). `articles` are those that were given with the question, in its
    order and in canonical form: where there are any, all spans count in their texts, which may differ from what was
    passed in line ends, blanks, composed letters and control characters. They are no part of the JSON document.
    """

    question: str
    standalone_question: str
    text: str
    abstained: bool
    engine: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Found, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    usage: Mapping[str, int] = field(default_factory=dict)
    invented: int = 0
    notices: tuple[str, ...] = ()
    error: str | None = None
    confidence: float | None = None
    signs: Mapping[str, float] = field(default_factory=dict)
    articles: tuple[Article, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document that ``rag ask --json`` prints."""
        document = asdict(replace(self, articles=()))
        del document["articles"]
        document["answer"] = document.pop("text")
        order = ("question", "standalone_question", "answer", "abstained", "engine", "sentences", "citations")
        return {key: document.pop(key) for key in order} | document


@dataclass(frozen=True, slots=True)
class Condensed:
    """The question as it was understood on its own."""

    standalone_question: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages found, best first; on screen before the first token."""

    passages: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """More text of the answer; its markers are already the final ones."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation used for the first time."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Checked:
    """The sentence at `index` has been checked."""

    index: int
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader should know."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer; always the last event.

    Its text differs from the sum of the deltas where unsupported sentences were dropped, the answer was written again,
    or a quotation or an abstention took its place: then what `Cited` and `Checked` said before is void.
    """

    answer: Answer


Event = Condensed | Retrieved | Delta | Cited | Checked | Notice | Finished
