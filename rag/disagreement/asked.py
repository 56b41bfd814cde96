"""What a question about a number asks for, and which figures of the evidence can be that.

A figure fits where the words around it, or its unit, say what is wanted, and nothing says that it is of something
else: another place or name, some of the whole, what was expected and not what came.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

import regex

from rag.answer_types import DIMENSIONS
from rag.concepts import concept, is_concept
from rag.disagreement.figures import ORDINALS, SIDES, Figure, Statement, capitalised, content_concepts, groups
from rag.disagreement.wanted import PEOPLE, Wanted, part_wanted
from rag.verify.dates import moments
from rag.verify.units import SMALL_NUMBERS
from rag.verify.words import Token, stem, tokens

_PARTIAL = frozenset(map(stem, ("aftershock", "foreshock", "young", "youth", "core", "average", "median")))
# Every figure is of its day, and need not say so.
_NOW = frozenset(map(stem, ("latest", "current", "currently", "far", "still", "today", "now")))
_SMALL = frozenset(map(stem, SMALL_NUMBERS))
_TOGETHER = regex.compile(r"\b(?:together|altogether|combined|both)\b", regex.IGNORECASE)
_PAST = regex.compile(r"\b(?:did|was|were|had)\b", regex.IGNORECASE)
_NOT_YET = regex.compile(
    r"\b(?:expects?|expected|forecasts?|predict\w*|asked|sought|seeks?|demanded|propos\w*|limit|(?-i:may)|allowed|capacity"
    r"|plans?|planned|target)\b",
    regex.IGNORECASE,
)
_NEW = regex.compile(r"\s*\bnew\b", regex.IGNORECASE)
_EVER = regex.compile(r"\b(?:career|lifetime|all[- ]time)\b", regex.IGNORECASE)
_MORE = regex.compile(r"\s*(?:more|further|additional|extra)\b(?! than)", regex.IGNORECASE)
_FURTHER = regex.compile(r"\b(?:another|a further|an additional)\s+$", regex.IGNORECASE)
_ZONE = regex.compile(r"\s*\(?(?:GMT|UTC|[ECMP][SD]?T|CET|CEST|BST)\b")
_REPORTS = regex.compile(
    r"\b(?:said|says|told|reports?|reported|estimate[sd]?|puts?|counted|according)\b", regex.IGNORECASE
)
COVERED = 0.5  # content of the question that a sentence and its title must have
# Statements, the likeliest to answer first, that may put it in other words than the question; with its unit alone.
LIKELY, LIKELIEST = 7, 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question wants of which things.

    `names` are the proper names of the question, `named` the same as they stand together ("Storm Ilsa" is meant by
    "Ilsa" too), `others` the names in the evidence that are not the question's, `content` the concepts that it speaks
    of, `group` the people who alone are counted, `part` the part of something that is asked for.
    """

    question: str
    wanted: Wanted
    names: frozenset[str]
    named: tuple[frozenset[str], ...]
    others: frozenset[str]
    content: frozenset[str]
    ordinals: frozenset[str]
    sides: frozenset[str]
    group: frozenset[str]
    part: str | None

    @classmethod
    def of(cls, question: str, statements: Sequence[Statement]) -> "Asked | None":
        """None when the question does not ask for a number."""
        dated = moments(question)
        asked = [word for word in tokens(question) if not any(m.start <= word.start < m.end for m in dated)]
        # A lower-case question has names too: words that the evidence writes with capitals.
        texts = dict.fromkeys([question, *(text for told in statements for text in (told.text, told.title))])
        written = [_written(text) for text in texts]
        proper = frozenset().union(*(capitals for capitals, _ in written)) - _SMALL
        proper = frozenset(each for each in proper if not is_concept(each))
        wanted = Wanted.of(question, [word for word in asked if word.stem not in proper])
        if wanted is None:
            return None
        if wanted.kind == "duration":  # "How long will it last?"
            asked = [word for word in asked if word.stem != "last"]
        content = content_concepts(asked) - {"much", "mani", "number", "person"} - _NOW
        names = proper.intersection(word.stem for word in asked)
        ordinals, sides, group = (
            frozenset(word.stem for word in asked if word.stem in some) for some in (ORDINALS, SIDES, groups())
        )
        others = proper.difference(names, *(small for _, small in written))
        named = _together(asked, names & content)
        part = part_wanted(question) if wanted.kind in ("money", "measure", "duration") else None
        return cls(question, wanted, names & content, named, others, content, ordinals, sides, group, part)

    def fits(self, item: Figure, article: AbstractSet[str], text: str) -> bool:
        """Whether the item, of the statement `text`, can be what is asked for; `article` is what its article's
        statements speak of."""
        if item.quantity.unit not in self.wanted.units or self._of_others(item, article, text):
            return False
        if self._of_another_time(item, text):
            return False
        likely = item.index < LIKELY
        if self.says(item):
            return likely or self.covered(item)
        near, told = self.wanted.near, self.wanted.told
        if not near and not self.wanted.sizes and (told or self.wanted.kind != "measure") and self.covered(item):
            return True
        if not likely or (_about(item) & DIMENSIONS) - self.wanted.sizes:
            return False
        if near and near <= article and item.tally:
            return True
        return told and (self.closeness(item)[0] > 0 or self.plainly(item))

    def _of_others(self, item: Figure, article: AbstractSet[str], text: str) -> bool:
        """Whether it is of some of the whole, of other people, of another place or of somebody else."""
        if (self.ordinals and not self.ordinals & item.near) or self.sides != item.near & SIDES:
            return True
        if (self.wanted.kind == "count" and item.group != self.group) or (item.near & _PARTIAL) - self.content:
            return True
        if self.wanted.people and item.quantity.counted and not PEOPLE & _counted(item):
            return True  # "8 million subscribers" are no customers
        if self.names and item.places - self.names and not self.names & (item.near | item.places):
            return True
        if self.part and self.part not in item.wide:
            return True  # of the whole stadium, where the roof of it is asked for
        speaks = item.wide if _TOGETHER.search(self.question) else article
        if not all(name & speaks for name in self.named):
            return True
        if self.named and item.titled & self.others and not any(name & item.wide for name in self.named):
            return True  # "It destroyed 23 houses", under "Ruin in Dunmore"
        first = _first(text)  # "Habel is offering …"; a dateline ("ALDMOOR –") is no subject
        subject = first.start == 0 and not first.text.isupper() and first.stem in self.others
        return subject and not _REPORTS.search(text[: item.quantity.start])

    def _of_another_time(self, item: Figure, text: str) -> bool:
        """Whether it is what was expected where it is asked what came, an addition, or a clock elsewhere."""
        quantity = item.quantity
        if _PAST.search(self.question) and _NOT_YET.search(text) and not _NOT_YET.search(self.question):
            return True
        further = _FURTHER.search(text[: quantity.start]) or _MORE.match(text, quantity.end)
        if further and "missing" not in self.wanted.near:
            return True
        if (_NEW.match(text, quantity.end) or _EVER.search(text)) and not _NEW.search(self.question):
            return True
        return quantity.unit == "clock" and _ZONE.match(text, quantity.end) is not None

    def says(self, item: Figure) -> bool:
        """Whether the words around the number say what is asked for."""
        if sizes := self.wanted.sizes:
            return sizes <= _about(item) or (sizes == {"long"} and item.hyphened)  # "the 21-foot craft"
        if self.wanted.head and item.quantity.counted and not self.wanted.head & _counted(item):
            return False  # "after 11 rounds of talks about job cuts"
        return bool(self.wanted.near) and self.wanted.near <= _about(item)

    def plainly(self, item: Figure) -> bool:
        """Whether a likely sentence says it, or that it is the count, or gives it in a unit in which few things
        come."""
        if item.tally and item.index < LIKELY:
            return True
        return item.index < (LIKELY if self.says(item) else LIKELIEST * self.wanted.plain(item.quantity.unit))

    def covered(self, item: Figure) -> bool:
        """Whether its sentence and title have the question's words."""
        return len(self.content & (item.wide | self.names)) >= COVERED * len(self.content)

    def closeness(self, item: Figure) -> tuple[int, bool]:
        """How much of the question stands around the number itself, and whether it is told as of now (no date)."""
        return len(self.content & (item.near | item.places)), not item.dates


def _counted(item: Figure) -> frozenset[str]:
    return frozenset(map(concept, item.quantity.counted))


def _about(item: Figure) -> AbstractSet[str]:
    return item.near | _counted(item)


@lru_cache(maxsize=4096)
def _first(text: str) -> Token:
    """The first word of a text that has a figure."""
    return tokens(text)[0]


@lru_cache(maxsize=4096)
def _written(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of the words with a capital of their own, and of those without any."""
    words = tokens(text)
    return (
        frozenset(word.stem for word in words if capitalised(word, text)),
        frozenset(word.stem for word in words if word.text[0].islower() or not word.content),
    )


def _together(words: Sequence[Token], names: AbstractSet[str]) -> tuple[frozenset[str], ...]:
    """The names, those in one run of words as one."""
    runs: list[set[str]] = [set()]
    for word in words:
        if word.stem in names:
            runs[-1].add(word.stem)
        elif runs[-1]:
            runs.append(set())
    return tuple(frozenset(run) for run in runs if run)
