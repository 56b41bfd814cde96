"""The project's own labelled answer sentences over the golden articles, in minimal pairs."""

from collections.abc import Sequence
from pathlib import Path

from evals.datasets.items import Card, Item, Judgement
from evals.errors import DatasetError
from index.article import Article

CARD = Card(
    name="golden_sentences",
    description="Answer sentences over the golden articles, labelled by hand; half of them are minimal-pair "
    "corruptions: one number, name, date, negation or attribution changed (`kind`). Judged against the whole articles "
    "that hold the evidence.",
    licence="Apache-2.0, as the project",
    citation="article-rag, evals/golden",
    origin="evals/golden/sentences.jsonl",
)


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is an origin ("engine", "written")."""
    from evals import golden
    from evals.golden.labels import labelled_sentences

    if path is not None:
        raise DatasetError("golden_sentences comes with the project and takes no path; yours are own_judgements")
    articles = {article.metadata["slug"]: article for article in golden.articles()}
    items = []
    for one in labelled_sentences():
        if split not in (None, one.origin):
            continue
        held = [articles[slug] for slug in dict.fromkeys(evidence.article for evidence in one.evidence)]
        items.append(
            Judgement(
                id=one.id,
                claim=one.sentence,
                evidence=tuple(article.text for article in held),
                dates=tuple(article.published.date() if article.published else None for article in held),
                label=one.label == "supported",
                label_name=one.label,
                kind=one.kind or "original",
                pair=one.pair,
                cluster=held[0].article_id,
            )
        )
    return items, ()
