"""What the words around a quantity say of it: "more than", "not", what is counted, of which change it is part."""

import bisect
from dataclasses import replace

import regex

from rag.verify.changes import part_of_change, per
from rag.verify.numbers.quantity import Bound, Quantity
from rag.verify.words import Token

_BOUNDS: dict[Bound, str] = {
    "nearly": "nearly|almost|close to|just under|just below|not quite|fast",
    "over": r"more than|over|above|at least|exceed\w*|upwards of|no fewer than|no less than|in excess of|greater than"
    "|minimum of|mehr als|plus de|más de",
    "under": "less than|fewer than|under|below|up to|at most|no more than|as many as|as much as|maximum of"
    "|weniger als|moins de|menos de",
    "about": r"about|around|roughly|approximately|some|an estimated|estimated|circa|ca\.|~|rund|etwa|environ|unos",
}
_BEFORE = {
    bound: regex.compile(rf"\b(?:{words})\s*(?:the |an? )?$", regex.IGNORECASE) for bound, words in _BOUNDS.items()
}

_DENIED = regex.compile(r"(?<!\bif |\bor )\b(?:not|rather than|instead of) (?:the )?$", regex.IGNORECASE)

_EXCEPTED = regex.compile(r"\b(?:all|every\p{L}*|any\p{L}*|none) (?:but|except(?: for)?) (?:the )?$", regex.IGNORECASE)


def with_context(plain: str, quantity: Quantity, words: list[Token]) -> Quantity:
    """The quantity, with what is around it in `plain`; `words` are the tokens of that text."""
    before = plain[max(0, quantity.start - 24) : quantity.start]
    return replace(
        quantity,
        bound=_bound(before, plain[quantity.end : quantity.end + 12].lower()),
        counted=_counted(plain, quantity.end, words),
        denied=_DENIED.search(before) is not None,
        excepted=_EXCEPTED.search(before) is not None,
        part=part_of_change(plain, quantity.start, quantity.end),
        per=per(plain, quantity.end),
    )


def _bound(before: str, after: str) -> Bound:
    if after.startswith((" or more", "+", " or over")):
        return "over"
    if after.startswith((" or less", " or fewer")):
        return "under"
    return next((bound for bound, pattern in _BEFORE.items() if pattern.search(before)), "exact")


def _counted(plain: str, end: int, words: list[Token]) -> tuple[str, ...]:
    """Stems of up to three content words after position `end`, as far as the noun phrase seems to go."""
    stems: list[str] = []
    at = bisect.bisect_left(words, end, key=lambda word: word.start)
    for word in words[at : at + 6]:
        if regex.search(r"[,;:.!?()\"|\n，。、；：！？（）]", plain[end : word.start]) or word.norm[0].isdigit():
            break
        if word.content:
            stems.append(word.stem)
        elif word.norm not in ("of", "the", "a", "an", "its", "their", "our", "these", "those", "more"):
            break
        end = word.end
    return tuple(stems[:3])
