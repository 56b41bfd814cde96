"""What a sentence quotes, and who it says said it."""

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from rag.verify.names import Name
from rag.verify.words import Token, plain_typography, stem, tokens, word_set

# Bounded on purpose: a text may be all apostrophes.
_QUOTED = regex.compile(
    r'"([^"\n]{2,600})"'
    r"|(?<![\p{L}\p{N}])'([^'\n]{1,300}+(?:'\p{L}[^'\n]{0,300}+){0,6}+)'(?![\p{L}\p{N}])"
)
SAYING = frozenset(
    stem(word)
    for word in word_set(
        "say tell add announce warn claim argue insist explain declare state write tweet deny admit confirm "
        "accuse report note stress suggest believe predict estimate call urge promise pledge describe"
    )
)

_OFFICES = {
    stem(word): number
    for number, words in enumerate(
        (
            "police",
            "mayor",
            "governor",
            "prosecutor prosecutors",
            "doctor doctors hospital",
            "witness witnesses",
            "resident residents",
            "army military soldiers",
            "judge court",
            "scientist scientists researcher researchers",
            "analyst analysts economist economists",
            "firefighters",
            "union unions",
        )
    )
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted string, ``text[start:end]`` with its marks; `words` folded, those left out ("…", "[…]") splitting it.

    `title` marks what is written in capitals like the title of a work rather than as somebody's words.
    """

    start: int
    end: int
    pieces: tuple[tuple[str, ...], ...]
    title: bool = False

    @property
    def length(self) -> int:
        return sum(len(piece) for piece in self.pieces)


def quotes(text: str) -> list[Quote]:
    """The quoted strings of `text`, in order."""
    plain = plain_typography(text)
    found = []
    for match in _QUOTED.finditer(plain):
        inside = match[1] or match[2]
        parts = regex.split(r"\.\.\.|…|\[[^\]]*\]", inside)
        pieces = tuple(tuple(word.norm for word in tokens(part)) for part in parts)
        pieces = tuple(piece for piece in pieces if piece)
        if pieces:
            content = [word for part in parts for word in tokens(part) if word.content]
            capitals = sum(1 for word in content if not word.text[0].islower())
            title = bool(content) and capitals >= 0.7 * len(content)
            found.append(Quote(match.start(), match.end(), pieces, title))
    return found


def stands_in(quote: Quote, folded: str) -> bool:
    """Whether every piece of the quote stands verbatim in `folded` (space-joined folded words)."""
    return all(f" {' '.join(piece)} " in f" {folded} " for piece in quote.pieces)


def office_of(word: Token) -> int | None:
    """The kind of speaker that a word names, None for other words; "officials" may be anybody."""
    return _OFFICES.get(word.stem)


def offices(words: Sequence[Token]) -> list[tuple[Token, int]]:
    """Who a sentence says something was said by, where that is no name: "the police said", "said the mayor"."""
    found = []
    for position, word in enumerate(words):
        if word.norm in ("said", "says", "say", "told"):
            around = [*reversed(words[max(0, position - 3) : position]), *words[position + 1 : position + 3]]
            found += [(other, office) for other in around if (office := office_of(other)) is not None][:1]
    return found


_WHERE = word_set("in at near off outside from")


def speakers(words: Sequence[Token], names: Sequence[Name]) -> list[Name]:
    """The names that a sentence says something was said by: next to a verb of saying, or after "according to"."""
    found: list[Name] = []
    for position, word in enumerate(words):
        if word.norm == "according" and position + 1 < len(words) and words[position + 1].norm == "to":
            after = [name for name in names if 0 <= name.start - words[position + 1].end <= 60]
            found.extend(after[:1])
        elif word.stem in SAYING:
            before = [name for name in names if 0 <= word.start - name.end <= (2 if name.initial else 60)]
            after = [name for name in names if 0 <= name.start - word.end <= (12 if name.initial else 32)]
            found.extend(before[-1:] or after[:1])
    return [name for name in dict.fromkeys(found) if not _is_place(words, name)]


def _is_place(words: Sequence[Token], name: Name) -> bool:
    """Whether it is where something is said: "he told reporters in Skopje"."""
    before = [word.norm for word in words if word.end <= name.start][-2:]
    return bool(before) and (before[-1] in _WHERE or (before[-1] == "the" and before[0] in _WHERE))
