"""What the claim says flatly, and the evidence only mentions: as denied, alleged, supposed, or still to come."""

import itertools
from collections.abc import Sequence

from rag.verify.analysis import Case, SentenceView
from rag.verify.finding import Finding
from rag.verify.polarity import HEDGES, negated_stems
from rag.verify.quotes import SAYING
from rag.verify.standing import ALLEGING, BELIEVING, DENYING, Standing, unsaid
from rag.verify.words import Token, is_past, stem, word_set

_REASONS: dict[Standing, str] = {
    "denied": "the evidence has it as denied",
    "alleged": "by the evidence it is only alleged",
    "supposed": "the evidence only supposes it",
    "ahead": "by the evidence it is still to come",
}
_DETERMINERS = word_set("the a an this that these those its his her their our any some all no")
_LONG = 70  # words; past that it is a list or a table, in which any words may be found
_TELLING = DENYING | BELIEVING | ALLEGING | frozenset([stem("accuse"), stem("claim")])
_PASSIVE = word_set("is are was were been being")


def unvouched(case: Case) -> Finding | None:
    """What the claim says flatly, and the evidence mentions only.

    Nothing is found where another sentence with half of the rest of the claim says it, or where the same word stands
    in the same sentence once more.
    """
    words = case.claim.words
    if any(word.norm in HEDGES or word.stem in _TELLING for word in words):
        return None
    own = unsaid(words)
    denies = any(negated_stems(words).values())
    tells = any(word.stem in SAYING or word.norm == "according" for word in words)
    short = [view for view in case.sentences if len(view.words) <= _LONG]
    close = [v for v in short if case.coverage(v.stems) >= 0.5 and case.coverage(v.stems | case.held) >= 0.8]
    if not close:
        return None
    for position, word in enumerate(words):
        if not word.content or position in own:
            continue
        for view in close:
            standing = _standing(view, word, *_told(words, position))
            owned = (denies and standing in ("denied", "ahead")) or (tells and standing == "alleged")
            if standing and not owned and not _said(case, word):
                return Finding(
                    "negation",
                    "contradicted" if standing == "denied" else "not_found",
                    True,
                    f"“{word.text}”: {_REASONS[standing]}",
                )
    return None


def _told(words: Sequence[Token], position: int) -> tuple[bool, bool]:
    """Whether a word of the claim tells what has happened ("approved", "has cut"), and whether by a passive."""
    before = [word.norm for word in words[:position] if word.norm[-2:] != "ly"]
    last = before[-1] if before else ""
    if last in _DETERMINERS:
        return False, False  # "the approved plan"
    return is_past(words[position].norm) or last in ("has", "have", "had"), last in _PASSIVE


def _standing(view: SentenceView, word: Token, happened: bool, passive: bool) -> Standing | None:
    """How the sentence mentions the word; None where it says it, or has it not.

    What is alleged, supposed or to come is compared with what has happened alone, the latter two in the same voice:
    other forms may be nouns, and "will be joining" is as good as done.
    """
    mentioned = view.mentioned
    places = [i for i, other in enumerate(view.words) if other.stem == word.stem]
    standings = [mentioned.get(i) for i in places]
    if not standings or None in standings:
        return None
    standing = standings[0]
    if standing == "denied" or (standing == "alleged" and happened):
        return standing
    before = view.words[places[0] - 1].norm if places[0] else ""
    if standing == "supposed" and happened and view.words[places[0]].norm == word.norm:
        return standing  # "whether a heater caused it": the same form, whatever the voice
    be = before in _PASSIVE or before == "be"
    done = any(a.norm == "did" and b.norm != "not" for a, b in itertools.pairwise(view.words))
    return standing if happened and be == passive and not done else None


def _said(case: Case, word: Token) -> bool:
    """Whether a sentence, or a title, says the word outright and much of the rest of the claim."""
    without = frozenset([word.stem])
    for view in case.sentences:
        if word.stem in view.stems and case.coverage(view.stems, without) >= 0.4:
            mentioned = view.mentioned
            if any(other.stem == word.stem and i not in mentioned for i, other in enumerate(view.words)):
                return True
    for source in case.sources:
        for i, other in enumerate(source.title.words):
            before = source.title.words[i - 1].norm if i else ""
            if other.stem == word.stem and before != "to" and case.coverage(source.title.stems, without) >= 0.4:
                return True
    return False
