"""RGB: short news questions with relevant, irrelevant and altered passages, to measure robustness.

Reads the repository's ``data/en.json``, ``en_int.json`` (two pieces needed), ``en_fact.json`` (altered passages) and
the same in Chinese; one JSON object a line. The split ``en_fact_true`` are the questions of ``en_fact.json``, under the
same ids, with the true passages instead of the altered ones: what those are to be compared with.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.datasets.files import Row, find, read_rows
from evals.datasets.items import (
    ALTERED,
    DISTRACTOR,
    RELEVANT,
    Card,
    Evidence,
    Item,
    Question,
    groups_of,
    passage_article,
)
from index.article import Article

CARD = Card(
    name="rgb",
    description="Questions about recent events with search-result passages: noise robustness (en), integration of two "
    "pieces (en_int), and passages in which the answer was replaced (en_fact). Every question carries all of its "
    "passages; `with_distractors` chooses the noise.",
    licence="none stated in the repository; the passages are their publishers'",
    citation="Chen et al., Benchmarking Large Language Models in Retrieval-Augmented Generation, AAAI 2024",
    origin="chen700564/RGB on GitHub, data/",
    folder="rgb",
)


_TRUE = "_true"


def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
    """`split` is the file's name without ".json" ("en" if not given), and "_true" after it for true passages only."""
    assert path is not None
    name = split or "en"
    files = find(path, (f"{name.removesuffix(_TRUE)}.json*",))
    made = [
        _question(row if not name.endswith(_TRUE) else {**row, "positive_wrong": ()}, file.name.split(".", 1)[0])
        for file in files
        for _, row in read_rows(file)
    ]
    return made, ()


def _question(row: Row, part: str) -> Question:
    altered = bool(row.get("positive_wrong"))
    given = row["answer"]
    groups = groups_of(given if isinstance(given, list) else [given])
    false = row.get("fakeanswer")
    pieces: dict[int, list[Evidence]] = {}
    articles: list[Article] = []
    for number, (text, role, piece) in enumerate(_passages(row)):
        articles.append(passage_article(f"rgb/{part}/{row['id']}#{number}", text, role=role))
        if role == RELEVANT:
            pieces.setdefault(piece, []).append(Evidence(articles[-1].article_id))
    return Question(
        id=f"{part}-{row['id']}",
        question=str(row["query"]),
        kind="counterfactual" if altered else "multi" if part.endswith("_int") else "single",
        references=(", ".join(group[0] for group in groups),),
        aliases=groups,
        false_answers=tuple(map(str, false)) if isinstance(false, list) else (str(false),) if false else (),
        evidence=tuple(tuple(group) for group in pieces.values()),
        articles=tuple(articles),
        cluster=f"rgb:{part}:{row['id']}",
    )


def _passages(row: Row) -> Iterator[tuple[str, str, int]]:
    """(text, role, piece): altered passages stand in for the true ones (RGB's counterfactual setting); noise last.

    Where two pieces are needed there is a list of passages for each; they are taken in turns, as the paper does.
    """
    altered = row.get("positive_wrong") or ()
    given = altered or row["positive"]
    lists = given if all(isinstance(one, list) for one in given) else [given]
    for i in range(max(map(len, lists), default=0)):
        for piece, one in enumerate(lists):
            if i < len(one):
                yield str(one[i]), ALTERED if altered else RELEVANT, piece
    for text in row["negative"]:
        yield str(text), DISTRACTOR, 0
