"""Sentences of news made wrong, and made shorter without becoming wrong.

English rules of thumb: what they make need not be pretty, only right or wrong as it is meant to be.
"""

import random
from collections.abc import Callable, Sequence

import regex

_OPPOSITES = (
    "rise/fall rose/fell increase/decrease increased/decreased more/fewer higher/lower before/after win/lose won/lost "
    "first/last largest/smallest approved/rejected support/oppose supported/opposed accepted/refused began/ended "
    "start/end old/new north/south east/west men/women arrested/released killed/injured daughter/son wife/sister "
    "husband/brother father/uncle mother/aunt buy/sell bought/sold confirmed/denied most/few up/down open/close "
    "opened/closed ban/allow banned/allowed"
)
OPPOSITE = {
    word: other
    for pair in _OPPOSITES.split()
    for word, other in (pair.split("/"), reversed(pair.split("/")))
}  # fmt: skip
_VERB = regex.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|did|does)\b(?! not)")
_NAME = regex.compile(r"(?<=[a-z,] )\p{Lu}[\w'’.-]+(?: \p{Lu}[\w'’-]+){0,3}")
_NUMBER = regex.compile(
    r"\b\d[\d,.]*\d\b|\b\d\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion)\b"
)
_ENDING = regex.compile(
    r" (?:in|at|for|after|over|with|by|from|during|to|on|against|because of|following|amid|as) [^,;]{6,70}[.]?$"
)
_LETTERS = regex.compile(r"[a-z]+")
_READ = 6_000  # characters of an article that names, numbers and endings are taken from

Source = Sequence[str]
"""The sentences of an article."""


def corrupted(claim: str, own: Source, other: Source, rng: random.Random) -> str | None:
    """`claim` with one name, number, negation, word or ending changed, names and numbers to those of its `own` article,
    endings to one of that or of the `other`. None where nothing fits."""
    ways: list[Callable[[], str | None]] = [
        lambda: _another_name(claim, own, rng),
        lambda: _another_number(claim, own, rng),
        lambda: _negated(claim, rng),
        lambda: _turned(claim, rng),
        lambda: _another_ending(claim, own, rng),
        lambda: _another_ending(claim, other, rng),
    ]
    order = rng.sample([*ways, ways[0], ways[4]], len(ways) + 2)  # what models confuse most is made most often
    return next((text for way in order if (text := way()) is not None), None)


def _found(pattern: "regex.Pattern[str]", source: Source) -> list[str]:
    return list(dict.fromkeys(match.group() for match in pattern.finditer(" ".join(source)[:_READ])))


def _another_name(claim: str, own: Source, rng: random.Random) -> str | None:
    names = list(_NAME.finditer(claim))
    pool = _found(_NAME, own)
    rng.shuffle(names)
    rng.shuffle(pool)
    for match in names:
        old = match.group()
        for new in pool[:30]:
            alike = len(new.split()) == len(old.split()) and old not in new
            if alike and new.lower() not in claim.lower():
                return claim[: match.start()] + new + claim[match.end() :]
    return None


def _another_number(claim: str, own: Source, rng: random.Random) -> str | None:
    numbers = list(_NUMBER.finditer(claim))
    if not numbers:
        return None
    match = rng.choice(numbers)
    old = match.group()
    pool = [new for new in _found(_NUMBER, own) if new != old and new[0].isdigit() == old[0].isdigit()]
    if pool and rng.random() < 0.6:
        new = rng.choice(pool)
    elif old.isdigit():
        new = str(max(1, int(old) + rng.choice([-3, -2, -1, 1, 2, 5, 10])))
    else:
        return None
    return None if new == old else claim[: match.start()] + new + claim[match.end() :]


def _negated(claim: str, rng: random.Random) -> str | None:
    if " not " in claim and rng.random() < 0.8:
        return claim.replace(" not ", " ", 1)
    verb = _VERB.search(claim)
    return None if verb is None else f"{claim[: verb.end()]} not{claim[verb.end() :]}"


def _turned(claim: str, rng: random.Random) -> str | None:
    words = [match for match in _LETTERS.finditer(claim) if match.group() in OPPOSITE]
    if not words:
        return None
    match = rng.choice(words)
    return claim[: match.start()] + OPPOSITE[match.group()] + claim[match.end() :]


def _another_ending(claim: str, source: Source, rng: random.Random) -> str | None:
    old = _ENDING.search(claim)
    if old is None:
        return None
    for sentence in rng.sample(source, len(source)):
        new = _ENDING.search(sentence.strip())
        if new is None or new.group().strip(" .") in claim:
            continue
        if new.group().split()[0] == old.group().split()[0] or rng.random() < 0.2:
            stop = "." if claim.endswith(".") else ""
            return f"{claim[: old.start()]}{new.group().rstrip('.')}{stop}"
    return None


_SHORTER: tuple[Callable[[str], str], ...] = (
    lambda text: regex.sub(r" \([^)]*\)", "", text),
    lambda text: regex.sub(r", (?:who|which|where)[^,]{5,80},", "", text, count=1),
    lambda text: regex.sub(
        r",? (?:he|she|they|officials|\p{Lu}\w+) (?:said|told \w+|added)(?: on \w+day)?\.?$", ".", text
    ),
    lambda text: regex.sub(
        r"^(?:On|In|At|After|Before|According to)[^,]{3,60}, (\w)", lambda match: match.group(1).upper(), text
    ),
    lambda text: regex.sub(
        r",(?: (?:and|but|while|as|with|after|before|which|who))? [^,]{12,90}\.$", ".", text
    ),
)  # fmt: skip


def shortened(sentence: str, rng: random.Random) -> str | None:
    """`sentence` without an aside, its attribution, its first or its last part. None where nothing can go."""
    for way in rng.sample(_SHORTER, len(_SHORTER)):
        text = way(sentence)
        if text != sentence and len(text) > 30:
            return text
    return None
