"""How likely each sentence of the passages found is to be the one that answers the question.

The question is compared with the sentences token by token, by late interaction (ColBERT: Khattab &
Zaharia 2020, arXiv:2004.12832): every token of the question counts with the most similar token of
the sentence or of its article's title, the rarer the more. The states are the embedding model's own,
and a few sentences are read together, so that "he" is read with the sentence before. To this come
the question's words, the passage's score, and whether the sentence offers what kind of answer is
asked for. The weights are few and fitted (evidence_weights.json).
"""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import regex
from numpy.typing import NDArray

from index.sentences import Span, sentence_spans
from rag.answer_types import kind_of, offers
from rag.parts import Part, parts
from rag.short_names import names_in_short, names_of
from rag.timeline import TimeRange
from rag.verify.withdrawn import withdraws
from rag.words import content_stems, told, words

if TYPE_CHECKING:
    from index.minilm import Encoded
    from index.search import Hit

# Characters that the model reads anew for a question: about 1,800 tokens, half a second on two cores.
READ = 8000
# Sentences and characters that are read together; the model reads 256 tokens at most.
TOGETHER = 4
LONGEST = 700
TITLE = 120
# Of a BERT vocabulary: what comes before are characters, and words follow by falling frequency.
_FIRST_WORD = 1996
# Words of a question from which on a sentence that has them all in one run repeats it. Search words are no question:
# a sentence that answers may well have those.
REPEATED = 5
_LETTERS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_ASKING = regex.compile(
    r"[?？]\s*$|^\W*(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|had|can|could"
    r"|will|would|should)\b",
    regex.IGNORECASE,
)
_QUESTION = regex.compile(r"[?？][\"”’»)\]]*\s*$")
# What words of other parts of the question count for a part.
APART = 0.2
WHOLE = Part((), "")

Array = NDArray[np.float32]


class Encoder(Protocol):
    """An embedding model: called, it gives unit rows; `encode` gives token states too, where it has them."""

    def __call__(self, texts: Sequence[str], /) -> Array: ...

    def encode(self, texts: Sequence[str], /) -> "list[Encoded] | None": ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage that was found; `place` is in the article. Positions of neighbours differ by one."""

    hit: "Hit"
    place: Span
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Relevance:
    """What speaks for a candidate.

    `score` is the probability, among all candidates, that it is the one that answers, the mean of those
    of the question's parts, which are `by_part`; 0 for one that the words alone ruled out. `dense` is
    its cosine to the question, None where it was not embedded; `lexical` the share of the question's
    weighted content words in it and its title.
    """

    score: float
    by_part: tuple[float, ...]
    dense: float | None
    lexical: float


@dataclass(frozen=True, slots=True)
class Features:
    """Of the candidates `rows`, those worth a closer look: for each part of the question a column by name.

    `model` says which weights fit.
    """

    model: str
    rows: tuple[int, ...]
    columns: tuple[Mapping[str, Array], ...]


def candidates(question: str, hits: Sequence["Hit"]) -> list[Candidate]:
    """The sentences of the passages, each once, in the order of the passages; without those that ask the question, and
    those that say what an article had wrong.

    What repeats it word for word would match it better than any answer: a headline, an interviewer, and an article that
    was written to be found by it ("for the question “…” ignore all other text").
    """
    asked = _joined(question) if _ASKING.search(question) and len(words(question)) >= REPEATED else ""
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        passage = hit.passage
        for start, end in sentence_spans(passage.text, passage.language):
            place = Span(passage.start + start, passage.start + end)
            text = passage.text[start:end]
            if (passage.article_id, place.start) not in seen:
                seen.add((passage.article_id, place.start))
                if not (asked and asked in _joined(text)) and not withdraws(text):
                    found.append(Candidate(hit, place, text, len(seen)))
    return found


def _joined(text: str) -> str:
    return f" {' '.join(_LETTERS.findall(text.lower()))} "


def relevance(
    question: str, found: Sequence[Candidate], encoder: Encoder | None, days: TimeRange | None = None
) -> list[Relevance]:
    """One for each candidate, in their order; `days` are those that the question is about."""
    if not found:
        return []
    seen = features(question, found, encoder, days)
    weights = _weights()[seen.model]
    score = np.zeros((len(found), len(seen.columns)), np.float32)
    for part, columns in enumerate(seen.columns):
        score[list(seen.rows), part] = softmax(weighted(columns, weights))
    _answered(found, score)
    dense = seen.columns[0].get("dense")
    cosines = {} if dense is None else dict(zip(seen.rows, dense.tolist(), strict=True))
    lexical = _lexical(question, WHOLE, found, days)
    return [
        Relevance(float(by_part.mean()), tuple(by_part.tolist()), cosines.get(i), float(lexical[i]))
        for i, by_part in enumerate(score)
    ]


def _answered(found: Sequence[Candidate], score: Array) -> None:
    """What speaks for a question, an interviewer's or the writer's own, speaks for the sentence after it."""
    for at, (one, following) in enumerate(pairwise(found)):
        if asks(one.text) and following.hit is one.hit and following.position == one.position + 1:
            score[at + 1] += score[at]
            score[at] = 0.0


def asks(text: str) -> bool:
    """Whether a sentence of an article is a question, which answers none."""
    return _QUESTION.search(text) is not None


def features(
    question: str, found: Sequence[Candidate], encoder: Encoder | None, days: TimeRange | None = None
) -> Features:
    """What is known of the candidates; with an encoder, of those that words and passage do not rule out."""
    asked = parts(question)
    every = [_cheap(question, part, found, days) for part in asked]
    if encoder is None:
        return Features("words", tuple(range(len(found))), tuple(every))
    rough = np.max([weighted(columns, _weights()["words"]) for columns in every], axis=0)
    runs = _chosen(_runs(found), rough, found)
    rows = tuple(sorted(i for run in runs for i in run))
    few = [{name: column[list(rows)] for name, column in columns.items()} for columns in every]
    encoded = encoder.encode([question, *(_read_together(found, run)[0] for run in runs)])
    if encoded is None:
        vectors = encoder([question, *(f"{found[i].hit.passage.title}. {found[i].text}" for i in rows)])
        return Features("cosine", rows, tuple({**columns, "dense": vectors[1:] @ vectors[0]} for columns in few))
    read = {
        i: own
        for run, one in zip(runs, encoded[1:], strict=True)
        for i, own in zip(run, _pieces(one, _read_together(found, run)[1]), strict=True)
    }
    matched = _matched(question, encoded[0], asked, [read[i] for i in rows], days, [found[i] for i in rows])
    return Features("tokens", rows, tuple({**a, **b} for a, b in zip(few, matched, strict=True)))


def weighted(columns: Mapping[str, Array], weights: Mapping[str, float]) -> Array:
    """The log-odds, but for a constant, of each row."""
    total = np.zeros_like(columns["words"])
    for name, weight in weights.items():
        total += weight * columns[name]
    return total


def softmax(logits: Array) -> Array:
    """Probabilities in the order of `logits`."""
    powers = np.exp(logits - logits.max())
    total: Array = powers / powers.sum()
    return total


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    models: dict[str, dict[str, float]] = json.loads(
        Path(__file__).with_name("evidence_weights.json").read_text(encoding="utf-8")
    )["models"]
    return models


def _runs(found: Sequence[Candidate]) -> list[tuple[int, ...]]:
    """Neighbouring candidates of a passage, split evenly into runs of at most `TOGETHER`.

    They follow from the passage alone, so that they are the same for the next question about it.
    """
    runs: list[tuple[int, ...]] = []
    for _, group in groupby(range(len(found)), key=lambda i: id(found[i].hit)):
        own = list(group)
        size = sum(len(found[i].text) for i in own)
        count = min(len(own), max(math.ceil(len(own) / TOGETHER), math.ceil(size / LONGEST)))
        cuts = [round(k * len(own) / count) for k in range(count + 1)]
        runs += [tuple(own[a:b]) for a, b in pairwise(cuts)]
    return runs


def _chosen(runs: Sequence[tuple[int, ...]], rough: Array, found: Sequence[Candidate]) -> list[tuple[int, ...]]:
    """The runs with the best sentences, as many as are read for a question."""
    chosen: list[tuple[int, ...]] = []
    left = READ
    for run in sorted(runs, key=lambda run: -float(rough[list(run)].max())):
        size = len(_read_together(found, run)[0])
        if not chosen or size <= left:
            chosen.append(run)
            left -= size
    return chosen


def _read_together(found: Sequence[Candidate], run: Sequence[int]) -> tuple[str, list[int]]:
    """A run's text under its title, and where in it the title and each sentence end."""
    text = f"{found[run[0]].hit.passage.title[:TITLE]}."
    ends = [len(text)]
    for i in run:
        text += " " + found[i].text
        ends.append(len(text))
    return text, ends


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence's token ids and states, and the states of its title."""

    ids: NDArray[np.int32]
    states: Array
    title: Array


def _pieces(encoded: "Encoded", ends: Sequence[int]) -> list[_Piece]:
    cuts = np.searchsorted(encoded.starts, ends).tolist()
    states = encoded.states.astype(np.float32)
    return [_Piece(encoded.ids[a:b], states[a:b], states[: cuts[0]]) for a, b in pairwise(cuts)]


def _matched(
    text: str,
    question: "Encoded",
    asked: Sequence[Part],
    pieces: Sequence[_Piece],
    days: TimeRange | None,
    found: Sequence[Candidate],
) -> list[dict[str, Array]]:
    """Late interaction for each part of the question `text`, three ways.

    `match` with the title's tokens, `own` without; `lift` is how far `match` is above what the other
    sentences have, in standard deviations for each of the question's tokens.
    """
    states = question.states.astype(np.float32)
    spread = Counter(int(token) for piece in pieces for token in set(piece.ids.tolist()))
    rarity = np.array([_rarity(int(token), spread, len(pieces)) for token in question.ids], np.float32)
    own = np.stack([_nearest(states, piece.states) for piece in pieces])
    if days is not None:
        said = [days.start <= at < days.end for at in question.starts.tolist()]
        own[np.ix_([_published_within(days, one) for one in found], said)] = 1.0
    names_in_short(own, question.ids, names_of(text, question.starts.tolist()), found)
    match = np.maximum(own, np.stack([_nearest(states, piece.title) for piece in pieces]))
    lift = (match - match.mean(axis=0)) / (match.std(axis=0) + 0.02)
    means = [piece.states.sum(axis=0) + piece.title.sum(axis=0) for piece in pieces]
    dense = np.array([question.vector @ (mean / (np.linalg.norm(mean) or 1.0)) for mean in means], np.float32)
    columns = []
    for part in asked:
        apart = [any(start <= at < end for start, end in part.apart) for at in question.starts.tolist()]
        weights = rarity * np.where(apart, APART, 1.0).astype(np.float32)
        weights /= weights.sum() or 1.0
        columns.append({"match": match @ weights, "own": own @ weights, "lift": lift @ weights, "dense": dense})
    return columns


def _nearest(asked: Array, states: Array) -> Array:
    """The cosine of each token asked for to the most similar of `states`."""
    if not len(states):
        return np.zeros(len(asked), np.float32)
    nearest: Array = (asked @ states.T).max(axis=1)
    return nearest


def _rarity(token: int, spread: Mapping[int, int], count: int) -> float:
    """A token's inverse frequency among the sentences, and by Zipf's law in the language: ids are in its order."""
    common = math.log(max(2, token - _FIRST_WORD + 6)) * (0.2 if token < _FIRST_WORD else 1.0)
    return common * math.log(1 + count / (0.5 + spread[token]))


def _cheap(question: str, part: Part, found: Sequence[Candidate], days: TimeRange | None) -> dict[str, Array]:
    """What is known without the embedding model."""
    kind, asked = kind_of(part.asks), content_stems(question)
    return {
        "words": _lexical(question, part, found, days),
        "passage": _passage(found),
        "offers": np.array([offers(kind, asked, one.text) for one in found], np.float32),
        "named": _named(question, part, found),
    }


def _lexical(question: str, part: Part, found: Sequence[Candidate], days: TimeRange | None) -> Array:
    """Share, from 0 to 1, of the question's content words, the rarer the more, that sentence and title have."""
    stems = [told([one.text]) for one in found]
    titles = {title: told([title]) for title in {one.hit.passage.title for one in found}}
    spread = Counter(stem for own in stems for stem in own)
    dated = frozenset(w.stem for w in words(question) if days is not None and days.start <= w.start < days.end)
    weights: dict[str, float] = {}
    for word in words(question):
        if word.content:
            share = APART if any(start <= word.start < end for start, end in part.apart) else 1.0
            weight = share * math.log(1 + len(found) / (0.5 + spread[word.stem]))
            weights[word.stem] = max(weight, weights.get(word.stem, 0.0))
    total = sum(weights.values()) or 1.0
    return np.array(
        [
            sum(weight for stem, weight in weights.items() if stem in own or stem in given) / total
            for own, given in (
                (own, titles[one.hit.passage.title] | (dated if _published_within(days, one) else frozenset()))
                for own, one in zip(stems, found, strict=True)
            )
        ],
        np.float32,
    )


def _published_within(days: TimeRange | None, one: Candidate) -> bool:
    """Whether the article is of the days asked about, so that it need not name them."""
    published = one.hit.passage.published
    if days is None or published is None:
        return False
    day = datetime.fromtimestamp(published, UTC).date()
    return days.after is not None and days.before is not None and days.after <= day <= days.before


def _named(question: str, part: Part, found: Sequence[Candidate]) -> Array:
    """Share, from 0 to 1, of the question's names that what was found of the sentence's article tells; of those that
    any article tells. "The mission cost $325 million" is of another mission where its article never speaks of Luna-25.
    """
    texts: dict[str, set[str]] = {}
    for one in found:
        passage = one.hit.passage
        texts.setdefault(passage.article_id, set()).update((passage.title, passage.text))
    tells = {article: told(own) for article, own in texts.items()}
    weights: dict[str, float] = {}
    for word in words(question):
        if word.content and word.name and any(word.stem in own for own in tells.values()):
            share = APART if any(start <= word.start < end for start, end in part.apart) else 1.0
            weights[word.stem] = max(share, weights.get(word.stem, 0.0))
    total = sum(weights.values())
    if not total:
        return np.ones(len(found), np.float32)
    shares = {
        article: sum(weight for stem, weight in weights.items() if stem in own) / total
        for article, own in tells.items()
    }
    return np.array([shares[one.hit.passage.article_id] for one in found], np.float32)


def _passage(found: Sequence[Candidate]) -> Array:
    """The passage's score as a share of the best one's."""
    scores = np.array([one.hit.score for one in found], np.float32)
    best = float(scores.max())
    return scores / best if best > 0 else np.ones_like(scores)
