"""The parts of a question: which sentence answers each, and which of them an answer leaves open.

Of what stands in several parts nothing tells them apart; the words that are a part's alone do ("rover" and "lander" in
"How heavy is the rover, and how heavy was the lander?").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import regex

from rag.answer import Citation, Sentence
from rag.answer_types import FIGURES, PLAINLY, in_words, kind_of, offers, yes_or_no
from rag.checking import plain
from rag.concepts import concepts
from rag.evidence import EvidenceSentence
from rag.parts import Part, parts
from rag.words import content_stems, told, words

NEAR = 0.3  # of the best sentence's probability
FOREIGN = 0.2  # what a sentence counts for a part of whose own words it has none
LOOKED_AT = 40  # sentences among which one is looked for that answers an open part
MOST = 0.5  # of a part's own words, which a description of what it asks for repeats
_JOINED = regex.compile(r"[\s,;?.!]+(?:(?:and|und|et|y)\s*)?$", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Open:
    """A part of a question, as it is put there, that an answer leaves open, and the sentence found that answers it."""

    asks: str
    sentence: EvidenceSentence | None


def best_for_parts(question: str, ranked: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """A sentence for each part of the question, the best that is not another part's already.

    A part for which no other comes near, or none that tells of what the part is about or of most of what it alone
    speaks of, is answered by the one that another part has.
    """
    chosen: list[EvidenceSentence] = []
    own = own_words(question)
    for place, part in enumerate(parts(question)):
        order = sorted(ranked, key=lambda one: -_for_part(one, place, own[place]))
        free = next((one for one in order if one not in chosen), None)
        if free is not None and (
            not chosen
            or (
                _for_part(free, place, own[place]) >= NEAR * _for_part(order[0], place, own[place])
                and (_tells_of(free, part.about) or _shares(free, own[place]) >= MOST)
            )
        ):
            chosen.append(free)
    return chosen


def own_words(question: str) -> list[frozenset[str]]:
    """For each part the concepts that it alone speaks of; none where there is no other to tell it from."""
    each = [concepts(content_stems(_without(question, part))) for part in parts(question)]
    if len(each) == 1:
        return [frozenset()]
    return [own.difference(*(other for at, other in enumerate(each) if at != place)) for place, own in enumerate(each)]


def _without(question: str, part: Part) -> str:
    for start, end in part.apart:
        question = question[:start] + " " * (end - start) + question[end:]
    return question


def _for_part(sentence: EvidenceSentence, place: int, own: frozenset[str]) -> float:
    """How well a sentence answers the part at `place`, whose own words are `own`."""
    return sentence.by_part[place] * (1.0 if not own or _shares(sentence, own) else FOREIGN)


def _shares(sentence: EvidenceSentence, own: frozenset[str]) -> float:
    """The share of `own` that the sentence, its title or its day has."""
    day = [f"{sentence.day.day} {sentence.day:%B %Y}"] if sentence.day else []
    return len(own & concepts(told([sentence.text, sentence.title, *day]))) / max(1, len(own))


def _tells_of(sentence: EvidenceSentence, names: Sequence[str]) -> bool:
    there = told([sentence.text, sentence.title])
    return not names or any(word.stem in there for name in names for word in words(name))


def open_parts(
    question: str,
    sentences: Sequence[Sentence],
    citations: Sequence[Citation],
    ranked: Sequence[EvidenceSentence] = (),
) -> list[Open]:
    """The parts of `question` that no sentence of its answer speaks to, alone or with what it cites.

    Whether it is borne out is said of the sentence itself. `ranked` are the sentences found.
    """
    quoted = {number: "" for sentence in sentences for number in sentence.citations}
    for citation in citations:
        quoted[citation.number] = f"{quoted.get(citation.number, '')} {citation.title}. {citation.quote}"
    cited = [" ".join(quoted[number] for number in one.citations) for one in sentences]
    return left_open(question, [plain(one.text) for one in sentences], cited, ranked)


def left_open(
    question: str, said: Sequence[str], cited: Sequence[str] = (), ranked: Sequence[EvidenceSentence] = ()
) -> list[Open]:
    """The parts of `question` of which nothing in `said`, an answer's sentences, says what they ask for, neither with
    what each of them cites; none where it has one part only.

    A part is answered by what offers its kind of answer (a date, a price, a person) and shares one of its own words; by
    what describes a person, a place or a thing in most of them; and, where no sentence found has the words, by what
    offers the kind and cites a sentence that is among the likeliest for the part. What asks for a reason, or for
    nothing of a kind, is never open: that would be a guess.
    """
    each = parts(question)
    if len({part.asks for part in each}) < 2:
        return []
    asked = content_stems(question)
    stated = [" ".join(pair) for pair in zip_longest(said, cited, fillvalue="")]
    found = []
    for place, (part, own) in enumerate(zip(each, own_words(question), strict=True)):
        kind = kind_of(part.asks)
        if kind in (None, "reason") or yes_or_no(part.asks):
            continue
        offered = [offers(kind, asked, text) or float(in_words(kind, text)) for text in stated]
        shared = [len(own & concepts(content_stems(text))) / len(own) if own else 1.0 for text in stated]
        if any(
            share and (offer or (kind not in FIGURES and share >= MOST))
            for offer, share in zip(offered, shared, strict=True)
        ):
            continue
        likely = NEAR * max((one.by_part[place] for one in ranked), default=0.0)
        better = [
            one
            for one in ranked[:LOOKED_AT]
            if offers(kind, asked, one.text) > 0 and _shares(one, own) and _tells_of(one, part.about)
        ]
        best = max(better, key=lambda one: one.by_part[place], default=None)
        if best is not None and best.by_part[place] < FOREIGN * likely:
            best = None
        leading = [one.text for one in ranked if one.by_part[place] >= likely]
        likeliest = any(
            offers(kind, asked, text) >= PLAINLY and any(one in whole for one in leading)
            for text, whole in zip(said, stated, strict=True)
        )
        if best is not None or not likeliest:
            found.append(Open(_JOINED.sub("", part.asks.strip()), best))
    return found
