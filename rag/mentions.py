"""Who and what a text mentions: names, titles and definite noun phrases, with what a pronoun must agree with."""

import calendar
import itertools
from dataclasses import dataclass
from typing import Literal

import regex

from rag.given_names import FEMALE, MALE
from rag.words import STOPWORDS

Kind = Literal["person", "group", "place", "work", "thing"]

_OFFICES = """
    president senator governor mayor minister chancellor judge justice general colonel captain professor dr doctor pope
    bishop archbishop rep sen gov gen premier secretary chairman coach lt adm capt col maj sgt cmdr prof rev rear
    admiral lieutenant vice
"""
_TITLES = {
    **dict.fromkeys(("mr", "king", "prince", "lord", "sir", "father", "duke"), "m"),
    **dict.fromkeys(("mrs", "ms", "miss", "queen", "princess", "lady", "dame", "duchess"), "f"),
    **dict.fromkeys(_OFFICES.split()),
}
_GROUPS = regex.compile(
    r"\b(?:band|group|team|party|company|corporation|inc|ltd|club|union|association|council|committee|court|bank|agency"
    r"|ministry|department|university|college|army|force|forces|police|government|parliament|congress|senate|house"
    r"|commission|authority|administration|office|foundation|society|federation|board|firm|bureau|service|fund|guild|organi[sz]ation|family|brothers|sisters|orchestra|league|institute|airlines?|airways|nations)\b",
    regex.IGNORECASE,
)
# Words with a capital at the start of a sentence that are no name.
_BEGINNERS = """
    according officials authorities investigators police experts scientists residents witnesses prosecutors lawyers
    rescuers one two three four five six seven eight nine ten dozens hundreds thousands
"""
_UNNAMED = STOPWORDS | set(_BEGINNERS.split())
_TIMES = {day.lower() for day in [*calendar.month_name, *calendar.day_name]}
_PLACE_BEFORE = regex.compile(r"\b(?:in|at|near|from|across|outside|inside|around|to|into|through|throughout)\s$")
_BEGINNING = regex.compile(r"(?:^|[.!?:;,“\"(\n]\s*)$")
_PART = r"\p{Lu}(?:[\p{L}\p{M}\p{N}'’.&-]*[\p{L}\p{M}\p{N}])?"
_LINK = r"(?:of|the|de|la|le|du|van|von|der|den|al|bin|el|for|and|&)"
_BEFORE_NAME = r"(?:(?:Lt|Gen|Adm|Capt|Col|Maj|Sgt|Cmdr|Sen|Rep|Gov|Dr|Mr|Mrs|Ms|Prof|Rev|St|\p{Lu})\.\s?)*"
_NAME = regex.compile(
    rf"\b{_BEFORE_NAME}{_PART}(?:,? (?:Jr|Sr)\b\.?|\s(?:{_LINK}\s){{0,2}}{_PART}|\s\d{{1,3}}\b(?![.,]\d))*"
)
_WORK = regex.compile(r"[“\"]([^“”\"]{2,60})[”\"]")
# "the album", "his first book": a noun phrase that a pronoun can stand for.
_PHRASE = regex.compile(
    r"\b(?:the|this|that|these|those|an?|his|her|their|its|any|many|some|several|all|[Tt]he|\d[\d,]*)\s((?:\p{Ll}[\p{L}'’-]+\s){0,2}?\p{Ll}[\p{L}-]{2,})"
    r"(?=\s*(?:[?.,;:!]|$|(?:is|are|was|were|did|do|does|has|had|have|of|in|on|at|for|from|to|with|by|when|after|before"
    r"|that|which|who|and|but|about|during|over|as|last|get|become|come|go|win|make|play)\b))"
)
# "148 days": an amount, that no pronoun stands for.
_AMOUNTS = {f"{unit}{s}" for unit in ("minute", "hour", "day", "week", "month", "year", "decade") for s in ("", "s")}
# "The first to bid", "the latter": a place in a row, not a thing.
_RANKS = {"first", "second", "third", "fourth", "fifth", "last", "latter", "former", "latest", "rest"}
# A verb where a noun phrase or a name's noun could go on: "the Lahaina fire started", "many people fled".
_VERB = regex.compile(
    r".*ed|began|broke|burnt|came|fell|fled|flew|grew|held|hit|led|lost|met|paid|ran|rose|sank|sent|shot|sold|struck|won"
)
_ARTICLE = regex.compile(r"\b(?:the|this|that)\s$", regex.IGNORECASE)
_NOUNS = regex.compile(r"(?:\s(\p{Ll}[\p{L}-]+)(?!['’]))+")
_DOING = regex.compile(r"\b(?:do|does|did|will|would|can|could|should)\s(?:the\s)?$", regex.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Something mentioned at ``text[start:end]``. `kind` and `gender` are None where nothing tells.

    `named` is False for a noun phrase, kept without its article. A `modifier` describes the noun
    that follows: "Californian" in "Californian regulators"; with an article the two are one name,
    "the Lahaina fire".
    """

    text: str
    start: int
    end: int
    kind: Kind | None = None
    gender: Literal["m", "f"] | None = None
    plural: bool = False
    named: bool = True
    modifier: bool = False


def mentions(text: str) -> list[Mention]:
    """Names and quoted titles, then noun phrases, in order of position."""
    found = [
        Mention(text=match[1], start=match.start(1), end=match.end(1), kind="work") for match in _WORK.finditer(text)
    ]
    for match in _NAME.finditer(text):
        start, name = match.start(), match.group()
        if _BEGINNING.search(text, 0, start) or " " not in name:
            start, name = _trimmed(start, name)
        name = regex.sub(r"['’]s$", "", name)
        if (
            name
            and name.lower() not in _TIMES
            and not any(start < other.end and other.start < start + len(name) for other in found)
        ):
            found.append(_compound(name, start, text) or describe(name, start, text))
    for match in _PHRASE.finditer(text):
        if not any(match.start(1) < other.end and other.start < match.end() for other in found):
            first, *others = match[1].split()
            words = [first, *itertools.takewhile(lambda word: not _VERB.fullmatch(word), others)]
            if (people := next((i for i, word in enumerate(words) if _plural(word)), None)) is not None:
                words = words[: people + 1]  # "the workers work"
            if words[-1] not in STOPWORDS | _AMOUNTS | _RANKS:
                phrase = " ".join(words)
                found.append(
                    Mention(
                        text=phrase,
                        start=match.start(),
                        end=match.start(1) + len(phrase),
                        kind="thing",
                        plural=_plural(words[-1]),
                        named=False,
                    )
                )
    return sorted(found, key=lambda mention: mention.start)


def _trimmed(start: int, name: str) -> tuple[int, str]:
    """Without the question or function words with which a sentence began."""
    while name:
        head, _, rest = name.partition(" ")
        bare = regex.split("['’]", head)[0].lower()
        if (
            bare in _UNNAMED
            and not (bare in MALE and rest)
            and not (head.lower() == "the" and rest)
            and not (head.isupper() and len(head) > 1)
        ):
            start += len(name) - len(rest) if rest else len(name)
            name = rest
        else:
            break
    if name.lower().startswith("the ") and name[4:].split(" ")[0].lower() in STOPWORDS:
        return start, ""
    return start, name


def describe(name: str, start: int = 0, text: str | None = None) -> Mention:
    """A name with what its words, and the words before it, tell of it."""
    words = [word.strip(".,'’").lower() for word in name.split()]
    bare = [word for word in words if word not in _TITLES]
    given = (bare or words)[0].split("-")
    gender: Literal["m", "f"] | None = next(
        ("m" if part in MALE else "f" for part in reversed(given) if part in MALE or part in FEMALE), None
    )
    kind: Kind | None = None
    plural = False
    if _GROUPS.search(name):
        # "Norden Bank and Suden Bank" are two, "Department of Health and Education" is one
        plural = all(_GROUPS.search(part) for part in name.split(" and ")) and " and " in name
        kind, gender = "group", None
    elif words[0] in _TITLES:
        titled = _TITLES[words[0]]
        kind, gender = "person", gender or ("m" if titled == "m" else "f" if titled == "f" else None)
    elif " and " in name or " & " in name or (words[0] == "the" and words[-1].endswith("s")):
        kind, plural, gender = "group", True, None
    elif gender and len(words) > 1:
        kind = "person"
    elif text and _PLACE_BEFORE.search(text[:start]):
        kind = "place"
    end = start + len(name)
    follower = regex.match(r"\s(\p{Ll}[\p{L}-]+)", text[end:]) if text else None
    acting = text and regex.search(
        r"\b(?:do|does|did|has|have|had|will|would|can|could)\s(?:the\s)?$", text[:start], regex.I
    )
    modifier = bool(follower and len(words) == 1 and kind is None and not acting and _nounlike(follower[1]))
    return Mention(text=name, start=start, end=end, kind=kind, gender=gender, plural=plural, modifier=modifier)


def _compound(name: str, start: int, text: str) -> Mention | None:
    """A name with the noun that it describes: "the Lahaina fire", "the Ohio train derailment"."""
    head = regex.match(r"[Tt]he\s", name)
    begin = start if head else match.start() if (match := _ARTICLE.search(text, 0, start)) else None
    follower = _NOUNS.match(text, start + len(name))
    if begin is None or follower is None or " " in name[head.end() if head else 0 :]:
        return None
    words = list(itertools.takewhile(lambda word: word not in STOPWORDS, follower.captures(1)))
    if _DOING.search(text, 0, begin):
        if words and _plural(words[-1]):
            return None  # "did the Fed raise rates": what comes first is the verb
        words = words[:-1]  # "did the Lahaina fire start"
    words = list(itertools.takewhile(lambda word: not _VERB.fullmatch(word), words))
    if len(words) > 2:
        words = words[:1]
    if not words or not _nounlike(words[0]):
        return None
    end = start + len(name) + len(" ".join(["", *words]))
    kind: Kind = "group" if _GROUPS.search(words[-1]) else "person" if words[-1] in _TITLES else "thing"
    return Mention(text=text[begin:end], start=begin, end=end, kind=kind, plural=_plural(words[-1]))


def _plural(noun: str) -> bool:
    return noun == "people" or (noun.endswith("s") and not noun.endswith(("ss", "us", "is", "ics")))


def _nounlike(word: str) -> bool:
    return word not in STOPWORDS and not _VERB.fullmatch(word) and not word.endswith("ing") and len(word) > 3
