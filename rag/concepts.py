"""Words of the news that say one thing: who died was killed, and is among the dead."""

from collections.abc import Iterable
from functools import cache

from rag.words import stem

# By the name under which they are compared.
_SAME = {
    "die": "dead death deaths die died dies fatal fatalities kill killed kills toll victims",
    "injured": "hurt injured injuries injury wounded",
    "missing": "missing unaccounted",
    "ship": "boat boats craft ship ships submersible tanker tankers vessel vessels",
    "own": "belonged belonging belongs own owned owner owners owns",
    "succeed": "replace replaced replaces succeed succeeded succeeds successor",
    "person": "civilians customers inhabitants passengers people person persons residents",
    "wait": "queue queued queueing queuing stranded wait waited waiting",
    "cost": "bill cost costs price spent worth",
    "deep": "deep depth",
    "long": "length long",
    "high": "height high tall",
    "wide": "wide width",
    "magnitude": "magnitude strength strong",
    "quake": "earthquake earthquakes quake quakes shock",
    "share": "percentage proportion share",
    "collect": "collected donated donations donors gave give given pledged promised raised",
}


def concept(stemmed: str) -> str:
    """What a stem is compared as: the concept of its word, else itself."""
    return _by_stem().get(stemmed, stemmed)


def concepts(stems: Iterable[str]) -> frozenset[str]:
    """What stems are compared as."""
    return frozenset(map(concept, stems))


def is_concept(stemmed: str) -> bool:
    """Whether the stem is one of a concept's words."""
    return stemmed in _by_stem()


@cache
def _by_stem() -> dict[str, str]:
    return {stem(word): name for name, same in _SAME.items() for word in same.split()}
