"""One question and its answer while it grows, as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import regex

from rag.answer import (
    Answer,
    Checked,
    Citation,
    Cited,
    Condensed,
    Delta,
    Event,
    Finished,
    Found,
    Notice,
    Retrieved,
    Sentence,
    Verdict,
)
from rag.page.markup import Html, join, tag
from rag.page.reader import also_in, byline
from rag.timeline import dated

# Markers with the word before them and the stop after them.
_RUN = regex.compile(r"(?P<word>[^\s\[\]]{0,30}+)(?:[ \t]?\[(?P<number>\d{1,3})\])+(?P<stop>[.,;:!?…\"”’»)]*+)")
_SPACE = regex.compile(r"\s+")
NEAREST = 3  # articles offered when none holds the answer
SNIPPET = 220  # characters of a passage in a list
_VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    "supported": ("✓", "Supported by what it cites."),
    "contradicted": ("✗", "Contradicted by the articles."),
    "not_found": ("?", "Not found in what it cites."),
    "not_judged": ("–", "Not checked."),
}


@dataclass
class Turn:
    """Feed it the events of an answer; `html` is what to show now. `number` counts the turns of a conversation."""

    question: str
    today: date
    number: int = 1
    text: str = ""
    standalone: str = ""
    passages: tuple[Found, ...] | None = None
    citations: dict[int, Citation] = field(default_factory=dict)
    sentences: dict[int, Sentence] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    answer: Answer | None = None
    error: str | None = None
    stopped: bool = False

    def apply(self, event: Event) -> None:
        """Take in what happened."""
        match event:
            case Condensed(standalone):
                self.standalone = standalone
            case Retrieved(passages):
                self.passages = passages
            case Delta(text):
                self.text += text
            case Cited(citation):
                self.citations[citation.number] = citation
            case Checked(index, sentence):
                self.sentences[index] = sentence
            case Notice(text):
                self.notices.append(text)
            case Finished(answer):
                self.answer, self.error = answer, answer.error
                self.text, self.passages = answer.text, answer.passages
                self.citations = {citation.number: citation for citation in answer.citations}
                self.sentences = dict(enumerate(answer.sentences))
                self.notices = list(answer.notices)

    def fail(self, why: str) -> None:
        """It ended without an answer."""
        self.error = why

    def stop(self) -> None:
        """The reader had enough."""
        self.stopped = self.stopped or not self.done

    @property
    def done(self) -> bool:
        """Whether nothing more will come."""
        return self.answer is not None or self.error is not None or self.stopped

    @property
    def abstained(self) -> bool:
        """Whether the articles do not hold the answer."""
        return self.answer is not None and self.answer.abstained

    def html(self) -> Html:
        """The turn as it is now."""
        return tag(
            "article",
            tag("h2", self.question, class_="question", dir="auto"),
            self._understood(),
            tag("div", self._text(), class_="answer", dir="auto") if self.text.strip() else None,
            tag("p", self._doing(), class_="doing") if not self.done else None,
            tag("p", "Stopped.", class_="doing stopped") if self.stopped else None,
            tag("p", tag("strong", "No answer could be written. "), self.error, class_="error") if self.error else None,
            *(tag("p", notice, class_="notice", dir="auto") for notice in self.notices),
            self._sources(),
            self._nearest() if self.abstained else None,
            self._found(),
            self._colophon(),
            class_="turn" + (" abstained" if self.abstained else ""),
            data_turn=self.number,
            aria_busy="false" if self.done else "true",
        )

    def _understood(self) -> Html | None:
        if not self.standalone or _SPACE.sub(" ", self.question).strip() == self.standalone:
            return None
        return tag("p", "Understood as: ", tag("em", self.standalone, dir="auto"), class_="understood")

    def _doing(self) -> str:
        if self.passages is None:
            return "Searching the articles …"
        if not self.text.strip():
            return f"Reading {_count(len(self.passages), 'passage')} of {_count(_articles(self.passages), 'article')} …"
        return "Checking each sentence …" if self.sentences else "Writing …"

    def _text(self) -> Html:
        """The answer, each checked sentence with its verdict after it."""
        parts: list[Html] = []
        at = 0
        for index, sentence in sorted(self.sentences.items(), key=lambda item: item[1].start):
            if sentence.start < at or self.text[sentence.start : sentence.end] != sentence.text:
                continue  # the text has changed since; the final answer brings its own sentences
            parts.append(self._cited(self.text[at : sentence.start]))
            mark = _mark(sentence, f"why-{self.number}-{index}")
            shown = self._cited(sentence.text, mark, sentence.citations)
            parts.append(tag("span", shown, class_=f"sentence {sentence.verdict}"))
            at = sentence.end
        parts.append(self._cited(self.text[at:]))
        return join(*parts)

    def _cited(self, text: str, mark: Html | None = None, own: Sequence[int] | None = None) -> Html:
        """Text with its markers as chips, `mark` at its end; neither begins a line. With `own`, what looks like a
        marker of another number is text: an article may have "[2]" in it."""
        parts: list[str] = []
        at = 0
        for run in _RUN.finditer(text):
            numbers = [int(number) for number in run.captures("number")]
            if own is not None and not set(numbers) <= set(own):
                continue
            chips = [self._chip(number) for number in numbers]
            last = mark if run.end() == len(text) else None
            parts += text[at : run.start()], tag("span", run["word"], *chips, run["stop"], last, class_="tied")
            at = run.end()
        if mark is None or (parts and at == len(text)):
            return join(*parts, text[at:])
        word = max(at, len(text) - len(text.rsplit(None, 1)[-1][-30:]))
        return join(*parts, text[at:word], tag("span", text[word:], mark, class_="tied"))

    def _chip(self, number: int) -> Html:
        """A citation to click; only a number while the citation is not known yet."""
        citation = self.citations.get(number)
        if citation is None:
            return tag("span", str(number), class_="cite")
        known = _known(citation.source, citation.published)
        return tag(
            "button",
            str(number),
            type="button",
            class_="cite",
            aria_label=f"Source {number}: {citation.title}{known}. Open at the cited sentence",
            title=f"{citation.title}{known}",
            **_place(citation),
        )

    def _sources(self) -> Html | None:
        if not self.citations:
            return None
        return tag(
            "ol",
            *(
                tag(
                    "li",
                    _card(citation, dated(citation.quote, citation.published), self.today),
                    also_in(citation.copies),
                    value=number,
                )
                for number, citation in sorted(self.citations.items())
            ),
            class_="sources",
            aria_label="Sources",
        )

    def _nearest(self) -> Html | None:
        first: dict[str, Found] = {}
        for passage in self.passages or ():
            first.setdefault(passage.article_id, passage)
        best = list(first.values())[:NEAREST]
        if not best:
            return None
        return join(
            tag("h3", "Nearest articles"),
            tag("ul", *(tag("li", _card(p, p.text, self.today)) for p in best), class_="passages"),
        )

    def _found(self) -> Html | None:
        """The passages: open while the answer is awaited or did not come, folded when it is there."""
        if not self.passages:
            return None
        summary = f"{_count(len(self.passages), 'passage')} of {_count(_articles(self.passages), 'article')} found"
        return tag(
            "details",
            tag("summary", summary),
            tag("ul", *(tag("li", _card(p, p.text, self.today)) for p in self.passages), class_="passages"),
            class_="found",
            open=(self.answer is None or self.error is not None) and not (self.text.strip() and self.stopped),
        )

    def _colophon(self) -> Html | None:
        if self.answer is None or self.error is not None:
            return None
        parts = [f"{self.answer.timings.get('total_ms', 0) / 1000:.1f} s", self.answer.engine]
        if self.answer.sentences:
            supported = sum(sentence.verdict == "supported" for sentence in self.answer.sentences)
            parts.insert(0, f"{supported} of {_count(len(self.answer.sentences), 'sentence')} supported")
        return tag("p", " · ".join(parts), class_="colophon")


def _mark(sentence: Sentence, identifier: str) -> Html:
    """The verdict on a sentence: a button that says why."""
    sign, meaning = _VERDICTS[sentence.verdict]
    why = " ".join((meaning, *(_sentence(reason) for reason in sentence.reasons)))
    return join(
        tag(
            "button",
            sign,
            type="button",
            class_="mark",
            aria_label=f"{meaning} Why?" if sentence.reasons else meaning,
            aria_expanded="false",
            aria_controls=identifier,
        ),
        tag("span", why, id=identifier, class_="why", role="note", dir="auto"),
    )


def _card(place: Citation | Found, text: str, today: date) -> Html:
    """A button that opens the article at a place of it."""
    snippet = _SPACE.sub(" ", text).strip()
    if len(snippet) > SNIPPET:
        snippet = snippet[:SNIPPET].rsplit(" ", 1)[0] + " …"
    return tag(
        "button",
        tag("span", place.title, class_="title", dir="auto"),
        tag("span", byline(place.source, place.published, today), class_="byline"),
        tag("span", snippet, class_="snippet", dir="auto"),
        type="button",
        class_="card",
        **_place(place),
    )


def _place(place: Citation | Found) -> dict[str, str | int]:
    return {"data_article": place.article_id, "data_start": place.start, "data_end": place.end}


def _known(source: str | None, published: str | None) -> str:
    known = ", ".join(part for part in (source, published) if part)
    return f" ({known})" if known else ""


def _articles(passages: Sequence[Found]) -> int:
    return len({passage.article_id for passage in passages})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "”")) else f"{text[:1].upper()}{text[1:]}."
