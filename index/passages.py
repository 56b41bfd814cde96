"""Cutting an article into passages: exact spans that tile it, ending between sentences."""

from dataclasses import dataclass
from importlib import metadata

import regex

from index.article import Article
from index.passage import Passage
from index.sentences import sentence_spans

# Raise when articles are cut differently by the code here or in `index.sentences`, or other text is embedded for a
# passage: indexes are made anew then.
_CUTTING = 4
# One of these characters says about as much as three letters.
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


@dataclass(frozen=True, slots=True)
class PassageRules:
    """How articles are cut. Sizes are in characters (three for one of Chinese, Japanese, Korean …).

    A passage takes whole sentences up to `target`; it ends early at the end of a paragraph once it
    is longer than `paragraph` × `target`. `overlap`: up to so many characters of whole sentences
    are repeated at the start of the next passage.
    """

    target: int = 900
    overlap: int = 0
    paragraph: float = 0.6

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same article would be cut differently: by the rules, the code or the segmenter."""
        cutting = f"sentences-{_CUTTING}/sentencex-{metadata.version('sentencex')}"
        return f"{cutting}/{self.target}/{self.overlap}/{self.paragraph:g}"


DEFAULT_RULES = PassageRules()


def passages_of(article: Article, rules: PassageRules = DEFAULT_RULES) -> list[Passage]:
    """The passages of `article`, in order; ``article.text[p.start:p.end] == p.text`` for each.

    Without overlap each ends where the next begins, the first begins at 0, the last ends with the
    text; the white space between two belongs to the former.
    """
    version = article.version
    published = None if article.published is None else int(article.published.timestamp())
    return [
        Passage(
            article_id=article.article_id,
            version=version,
            start=start,
            end=end,
            position=position,
            text=article.text[start:end],
            title=article.title,
            source=article.source,
            url=article.url,
            published=published,
            language=article.language,
        )
        for position, (start, end) in enumerate(_spans(article.text, article.language, rules))
    ]


def _spans(text: str, language: str | None, rules: PassageRules) -> list[tuple[int, int]]:
    sentences = sentence_spans(text, language)
    if not sentences:
        return [(0, len(text))] if text else []
    # A sentence reaches to the start of the next, so that nothing lies between.
    starts = [0, *(sentence.start for sentence in sentences[1:]), len(text)]
    spans: list[tuple[int, int]] = []
    first, size = 0, 0
    for i in range(len(sentences)):
        length = _size(text, starts[i], starts[i + 1])
        ended = (
            i > first and "\n\n" in text[sentences[i - 1].end : starts[i]] and size >= rules.paragraph * rules.target
        )
        if i > first and (size + length > rules.target or ended):
            spans.append((starts[first], starts[i]))
            first, size = _overlapped(text, starts, first, i, rules.overlap)
        size += length
    spans.append((starts[first], starts[-1]))
    return spans


def _overlapped(text: str, starts: list[int], first: int, end: int, overlap: int) -> tuple[int, int]:
    """Where the next passage starts (always past `first`), and the size of what it repeats."""
    size = 0
    begin = end
    while begin - 1 > first and (longer := size + _size(text, starts[begin - 1], starts[begin])) <= overlap:
        begin, size = begin - 1, longer
    return begin, size


def _size(text: str, start: int, end: int) -> int:
    piece = text[start:end]
    return len(piece) if piece.isascii() else len(piece) + 2 * len(_DENSE.findall(piece))


def embedding_text(passage: Passage) -> str:
    """What the embedding model reads for a passage: the title says what the passage is about."""
    return f"{passage.title}\n{passage.text}" if passage.title else passage.text
