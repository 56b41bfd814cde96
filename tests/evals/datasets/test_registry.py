"""What holds for every data set; with the measuring data where it is there, and with files made on the spot."""

import gzip
import json
from pathlib import Path

import pytest

from evals import datasets
from evals.datasets.items import Question
from evals.errors import DatasetError

# name → (questions, judgements, articles) of the measuring data
SHARED = {
    "attributionbench": (0, 1198, 0),
    "canard": (500, 0, 0),
    "clapnq": (200, 0, 0),
    "mtrag": (152, 0, 0),
    "multihoprag": (200, 0, 185),
    "qags": (0, 239, 0),
    "ragtruth": (0, 3356, 0),
    "realtimeqa": (92, 0, 898),
    "realtimeqa_documents": (200, 0, 0),
    "summedits": (0, 133, 0),
    "wice": (0, 349, 0),
}


def test_every_data_set_says_what_it_is() -> None:
    assert set(SHARED) | {
        "golden",
        "golden_claims",
        "golden_robust",
        "golden_sentences",
        "own",
        "own_judgements",
        "rgb",
    } == set(datasets.names())
    for name in datasets.names():
        card = datasets.card(name)
        assert card.name == name
        assert card.description
        assert card.licence
        assert card.origin
        assert card.citation or name.startswith("own")


@pytest.mark.shared
@pytest.mark.parametrize(("name", "size"), SHARED.items(), ids=list(SHARED))
def test_the_measuring_data_is_read_whole(name: str, size: tuple[int, int, int], shared_data: Path) -> None:
    dataset = datasets.load(name)
    assert (len(dataset.questions), len(dataset.judgements), len(dataset.articles)) == size
    assert len({item.id for item in dataset.items}) == len(dataset.items)
    assert all(item.cluster for item in dataset.items)
    for question in dataset.questions:
        assert question.question.strip()
        articles = {article.article_id: article for article in (*dataset.articles, *question.articles)}
        for evidence in (one for group in question.evidence for one in group):
            text = articles[evidence.article_id].text
            if evidence.start is not None:
                assert text[evidence.start : evidence.end] == evidence.quote != ""
    for judgement in dataset.judgements:
        assert judgement.claim.strip()
        assert any(evidence.strip() for evidence in judgement.evidence)
        assert all(0 <= span.start < span.end <= len(judgement.claim) for span in judgement.spans)
        assert all(0 <= i < len(judgement.evidence) for one in judgement.gold_evidence for i in one)


def test_the_golden_set_comes_with_the_project() -> None:
    dataset = datasets.load("golden")
    articles = {article.article_id: article for article in dataset.articles}
    assert len(dataset.questions) >= 150
    for question in dataset.questions:
        assert question.answerable == (question.kind != "unanswerable") == bool(question.evidence)
        for evidence in (one for group in question.evidence for one in group):
            assert articles[evidence.article_id].text[evidence.start : evidence.end] == evidence.quote
    assert {question.kind for question in datasets.load("golden", split="multi").questions} == {"multi"}
    with pytest.raises(DatasetError, match="takes no path"):
        datasets.load("golden", "elsewhere")


def written(path: Path, rows: list[dict[str, object]], *, pack: bool = False) -> Path:
    text = "\n".join(json.dumps(row) for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if pack else text.encode())
    return path


def test_a_smaller_sample_is_part_of_a_larger_one_in_order(tmp_path: Path) -> None:
    file = written(tmp_path / "q.jsonl", [{"id": f"q{i:02}", "question": f"Who is number {i}?"} for i in range(40)])
    small = [item.id for item in datasets.load(file, limit=5, seed=3).items]
    large = [item.id for item in datasets.load(file, limit=20, seed=3).items]
    assert len(small) == 5
    assert set(small) < set(large)
    assert large == sorted(large)
    assert small != [item.id for item in datasets.load(file, limit=5, seed=4).items]
    assert len(datasets.load(file, limit=99).items) == 40
    with pytest.raises(DatasetError, match="limit is 0"):
        datasets.load(file, limit=0)


@pytest.mark.parametrize("name", ["RAGTruth", "ragtruth-qa", "mtrag-un"])
def test_names_are_forgiving(name: str) -> None:
    assert datasets.card(name).name in {"ragtruth", "mtrag"}


def test_errors_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DatasetError, match=r"no data set 'squad'; there are attributionbench, .*file of your own"):
        datasets.load("squad")
    monkeypatch.setenv("RAG_SHARED_DATA", str(tmp_path))
    with pytest.raises(DatasetError, match="download it"):
        datasets.load("qags")
    with pytest.raises(DatasetError, match="does not exist"):
        datasets.load("qags", tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="holds none of"):
        datasets.load("qags", tmp_path)
    file = written(tmp_path / "xsum.jsonl", [{"text": "x"}])
    with pytest.raises(DatasetError, match=r"not in the format of qags .*KeyError 'summary_sentences'"):
        datasets.load("qags", file)
    file.write_text("\n{")
    with pytest.raises(DatasetError, match=r"xsum\.jsonl:2: not JSON"):
        datasets.load("qags", file)
    file.write_text("[1]")
    with pytest.raises(DatasetError, match="must be a JSON object"):
        datasets.load("qags", file)
    file.write_bytes(b"\x1f\x8bbroken")
    with pytest.raises(DatasetError, match="cannot be read"):
        datasets.load("qags", file)


def test_packed_files_are_read_as_they_are(tmp_path: Path) -> None:
    row = {
        "History": ["Ada Moss", "Career"],
        "QuAC_dialog_id": "C_1",
        "Question": "Did she win?",
        "Question_no": 1,
        "Rewrite": "Did Ada Moss win?",
    }
    packed = datasets.load("canard", written(tmp_path / "dev.jsonl.gz", [row], pack=True))
    (tmp_path / "array.json").write_text(json.dumps([row]))
    array = datasets.load("canard", tmp_path / "array.json")
    assert packed.items == array.items
    (item,) = packed.items
    assert isinstance(item, Question)
    assert item.standalone == "Did Ada Moss win?"
    assert item.conversation[0].question == "Ada Moss"
    assert item.answerable is None
