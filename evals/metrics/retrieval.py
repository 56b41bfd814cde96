"""Ranked retrieval: what was found, and how high.

A ranking is a sequence of distinct ids, best first; qrels map the id of every judged document to its gain (an
integer, 0 or more; relevant is 1 or more). The definitions are those of trec_eval, as ir_measures computes them
(linear gain in nDCG, division by k in P@k even if fewer were returned). A question with nothing relevant,
unanswerable ones above all, is left out, not scored 0.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from evals.errors import MetricError
from evals.metrics.values import LeftOut, Value, checked_cutoff, share_of, unjudged

Qrels = Mapping[str, int]
NOTHING_RELEVANT = LeftOut("no relevant document")


def deduplicate(ids: Iterable[str]) -> list[str]:
    """Each id once, at its best rank: passages' article ids become a ranking of articles."""
    return list(dict.fromkeys(ids))


def _relevant(ranking: Sequence[str], qrels: Qrels, k: int | None = None) -> set[str]:
    if k is not None:
        checked_cutoff(k)
    if len(set(ranking)) != len(ranking):
        raise MetricError("the ranking holds an id twice; pass it through deduplicate() first")
    if negative := [name for name, gain in qrels.items() if gain < 0]:
        raise MetricError(f"the gain of {negative[0]!r} is negative; gains are 0 or more")
    return {name for name, gain in qrels.items() if gain >= 1}


def hits(ranking: Sequence[str], qrels: Qrels, k: int) -> Value:
    """Hits@k (Success@k) = 1 if any of the first k is relevant, else 0."""
    if not (relevant := _relevant(ranking, qrels, k)):
        return NOTHING_RELEVANT
    return float(any(name in relevant for name in ranking[:k]))


def recall(ranking: Sequence[str], qrels: Qrels, k: int) -> Value:
    """Recall@k = |R ∩ {d_1..d_k}| / |R|."""
    if not (relevant := _relevant(ranking, qrels, k)):
        return NOTHING_RELEVANT
    return sum(name in relevant for name in ranking[:k]) / len(relevant)


def precision(ranking: Sequence[str], qrels: Qrels, k: int) -> Value:
    """Precision@k = |R ∩ {d_1..d_k}| / k, by k even if fewer were returned."""
    if not (relevant := _relevant(ranking, qrels, k)):
        return NOTHING_RELEVANT
    return sum(name in relevant for name in ranking[:k]) / k


def reciprocal_rank(ranking: Sequence[str], qrels: Qrels, k: int) -> Value:
    """RR@k = 1 / rank of the first relevant among the first k, 0 if none. Its mean is MRR@k."""
    if not (relevant := _relevant(ranking, qrels, k)):
        return NOTHING_RELEVANT
    return next((1.0 / rank for rank, name in enumerate(ranking[:k], start=1) if name in relevant), 0.0)


def _dcg(gains: Iterable[int]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def ndcg(ranking: Sequence[str], qrels: Qrels, k: int) -> Value:
    """nDCG@k = DCG@k / IDCG@k with DCG@k = Σ_{i≤k} g_i / log2(i+1) (linear gain: Järvelin & Kekäläinen 2002,
    trec_eval); the ideal ordering is that of all qrels."""
    if not _relevant(ranking, qrels, k):
        return NOTHING_RELEVANT
    ideal = _dcg(sorted(qrels.values(), reverse=True)[:k])
    return _dcg(qrels.get(name, 0) for name in ranking[:k]) / ideal


def average_precision(ranking: Sequence[str], qrels: Qrels) -> Value:
    """AP = Σ_i P@i · rel_i / |R|, over the whole ranking. Its mean is MAP."""
    if not (relevant := _relevant(ranking, qrels)):
        return NOTHING_RELEVANT
    found, total = 0, 0.0
    for rank, name in enumerate(ranking, start=1):
        if name in relevant:
            found += 1
            total += found / rank
    return total / len(relevant)


def evidence_recall(ranking: Sequence[str], groups: Sequence[Iterable[str]], k: int) -> Value:
    """Share of the needed pieces of evidence among the first k: each group holds the ids that are as good as
    one another for one piece, and all groups are needed (a question over two articles has two)."""
    checked_cutoff(k)
    needed = [set(group) for group in groups]
    if not needed:
        return NOTHING_RELEVANT
    top = set(ranking[:k])
    return sum(not top.isdisjoint(group) for group in needed) / len(needed)


def ragas_context_precision(relevance: Sequence[bool | None]) -> Value:
    """Σ_k P@k · v_k / Σ_k v_k over a judge's verdicts v_k on the ranked passages (ragas). The normaliser is how many
    relevant ones were *retrieved*, so this is not AP; 0 if the judge found none relevant."""
    if not relevance:
        raise MetricError("context precision needs at least one retrieved passage")
    if any(verdict is None for verdict in relevance):
        return unjudged("a passage was not judged")
    found, total = 0, 0.0
    for rank, verdict in enumerate(relevance, start=1):
        if verdict:
            found += 1
            total += found / rank
    return total / found if found else 0.0


def claim_recall(entailed: Sequence[bool | None]) -> Value:
    """|{gold claims entailed by at least one retrieved passage}| / |gold claims| (RAGChecker claim recall; also known
    as context recall). `entailed` has one verdict a gold claim."""
    return share_of(entailed, "gold claim")


def context_precision(entailing: Sequence[bool | None]) -> Value:
    """|{retrieved passages entailing at least one gold claim}| / |retrieved| (RAGChecker). One verdict a passage."""
    return share_of(entailing, "retrieved passage")


def ranking_scores(ranking: Sequence[str], qrels: Qrels, cutoffs: Sequence[int] = (1, 4, 10)) -> dict[str, Value]:
    """All ranking metrics of one question by name: Hits@4, Recall@10, P@4, MRR@10, nDCG@10, MAP;
    MRR and nDCG at the deepest cut-off."""
    scores: dict[str, Value] = {}
    for k in cutoffs:
        scores[f"Hits@{k}"] = hits(ranking, qrels, k)
        scores[f"Recall@{k}"] = recall(ranking, qrels, k)
        scores[f"P@{k}"] = precision(ranking, qrels, k)
    deepest = max(cutoffs)
    scores[f"MRR@{deepest}"] = reciprocal_rank(ranking, qrels, deepest)
    scores[f"nDCG@{deepest}"] = ndcg(ranking, qrels, deepest)
    scores["MAP"] = average_precision(ranking, qrels)
    return scores
