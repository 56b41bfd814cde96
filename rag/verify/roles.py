"""Who does what to whom: the names on the two sides of a verb that goes one way."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.verify.names import Name, same_name
from rag.verify.words import Token, fold, stem, word_set

# Verbs whose two sides are not exchanged without changing what is said; those of a line are one deed.
_DEEDS = {
    stem(fold(verb)): number
    for number, line in enumerate(
        (
            "beat defeat thrash overcome overcame trounce outplay stun edge rout hammer",
            "accuse",
            "attack",
            "sue sued",
            "buy acquire purchase",
            "lead",
            "invade",
            "bomb shell",
            "blame",
            "criticise criticize",
            "condemn",
            "praise",
            "warn",
            "threaten",
            "urge",
            "tell",
            "back endorse support",
            "replace succeed",
            "overtake overtook",
            "outsell outsold",
            "outnumber",
            "kill",
            "shoot",
            "arrest",
            "sack dismiss",
            "hire appoint",
            "nominate",
            "sanction",
            "fine",
            "mock",
            "thank",
            "own",
            "owe",
            "help",
            "hit strike",
            "follow",
            "invite",
            "host",
            "interview",
        )
    )
    for verb in line.split()
}
_BEATING, _REPLACING = _DEEDS[stem("beat")], _DEEDS[stem("replace")]


@dataclass(frozen=True, slots=True)
class _Link:
    """A verb whose other side stands after a link ("lost … to", "took over … from"), `follows` directly after it."""

    follows: str
    to: str
    kind: int
    turned: bool


_LINKED = {
    stem(verb): link
    for verbs, link in (
        ("lose", _Link("", "to", _BEATING, turned=True)),
        ("win won", _Link("", "from", _BEATING, turned=False)),
        ("take took taken", _Link("over", "from", _REPLACING, turned=False)),
        ("hand", _Link("over", "to", _REPLACING, turned=True)),
        ("give gave", _Link("way", "to", _REPLACING, turned=True)),
    )
    for verb in verbs.split()
}
# Where one of these is written as in a dictionary it may be a noun, unless what stands before it makes it a verb.
_NOUNS = word_set("attack lead back support blame praise fine help strike host interview shell bomb sanction own")
_VERB_AHEAD = word_set("to will would may might must shall should could can did does do not")
_BEING = word_set("be is are was were been being get got gets")
_PREPOSITIONS = word_set("in at of from for near on with to")
_FAR = 6
_BREAKS = word_set("and but while although though after before as because when")


@dataclass(frozen=True, slots=True)
class Deed:
    """`doer` does to `other` what the verb `word` says; `kind` is the same for verbs that say the same."""

    kind: int
    word: Token
    doer: Name
    other: Name

    def turns(self, stated: "Deed") -> bool:
        """Whether `stated` is the same deed with the sides exchanged."""
        return self.kind == stated.kind and same_name(self.doer, stated.other) and same_name(self.other, stated.doer)

    def repeats(self, stated: "Deed") -> bool:
        """Whether `stated` is the same deed of the same."""
        return self.kind == stated.kind and same_name(self.doer, stated.doer) and same_name(self.other, stated.other)


def deeds(words: Sequence[Token], names: Sequence[Name]) -> list[Deed]:
    """The deeds of one sentence: verbs between two names that are both near."""
    found = []
    for position, word in enumerate(words):
        link = _linked(words, position)
        kind = _DEEDS.get(word.stem) if link is None else link.kind
        if kind is None or (word.norm in _NOUNS and (not position or words[position - 1].norm not in _VERB_AHEAD)):
            continue
        left = next((name for name in reversed(names) if name.end <= word.start), None)
        # "Labour lost the Marlow seat to the Conservatives": the other side stands after the link, not the seat.
        start = word.end if link is None else _end_of(link, words, position)
        right = next((name for name in names if start is not None and name.start >= start), None)
        if left is None or right is None:
            continue
        before = [w.norm for w in words[:position] if w.start >= left.end]
        after = [w.norm for w in words[position + 1 :] if w.start < right.start]
        if len(before) > _FAR or len(after) > _FAR or _BREAKS & {*before, *after}:
            continue
        turned = _turned(word, before, after) if link is None else link.turned
        if turned is not None:
            found.append(Deed(kind, word, *((right, left) if turned else (left, right))))
    return found


def _linked(words: Sequence[Token], position: int) -> _Link | None:
    link = _LINKED.get(words[position].stem)
    if link is None or (link.follows and [w.norm for w in words[position + 1 : position + 2]] != [link.follows]):
        return None
    return link


def _end_of(link: _Link, words: Sequence[Token], position: int) -> int | None:
    """Where the word ends that comes before the other side."""
    return next((w.end for w in words[position + 1 : position + 1 + _FAR] if w.norm == link.to), None)


def _turned(word: Token, before: Sequence[str], after: Sequence[str]) -> bool | None:
    """Whether the name on the right is the doer ("was beaten by"); None if that cannot be told."""
    being = bool(_BEING & set(before[-3:]))
    if "by" in after[-2:]:
        return True if being or "by" in after[:2] else None
    if being and "by" in after and _PREPOSITIONS.isdisjoint(after[after.index("by") :]):
        return True  # "was sued on Tuesday by its former supplier, Castwell"
    return None if being and not word.norm.endswith("ing") else False
