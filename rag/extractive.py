"""An answer without a language model: the sentences of the articles that answer, quoted and cited."""

from collections.abc import Sequence

import regex

from rag.evidence import EvidenceSentence
from rag.words import words

MOST = 2  # sentences: a quotation that answers is short
# A further sentence is quoted only when it is nearly as good and says something that the first does not.
NEARLY = 0.86

_WANTS = {
    "number": regex.compile(r"\b(?:how (?:many|much|old|long|far|big|large|high|tall|fast|often)|what (?:share|percentage|number|proportion|price|toll)|cost)\b", regex.I),
    "time": regex.compile(r"\b(?:when|what (?:time|date|day|year|month)|how long ago|which (?:day|year|month))\b", regex.I),
    "reason": regex.compile(r"\b(?:why|what (?:caused|led)|for what reason|how come)\b", regex.I),
    "person": regex.compile(r"\b(?:who|whom|whose)\b", regex.I),
}
_HAS = {
    "number": regex.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|million|billion|half|third)\b", regex.I),
    "time": regex.compile(r"\b(?:\d{4}|\d{1,2}[:.]\d{2}|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|today|week|month|year|days?|hours?|a\.m|p\.m)\b", regex.I),
    "reason": regex.compile(r"\b(?:because|since|due to|after|so that|in order to|caused?|goals?|aim|to (?:buy|prevent|keep|avoid|protect)|led to|as a result|would|reason)\b", regex.I),
    "person": regex.compile(r"\p{Lu}\p{L}+"),
}
BONUS = 0.12


def answering(question: str, ranked: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentences to quote, in the order in which they are read; none when there is no evidence.

    A sentence that holds the kind of thing that is asked for (a number for "how many", a date for
    "when") is preferred to one that only shares the question's words.
    """
    kinds = [kind for kind, pattern in _WANTS.items() if pattern.search(question)]
    asked = {word.stem for word in words(question)}
    scored = sorted(
        ((_score(sentence, kinds, asked), -sentence.position, sentence) for sentence in ranked),
        key=lambda item: item[:2],
        reverse=True,
    )
    chosen: list[EvidenceSentence] = []
    said: set[str] = set()
    for score, _, sentence in scored:
        new = {word.stem for word in words(sentence.text) if word.content} - asked - said
        if chosen and (len(chosen) == MOST or score < NEARLY * scored[0][0] or len(new) < 3):
            continue
        chosen.append(sentence)
        said |= new
    return sorted(chosen, key=lambda sentence: (sentence.article_id != scored[0][2].article_id, sentence.position))


def _score(sentence: EvidenceSentence, kinds: Sequence[str], asked: set[str]) -> float:
    rest = " ".join(word.text for word in words(sentence.text) if word.stem not in asked)
    return sentence.score + sum(BONUS for kind in kinds if _HAS[kind].search(rest))
