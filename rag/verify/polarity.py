"""Negation, opposites and the order of comparisons: what one word turns into its contrary."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from rag.verify.axes import AXES
from rag.verify.dates import MONTHS
from rag.verify.standing import unsaid
from rag.verify.units import ORDINALS, SMALL_NUMBERS
from rag.verify.words import NEGATIONS, Token, stem, word_set

# Verbs that deny what they govern ("failed to reach", "refused to sign", "stopped short of").
_DENYING = frozenset(
    stem(word) for word in word_set("fail refuse deny decline reject lack unlikely refrain avoid prevent")
)
_RULE = stem("rule")
_QUALIFYING = word_set("attempted alleged allegedly suspected almost nearly would-be former ex vice deputy acting")
# What one could do, one was able to: "the ferry could carry 400".
_ABLE = frozenset(stem(word) for word in word_set("carry hold reach travel seat hear see feel fit take withstand run"))
_AMOUNTS = word_set("all every everyone everybody everything none no half a an one two three four five six seven ten")
_LOSING, _BEATING = (frozenset(map(stem, words)) for words in (("lose", "lost"), ("beat", "defeat")))
_CONVERSE = frozenset(stem(word) for word in word_set("buy bought purchase acquire sell sold win won lose lost"))
# After one of these a participle describes: in "the failed bank" nothing is denied of the bank.
_DETERMINERS = word_set("the a an this that these those its his her their our your my")
HEDGES = word_set(
    "may might could can would possibly perhaps maybe likely probably potentially potential possible possibility "
    "appear appears appeared seem seems seemed suspected alleged allegedly reportedly reported believed feared thought "
    "if whether risk chance expected"
)
_UNTIL = 6  # "did not reopen until May": words after a negation within which that says that it ended
# Words that elsewhere mean little, and what is denied after "not": "the crisis is not over".
_PREDICATES = word_set("over off out through")
_BEING = word_set("be is are was were been being isn't aren't wasn't weren't not")
_HAVING = word_set("has have had is are")
_BREAKS = word_set("but although though while whereas however and which who that because only just")

# What a verb means with the small word after it.
_PHRASAL = {
    (stem(verb), particle): stem(meant)
    for verb, particle, meant in (
        ("strike", "down", "overturn"),
        ("struck", "down", "overturn"),
        ("throw", "out", "reject"),
        ("threw", "out", "reject"),
        ("vote", "down", "reject"),
        ("vote", "for", "favour"),
        ("turn", "down", "reject"),
        ("call", "off", "cancel"),
        ("break", "off", "end"),
        ("broke", "off", "end"),
    )
}
_PERIODS = word_set("week month year night spring summer autumn fall winter decade century weekend")
_LINKING = frozenset(stem(word) for word in word_set("before after above below over under favour favor against"))
_COUNTING = frozenset(SMALL_NUMBERS) | frozenset(ORDINALS)
_COMPARATIVES = frozenset(
    stem(w)
    for w in word_set(
        "more fewer less higher lower larger smaller bigger greater older younger better worse stronger weaker "
        "faster slower longer shorter earlier later hotter colder warmer cooler cheaper richer poorer"
    )
)
_ORDERING = frozenset(
    stem(w)
    for w in word_set(
        "beat defeat overtake outnumber exceed outsell sue accuse succeed replace follow before after ahead behind"
    )
)

_ANSWERED_NO = regex.compile(
    r"\s*((?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should)\b[^?]*)\?\s*no\b",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Opposite:
    """A word of the claim and the word of the evidence that says the contrary."""

    claimed: Token
    stated: Token | None
    kind: str  # "negation", "direction", "comparison"


def negated_stems(words: Sequence[Token]) -> dict[str, bool]:
    """Every content stem of a sentence, with whether a negation governs it, i.e. stands right before it.

    Adverbs and forms of "be" and "have" may stand between; what a verb denies ends at a comma. A word that occurs both
    ways is left out, and so is what somebody denies, or what was not so until something: neither it nor its contrary
    is said.
    """
    mentioned = unsaid(words)
    reach: dict[str, bool] = {}
    both: set[str] = set()
    governed = denying = ended = last = False
    before = ""
    for position, word in enumerate(words):
        described, before = before in _DETERMINERS and word.norm.endswith(("ed", "ing")), word.norm
        following = words[position + 1] if position + 1 < len(words) else None
        if word.norm == "no" and following is not None and following.start - word.end > 1:
            continue  # "No, the dam will hold"
        if word.norm in NEGATIONS or word.norm.endswith("n't"):
            denying = False
            ended = _ends(words, position)
            governed = not governed  # a double negation is none
            continue
        if (
            word.norm == "yet"
            and position
            and words[position - 1].norm in _HAVING
            and following
            and following.norm == "to"
        ):
            governed = not governed  # "has yet to be signed"
            continue
        if word.norm == "out" and position and words[position - 1].stem == _RULE:
            governed = denying = not last  # "ruled out any cooperation"
            continue
        if word.norm == "to" and governed and _duty(words, position):
            governed = False  # "does not have to follow it" does not say that it is not followed
            continue
        if word.norm in ("or", "nor"):
            governed = last  # "without an engine or a radio"
            continue
        apart = position > 0 and word.start - words[position - 1].end > 1
        if word.norm in _BREAKS or (apart and denying):
            governed = False
        if word.norm in ("one", "longer") and position and words[position - 1].norm == "no":
            continue  # "no one", "no longer"
        weighs = word.content or _predicate(words, position)
        if not weighs or word.norm.endswith("ly") or word.norm == "yet":
            continue
        if mentioned.get(position) == "denied" or (governed and ended):
            both.add(word.stem)
        if reach.setdefault(word.stem, governed) != governed:
            both.add(word.stem)
        last = governed
        governed = denying = word.stem in _DENYING and not described
    return {stem_: negated for stem_, negated in reach.items() if stem_ not in both}


def _duty(words: Sequence[Token], position: int) -> bool:
    """Whether "to" follows "not have", "not need" or "not be bound"."""
    return position > 1 and words[position - 1].norm in ("have", "need", "needed", "bound", "obliged", "required")


def _ends(words: Sequence[Token], position: int) -> bool:
    """Whether what is denied there is so from then on: "did not reopen until May", "will not reopen before 5 May"."""
    for at in range(position + 1, min(position + _UNTIL, len(words) - 1)):
        word, following = words[at].norm, words[at + 1].norm
        if word == "until" or (word == "before" and (following in MONTHS or following[0].isdigit())):
            return True
    return False


def _predicate(words: Sequence[Token], position: int) -> bool:
    """Whether a small word closes its statement: "is not over", but not "is not over budget"."""
    following = words[position + 1] if position + 1 < len(words) else None
    last = following is None or following.norm in _BREAKS or following.start - words[position].end > 1
    return last and words[position].norm in _PREDICATES and position > 0 and words[position - 1].norm in _BEING


def overclaimed(claim: Sequence[Token], sentence: Sequence[Token]) -> Token | None:
    """A word that the claim states flatly and the sentence only as what may be, nearly was or is said to be ("may have
    been armed", "attempted murder", "nearly crashed", "allegedly stole")."""
    if any(word.norm in HEDGES and word.text != "May" for word in claim):
        return None
    qualified = _qualified(sentence)
    flat = {word.stem for word in sentence} - qualified
    return next((word for word in claim if word.stem in qualified - flat - _qualified(claim)), None)


def _qualified(words: Sequence[Token]) -> set[str]:
    """The stems of what comes next after a word that says that it may not be so."""
    found: set[str] = set()
    for position, word in enumerate(words):
        following = words[position + 1 :]
        if following and (following[0].norm in _AMOUNTS or following[0].norm[0].isdigit()):
            continue  # "nearly all", "almost 300"
        if word.norm == "could" and following and following[0].stem in _ABLE:
            continue
        if word.norm == "former" and following and not following[0].content:
            continue  # "The former will close"
        if word.text in ("may", "might", "could") or word.norm in _QUALIFYING:
            found.update([w.stem for w in following if w.content and not w.norm.endswith("ly")][:1])
    return found


def nobody(words: Sequence[Token]) -> bool:
    """Whether a sentence speaks of nobody: "nobody was hurt", "no one came"."""
    return any(w.norm in ("nobody", "none") for w in words) or any(
        (a.norm, b.norm) == ("no", "one") for a, b in itertools.pairwise(words)
    )


def denied_question(text: str, words: Sequence[Token]) -> Sequence[Token]:
    """The words of the question that a text asks and answers with no ("Was it insured? No."), if it does."""
    match = _ANSWERED_NO.match(text)
    return [word for word in words if word.start < match.end(1)] if match else ()


def opposites(claim: Sequence[Token], sentence: Sequence[Token]) -> list[Opposite]:
    """Where `claim` says the contrary of `sentence`, given that both speak of the same thing."""
    found: list[Opposite] = []
    claimed, stated = negated_stems(claim), negated_stems(sentence)
    ours, its = _meanings(claim), _meanings(sentence)
    claim_stems, sentence_stems = set(ours), set(its)
    turned: list[tuple[Token, Token]] = []
    for axis in AXES:
        for side, contrary in itertools.permutations(axis, 2):
            mine = [w for w, meant in zip(claim, ours, strict=True) if meant in side]
            theirs = [w for w, meant in zip(sentence, its, strict=True) if meant in contrary]
            if not mine or not theirs or sentence_stems & side or claim_stems & contrary:
                continue
            if mine[0].stem in _LINKING and _next_content(claim, mine[0]) != _next_content(sentence, theirs[0]):
                continue  # "before the storm" says nothing against "after the flood"
            converse = mine[0].stem in _CONVERSE or all(_has(words, "against") for words in (claim, sentence))
            if converse and any(_crossed(claim, mine[0], sentence, one) for one in theirs):
                continue  # "A won the seat from B", "B lost the seat to A"; "A fell against B", "B rose against A"
            turned.append((mine[0], theirs[0]))
    for word, contrary_word in turned:
        if _of_none(claim) != _of_none(sentence):
            break  # "all were killed" for "none survived"
        if claimed.get(word.stem, False) == stated.get(contrary_word.stem, False):
            found.append(Opposite(word, contrary_word, "direction"))
    opposed = {word.stem for word, _ in turned}
    shared = [w for w in claim if w.stem in claimed and w.stem in stated and w.stem not in opposed]
    flipped = [w for w in shared if claimed[w.stem] != stated[w.stem] and w.norm not in _COUNTING]
    if all(_has(words, "no", "none") for words in (claim, sentence)):
        flipped = []  # "no passengers survived", "none of the passengers survived"
    if flipped and not turned and any(claimed[w.stem] == stated[w.stem] for w in shared):
        found.append(Opposite(flipped[0], None, "negation"))
    swap = _swapped(claim, sentence)
    if swap is not None and not found:
        if swap.stated is not None and swap.claimed.stem == swap.stated.stem:
            found.append(swap)
    elif swap is not None and turned and all(o.kind == "direction" for o in found):
        found.clear()  # "fewer A than B" for "more B than A": both turned, so the same
    if found and found[0].kind == "negation" and _denied(found[0].claimed.stem, claim, sentence):
        found.clear()  # "has no plan" for "denied that it plans"
    return found


def _has(words: Sequence[Token], *norms: str) -> bool:
    return any(word.norm in norms for word in words)


def _of_none(words: Sequence[Token]) -> bool:
    return _has(words, "none", "nobody", "neither") or any(
        word.norm == "no" and following.norm == "one" for word, following in itertools.pairwise(words)
    )


def _meanings(words: Sequence[Token]) -> list[str]:
    """The stem of each word; of a verb with a small word after it, that of what they mean together, and of the small
    word nothing. Nor of "last" in "last week", and of "missing", who has not missed."""
    meant = ["" if word.norm == "missing" else word.stem for word in words]
    for position, (word, following) in enumerate(itertools.pairwise(words)):
        if together := _PHRASAL.get((word.stem, following.norm)):
            meant[position : position + 2] = together, ""
        if word.norm == "last" and following.norm in _PERIODS:
            meant[position] = ""
    return meant


def _crossed(claim: Sequence[Token], verb: Token, sentence: Sequence[Token], other: Token) -> bool:
    """Whether what stands before each of the two verbs stands after the other one."""
    mine, theirs = ([_bag(w for w in some if w.start < at.start), _bag(w for w in some if w.start > at.start)]
                    for some, at in ((claim, verb), (sentence, other)))  # fmt: skip
    if verb.stem in _LOSING and other.stem in _BEATING and _next_content(sentence, other) in mine[0]:
        return True  # "Vestra lost the final", "Halden won, beating Vestra"
    return bool(mine[0] & theirs[1] and mine[1] & theirs[0])


def _next_content(words: Sequence[Token], word: Token) -> str:
    return next((other.stem for other in words if other.start > word.start and other.content), "")


def _swapped(claim: Sequence[Token], sentence: Sequence[Token]) -> Opposite | None:
    """The claim's comparison, if the sentence makes it with the two sides exchanged."""
    mine, theirs = _sides(claim), _sides(sentence)
    if mine is None or theirs is None or not _one_scale(mine[0].stem, theirs[0].stem):
        return None
    straight = (mine[1] & theirs[1]) | (mine[2] & theirs[2])  # "visitors", "the board said"
    both = (mine[1] & theirs[2]) - straight and (mine[2] & theirs[1]) - straight
    return Opposite(mine[0], theirs[0], "comparison") if both else None


def _one_scale(one: str, other: str) -> bool:
    return one == other or any(one in a and other in b for axis in AXES for a, b in itertools.permutations(axis, 2))


def _denied(what: str, claim: Sequence[Token], sentence: Sequence[Token]) -> bool:
    """Whether one negates what a verb in the other denies in the same clause ("denied on Monday that it plans")."""
    negates = [any(w.norm in NEGATIONS or w.norm.endswith("n't") for w in words) for words in (claim, sentence)]
    return negates[0] != negates[1] and _is_denied(what, sentence if negates[0] else claim)


def _is_denied(what: str, words: Sequence[Token]) -> bool:
    denying = False
    for position, word in enumerate(words):
        if word.norm in _BREAKS - {"that"} or (position and word.start - words[position - 1].end > 1):
            denying = False
        if denying and word.stem == what:
            return True
        denying = denying or word.stem in _DENYING
    return False


def _sides(words: Sequence[Token]) -> tuple[Token, frozenset[str], frozenset[str]] | None:
    """(relation, words of its left side, words of its right side) of a comparison, if there is one."""
    for position, word in enumerate(words):
        if word.norm == "than":
            relation = next((w for w in reversed(words[:position]) if w.stem in _COMPARATIVES), None)
            if relation is not None:
                return relation, _bag(words[:position]), _bag(words[position + 1 :])
        if word.stem in _ORDERING and 0 < position < len(words) - 1:
            left, right = _bag(words[:position]), _bag(words[position + 1 :])
            passive = words[position + 1].norm == "by" or (
                position + 2 < len(words) and words[position + 2].norm == "by"
            )
            if left and right:
                return (word, right, left) if passive else (word, left, right)
    return None


def _bag(words: Iterable[Token]) -> frozenset[str]:
    return frozenset(w.stem for w in words if w.content and w.stem not in _COMPARATIVES)
