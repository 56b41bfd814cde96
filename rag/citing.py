"""Citations while an answer streams: the model's markers resolved, or its sentences attributed.

Either way the text that comes out carries markers numbered in order of first use, and each number
stands for sentences of an article.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import regex

from index.sentences import sentence_spans
from rag.answer import Citation
from rag.attribution import attribute, narrow
from rag.citations import CitationParser, CitedSentence, Use, cited_sentences, marker_offset, place, unmarked
from rag.evidence import EvidenceSentence

Source = Sequence[EvidenceSentence]
"""What one number can stand for: neighbouring sentences of one article."""

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosines of a text to others."""

# A full stop or a line's end, and what has come after it: whether a sentence ends there shows a few characters later.
_OPEN_END = regex.compile(
    r"(?:[.!?…][\"'”’»)\]]*+(?=\s|$)|[。！？।؟۔][\"'”’»)\]]*+|(?=[^\S\n]*\n))(?P<rest>\s*+.{0,12})$", regex.DOTALL
)
_LOOKAHEAD = 4
_CLOSING = 8  # characters before what was shown in which a full stop may stand
_LIST_MARK = regex.compile(r"^\s*(?:[-*•–]|\(?\d{1,3}[.)])\s+")
MOST_ATTRIBUTED = 2  # citations that the engine gives a sentence


class Citer:
    """Turns the model's text into the shown one. Feed, finish, then read the results.

    With `marks` the model was shown the sources by number and asked to cite; without, each
    sentence is attributed when it is complete, and what looks like a marker is dropped. `further`
    sources were not shown to the model; only a remark can cite them.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        marks: bool,
        similarity: Similarity | None = None,
        further: Sequence[Source] = (),
    ) -> None:
        self._sources = [*sources, *further]
        self._shown = sources
        self._texts = [" ".join(sentence.text for sentence in source) for source in self._sources]
        self._language = sources[0][0].language if sources else None
        self._marks = marks
        self._similarity = similarity
        self._cleaner = None if marks else CitationParser(0)
        self._parser = CitationParser(len(sources))
        self._sentence = ""
        self._emitted = 0
        self._quotes: list[CitedSentence] = []
        self.text = ""
        self.uses: tuple[Use, ...] = ()
        self.remark_start: int | None = None

    @property
    def invented(self) -> int:
        """Citations to sources that do not exist, dropped."""
        return self._parser.dropped if self._cleaner is None else self._cleaner.dropped

    def feed(self, piece: str) -> str:
        """The text to show for the next piece of the model's."""
        shown = (
            self._parser.feed(piece).text
            if self._cleaner is None
            else self._attributing(self._cleaner.feed(piece).text)
        )
        self.text += shown
        return shown

    def quote(self, source: int) -> str:
        """The text to show for the quotation of a source (from 0), cited by the engine.

        It is shown as it stands, but for what looks like a marker in it, and is one sentence. Raises IndexError for no
        such source. An answer is either fed or made of quotations.
        """
        shown = self._parser.literal(" ").text if self.text else ""
        start = len(self.text) + len(shown)
        text = unmarked(self._texts[source])
        shown += self._parser.literal(f"{text} ").text
        cited = self._parser.cite(source)
        shown += cited.text
        self.text += shown
        self._quotes.append(CitedSentence(start=start, end=len(self.text), plain=text, uses=cited.uses))
        return shown

    def finish(self, remark: Sequence[tuple[str, int]] = ()) -> str:
        """The text to show at the end of the stream. `text` and `uses` are final after this.

        `remark` is a sentence of the engine's own to add: pieces of text, each with the source (from 0)
        that it rests on.
        """
        shown = "" if self._cleaner is None else self._attributing(self._cleaner.finish().text, last=True)
        shown += self._parser.finish().text
        if remark:
            self._parser.sources = len(self._sources)
            shown += self._parser.literal(" ").text if self.text + shown else ""
            self.remark_start = len(self.text + shown)
        for piece, source in remark:
            # Values and names of sources are the articles' words: nothing in them is a marker.
            shown += self._parser.literal(f"{unmarked(piece)} ").text + self._parser.cite(source).text
        if remark:
            shown += self._parser.literal(".").text
        self.text += shown
        self.uses = tuple(self._parser.uses)
        if self._cleaner is None and not self._quotes:
            self._cite_unmarked()
        return shown

    def sentences(self) -> list[CitedSentence]:
        """The sentences of the shown text with their citations; a quotation is one, and the remark."""
        if self.remark_start is None:
            return self._quotes or cited_sentences(self.text, self.uses, self._language)
        before = tuple(use for use in self.uses if use.start < self.remark_start)
        text = self.text[self.remark_start :]
        remark = CitedSentence(start=self.remark_start, end=len(self.text), plain=text, uses=self.uses[len(before) :])
        written = self.text[: self.remark_start].rstrip()
        return [*(self._quotes or cited_sentences(written, before, self._language)), remark]

    def used(self) -> list[int]:
        """Sources (from 0) by number: ``used()[number - 1]``."""
        by_number = {use.number: use.source for use in self.uses or self._parser.uses}
        return [by_number[number] for number in sorted(by_number)]

    def citations(self) -> list[Citation]:
        """One for each number, narrowed to the sentences that carry what cites it."""
        uses = self.uses or tuple(self._parser.uses)
        claims: dict[int, list[str]] = {}
        for sentence in self.sentences() if self.uses else cited_sentences(self.text, uses, self._language):
            for use in sentence.uses:
                claims.setdefault(use.source, []).append(without_list_mark(sentence.plain))
        placed = {use.number: use.placed_by for use in reversed(uses)}
        return [
            citation(number, self._carrying(source, claims.get(source, [])), placed[number])
            for number, source in enumerate(self.used(), 1)
        ]

    def _carrying(self, source: int, claims: Sequence[str]) -> Source:
        """The sentences of a source that carry `claims`: a run without gaps; all where none stands out."""
        whole = self._sources[source]
        if len(whole) == 1:
            return whole
        starts = [0]
        for sentence in whole:
            starts.append(starts[-1] + len(sentence.text) + 1)
        hit = {
            i
            for claim in claims
            for span in narrow(claim, self._texts[source], language=self._language)
            for i, (start, end) in enumerate(pairwise(starts))
            if span.start < end - 1 and start < span.end
        }
        return whole[min(hit) : max(hit) + 1] if hit else whole

    def _attributing(self, text: str, *, last: bool = False) -> str:
        shown: list[str] = []
        for char in text:  # one by one, so that the pieces of the stream change nothing
            self._sentence += char
            open_end = _OPEN_END.search(self._sentence, max(0, self._emitted - _CLOSING))
            if open_end is None:
                shown.append(self._show(len(self._sentence.rstrip())))
            elif char.isspace() or open_end["rest"].isspace() or (end := self._certain_end()) is None:
                shown.append(self._show(open_end.start("rest")))
            else:
                shown.append(self._complete(end))
        if last:
            rest = len(self._sentence.rstrip())
            ends = [span.end for span in sentence_spans(self._sentence, self._language)]
            done = 0
            for end in [end for end in ends if self._emitted <= end < rest] + [rest]:
                shown.append(self._complete(end - done))
                done = end
        return "".join(shown)

    def _certain_end(self) -> int | None:
        """Where a sentence ends that another follows for certain. What has been shown is not taken apart any more."""
        for span, following in pairwise(sentence_spans(self._sentence, self._language)):
            if span.end >= self._emitted and len(self._sentence) - following.start >= _LOOKAHEAD:
                return span.end
        return None

    def _complete(self, end: int) -> str:
        """Show the sentence up to `end` with its citations; what is left begins the next."""
        shown = self._show(end) + self._attribute(self._sentence[:end])
        self._sentence, self._emitted = self._sentence[end:], 0
        return shown

    def _show(self, end: int) -> str:
        piece = self._sentence[self._emitted : end]
        self._emitted = max(self._emitted, end)
        return self._parser.literal(piece).text

    def _attribute(self, sentence: str) -> str:
        found = self._supporting(sentence)
        if not found:
            return ""
        shown = self._parser.literal(" ").text
        return shown + "".join(self._parser.cite(source).text for source in found)

    def _cite_unmarked(self) -> None:
        """What the model left unmarked, the engine attributes where it can."""
        additions = [
            (marker_offset(self.text, sentence), source)
            for sentence in self.sentences()
            if not sentence.uses
            for source in self._supporting(sentence.plain)
        ]
        if additions:
            self.text, self.uses = place(self.text, self.uses, additions)

    def _supporting(self, sentence: str) -> list[int]:
        sentence = without_list_mark(sentence)
        if not sentence.strip() or not self._shown:
            return []
        texts = self._texts[: len(self._shown)]
        similarities: list[list[float]] | None = None
        if self._similarity is not None:
            rows = [[sentence_.text for sentence_ in source] for source in self._shown]
            flat = list(self._similarity(sentence, [text for row in rows for text in row]))
            similarities = []
            for row in rows:
                similarities.append(flat[: len(row)])
                del flat[: len(row)]
        if similarities is not None and any(
            len(sentence_spans(text, self._language)) != len(row) for text, row in zip(texts, similarities, strict=True)
        ):
            similarities = None  # joined, some sentences are segmented differently
        found = attribute(sentence, texts, similarities=similarities, language=self._language, most=MOST_ATTRIBUTED)
        return sorted(attribution.index for attribution in found)


def without_list_mark(sentence: str) -> str:
    """A sentence without the bullet or number that it has in a list: no article says that."""
    mark = _LIST_MARK.match(sentence)
    return sentence[mark.end() :] if mark else sentence


def citation(number: int, sentences: Source, placed_by: "str") -> Citation:
    """A citation of neighbouring sentences. Its quote, as they were read, is cut from the article by the engine."""
    first, last = sentences[0], sentences[-1]
    return Citation(
        number=number,
        article_id=first.article_id,
        title=first.title,
        source=first.source,
        url=first.url,
        published=iso_day(first.published),
        start=first.start,
        end=last.end,
        quote=" ".join(sentence.text for sentence in sentences),
        placed_by="engine" if placed_by == "engine" else "model",
    )


def iso_day(published: int | None) -> str | None:
    """The date of epoch seconds, in UTC."""
    return None if published is None else datetime.fromtimestamp(published, UTC).date().isoformat()
