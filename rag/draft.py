"""An answer while it grows."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rag.answer import Answer, Citation, Finished, Found, Sentence
from rag.citations import Use, unmarked
from rag.citing import Citer, citation
from rag.evidence import EvidenceSentence
from rag.llm.model import Usage

Grounded = Callable[[Citation], Citation | None]
NEAREST = 3  # articles offered when none holds the answer


@dataclass
class Draft:
    """What is known so far.

    `clock` notes milliseconds since the start; `quoted` says that the text is the articles' own, `outdated` that it
    gives a figure that a newer article has replaced. `uses` are the markers in the text as it was written, `changed`
    the citations whose articles do not hold them any more.
    """

    question: str
    engine: str
    today: date
    standalone: str = ""
    text: str = ""
    abstained: bool = False
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    uses: tuple[Use, ...] = ()
    invented: int = 0
    passages: tuple[Found, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    notices: list[str] = field(default_factory=list)
    error: str | None = None
    quoted: bool = False
    outdated: bool = False
    changed: list[Citation] = field(default_factory=list)
    signs: dict[str, float] = field(default_factory=dict)
    confidence: float | None = None
    started: float = field(default_factory=time.perf_counter)

    def clock(self, name: str) -> None:
        """Note how long it has taken up to here, the first time."""
        self.timings.setdefault(name, round((time.perf_counter() - self.started) * 1000, 1))

    def take(self, citer: Citer, grounded: Grounded) -> None:
        """The text, its citations and its sentences, not yet checked."""
        self.text, self.uses = citer.text, citer.uses
        self.citations = [self._grounded(citation, grounded) for citation in citer.citations()]
        self.sentences = [
            Sentence(
                text=self.text[sentence.start : sentence.end],
                start=sentence.start,
                end=sentence.end,
                citations=tuple(dict.fromkeys(use.number for use in sentence.uses)),
                verdict="not_judged",
                tier="engine" if sentence.start == citer.remark_start else None,
            )
            for sentence in citer.sentences()
        ]
        self.invented += citer.invented
        if citer.invented:
            self.notices.append(f"{citer.invented} citation(s) of sources that do not exist were dropped.")

    def add(self, quoted: EvidenceSentence, grounded: Grounded) -> str:
        """Add a sentence of an article, cited by the engine and not yet checked; returns what the text has more."""
        number = max((one.number for one in self.citations), default=0) + 1
        start = len(self.text) + 1
        shown = f"{unmarked(quoted.text)} [{number}]"
        self.text = f"{self.text} {shown}"
        self.citations.append(self._grounded(citation(number, (quoted,), "engine"), grounded))
        self.sentences.append(
            Sentence(text=shown, start=start, end=len(self.text), citations=(number,), verdict="not_judged")
        )
        return f" {shown}"

    def _grounded(self, read: Citation, grounded: Grounded) -> Citation:
        found = grounded(read)
        if found is None:
            self.changed.append(read)
        return found or read

    def told(self) -> list[str]:
        """The notices, those about changed articles last: for the citations that the answer has in the end."""
        changed = {(each.article_id, each.start, each.end) for each in self.changed}
        return [
            *self.notices,
            *(
                f"“{each.title}” was changed or removed while this was answered: [{each.number}] quotes it as it was."
                for each in self.citations
                if (each.article_id, each.start, each.end) in changed
            ),
        ]

    def abstain(self, because: str = "") -> None:
        """The articles do not hold the answer: say so, and what was looked at."""
        self.abstained = True
        self.sentences, self.citations = [], []
        if not self.passages:
            self.text = "The articles don’t say: no article matches the question."
            return
        names = list(dict.fromkeys(_name(passage) for passage in self.passages))
        passages, articles = len(self.passages), len({passage.article_id for passage in self.passages})
        self.text = (
            f"The articles don’t say. {because}I looked at {_count(passages, 'passage')} of "
            f"{_count(articles, 'article')}; the nearest {'is' if articles == 1 else 'are'} "
            f"{'; '.join(names[:NEAREST])}."
        )

    def finish(self) -> Finished:
        """The answer as it is now."""
        self.clock("total_ms")
        usage = {"prompt_tokens": self.usage.prompt_tokens, "completion_tokens": self.usage.completion_tokens}
        if self.usage.cached_tokens:
            usage["cached_tokens"] = self.usage.cached_tokens
        return Finished(
            Answer(
                question=self.question,
                standalone_question=self.standalone,
                text=self.text,
                abstained=self.abstained,
                engine=self.engine,
                sentences=tuple(self.sentences),
                citations=tuple(self.citations),
                passages=self.passages,
                timings=dict(self.timings),
                usage=usage if self.usage.prompt_tokens else {},
                invented=self.invented,
                notices=tuple(self.told()),
                error=self.error,
                confidence=self.confidence,
                signs=dict(self.signs),
            )
        )

    def mark_used(self, places: Sequence[tuple[str, int, int]]) -> None:
        """Which passages were shown to the answerer: those that hold one of (article id, start, end)."""
        self.passages = tuple(
            replace(
                passage,
                used=any(
                    article == passage.article_id and start < passage.end and passage.start < end
                    for article, start, end in places
                ),
            )
            for passage in self.passages
        )


def _name(passage: Found) -> str:
    known = ", ".join(part for part in (passage.source, passage.published) if part)
    return f"“{passage.title}”" + (f" ({known})" if known else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")
