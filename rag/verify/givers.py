"""Whose figure it is: who gives a number, in the claim and in the evidence."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import regex

from rag.verify import numbers
from rag.verify.analysis import Case, SentenceView
from rag.verify.finding import Finding, shown, shown_in
from rag.verify.names import Name, named
from rag.verify.quotes import SAYING, speakers
from rag.verify.words import Token, stem, word_set

_ESTIMATING = frozenset(map(stem, word_set("put estimate measure value reckon count calculate assess")))
_ESTIMATE = frozenset(map(stem, word_set("estimate count figure calculation reckoning measurement tally")))
_NO_COMMENT = regex.compile(
    r"\b(?:declined|refused) to (?:comment|say|speak)|\bdid not (?:immediately )?(?:comment|respond|reply)"
    r"|\bcould not be reached|\bmade no comment",
    regex.IGNORECASE,
)
_FAR = 60  # characters between who gives a figure and the verb


def givers(words: Sequence[Token], names: Sequence[Name]) -> list[Name]:
    """The names that a sentence gives its figures from: who says so, "X put it at …", "by X's count"."""
    found = speakers(words, names)
    for position, word in enumerate(words):
        if word.stem in _ESTIMATING:
            before = [name for name in names if 0 <= word.start - name.end <= _FAR and not name.initial]
            first = [name for name in names if name.initial and 0 <= word.start - name.end <= 2]
            found += (before or first)[-1:]
        if word.stem in _ESTIMATE and any(other.norm == "by" for other in words[max(0, position - 8) : position]):
            found += [name for name in names if 0 <= word.start - name.end <= 4][-1:]
    return list(dict.fromkeys(found))


def another_gives(case: Case) -> Finding | None:
    """A figure that the claim has from somebody, and every sentence of the evidence with that figure from others."""
    claimed = givers(case.claim.words, case.claim.names)
    if not claimed or not all(case.known.knows(name) for name in claimed):
        return None
    for quantity in case.claim.quantities:
        if quantity.weak:
            continue
        holders = [view for view in case.sentences if any(numbers.holds(q, quantity) for q in view.quantities)]
        theirs = [givers(view.words, view.names) for view in holders]
        own = {word.stem for name in claimed for word in name.words}
        if any(own & view.stems for view in holders):
            continue  # "insurers" open the claim, and are no name in the evidence
        if not holders or not all(theirs) or any(named(name, view.names) for name in claimed for view in holders):
            continue
        figure, giver = shown(case.claim.text, quantity), shown_in(case, holders[0], theirs[0][0])
        return Finding("speaker", "contradicted", True, f"“{figure}”: the evidence has it from {giver}")
    return None


def another_tells(case: Case) -> Finding | None:
    """A figure that the claim has from one of those who tell of it, and the evidence from another ("the rebels said
    that 40 were killed" where the army did); or what somebody said who declined to comment."""
    claimed = _tellers(case.claim.words)
    others = frozenset().union(*(_tellers(view.words) for view in case.clauses))
    for quantity in case.claim.quantities:
        holders = [view for view in case.clauses if any(numbers.holds(q, quantity) for q in view.quantities)]
        theirs = [_tellers(view.words) for view in holders]
        plain = bool(claimed) and claimed <= others and not quantity.weak
        if plain and holders and all(theirs) and not any(claimed & tellers for tellers in theirs):
            figure = shown(case.claim.text, quantity)
            return Finding("speaker", "contradicted", True, f"“{figure}”: the evidence has it from somebody else")
    who = claimed | {name.words[-1].stem for name in speakers(case.claim.words, case.claim.names)}
    told = others | {name.words[-1].stem for view in case.sentences for name in view.speakers}
    if who and not who & told and any(_silent(case, view, who) for view in case.sentences):
        return Finding("speaker", "contradicted", True, "by the evidence they did not comment")
    return None


def _silent(case: Case, view: SentenceView, who: frozenset[str]) -> bool:
    text = case.sources[view.index].text
    found = _NO_COMMENT.search(text, view.start, view.end)
    return found is not None and any(word.stem in who for word in view.words if word.end <= found.start())


def _tellers(words: Sequence[Token]) -> frozenset[str]:
    """Those without a name who say or estimate something: "the army said", "according to the army". One may stand for
    a name ("the agency")."""
    saying = (before for before, word in pairwise(words) if word.stem in SAYING | _ESTIMATING)
    return frozenset(
        word.stem
        for word in (*saying, *_accorded(words))
        if word.content and word.text[0].islower() and not word.norm.endswith("ly")
    )


def _accorded(words: Sequence[Token]) -> Iterator[Token]:
    """The last word of each of those after "according to": "army officials"."""
    for position, word in enumerate(words[:-2]):
        if word.norm == "according" and words[position + 1].norm == "to":
            after = words[position + 2 :]
            run = [after[0]]
            for before, following in pairwise(after):
                if following.start - before.end != 1 or not following.content or not following.text[0].islower():
                    break
                run.append(following)
            yield run[-1]
