"""A fragment, completed from the exchange before it: "Why?", "And in 2022?", "What about Syria?"."""

from collections.abc import Sequence
from datetime import date

import regex

from rag.dates import expressions
from rag.followup.antecedents import anchored, english, pronouns_named
from rag.followup.pronouns import ANY
from rag.followup.salience import Candidate, silent
from rag.mentions import mentions

_AUXILIARY = regex.compile(
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|will|would|can|could|shall|should|may|might|must|'s)\b",
    regex.I,
)
_LEAD = regex.compile(r"^(?:(?:and|or|but|so|then|ok|okay|well|und|et|y|e|¿y)\b[\s,]*)+", regex.I)
_ABOUT = regex.compile(r"^(?:what|how) about\s+", regex.I)
_BARE = regex.compile(
    r"^(?P<wh>why|how|when|where|who|what for|how come|why not|how so|since when|where exactly|when exactly)\s*[?!.]*$",
    regex.I,
)
_YES_NO = regex.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b", regex.I)
_ASKING = regex.compile(
    rf"\b(?:who|what|which|when|where|why|how|whose|{ANY}|wer|was|wo|wann|warum|wie|welche[rs]?|qui|que|quoi|où|quand"
    r"|pourquoi|comment|combien|quién|qué|dónde|cuándo|cómo|cuánto)\b",
    regex.I,
)
_COUNTERPART = regex.compile(
    r"^who (?:is|was) (?:his|her|its|their) (?P<whose>\p{Lu}[\p{L}-]+) counterpart\W*$", regex.I
)
_SOME_DAY = date(2024, 1, 1)  # only where the time expressions stand matters here


def continued(question: str, before: str, answer: str, candidates: Sequence[Candidate]) -> str | None:
    """The whole question that a fragment stands for, given the exchange before; None if it is no fragment."""
    bare = _LEAD.sub("", question)
    if whose := _COUNTERPART.match(bare):
        return _counterpart(whose["whose"], before)
    if asked := _BARE.match(bare):
        return _because(asked["wh"], before, answer, candidates)
    rest = _ABOUT.sub("", bare).rstrip(" ?.!")
    fragment = not _ASKING.search(rest)
    short = len(rest.split()) <= (6 if rest != question.rstrip(" ?.!") else 3)
    if not (rest and fragment and short) or _AUXILIARY.search(rest):
        return None
    if swapped := _with_time(before, rest) or _with_name(before, rest):
        return swapped
    if regex.match(r"the\s", rest, regex.I) and english(before):
        # the question before asks of something else: "What about the ship?" after one about a bridge
        return anchored(f"What about {rest}?", candidates)
    return f"{rest[0].upper()}{rest[1:]}: {before}"


def _counterpart(whose: str, before: str) -> str | None:
    """ "Who is his Russian counterpart?" asks the question before of Russia: "Who heads the Russian agency?"."""
    own = regex.search(r"(?<=\bthe\s)\p{Lu}[\p{L}-]+(?=\s(?!(?:of|for|in|at|to|and)\b)\p{Ll})", before)
    return before[: own.start()] + whose + before[own.end() :] if own else None


def _because(wh: str, before: str, answer: str, candidates: Sequence[Candidate]) -> str:
    """ "Why?" of what was asked, when that was a yes-or-no question; else of what was answered."""
    wh = wh[0].upper() + wh[1:]
    if _YES_NO.match(before):
        return f"{wh} {before[0].lower()}{before[1:]}"
    sentence = regex.split(r"(?<=[.!?])\s", answer.strip())[0].rstrip(" .")
    whole = len(sentence.split()) > 3 and not silent(answer)
    if whole and wh.lower() in ("why", "how come", "how so", "how"):
        told = pronouns_named(sentence, [c for c in candidates if c.asked])
        first = next(iter(mentions(told)), None)
        if first is None or first.start > 0:
            told = told[0].lower() + told[1:]
        return f"{wh} is it that {told}?"
    return f"{wh}: {before}"


def _with_time(before: str, rest: str) -> str | None:
    """The question before of another time, if that is what the fragment is."""
    times = expressions(rest, _SOME_DAY)
    if not times or times[0].end != len(rest):
        return None
    old = next(iter(expressions(before, _SOME_DAY)), None)
    if old is None:
        end = len(before.rstrip(" ?.!"))
        return f"{before[:end]} {rest}{before[end:]}"
    head = regex.search(r"\b(?:in|on|at|since|before|after|until|during)\s(?:the\s)?$", before[: old.start])
    start = head.start() if head and times[0].start > 0 else old.start
    return before[:start] + rest + before[old.end :]


def _with_name(before: str, rest: str) -> str | None:
    """The question before of another name, if the fragment ends with one that can take the place of its like."""
    new = [mention for mention in mentions(rest) if mention.named]
    if len(new) != 1 or new[0].end != len(rest):
        return None
    preposition = regex.match(r"(?:in|at|from|for|of|by|with|to|on|under|against)\b", rest, regex.I)
    named = [mention for mention in mentions(before) if mention.named and not mention.modifier]
    for old in named:
        if preposition:
            same = regex.search(rf"\b{preposition.group()}\s(?:the\s)?$", before[: old.start], regex.I)
            if same:
                return before[: same.start()] + rest + before[old.end :]
        elif old.kind == new[0].kind is not None or (len(named) == 1 and None in (old.kind, new[0].kind)):
            return before[: old.start] + new[0].text + before[old.end :]
    return None
