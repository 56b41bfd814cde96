"""What a data set is made of: questions to a system, or judgements that people made.

Everything is immutable and in the order of its file. `cluster` names what makes items dependent (the article that
holds the evidence, the document that a summary is of): intervals resample clusters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from index.article import Article

# In Article.metadata, for articles that come with one question: what this one is to it.
ROLE = "role"
RELEVANT, DISTRACTOR, ALTERED = "relevant", "distractor", "altered"


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an article says so. With a place, ``article.text[start:end] == quote``; without (None), only the article
    is known."""

    article_id: str
    start: int | None = None
    end: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Nugget:
    """One fact that a good answer states, as a sentence; vital, or merely worth saying (TREC RAG: okay)."""

    text: str
    vital: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to ask, and what is known about its right answer.

    `aliases` are groups of alternatives, one of each group makes a right answer; `references` are full right answers,
    any of which will do (the first is the expected one); `nuggets` are the facts of a long one. `evidence` are groups
    of alternatives too. `answerable` is None where the data set does not say. With `articles` the question is to be
    answered from these alone; else from the data set's articles. `standalone` is a person's rewriting of a follow-up.
    """

    id: str
    question: str
    kind: str = "single"
    conversation: tuple[Turn, ...] = ()
    standalone: str | None = None
    as_of: date | None = None
    after: date | None = None
    before: date | None = None
    source: str | None = None
    references: tuple[str, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()
    choices: tuple[str, ...] = ()
    false_answers: tuple[str, ...] = ()
    nuggets: tuple[Nugget, ...] = ()
    evidence: tuple[tuple[Evidence, ...], ...] = ()
    answerable: bool | None = True
    articles: tuple[Article, ...] = ()
    cluster: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.cluster:
            first = next((one.article_id for group in self.evidence for one in group), None)
            object.__setattr__(self, "cluster", first or f"question:{self.id}")

    @property
    def expected(self) -> str | None:
        """The expected answer in words, if the data set has one."""
        return self.references[0] if self.references else None

    @property
    def relevant(self) -> tuple[frozenset[str], ...]:
        """The ids of the articles that hold each needed piece of evidence."""
        return tuple(frozenset(one.article_id for one in group) for group in self.evidence)


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """``claim[start:end]`` is not supported, says a person; `kind` in the data set's words."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A text that people compared with its evidence.

    `claim` is a sentence or a whole response; `evidence` the passages or sentences that it was compared with, in
    order. `label` says whether it is supported, `label_name` how the data set puts it. `spans` mark what is not
    supported; `gold_evidence` are alternative sets of indices into `evidence` that support it. `votes` are the single
    people's verdicts where given. `pair` is the id of the supported sentence of which this one is a corruption of the
    given `kind`. `dates` are the days of the evidence where known, as many as `evidence`.
    """

    id: str
    claim: str
    evidence: tuple[str, ...]
    label: bool
    label_name: str
    kind: str = ""
    question: str | None = None
    context: str | None = None
    spans: tuple[MarkedSpan, ...] = ()
    gold_evidence: tuple[tuple[int, ...], ...] = ()
    votes: tuple[bool, ...] = ()
    pair: str | None = None
    dates: tuple[date | None, ...] = ()
    cluster: str = ""

    def __post_init__(self) -> None:
        if not self.cluster:
            object.__setattr__(self, "cluster", f"judgement:{self.id}")


Item = Question | Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What people must know about a data set before they believe a figure from it."""

    name: str
    description: str
    licence: str
    citation: str
    origin: str
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Items with their card; `articles` are to be in the library before the questions are asked."""

    card: Card
    items: tuple[Item, ...]
    articles: tuple[Article, ...] = ()

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def questions(self) -> tuple[Question, ...]:
        """The items that are questions."""
        return tuple(item for item in self.items if isinstance(item, Question))

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """The items that are judgements."""
        return tuple(item for item in self.items if isinstance(item, Judgement))


def with_distractors(question: Question, count: int) -> Question:
    """`question` with its own articles but only the first `count` distractors, for measuring noise."""
    kept: list[Article] = []
    left = count
    for article in question.articles:
        if article.metadata.get(ROLE) == DISTRACTOR:
            if left == 0:
                continue
            left -= 1
        kept.append(article)
    return replace(question, articles=tuple(kept))


def sentences_of(judgement: Judgement) -> list[Judgement]:
    """One judgement a sentence of a response with marked spans: supported if no marked span touches it.

    A response without spans gives its label to each sentence only if that label is "supported"; else it says nothing
    about single sentences and the result is empty.
    """
    from index.sentences import sentence_spans

    if not judgement.label and not judgement.spans:
        return []
    pieces = []
    for number, (start, end) in enumerate(sentence_spans(judgement.claim)):
        touching = tuple(
            MarkedSpan(max(span.start, start) - start, min(span.end, end) - start, span.kind)
            for span in judgement.spans
            if max(span.start, start) < min(span.end, end)
        )
        pieces.append(
            replace(
                judgement,
                id=f"{judgement.id}/{number}",
                claim=judgement.claim[start:end],
                label=not touching,
                label_name=touching[0].kind if touching else "supported",
                spans=touching,
                context=judgement.claim[:start] or None,
            )
        )
    return pieces


def passage_article(address: str, text: str, *, title: str = "", role: str = RELEVANT) -> Article:
    """A passage of a data set as an article, under an address that only this data set uses."""
    from index.article import canonical_text

    canonical = canonical_text(text)
    return Article(
        text=canonical,
        title=title.strip() or canonical.split("\n", 1)[0][:80],
        address=f"dataset:{address}",
        metadata={ROLE: role},
    )


def place(article: Article, quote: str) -> Evidence:
    """Where `article` says `quote`: the exact span if it stands there, else the article alone."""
    from index.article import canonical_text

    wanted = canonical_text(quote)
    start = article.text.find(wanted) if wanted else -1
    if start < 0:
        return Evidence(article.article_id, quote=wanted)
    return Evidence(article.article_id, start, start + len(wanted), wanted)


def groups_of(answers: Sequence[object]) -> tuple[tuple[str, ...], ...]:
    """Answers as groups of alternatives, as RGB writes them: a string is required, a list holds alternatives."""
    return tuple(
        tuple(str(one) for one in answer) if isinstance(answer, (list, tuple)) else (str(answer),) for answer in answers
    )
