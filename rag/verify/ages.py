"""Whose age it is: "Per Lund, 58," bears out that Per Lund is 58, and nobody else."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from rag.verify.analysis import Case
from rag.verify.finding import Finding
from rag.verify.names import Name, same_name

_AGE = regex.compile(
    r"(?<=\p{L},\s|\p{L}\s\()(?P<apposed>[1-9]?\d|1[01]\d)(?=[,.)])"
    r"|\b(?P<before>[1-9]?\d|1[01]\d)[- ]year[- ]old\b"
    r"|\b(?P<after>[1-9]?\d|1[01]\d)\syears\sold\b|\baged\s(?P<aged>[1-9]?\d|1[01]\d)\b(?!\s?(?:to|and|or|-|–))",
    regex.IGNORECASE,
)
_TO_NAME = regex.compile(r"\s(?:\p{Ll}[\p{L}-]*\s){0,3}")  # "the 58-year-old captain Per Lund"
_FROM_NAME = regex.compile(r",?\s(?:(?:who|now|is|was|he|she)\s){0,2}")  # "Per Lund, who was 58 years old"


class _Aged(NamedTuple):
    age: str
    whose: Name | None


def whose_age(case: Case) -> Iterator[Finding]:
    """An age that the evidence gives of somebody else, or another one than it gives."""
    for age, whose in _ages(case.claim.text, case.claim.names):
        if whose is None:
            continue
        same, others, known = False, False, None
        for source in case.sources:
            speaks_of = any(same_name(whose, name) for name in (*source.body.names, *source.title.names))
            for told, owner in _ages(source.text, source.body.names):
                his = same_name(whose, owner) if owner is not None else speaks_of
                if told == age:
                    same, others = same or his, others or not his
                elif his and owner is not None:
                    known = told
        if others and not same:
            instead = f"the evidence says {known}" if known else "the evidence says it of somebody else"
            yield Finding("number", "contradicted" if known else "not_found", True, f"age “{age}”: {instead}")


def _ages(text: str, names: Sequence[Name]) -> Iterator[_Aged]:
    for match in _AGE.finditer(text):
        age = next(filter(None, match.groups()))
        if match["before"]:
            whose = next(
                (n for n in names if n.start >= match.end() and _TO_NAME.fullmatch(text, match.end(), n.start)), None
            )
        else:
            begin = match.start() - (1 if match["apposed"] else 0)
            whose = next(
                (n for n in names if n.end <= begin and _is_before(text, n, begin, bool(match["apposed"]))), None
            )
        yield _Aged(age, whose)


def _is_before(text: str, name: Name, age: int, apposed: bool) -> bool:
    between = text[name.end : age]
    return between in (",", " ") if apposed else _FROM_NAME.fullmatch(between) is not None
