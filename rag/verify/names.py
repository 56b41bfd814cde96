"""Proper names in a sentence, and whether a text knows them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import regex

from rag.verify.countries import COUNTRIES
from rag.verify.dates import MONTHS, WEEKDAYS
from rag.verify.units import ORDINALS, SCALES, SMALL_NUMBERS
from rag.verify.words import Token, plain_typography, word_set


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words, ``text[start:end]``; `words` without titles and links.

    `initial` marks a name of one word that opens its sentence, where a capital says little;
    `next_stem` is the stem of the word after it.
    """

    start: int
    end: int
    words: tuple[Token, ...]
    initial: bool = False
    next_stem: str = ""

    @property
    def last(self) -> str:
        return self.words[-1].norm


# Capitalised in a name without naming anybody: forms of address, offices, kinds of institution.
_TITLES = word_set(
    "mr mrs ms miss dr sir lord lady dame prof professor president vice prime minister chancellor king queen prince "
    "princess pope general gen colonel col captain capt lt sgt sergeant major chief secretary senator sen rep governor "
    "gov mayor judge justice chairman chairwoman ceo director coach captain saint st rev bishop cardinal the of and "
    "de la el al von van der den bin ibn north south east west northern southern eastern western central"
)
# What a name is often told without: "Labour" is the Labour Party, "Pope Leo" Leo XIV.
_DROPPED = word_set("party inc ltd plc corp corporation company co group")
_NUMERALS = word_set("ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi")
_LINKS = word_set("of the de la del da di von van der den bin ibn al el y & for")
# Which clock a time goes by, which names nobody.
_TIMEZONES = word_set("et est edt ct cst cdt mt mst mdt pt pst pdt gmt utc bst cet cest")
_HEDGES = word_set(
    "almost nearly roughly approximately exactly several many few"
)  # what a number opens a sentence with
_FIRST_PERSON = frozenset(["i", "i'm", "i'd", "i've", "i'll"])
# Of other languages, where they open a sentence.
_PRONOUNS = word_set("er sie wir ihr ich il ils nous vous ella ellos ellas")

# Names of one place or body that have nothing in common as strings.
_ALIASES = (
    *COUNTRIES,
    frozenset(("fed", "federal reserve")),
    frozenset(("who", "world health organization", "world health organisation")),
)
# Abbreviations of what is no name.
_COMMON = word_set("ai cpi ev evs gdp mp mps tv ufo ufos vat")
# What the longer of two spellings of a name may end in where the shorter has one letter or nothing.
_ENDINGS = word_set("y i e a o n s ns an ans ian ians ean eans en ese ish ic ism ist ists ey") | {""}
_SENTENCE_START = regex.compile(r"(?:^|[.!?:;\n\"(\[•*]| -|\d\.)[\s\"'(\[*-]*$")


def names(text: str, words: Sequence[Token]) -> list[Name]:
    """The proper names of `text`: capitalised words that do not merely open a sentence, joined into runs."""
    plain = plain_typography(text)
    found: list[Name] = []
    run: list[Token] = []

    def close(following: Token | None) -> None:
        kept = tuple(word for word in run if word.norm not in _TITLES)
        if kept:
            opens = len(run) == 1 and _opens_sentence(plain, kept[0]) and not kept[0].text.isupper()
            next_stem = following.stem if following is not None else ""
            found.append(Name(kept[0].start, kept[-1].end, kept, opens, next_stem))
        run.clear()

    for position, word in enumerate(words):
        gap = plain[run[-1].end : word.start] if run else ""
        abbreviated = gap == ". " and (run[-1].norm in _TITLES or len(run[-1].text) <= 2)  # "Gov. Ada Berg"
        if run and not abbreviated and gap not in (" ", "-", "'"):
            close(word)
        link = bool(run) and word.norm in _LINKS and position + 1 < len(words) and _is_name(words[position + 1])
        if link or _is_name(word):
            run.append(word)
        else:
            close(word)
    close(None)
    return found


def _is_name(word: Token) -> bool:
    if not word.text[0].isupper() and not (word.text[0].isdigit() and word.text[-1].isupper()):
        return False
    if word.norm in MONTHS or word.norm in WEEKDAYS or word.norm in _FIRST_PERSON or word.norm in _HEDGES:
        return False
    if word.norm in SMALL_NUMBERS or word.norm in SCALES or word.norm in ORDINALS:
        return False
    if (
        len(word.text) == 1
        or word.norm in ("am", "pm")
        or word.norm in _COMMON
        or (word.norm in _TIMEZONES and word.text.isupper())
    ):
        return False
    return word.text.isupper() or (word.content and word.norm not in _PRONOUNS)


def _opens_sentence(plain: str, word: Token) -> bool:
    return bool(_SENTENCE_START.search(plain[max(0, word.start - 12) : word.start]))


class KnownWords:
    """The words that evidence holds, for looking names up in."""

    def __init__(self, words: Iterable[Token]) -> None:
        listed = list(words)
        self._folded = {word.norm for word in listed}
        self._folded |= {part for norm in self._folded if "'" in norm for part in norm.split("'")}
        self._capitals = {word.norm for word in listed if word.text.isupper()}
        self._stems = {word.stem for word in listed}
        self._joined = " " + " ".join(word.norm for word in listed if not _lower_case_word(word)) + " "
        self._by_letter: dict[str, set[str]] = {}
        for norm in self._folded:
            self._by_letter.setdefault(norm[:1], set()).add(norm)
        initials = [word.text[0] if word.text[:1].isupper() else " " for word in listed if word.norm not in _LINKS]
        self._initials = "".join(initials).casefold()

    def __contains__(self, word: Token) -> bool:
        norm = word.norm
        if norm in self._folded or word.stem in self._stems or norm.rstrip("s") in self._folded:
            return True
        if word.text.isupper() and 2 < len(norm) <= 6 and norm in self._initials:
            return True
        if any(norm in group and self._knows_one_of(group) for group in _ALIASES):
            return True
        return any(_variant(norm, other) for other in self._by_letter.get(norm[:1], ()))

    def knows(self, name: Name) -> bool:
        """Whether every word of the name is known, or it is known under another form."""
        joined = " ".join(word.norm for word in name.words)
        if any(joined in group and self._knows_one_of(group) for group in _ALIASES):
            return True
        if len(name.words) > 1:
            letters = _initials(name)
            if len(letters) > 2 and letters in self._capitals:
                return True
        telling = [word for word in name.words if word.norm not in _LINKS]
        # Charles is Charles III where no other numeral stands.
        dropped = _DROPPED if self._folded & _NUMERALS else _DROPPED | _NUMERALS
        return all(word in self for word in telling if len(telling) == 1 or word.norm not in dropped)

    def _knows_one_of(self, group: Collection[str]) -> bool:
        return any(f" {alias} " in self._joined for alias in group)


def _lower_case_word(word: Token) -> bool:
    """Whether it is a word that only as a name, in capitals, is one of the aliases: "who", "us", "fed"."""
    return word.norm in ("us", "who", "un", "eu", "fed") and word.text.islower()


def _initials(name: Name) -> str:
    return "".join(word.norm[0] for word in name.words if word.norm not in _LINKS)


def same_name(left: Name, right: Name) -> bool:
    """Whether two names may be of one person or thing: they share a word, are forms of one name, or its initials."""
    if left.words[0].norm == _initials(right) or right.words[0].norm == _initials(left):
        return True
    if any(_variant(a.norm, b.norm) or a.stem == b.stem for a in left.words for b in right.words):
        return True
    pair = {" ".join(word.norm for word in name.words) for name in (left, right)}
    return any(pair <= group for group in _ALIASES)


def _variant(left: str, right: str) -> bool:
    """Two spellings of one name: Zelensky and Zelenskyy, Ukraine and Ukrainian, Türkiye and Turkey."""
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) < 5 or any(c.isdigit() for c in left + right):
        return False
    common = 0
    for a, b in zip(shorter, longer, strict=False):
        if a != b:
            break
        common += 1
    ends = shorter[common:], longer[common:]
    return common >= 4 and len(ends[0]) <= 1 and ends[1] in _ENDINGS


def surname_with_other_first_name(name: Name, stated: Iterable[Name]) -> Name | None:
    """A name of the evidence that shares the last word of `name` but not its first, if that is all there is."""
    if len(name.words) != 2:
        return None
    same = [other for other in stated if other.last == name.last]
    if not same or any(len(other.words) == 1 or other.words[0].norm == name.words[0].norm for other in same):
        return None
    return same[0]


def named(name: Name, others: Iterable[Name]) -> bool:
    """Whether one of `others` has a word of `name`, or is another form of it."""
    return any(same_name(name, other) for other in others)
