"""What a sentence mentions without saying that it is so: what somebody denies or alleges, what is supposed, what is
still to come.

"The minister denied that she had resigned", "prosecutors allege that he took bribes", "if the vote fails", "the council
is expected to approve the plan": each has all the words of a claim that it does not bear out.
"""

from collections.abc import Sequence
from typing import Literal

from rag.verify.words import NEGATIONS, Token, stem, word_set

Standing = Literal["denied", "alleged", "supposed", "ahead"]


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


DENYING = _stems("deny dismiss reject refute rebut dispute debunk contrary")
_TALK = _stems(
    "rumour rumor report claim allegation suggestion accusation speculation theory story post assertion idea belief "
    "myth notion statement"
)
# What only alleges, by itself or before "that"; and what somebody is "accused of".
ALLEGING = _stems("allege")
_ALLEGED_THAT = _stems("claim allegation accusation suspicion suspect speculate speculation rumour rumor")
_ACCUSED = _stems("accuse suspect suspicion")
_FALSE = word_set(
    "false untrue wrong unfounded baseless fake incorrect inaccurate fabricated groundless nonsense denied dismissed "
    "rejected refuted debunked"
)
_NOTHING_SAYS = _stems("evidence proof sign indication truth")
_FALSELY = word_set("falsely wrongly mistakenly incorrectly erroneously")
_BEING = word_set("is are was were be been being")
_CONDITION = word_set("if unless whether")
_WILL = word_set("will would shall should could may might must")
# What is expected, planned or asked for, before "to" and a verb; some of them with somebody between.
_EXPECTING = _stems(
    "expect due set likely poised schedule plan hope want intend aim seek sought promise vow pledge threaten propose "
    "ready prepare urge ask tell call order about try attempt offer proposal yet"
)
# What somebody takes to be so; "be believed to" is looked at before its verb.
_SUPPOSING = _stems("believe think suspect")
BELIEVING = _stems("believe think alleged suspect fear rumour rumor")
_REACH = 5
_CLAUSE = 60
_BREAKS = word_set("but although though while whereas and")
_DETERMINERS = word_set("the a an his her its their this that these those")


def unsaid(words: Sequence[Token]) -> dict[int, Standing]:
    """The positions of the words of a sentence that are mentioned only, and how."""
    found: dict[int, Standing] = {}
    for position, word in enumerate(words):
        if word.norm == "that" and (end := _denied_until(words, position)):
            found.update(dict.fromkeys(range(position + 1, end), "denied"))
        elif _alleges(words, position):
            for i in range(position + 1, _clause_end(words, position + 1)):
                found.setdefault(i, "alleged")
        elif word.norm in _FALSELY and position + 1 < len(words):
            found.update(dict.fromkeys(range(position + 2, _clause_end(words, position + 2)), "denied"))
        elif word.norm in _CONDITION:
            end = _clause_end(words, position + 1)
            modal = next((i for i in range(position + 1, end) if words[i].norm in _WILL), end)
            found.update(dict.fromkeys(range(position + 1, modal), "supposed"))
        elif word.stem in _SUPPOSING and position + 1 < len(words) and not _passive(words, position):
            for i in range(position + 1, _clause_end(words, position + 1)):
                found.setdefault(i, "alleged")
        elif word.norm in _WILL or word.norm == "to":
            verb, standing = _verb_after(words, position), _standing_of_verb(words, position)
            if verb is not None and standing is not None:
                found.setdefault(verb, standing)
    return found


def _standing_of_verb(words: Sequence[Token], position: int) -> Standing | None:
    """How the verb after "will" or "to" stands; None after a "to" that says nothing of it ("voted to approve")."""
    if words[position].norm != "to" or _expected(words, position):
        return "ahead"
    return "supposed" if position and words[position - 1].stem in BELIEVING else None


def _passive(words: Sequence[Token], position: int) -> bool:
    """Whether it is "is thought", "believed to" or a noun ("the suspect said")."""
    before = [word.norm for word in words[max(0, position - 2) : position]]
    after = words[position + 1].norm
    return after == "to" or any(norm in _BEING or norm in _DETERMINERS for norm in before)


def _alleges(words: Sequence[Token], position: int) -> bool:
    """Whether what follows the word is only alleged: "alleges (that)", "claims that", "accused him of"."""
    word, before = words[position], words[max(0, position - _REACH) : position]
    if word.stem in ALLEGING:
        return word.norm != "alleged" or not before or before[-1].norm not in _DETERMINERS
    if word.norm == "that":
        return bool(before) and before[-1].stem in _ALLEGED_THAT
    return word.norm == "of" and any(other.stem in _ACCUSED for other in before)


def _clause_end(words: Sequence[Token], position: int) -> int:
    """The end of the clause: a comma or the like, "but", or the end of the sentence; a very long one is cut."""
    last = min(len(words), position + _CLAUSE)
    for i in range(position, last):
        if words[i].norm in _BREAKS or (i > position and words[i].start - words[i - 1].end > 1):
            return i
    return last


def _denied_until(words: Sequence[Token], position: int) -> int:
    """The end of what follows "that" at `position`, if it is told to be denied; else 0."""
    before = words[max(0, position - _REACH) : position]
    end = _clause_end(words, position + 1)
    last = before[-1] if before else None
    if last is None or last.end + 1 < words[position].start:
        return 0
    if last.stem in DENYING or last.norm in ("false", "untrue", "wrong", "incorrect"):
        return end
    negated = any(word.norm in ("no", "not", "n't", "without") or word.norm.endswith("n't") for word in before)
    if negated and (last.stem in _NOTHING_SAYS or last.norm in ("true", "correct")):
        return end
    if last.stem not in _TALK:
        return 0
    if any(word.stem in DENYING or word.norm in _FALSE for word in before[:-1]):
        return end
    for i in range(position + 2, min(len(words), end)):
        further = [word.norm for word in words[i + 1 : i + 4] if word.norm not in _BEING and word.norm[-2:] != "ly"]
        if words[i].norm in (*_BEING, "has", "have") and further[:1] and further[0] in _FALSE:
            return i
    return 0


def _expected(words: Sequence[Token], position: int) -> bool:
    """Whether "to" at `position` hangs on a word that expects, plans or asks for something, or is "is to", "has to"."""
    if position and words[position - 1].norm in ("is", "are", "has", "have"):
        return True
    for i in range(position - 1, max(-1, position - 1 - _REACH), -1):
        if words[i].stem in _EXPECTING or words[i].norm == "going":
            return True
        if words[i + 1].start - words[i].end > 1 or words[i].norm in _BREAKS:
            return False
    return False


def _verb_after(words: Sequence[Token], position: int) -> int | None:
    """The position of the verb after "to" or "will", over adverbs, "be" and "have"; None after "would not"."""
    for i in range(position + 1, min(len(words), position + 5)):
        if words[i].norm in NEGATIONS:
            return None
        if words[i].content and words[i].norm[-2:] != "ly":
            return i
    return None
