"""Words of a text as the rule-based parts compare them: stems of content words, numbers, names."""

from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import combinations
from typing import NamedTuple, Protocol

import regex

_WORD = regex.compile(r"\d+(?:[.,]\d+)*|\p{L}[\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)?|\p{N}+")
_SENTENCE_START = regex.compile(r"(?:^|[.!?:\n]|[\"“‘(\[•*-])[\s\"“‘(\[]*$")
_ABBREVIATION = regex.compile(r"\b(?:\p{Lu}\.){2,}")
# Of two to seven parts, with "of", "for", "and" and "the" between them.
_LONG_NAME = regex.compile(r"\b\p{Lu}[\p{L}\p{M}.]*(?:\s(?:(?:of|for|and)\s)?(?:the\s)?\p{Lu}[\p{L}\p{M}.]*){1,6}")
_NAME_PART = regex.compile(r"\p{L}[\p{L}\p{M}.]*")
_APOSTROPHE = regex.compile(r"['’]")
_POSSESSIVE = regex.compile(r"['’]s?$")

# Words that say nothing of what a sentence is about, contractions included.
_STOPWORDS = """
    a about above across after again against ago ain all almost along already also although always am among an and
    another any anybody anyone anything anywhere are aren as aside at away back be became because become been before
    behind being below beside besides between beyond both but by came can cannot come could couldn did didn do does
    doesn doing don done down due during each either else enough etc even ever every everybody everyone everything for
    from further gave get gets getting give given gives go goes going gone got had hadn happen happened happening
    happens has hasn have haven having he
    her here hers herself him himself his how however i if in inside instead into is isn it its itself just keep kept
    let like made make makes many may maybe me might mine more moreover most mostly much must my myself near nearly
    neither never nevertheless no nobody none nor not nothing now nowhere of off often on once one ones only onto or
    other others otherwise our ours ourselves out outside over own per perhaps please put quite rather really s said
    same saw say saying says see seem seemed seems seen several shall she should shouldn since so some somebody
    somehow someone something sometimes somewhere still such t take taken takes tell tells than that the their theirs
    them themselves then there therefore these they thing things this those though through throughout thus till to
    together told too took toward towards under unless until up upon us use used very via was wasn way we well went
    were weren what whatever when whenever where whereas wherever whether which whichever while who whoever whole whom
    whose why will with within without won would wouldn yes yet you your yours yourself yourselves re ve ll d m
"""
STOPWORDS = frozenset(_STOPWORDS.split())


class Word(NamedTuple):
    """A word at ``text[start:end]``; `stem` is what is compared: a stem, or a number without its thousands commas."""

    text: str
    start: int
    end: int
    stem: str
    number: bool
    name: bool
    content: bool


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 (the library's name)


@cache
def _stemmer() -> _Stemmer:
    import snowballstemmer

    stemmer: _Stemmer = snowballstemmer.stemmer("english")
    return stemmer


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """English stem of a word, lower-cased, without a possessive ending."""
    return _stemmer().stemWord(_POSSESSIVE.sub("", word.lower()))


def words(text: str) -> list[Word]:
    """The words and numbers of `text`, in order.

    A name is a capitalised word that does not merely begin a sentence; it is a matter of spelling,
    so it says little of a headline in title case or of text in one case.
    """
    found = []
    for match in _WORD.finditer(text):
        raw = match.group()
        lower = raw.lower()
        if raw[0].isdigit() or raw.isnumeric():
            found.append(
                Word(raw, match.start(), match.end(), raw.replace(",", ""), number=True, name=False, content=True)
            )
            continue
        function_word = _APOSTROPHE.split(lower)[0] in STOPWORDS
        name = raw[0].isupper() and not (function_word and raw != raw.upper()) and not _begins(text, match.start(), raw)
        content = not function_word or (raw.isupper() and len(raw) > 1 and not text.isupper())
        found.append(Word(raw, match.start(), match.end(), stem(lower), number=False, name=name, content=content))
    return found


def _begins(text: str, start: int, raw: str) -> bool:
    before = text[max(0, start - 12) : start]
    return (
        bool(_SENTENCE_START.search(before))
        and not _ABBREVIATION.search(before)
        and not (raw.isupper() and len(raw) > 1)
    )


def content_stems(text: str) -> set[str]:
    """Stems of the content words and numbers of `text`."""
    return {word.stem for word in words(text) if word.content}


def told(texts: Iterable[str]) -> frozenset[str]:
    """The stems of the texts' words, and the initials of their names: "U.S. Geological Survey" tells of "USGS" too."""
    return frozenset().union(*map(_told, texts))


@lru_cache(maxsize=4096)
def _told(text: str) -> frozenset[str]:
    """What one text tells. Kept: the same sentences are looked at several times for a question, and for the next."""
    found = {word.stem for word in words(text)}
    for name in _LONG_NAME.finditer(text):
        parts = [part for part in _NAME_PART.findall(name.group()) if part[0].isupper()]
        letters = ["".join(filter(str.isupper, part)) if "." in part else part[0] for part in parts]
        runs = ("".join(letters[first:last]) for first, last in combinations(range(len(letters) + 1), 2))
        found.update(stem(run) for run in runs if len(run) > 2 or run == "".join(letters))
    return frozenset(found)
