"""What an article says, as words: whether two say the same.

A story with another figure or another name in it is not a copy but a new version.
"""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

import regex

SIMILAR = 0.8  # Jaccard of the words' shingles
_WORDS = 5  # in a shingle
FEWEST = 20  # words: what is shorter says too little to be called a copy
_LONG = 10_000  # words: far more than an article
_PAIRS = 300_000  # pairs of equal words in two texts: a hundred times those of two articles
_SHORT = 8  # words: a longer replacement is another paragraph, not a correction

# Scripts without spaces go character by character.
_TOKEN = regex.compile(r"\d+(?:[.,:]\d+)*|[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\w'’]+")
_THOUSANDS = regex.compile(r"(?<=\d),(?=\d{3})")
_NUMBER_WORDS = frozenset(
    regex.findall(
        r"\w+",
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
        "billion dozen half first second third",
    )
)
_NEGATIONS = frozenset(("no", "not", "never", "none", "nor", "without", "neither", "nobody", "nothing", "cannot"))
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\p{L}*\.?"
_DAY = rf"(?:{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?)"
_AGENCY = r"\([^()\d\n]{2,40}\)"
_PLACE = r"(?:\p{Lu}[\p{L}\p{M}.'’-]*+[ ,/]{1,2}){0,5}"
# "By Ida Brandt", a line of its own; "ALVA, Kell, Feb 5 (Reuters) - ", which has a day or an agency.
_BYLINE = r"(?:By [^\n]{1,80}\n\s*+)?+"
_DATELINE = rf"(?:{_PLACE}(?:{_DAY}(?: {_AGENCY})?|{_AGENCY}) *(?:-+ |[–—]+ ?|\n))?+"
_HEAD = regex.compile(rf"\s*+{_BYLINE}{_DATELINE}")
_COPYRIGHT = regex.compile(
    r"^[^\S\n]*(?:©|(?:copyright|\(c\))[^\w\n]*(?:©|\(c\)|\d{4}\b))[^\n]{0,150}$", regex.M | regex.I
)


@dataclass(frozen=True)
class Wording:
    """A text as words, for comparing it with others."""

    text: str

    @cached_property
    def tokens(self) -> list[str]:
        """Without what a paper or an agency puts around the story: byline, dateline, copyright."""
        return list(_TOKEN.findall(_COPYRIGHT.sub("", self.text), _HEAD.match(self.text).end()))

    @cached_property
    def words(self) -> list[str]:
        """`tokens` in lower case, with straight apostrophes and numbers without separators of thousands."""
        plain = (token.lower().replace("’", "'") for token in self.tokens)
        return [_THOUSANDS.sub("", token) if "," in token else token for token in plain]

    @cached_property
    def shingles(self) -> frozenset[str]:
        """Every five words in a row."""
        return frozenset(" ".join(self.words[i : i + _WORDS]) for i in range(max(1, len(self.words) - _WORDS + 1)))

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(word for word in self.words if word[0].isdigit() or word in _NUMBER_WORDS)


def is_copy(one: Wording, other: Wording) -> bool:
    """Whether two articles tell the same in the same words: much alike, same numbers, nothing corrected."""
    if min(len(one.words), len(other.words)) < FEWEST or one.numbers != other.numbers:
        return False
    return jaccard(one.shingles, other.shingles) >= SIMILAR and not _corrects(one, other)


def repeats(passage: Wording, original: Wording) -> bool:
    """Whether `passage`, of a copy, says nothing that its `original` does not say.

    A few words that a paper puts below the story ("Read more at …") are nothing.
    """
    if not passage.numbers <= original.numbers:
        return False
    few = len(passage.words) < 2 * _WORDS
    return few or len(passage.shingles & original.shingles) >= SIMILAR * len(passage.shingles)


def jaccard(one: Set[str], other: Set[str]) -> float:
    """The size of the intersection over that of the union; 0 for two empty sets."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _corrects(one: Wording, other: Wording) -> bool:
    """Whether within the same words a name, a number or a negation was put in another's place."""
    # What both begin and end with needs no comparing, and is next to all where little was changed.
    first = _alike(one.words, other.words)
    last = _alike(one.words[first:][::-1], other.words[first:][::-1])
    mine, others = (words[first : len(words) - last] for words in (one.words, other.words))
    # The time grows with the pairs of equal words. In what is too long for an article the frequent ones are left out;
    # and a few words over and over are none.
    long = max(len(mine), len(others)) > _LONG
    counted = Counter(others)
    if not long and sum(count * counted[word] for word, count in Counter(mine).items()) > _PAIRS:
        return True
    matcher = SequenceMatcher(None, mine, others, autojunk=long)
    changes = matcher.get_opcodes()[0 if first else 1 : None if last else -1]
    for kind, start, end, other_start, other_end in changes:
        if kind == "equal" or max(end - start, other_end - other_start) > _SHORT:
            continue
        put = [*one.tokens[first + start : first + end], *other.tokens[first + other_start : first + other_end]]
        if any(token.lower() in _NEGATIONS or token.lower().endswith(("n't", "n’t")) for token in put):
            return True
        if kind == "replace" and any(token[0].isupper() or token[0].isdigit() for token in put):
            return True
    return False


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words the two begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
