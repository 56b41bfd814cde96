"""Third-person pronouns in a question: what each can stand for, and whether it names an owner."""

import regex

from rag.mentions import Mention

_FORMS = {"he": "he|him|his", "she": "she|her|hers", "they": "they|them|their|theirs", "it": "it|its"}
ANY = "|".join(_FORMS.values())
# The group that matches is the pronoun; "he's" and the like are left alone.
PRONOUN = regex.compile(
    rf"\b(?:{'|'.join(f'(?P<{pronoun}>{forms})' for pronoun, forms in _FORMS.items())})\b(?!['’]s\b)", regex.I
)
_OWNERS = {"his", "its", "their", "hers", "theirs"}
# Words that can follow "her" as an object; anything else is what belongs to her.
_AFTER_OBJECT = regex.compile(
    r"\s*(?:$|[?.,;:!]|(?:to|in|on|at|for|from|with|about|after|before|when|as|by|during|and|or|that|go|do|get|be|so|say"
    r"|leave|win|lose|stop|feel|want|out|up|off|over|down|away|back|into)\b)",
    regex.I,
)


def owns(match: "regex.Match[str]") -> bool:
    """Whether the pronoun says whose something is: "his", and "her" where it is not the object."""
    word = match.group().lower()
    return word in _OWNERS or (word == "her" and not _AFTER_OBJECT.match(match.string, match.end()))


def agrees(mention: Mention, pronoun: str) -> float:
    """How well a pronoun can stand for a mention; 0 if it cannot."""
    if pronoun in ("he", "she"):
        if not mention.named or mention.plural or mention.kind not in ("person", None):
            return 0.0
        if mention.gender:
            return 1.5 if (mention.gender == "m") == (pronoun == "he") else 0.0
        return 1.2 if mention.kind == "person" else 0.8 if " " in mention.text else 0.0
    if pronoun == "they":
        return (
            1.3 if mention.plural or mention.kind == "group" else 0.8 if mention.named and mention.kind is None else 0.0
        )
    if mention.kind == "person" or mention.gender or mention.plural:
        return 0.0
    return 1.0 if mention.kind else 0.8
