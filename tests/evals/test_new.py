"""A first question set: rows that the loader of own questions takes, from a model and without one."""

from pathlib import Path

import pytest
from scripted import ScriptedEndpoint

from evals.datasets import load
from evals.errors import ConfigurationError
from evals.new import asking, candidates, first_set, usable, write_set
from index.article import Article
from rag.llm.choose import choose
from rag.settings import load as settings

ARTICLES = [
    Article(
        text="A fire broke out in the town of Lindholm on Monday. It destroyed 14 houses before it was put out. So.",
        title="Fire in Lindholm",
        address="https://news.example/fire",
    ),
    Article(text="The river Orla rose by 2.5 metres within one night, the city said.", title="Flood", address="b"),
]


def test_a_set_without_a_model_is_gaps_to_fill(tmp_path: Path) -> None:
    assert write_set(first_set(ARTICLES, 10, None), tmp_path / "q.jsonl") == 3
    rows = load(tmp_path / "q.jsonl").questions
    assert len(rows) == 3
    texts = {article.article_id: article.text for article in ARTICLES}
    for row in rows:
        ((evidence,),) = row.evidence
        assert texts[evidence.article_id][evidence.start : evidence.end] == evidence.quote
        ((gap,),) = row.aliases
        assert gap in evidence.quote
        assert gap not in row.question
        assert row.metadata["made_by"] == "gap"
    with pytest.raises(ConfigurationError, match="there already"):
        write_set(iter(()), tmp_path / "q.jsonl")


def test_every_article_has_its_turn_and_the_seed_decides() -> None:
    assert len({row["evidence"][0][0]["article"] for row in first_set(ARTICLES, 2, None)}) == 2
    assert list(first_set(ARTICLES, 2, None, seed=3)) == list(first_set(ARTICLES, 2, None, seed=3))


def test_a_model_asks(endpoint: ScriptedEndpoint) -> None:
    endpoint.texts = ["How many houses did the fire in Lindholm destroy?", "The sentence says 14."]
    ask = asking(choose(settings(llm="m", llm_base_url=endpoint.url, llm_api_key="k")))
    assert ask is not None
    first, second = first_set(ARTICLES, 2, ask)
    assert first["question"] == "How many houses did the fire in Lindholm destroy?"
    assert first["made_by"] == "model"
    assert second["made_by"] == "gap"  # what it said was no question
    assert ARTICLES[0].text[slice(*candidates(ARTICLES[0])[0][:2])] in ARTICLES[0].text


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("Question: How many houses burnt in Lindholm?\nAnswer: 14", "How many houses burnt in Lindholm?"),
        ("“Who is the mayor of Lindholm?”", "Who is the mayor of Lindholm?"),
        ("What does the article say about fire?", None),
        ("Did 14 houses burn in Lindholm?", None),
        ("I cannot.", None),
    ],
)
def test_what_of_a_model_can_be_asked(said: str, question: str | None) -> None:
    assert usable(said, "It destroyed 14 houses.") == question
