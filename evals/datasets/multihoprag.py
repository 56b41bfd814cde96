"""MultiHop-RAG: questions whose answer takes two to four news articles, and some that have none.

Reads the repository's ``MultiHopRAG.json`` with ``corpus.json`` beside it; without a corpus the evidence sentences
themselves, article by article, are what there is to search.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evals.datasets.files import Row, find, read_rows
from evals.datasets.items import Card, Evidence, Item, Question, place
from index.article import Article, canonical_text
from index.loaders.dates import parse_date

CARD = Card(
    name="multihoprag",
    description="Questions that compare or combine two to four news articles of late 2023, with evidence sentences; "
    "null queries cannot be answered from the articles.",
    licence="ODC-BY 1.0; the articles are their publishers'",
    citation="Tang & Yang, MultiHop-RAG: Benchmarking Retrieval-Augmented Generation for Multi-Hop Queries, 2024, "
    "arXiv:2401.15391",
    origin="yixuantt/MultiHop-RAG on GitHub",
    folder="multihoprag",
)
_YES_NO = {"yes": ("Yes",), "no": ("No",)}


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` keeps one question type ("null_query"), where the file names them, or "answerable"/"unanswerable"."""
    assert path is not None
    rows = [row for file in find(path, ("MultiHopRAG.json*", "dev.jsonl*", "*.jsonl*")) for _, row in read_rows(file)]
    folder = path if path.is_dir() else path.parent
    corpora = sorted(folder.glob("corpus.json*"))
    articles = _corpus([row for file in corpora for _, row in read_rows(file)]) if corpora else _from_facts(rows)
    items = [_question(row, number, articles) for number, row in enumerate(rows)]
    kept = [item for item in items if split in (None, item.kind, "answerable" if item.answerable else "unanswerable")]
    return kept, list(articles.values())


def _article(row: Row, text: str) -> Article:
    return Article(
        text=canonical_text(text),
        title=str(row["title"]),
        address=str(row["url"]),
        url=str(row["url"]),
        source=row.get("source"),
        published=parse_date(row.get("published_at")),
        authors=(str(row["author"]),) if row.get("author") else (),
    )


def _corpus(rows: Sequence[Row]) -> dict[str, Article]:
    return {str(row["url"]): _article(row, str(row["body"])) for row in rows}


def _from_facts(rows: Sequence[Row]) -> dict[str, Article]:
    facts: dict[str, dict[str, Row]] = {}
    for row in rows:
        for fact in row["evidence_list"]:
            facts.setdefault(str(fact["url"]), {})[str(fact["fact"])] = fact
    return {url: _article(next(iter(said.values())), "\n\n".join(said)) for url, said in facts.items()}


def _question(row: Row, number: int, articles: dict[str, Article]) -> Question:
    answer = str(row["answer"])
    evidence = tuple(_evidence(fact, articles) for fact in row["evidence_list"])
    answerable = bool(evidence)
    plain = Question(
        id=str(row.get("id", number)),
        question=str(row["question"] if "question" in row else row["query"]),
        kind=str(row.get("question_type") or ("multi" if answerable else "null_query")),
        evidence=evidence,
        answerable=answerable,
    )
    if not answerable:
        return plain
    return replace(plain, references=(answer,), aliases=(_YES_NO.get(answer.lower(), (answer,)),))


def _evidence(fact: Row, articles: dict[str, Article]) -> tuple[Evidence, ...]:
    article = articles.get(str(fact["url"]))
    return (place(article, str(fact["fact"])),) if article else (Evidence(f"missing:{fact['url']}"),)
