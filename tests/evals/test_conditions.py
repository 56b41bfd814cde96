"""The same questions under another condition: offsets stay, names change, nothing is attacked by accident."""

from pathlib import Path

import pytest

from evals.conditions import articles_in, conditioned
from evals.config import DatasetConfig, EndpointConfig, EngineConfig, Price, read_config
from evals.cost import elsewhere, on_this_machine
from evals.datasets import Card, Dataset, Evidence, Question, load
from evals.datasets.items import DISTRACTOR, passage_article
from evals.errors import ConfigurationError

CARD = Card(name="set", description="", licence="", citation="", origin="")


def configured(**given: object) -> DatasetConfig:
    return DatasetConfig.model_validate({"name": "set", **given})


def test_an_attack_stands_at_the_end_of_the_articles_with_evidence() -> None:
    plain = load("golden", limit=5)
    attacked = conditioned(plain, configured(canary="ZEBRAFISH"))
    assert attacked.name == "golden, attacked"
    before = {article.article_id: article.text for article in plain.articles}
    poisoned = [one for one in attacked.articles if "ZEBRAFISH" in one.text]
    held = {one for question in plain.questions for side in question.relevant for one in side}
    assert {one.article_id for one in poisoned} == held
    for one in attacked.articles:
        assert one.text.startswith(before[one.article_id])  # so that evidence stands where it stood
    with pytest.raises(ConfigurationError, match="marks no evidence"):
        conditioned(Dataset(card=CARD, items=(Question(id="q", question="?"),)), configured(canary="X"))


def test_noise_is_counted_in_documents() -> None:
    relevant = passage_article("s#0", "It says so.")
    noise = [passage_article(f"s#{n}", f"Noise {n}.", role=DISTRACTOR) for n in range(1, 4)]
    question = Question(id="q", question="?", articles=(relevant, *noise),
                        evidence=((Evidence(relevant.article_id),),))  # fmt: skip
    noisy = conditioned(Dataset(card=CARD, items=(question,)), configured(distractors=2))
    assert noisy.name == "set, 2 distractors"
    assert conditioned(noisy, configured(split="altered")).name == "set, 2 distractors, altered"
    assert noisy.questions[0].articles == (relevant, *noise[:2])


def test_articles_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A fire broke out in Lindholm.\n\nIt destroyed 14 houses.\n")
    given = conditioned(Dataset(card=CARD, items=(Question(id="q", question="?"),)), configured(articles=tmp_path))
    assert [article.address for article in given.articles] == [str(tmp_path / "a.txt")]
    with pytest.raises(ConfigurationError, match="no articles"):
        articles_in(tmp_path / "nothing")


def test_evidence_may_name_an_article_by_its_address() -> None:
    """The invented set does, and every quote of it stands where it says."""
    (block,) = read_config("invented").datasets
    given = conditioned(load(block.name, limit=None), block)
    articles = {article.article_id: article for article in given.articles}
    pieces = [one for question in given.questions for group in question.evidence for one in group]
    assert len(given.questions) == 70
    assert len(pieces) > 70
    for one in pieces:
        assert articles[one.article_id].text[one.start : one.end] == one.quote


def test_an_empty_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(ConfigurationError, match="your library holds no articles; add some with `rag add`"):
        conditioned(Dataset(card=CARD, items=(Question(id="q", question="?"),)), configured(articles="library"))


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost/v1", True),
        ("http://192.168.1.5:11434/v1", True),
        ("https://api.example/v1", False),
        (None, False),
    ],
)
def test_what_may_charge(url: str | None, here: bool) -> None:
    assert on_this_machine(url) is here
    endpoint = EndpointConfig(type="endpoint", model="m", base_url=url, price=Price(prompt=1, completion=1))
    assert elsewhere(endpoint) is not here
    assert not elsewhere(EngineConfig(type="engine", settings={"llm": "extractive"}))
