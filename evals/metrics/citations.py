"""Are the citations right: ALCE's recall and precision with a judge, and checks that need none.

Citation numbers are 1-based positions in the answer's list of passages (or of cited spans).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.errors import MetricError
from evals.metrics.answers import normalise
from evals.metrics.values import LeftOut, Value, unjudged
from evals.prose import strip_marks

# True: the premise supports the sentence; False: it does not; None: the judge gave no verdict.
Supports = Callable[[str, str], bool | None]
TrecSupport = str | None

ABSTAINED = LeftOut("abstained")
NO_SENTENCES = unjudged("no sentences")
NO_CITATIONS = LeftOut("no citations")


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """One sentence of an answer and the numbers that it cites."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CitationScores:
    """ALCE's scores of one answer; `judged` is the share of its sentences with every verdict that they need."""

    recall: Value
    precision: Value
    judged: Value


def alce(
    sentences: Sequence[CitedSentence], passages: Sequence[str], supports: Supports, *, abstained: bool
) -> CitationScores:
    """ALCE's citation recall and precision of one answer (Gao et al. 2023, eval.py).

    For a sentence s with cited set D_s and the judge φ: rec(s) = φ(D_s joined by newlines, s), 0 if D_s is empty or
    any number is out of range. If rec(s) = 0 every citation of s counts 0; if |D_s| = 1 it counts 1; else citation d
    counts 1 if φ(d, s) = 1 or φ(D_s without d, s) = 0, and 0 otherwise (it is irrelevant). Recall is the mean of rec
    over the sentences, precision the sum of counts over the number of citations (0 if there are none).

    A sentence without all its verdicts is left out of both sums and shows in `judged`; with no sentence judged the
    answer is unjudged.
    """
    if abstained:
        return CitationScores(ABSTAINED, ABSTAINED, ABSTAINED)
    if not sentences:
        return CitationScores(NO_SENTENCES, NO_SENTENCES, NO_SENTENCES)
    results = [_judge(sentence, passages, supports) for sentence in sentences]
    judged = [result for result in results if result is not None]
    if not judged:
        missing = unjudged("no sentence was judged")
        return CitationScores(missing, missing, 0.0)
    citations = sum(total for _, _, total in judged)
    return CitationScores(
        recall=sum(recalled for recalled, _, _ in judged) / len(judged),
        precision=sum(good for _, good, _ in judged) / citations if citations else 0.0,
        judged=len(judged) / len(results),
    )


def _judge(sentence: CitedSentence, passages: Sequence[str], supports: Supports) -> tuple[int, int, int] | None:
    """(rec, citations that count, citations) of one sentence, or None where a verdict is missing."""
    cited = tuple(dict.fromkeys(sentence.citations))
    if not cited or any(not 1 <= number <= len(passages) for number in cited):
        return 0, 0, len(cited)
    claim = strip_marks(sentence.text)

    def phi(numbers: Sequence[int]) -> bool | None:
        return supports("\n".join(passages[number - 1] for number in numbers), claim)

    together = phi(cited)
    if together is None:
        return None
    if not together:
        return 0, 0, len(cited)
    if len(cited) == 1:
        return 1, 1, 1
    good = 0
    for number in cited:
        alone = phi([number])
        if alone is None:
            return None
        if not alone:
            without = phi([other for other in cited if other != number])
            if without is None:
                return None
            if without:
                continue  # neither enough alone nor missed by the others: irrelevant
        good += 1
    return 1, good, len(cited)


@dataclass(frozen=True, slots=True)
class SupportScores:
    """TREC RAG's support evaluation of one answer."""

    weighted_precision: Value
    weighted_recall: Value


def trec_support(verdicts: Sequence[TrecSupport], *, sentences: int) -> SupportScores:
    """TREC RAG support: weight 1 for FS (full), ½ for PS (partial), 0 for NS (no support), on the first citation of
    each sentence. Weighted precision = Σw / cited sentences; weighted recall = Σw / all sentences.
    `verdicts` has one entry a cited sentence; None is a missing verdict."""
    if sentences < len(verdicts):
        raise MetricError(f"{len(verdicts)} cited sentences out of {sentences}; count all sentences")
    if sentences == 0:
        return SupportScores(NO_SENTENCES, NO_SENTENCES)
    if any(verdict is None for verdict in verdicts):
        missing = unjudged("a citation was not judged")
        return SupportScores(missing, missing)
    weights = {"FS": 1.0, "PS": 0.5, "NS": 0.0}
    if unknown := {str(verdict) for verdict in verdicts} - weights.keys():
        raise MetricError(f"unknown support verdict {min(unknown)!r}; it is FS, PS or NS")
    total = sum(weights[str(verdict)] for verdict in verdicts)
    return SupportScores(total / len(verdicts) if verdicts else NO_CITATIONS, total / sentences)


def id_validity(sentences: Sequence[CitedSentence], passages: int, *, invented: int = 0) -> Value:
    """Share of the citation numbers that name one of the passages; `invented` are those that do not and were dropped
    from the text already."""
    numbers = [number for sentence in sentences for number in sentence.citations]
    total = len(numbers) + invented
    return sum(1 <= number <= passages for number in numbers) / total if total else NO_CITATIONS


def cited_share(sentences: Sequence[CitedSentence]) -> Value:
    """Share of the sentences that cite anything."""
    return sum(bool(sentence.citations) for sentence in sentences) / len(sentences) if sentences else NO_SENTENCES


def verbatim_quotes(quotes: Sequence[tuple[str, str, int, int]]) -> Value:
    """Share of the citations whose quote is, character for character, its article's text at its offsets: one
    (quote, article text, start, end) each. An empty quote is not verbatim."""
    good = [bool(quote) and 0 <= start < end and text[start:end] == quote for quote, text, start, end in quotes]
    return sum(good) / len(good) if good else NO_CITATIONS


def best_passage_agreement(sentences: Sequence[CitedSentence], passages: Sequence[str]) -> Value:
    """Share of the cited sentences that cite a passage sharing the most of their words (no judge; a rough check).

    Overlap = share of the sentence's distinct normalised tokens that stand in the passage; citing any of the passages
    tied for the best agrees. Sentences with no word in any passage count as disagreeing.
    """
    bags = [set(normalise(passage).split()) for passage in passages]
    agree: list[bool] = []
    for sentence in sentences:
        if not sentence.citations:
            continue
        words = set(normalise(strip_marks(sentence.text)).split())
        overlaps = [len(words & bag) for bag in bags]
        best = max(overlaps, default=0)
        agree.append(best > 0 and any(1 <= n <= len(bags) and overlaps[n - 1] == best for n in sentence.citations))
    return sum(agree) / len(agree) if agree else NO_CITATIONS


def evidence_agreement(
    cited: Sequence[tuple[str, int, int]], evidence: Sequence[Sequence[tuple[str, int, int]]]
) -> Value:
    """Share of the needed pieces of gold evidence that a citation's span overlaps in the same article: spans are
    (article id, start, end), `evidence` has one group of alternatives a piece. Needs no judge, only marked evidence."""
    if not evidence:
        return LeftOut("no evidence marked")

    def overlaps(a: tuple[str, int, int], b: tuple[str, int, int]) -> bool:
        return a[0] == b[0] and max(a[1], b[1]) < min(a[2], b[2])

    found = [any(overlaps(span, gold) for span in cited for gold in group) for group in evidence]
    return sum(found) / len(found)
