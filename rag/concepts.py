"""Words of the news that say one thing: who died was killed, and is among the dead."""

from collections.abc import Iterable
from functools import cache

from rag.verify import words as checked
from rag.words import stem

# By the name under which they are compared.
_SAME = {
    "die": "bodies body dead death deaths die died dies fatal fatalities kill killed kills perished toll victims",
    "injured": "hurt injured injuries injury wounded",
    "missing": "missing unaccounted",
    "ship": "boat boats craft ship ships submersible tanker tankers vessel vessels",
    "own": "belonged belonging belongs own owned owner owners owns",
    "succeed": "replace replaced replaces succeed succeeded succeeds successor",
    "arrest": "arrest arrested arrests custody detained detentions",
    "attend": "attend attended attendance crowd joined participants participated turned",
    "evacuate": "displaced evacuate evacuated evacuation evacuees fled flee leave",
    "rescue": "rescue rescued saved survive survived survivors",
    "job": "job jobs positions posts",
    "home": "home homes household households house houses",
    "car": "automobiles car cars vehicle vehicles",
    "protest": "demonstration demonstrators march marched marchers protest protesters protests rally",
    "person": "civilians customers inhabitants passengers people person persons residents",
    "aboard": "aboard board onboard carrying",
    "wait": "queue queued queueing queuing stranded wait waited waiting",
    "cost": "bill cost costs price priced spent value valued worth",
    "deep": "below beneath deep deeper depth underground",
    "long": "length long longer",
    "high": "crest height high higher peak peaked tall taller",
    "wide": "wide wider width",
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
    """By the stems of the search and of the checks, which bring irregular forms back to one: "spent", "spend"."""
    return {to(word): name for name, same in _SAME.items() for word in same.split() for to in (stem, checked.stem)}
