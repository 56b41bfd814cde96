"""The golden questions under RGB's conditions: noise, nothing but noise, an altered article, an altered one beside
the true one.

Made from the golden set when it is read; every question carries its articles, and which distractors it gets and how
its figure is altered is fixed by its id.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import regex

from evals.datasets import golden
from evals.datasets.items import ALTERED, DISTRACTOR, RELEVANT, ROLE, Card, Evidence, Item, Question
from evals.errors import DatasetError
from index.article import Article

CARD = Card(
    name="golden_robust",
    description="Golden questions with one answer in one article, each with its own articles: the right one among "
    "irrelevant ones (noise; `distractors` says how many, 4 is a noise of .8), irrelevant ones alone (rejection), the "
    "article with another figure in place of the answer (altered), and that beside the true one (contradicted).",
    licence=golden.CARD.licence,
    citation="article-rag, evals/golden; conditions after Chen et al., Benchmarking Large Language Models in "
    "Retrieval-Augmented Generation, AAAI 2024",
    origin="evals/golden",
)
SPLITS = ("noise", "rejection", "altered", "contradicted")
DISTRACTORS = 4
_FIGURE = regex.compile(r"\d+(?:[.,]\d+)*")


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is noise (if not given), rejection, altered or contradicted."""
    condition = split or SPLITS[0]
    if condition not in SPLITS:
        raise DatasetError(f"golden_robust has no split {split!r}; it has {', '.join(SPLITS)}")
    items, articles = golden.read(path, "single")
    known = {article.article_id: article for article in articles}
    made = []
    for item in items:
        if not isinstance(item, Question) or len(item.evidence) != 1 or len(item.evidence[0]) != 1:
            continue
        own = known[item.evidence[0][0].article_id]
        others = [article for article in articles if article is not own]
        noise = [_as(one, DISTRACTOR) for one in random.Random(item.id).sample(others, DISTRACTORS)]
        question = _under(condition, replace(item, cluster=own.article_id), own, noise)
        if question is not None:
            made.append(question)
    return made, ()


def _as(article: Article, role: str) -> Article:
    return replace(article, metadata={**article.metadata, ROLE: role})


def _under(split: str, question: Question, own: Article, noise: Sequence[Article]) -> Question | None:
    """The question under a condition; None if there is no figure to alter."""
    if split == "noise":
        return replace(question, articles=(_as(own, RELEVANT), *noise))
    if split == "rejection":
        return replace(question, articles=tuple(noise), kind="unanswerable", answerable=False, aliases=(), evidence=())
    changed = _with_another_figure(question, own)
    if changed is None:
        return None
    article, false = changed
    if split == "altered":
        return replace(
            question, articles=(article,), kind="counterfactual", false_answers=(false,),
            evidence=((Evidence(article.article_id),),),
        )  # fmt: skip
    beside = replace(article, address=f"{own.address}#altered", url=None, source="Another Paper")
    return replace(question, articles=(_as(own, RELEVANT), beside), kind="counterfactual", false_answers=(false,))


def _with_another_figure(question: Question, own: Article) -> tuple[Article, str] | None:
    """The article with another figure where the answer stands, and that figure; None if the answer is no figure."""
    place = question.evidence[0][0]
    assert place.start is not None
    for alias in (alias for group in question.aliases for alias in group):
        figure = _FIGURE.search(alias)
        at = -1 if figure is None else place.quote.find(figure.group())
        if figure is None or at < 0:
            continue
        rng = random.Random(question.id)
        false = "".join(str((int(c) + rng.randint(1, 4)) % 9 + 1) if c.isdigit() else c for c in figure.group())
        if false == figure.group():
            continue
        start = place.start + at
        text = own.text[:start] + false + own.text[start + len(figure.group()) :]
        return _as(replace(own, text=text), ALTERED), false
    return None
