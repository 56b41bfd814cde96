"""Each public original format, by rows that are ours."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals import datasets
from evals.datasets.items import ROLE, MarkedSpan, sentences_of, with_distractors
from evals.errors import DatasetError
from rag.answer import Answer, Sentence


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


QUIZ = {
    "question_id": "20220107_0",
    "question_date": "2022/01/07",
    "question_source": "X",
    "question_url": "https://news.example/quiz",
    "question_sentence": "Which bridge opened?",
    "choices": ["North", "South", "1887"],
    "answer": ["1"],
    "evidence": "",
}


def test_realtimeqa_of_the_repository_gives_the_answer_as_an_index(tmp_path: Path) -> None:
    write(tmp_path / "20220107_qa.jsonl", [QUIZ, {**QUIZ, "question_id": "20220107_1", "answer": ["1887"]}])
    first, second = datasets.load("realtimeqa", tmp_path).questions
    assert first.expected == "South"
    assert first.aliases == (("South",),)
    assert first.as_of == date(2022, 1, 7)
    assert second.expected == "1887"
    assert first.evidence == ()


def test_realtimeqa_links_questions_to_articles(tmp_path: Path) -> None:
    write(
        tmp_path / "questions.jsonl",
        [
            {
                "question_id": "q",
                "date": "2022/01/06",
                "question": "Which bridge?",
                "article_ids": ["a", "gone"],
                "choices": ["North", "South"],
                "answer": ["South"],
            }
        ],
    )
    write(
        tmp_path / "articles.jsonl",
        [
            {
                "id": "a",
                "url": "https://news.example/bridge",
                "title": "Bridge opens",
                "publish_date": "2022/01/05",
                "text": "The South Bridge opened on Wednesday.",
            }
        ],
    )
    dataset = datasets.load("realtimeqa", tmp_path)
    (question,), (article,) = dataset.questions, dataset.articles
    assert question.relevant == (frozenset({article.article_id}),)
    assert question.cluster == article.article_id
    assert datasets.load("realtimeqa", tmp_path, split="2022").items == dataset.items


def test_realtimeqa_with_its_search_results(tmp_path: Path) -> None:
    write(tmp_path / "20220107_qa.jsonl", [QUIZ])
    with pytest.raises(DatasetError, match=r"no 20220107_gcs\.jsonl beside it"):
        datasets.load("realtimeqa_documents", tmp_path)
    found = {
        "title": "Bridge opens",
        "url": "https://news.example/b",
        "text": "The South Bridge opened.",
        "publish_date": "2022/01/05",
    }
    write(tmp_path / "20220107_gcs.jsonl", [{"question_id": "20220107_0", "search_result": [found, {"text": " "}]}])
    (question,) = datasets.load("realtimeqa_documents", tmp_path).questions
    (article,) = question.articles
    assert (article.title, article.url, article.text) == (found["title"], found["url"], found["text"])
    assert article.published is not None


FACT = {
    "author": None,
    "category": "x",
    "fact": "The mayor cut the ribbon.",
    "published_at": "2023-11-24T19:00:00+00:00",
    "source": "Wire",
    "title": "Bridge opens",
    "url": "https://news.example/b",
}


def test_multihoprag_with_its_corpus(tmp_path: Path) -> None:
    rows = [
        {"query": "Did both say so?", "answer": "yes", "question_type": "comparison_query", "evidence_list": [FACT]},
        {"query": "Who?", "answer": "Insufficient information.", "question_type": "null_query", "evidence_list": []},
    ]
    (tmp_path / "MultiHopRAG.json").write_text(json.dumps(rows))
    (tmp_path / "corpus.json").write_text(json.dumps([{**FACT, "body": "It rained. The mayor cut the ribbon. So."}]))
    dataset = datasets.load("multihoprag", tmp_path)
    first, second = dataset.questions
    ((evidence,),) = first.evidence
    assert dataset.articles[0].text[evidence.start : evidence.end] == FACT["fact"]
    assert first.aliases == (("Yes",),)
    assert (second.answerable, second.references, second.kind) == (False, (), "null_query")
    assert datasets.load("multihoprag", tmp_path, split="null_query").questions == (second,)


def test_multihoprag_without_a_corpus_has_the_facts_by_article(tmp_path: Path) -> None:
    other = {**FACT, "fact": "It will close at night."}
    file = write(
        tmp_path / "dev.jsonl", [{"id": "7", "question": "So?", "answer": "No", "evidence_list": [FACT, other]}]
    )
    dataset = datasets.load("multihoprag", file)
    (article,) = dataset.articles
    assert article.text == "The mayor cut the ribbon.\n\nIt will close at night."
    assert [one.start for group in dataset.questions[0].evidence for one in group] == [0, 27]


RESPONSE = {
    "id": "1",
    "source_id": "s",
    "model": "m",
    "split": "train",
    "response": "It opened. It cost nothing.",
    "labels": [{"start": 11, "end": 27, "text": "It cost nothing.", "label_type": "Evident Conflict"}],
}


def test_ragtruth_joins_responses_with_their_sources(tmp_path: Path) -> None:
    info = {"question": "Did it open?", "passages": "passage 1:It opened.\n\npassage 2:It cost much.\n\n"}
    write(tmp_path / "response.jsonl", [RESPONSE, {**RESPONSE, "id": "2", "source_id": "summary"}])
    with pytest.raises(DatasetError, match="source_info"):
        datasets.load("ragtruth", tmp_path)
    write(
        tmp_path / "source_info.jsonl",
        [
            {"source_id": "s", "task_type": "QA", "source_info": info},
            {"source_id": "summary", "task_type": "Summary", "source_info": "…"},
        ],
    )
    (judgement,) = datasets.load("ragtruth", tmp_path, split="train").judgements
    assert judgement.evidence == ("It opened.", "It cost much.")
    assert judgement.spans == (MarkedSpan(11, 27, "Evident Conflict"),)
    assert not judgement.label
    with pytest.raises(DatasetError, match="no items"):
        datasets.load("ragtruth", tmp_path, split="test")


def test_a_response_falls_into_sentences(tmp_path: Path) -> None:
    (judgement,) = datasets.load(
        "ragtruth", write(tmp_path / "x.jsonl", [{**RESPONSE, "question": "?", "passages": "passage 1:a"}])
    ).judgements
    first, second = sentences_of(judgement)
    assert (first.claim, first.label, first.spans) == ("It opened.", True, ())
    assert (second.claim, second.label, second.label_name) == ("It cost nothing.", False, "Evident Conflict")
    assert second.spans == (MarkedSpan(0, 16, "Evident Conflict"),)
    assert second.context == "It opened. "
    assert first.cluster == second.cluster == "ragtruth:s"


def test_qags_takes_the_majority_of_every_sentence(tmp_path: Path) -> None:
    votes = [{"worker_id": i, "response": said} for i, said in enumerate(["yes", "no", "yes"])]
    row = {
        "article": "It rained.",
        "summary_sentences": [{"sentence": "Rain.", "responses": votes}, {"sentence": "Sun.", "responses": votes[1:2]}],
    }
    write(tmp_path / "mturk_cnndm.jsonl", [row])
    write(tmp_path / "mturk_xsum.jsonl", [row])
    first, second = datasets.load("qags", tmp_path, split="cnndm").judgements
    assert (first.label, first.votes, first.kind) == (True, (True, False, True), "cnndm")
    assert not second.label
    assert first.cluster == second.cluster
    assert len(datasets.load("qags", tmp_path).items) == 4


def test_summedits_shares_a_cluster_by_document(tmp_path: Path) -> None:
    rows = [
        {"id": f"d_{i}", "doc": "It rained.", "summary": s, "label": label, "edit_types": kinds}
        for i, (s, label, kinds) in enumerate([("Rain.", 1, []), ("Sun.", 0, ["negation", "entity"])])
    ]
    (tmp_path / "summedits_news.json").write_text(json.dumps(rows))
    first, second = datasets.load("summedits", tmp_path, split="news").judgements
    assert (first.label, first.kind) == (True, "consistent")
    assert (second.label, second.kind) == (False, "entity, negation")
    assert first.cluster == second.cluster


def test_wice_counts_only_full_support(tmp_path: Path) -> None:
    meta = {"id": "d1", "claim_title": "Ada Moss", "claim_section": "Career", "claim_context": "Ada Moss is a mayor."}
    row = {
        "label": "partially_supported",
        "supporting_sentences": [[0, 1], []],
        "claim": "She won.",
        "evidence": ["She ran.", "She came first."],
        "meta": meta,
    }
    (judgement,) = datasets.load("wice", write(tmp_path / "dev.jsonl", [row])).judgements
    assert (judgement.label, judgement.label_name) == (False, "partially_supported")
    assert judgement.gold_evidence == ((0, 1),)
    with pytest.raises(DatasetError, match="not in the format of wice"):
        datasets.load("wice", write(tmp_path / "x.jsonl", [{**row, "label": "maybe"}]))


def test_attributionbench(tmp_path: Path) -> None:
    row = {
        "id": "LFQA_1",
        "question": "Why?",
        "claim": "So.",
        "response": "So. And so.",
        "references": ["a", "b"],
        "attribution_label": "not attributable",
        "src_dataset": "LFQA",
    }
    file = write(tmp_path / "dev.jsonl", [row])
    (judgement,) = datasets.load("attributionbench", file, split="LFQA").judgements
    assert (judgement.label, judgement.evidence, judgement.kind) == (False, ("a", "b"), "LFQA")
    with pytest.raises(DatasetError, match="no items"):
        datasets.load("attributionbench", file, split="ExpertQA")


def test_clapnq_marks_the_chosen_sentences(tmp_path: Path) -> None:
    passage = {"title": "Bridge", "text": "It opened . It is long . It is red . ", "sentences": []}
    row = {
        "id": "1",
        "input": "is it long and red",
        "passages": [passage],
        "output": [
            {"answer": "It is long and red.", "selected_sentences": ["It is long .", "It is red ."]},
            {"answer": "Long, red.", "selected_sentences": ["It is long ."]},
        ],
    }
    none = {**row, "id": "2", "output": [{"answer": "", "selected_sentences": []}]}
    first, second = datasets.load("clapnq", write(tmp_path / "x.jsonl", [row, none])).questions
    assert first.references == ("It is long and red.", "Long, red.")
    text = first.articles[0].text
    assert [text[one.start : one.end] for group in first.evidence for one in group] == ["It is long .", "It is red ."]
    assert (second.answerable, second.evidence, second.kind) == (False, (), "unanswerable")


def test_mtrag_pairs_the_turns(tmp_path: Path) -> None:
    said = [("user", "Who won?"), ("agent", "Moss."), ("user", "hi"), ("user", "By how much?")]
    row = {
        "conversation_id": "c",
        "task_id": "c<::>2",
        "Collection": "govt",
        "answerability": ["PARTIAL"],
        "input": [{"speaker": who, "text": text} for who, text in said],
        "contexts": [{"document_id": "d", "text": "Moss won by nine votes.", "title": "Vote"}],
        "targets": [{"speaker": "agent", "text": "By nine votes."}],
    }
    unclear = {**row, "task_id": "c<::>3", "answerability": ["UNDERSPECIFIED"]}
    first, second = datasets.load("mtrag", write(tmp_path / "x.jsonl", [row, unclear])).questions
    assert first.question == "By how much?"
    assert [(turn.question, turn.answer) for turn in first.conversation] == [("Who won?", "Moss.")]
    assert (first.answerable, first.expected, first.cluster) == (True, "By nine votes.", "mtrag:c")
    assert (second.answerable, second.references) == (None, ())


def test_rgb_noise_integration_and_altered_passages(tmp_path: Path) -> None:
    noise = ["It is windy.", "It is cold."]
    write(
        tmp_path / "en.json",
        [
            {
                "id": 0,
                "query": "Who won?",
                "answer": [["Moss", "Ada Moss"]],
                "positive": ["Moss won.", "The winner is Moss."],
                "negative": noise,
            }
        ],
    )
    write(
        tmp_path / "en_int.json",
        [
            {
                "id": 0,
                "query": "Who won, and when?",
                "answer": ["Moss", "May"],
                "positive": [["Moss won."], ["It was in May.", "In May."]],
                "negative": noise,
            }
        ],
    )
    write(
        tmp_path / "en_fact.json",
        [
            {
                "id": 0,
                "query": "Who won?",
                "answer": "Moss",
                "fakeanswer": "Reed",
                "positive_wrong": ["Reed won."],
                "positive": ["Moss won."],
                "negative": [],
            }
        ],
    )
    (plain,) = datasets.load("rgb", tmp_path).questions
    assert plain.aliases == (("Moss", "Ada Moss"),)
    assert [article.metadata[ROLE] for article in plain.articles] == ["relevant"] * 2 + ["distractor"] * 2
    assert [len(with_distractors(plain, k).articles) for k in (0, 1, 9)] == [2, 3, 4]
    assert len(plain.evidence) == 1
    (both,) = datasets.load("rgb", tmp_path, split="en_int").questions
    assert both.aliases == (("Moss",), ("May",))
    assert [len(group) for group in both.evidence] == [1, 2]
    assert [article.text for article in both.articles][:3] == ["Moss won.", "It was in May.", "In May."]
    (altered,) = datasets.load("rgb", tmp_path, split="en_fact").questions
    assert (altered.aliases, altered.false_answers, altered.evidence) == ((("Moss",),), ("Reed",), ())
    assert [article.metadata[ROLE] for article in altered.articles] == ["altered"]


def test_own_questions_from_csv(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "id,question,answer,aliases,as_of,kind,desk\n"
        "q1,Who won?,Ada Moss,,2023-03-07,,politics\n"
        'q2,Who and when?,"Moss won it in May, by nine votes.",Moss|Ada Moss;May,,multi,\n'
        "q3,Who lost?,,,,unanswerable,\n"
        "q4,What now?,,,,,\n",
        encoding="utf-8-sig",
    )
    first, second, third, fourth = datasets.load(file).questions
    assert (first.aliases, first.as_of, first.metadata) == ((("Ada Moss",),), date(2023, 3, 7), {"desk": "politics"})
    assert second.aliases == (("Moss", "Ada Moss"), ("May",))
    assert [question.answerable for question in (first, second, third, fourth)] == [True, True, False, None]


def test_own_questions_from_json_lines(tmp_path: Path) -> None:
    row = {
        "question": "and when?",
        "conversation": [{"question": "Who won?", "answer": "Moss."}],
        "answer": "In May.",
        "evidence": [[{"article": "a1", "start": 0, "end": 7, "quote": "In May."}]],
        "answerable": "yes",
    }
    (question,) = datasets.load("own", write(tmp_path / "mine.jsonl", [row])).questions
    assert question.conversation[0].answer == "Moss."
    assert (question.cluster, question.evidence[0][0].end) == ("a1", 7)


def test_an_own_question_is_the_same_wherever_it_stands(tmp_path: Path) -> None:
    who: dict[str, Any] = {"question": "Who won the mayor's vote?"}
    follows = {"question": "Who won?", "conversation": [{"question": "A vote?", "answer": "In May."}]}
    rows = [who, {"question": "Who won?"}, follows, who | {"as_of": "2023-05-07"}, who | {"source": "The Post"}]
    ids = [one.id for one in datasets.load(write(tmp_path / "mine.jsonl", rows)).questions]
    assert len(set(ids)) == 5
    assert ids[0].startswith("who-won-the-mayor-")
    # Further down, in a file of another name and kind, with its answer corrected: the same id.
    file = tmp_path / "others.csv"
    file.write_text("question,answer\nWhere?,\nWho won  the mayor's vote?,Ada Moss\n")
    assert datasets.load(file).questions[1].id == ids[0]


def test_a_question_that_stands_there_twice_is_told_apart(tmp_path: Path) -> None:
    rows = [{"question": "Who won?"}, {"question": "Who lost?"}, {"question": "Who won?", "answer": "Moss"}]
    first, _, again = datasets.load(write(tmp_path / "mine.jsonl", rows)).questions
    assert again.id == f"{first.id}-2"
    assert again.cluster == first.cluster  # not two pieces of evidence


def test_nuggets_of_own_questions(tmp_path: Path) -> None:
    given = [{"text": "Moss won the vote."}, {"text": "She had stood twice before.", "vital": False}, "It was in May."]
    rows = [{"question": "Who won?", "nuggets": given}]
    (question,) = datasets.load("own", write(tmp_path / "mine.jsonl", rows)).questions
    assert [(one.text, one.vital) for one in question.nuggets] == [
        ("Moss won the vote.", True), ("She had stood twice before.", False), ("It was in May.", True),
    ]  # fmt: skip
    assert question.answerable
    file = tmp_path / "mine.csv"
    file.write_text("question,nuggets\nWho won?,Moss won the vote.;It was in May.\n")
    (question,) = datasets.load(file).questions
    assert [one.text for one in question.nuggets] == ["Moss won the vote.", "It was in May."]
    for wrong in ({"text": " "}, {"fact": "Moss won."}, {"text": "Moss won.", "vital": "yes"}, 3):
        with pytest.raises(DatasetError, match=r"mine\.jsonl:1: .*(nugget)"):
            datasets.load("own", write(tmp_path / "mine.jsonl", [{"question": "Who won?", "nuggets": [wrong]}]))


def rated(**more: Any) -> dict[str, Any]:
    """An answer as `rag ask --json` prints it."""
    sentence = Sentence(text="Ada Moss won by nine votes in May [1].", start=0, end=38, citations=(1,),
                        verdict="supported")  # fmt: skip
    answer = Answer(question="and who won?", standalone_question="Who won the vote?", text=sentence.text,
                    abstained=False, engine="extractive", sentences=(sentence,))  # fmt: skip
    return {**json.loads(json.dumps(answer.to_json())), **more}


def test_rated_answers_are_own_questions(tmp_path: Path) -> None:
    silent = rated(question="Who lost?", standalone_question="Who lost?", answer="The articles do not say.",
                   abstained=True)  # fmt: skip
    rows = [
        rated(feedback="up", comment="well put", as_of="2023-05-07"),
        rated(feedback="up", answer="Moss [1].", conversation=[{"question": "A vote?", "answer": "Yes."}]),
        rated(feedback="down", comment="it was ten"),
        rated(),
        silent | {"feedback": "up"},
        silent | {"feedback": "down"},
        rated(feedback="up", error="the model failed"),
    ]
    up, short, down, plain, rightly, wrongly, failed = datasets.load(write(tmp_path / "mine.jsonl", rows)).questions
    assert (up.question, up.expected) == ("Who won the vote?", "Ada Moss won by nine votes in May.")
    assert (up.aliases, up.answerable, up.as_of) == ((), True, date(2023, 5, 7))
    assert up.metadata == {"feedback": "up", "note": "well put"}
    # With its conversation the question is asked as it was written.
    assert (short.question, short.aliases) == ("and who won?", (("Moss.",),))
    for one in (down, plain, wrongly, failed):
        assert (one.expected, one.aliases, one.answerable) == (None, (), None)
    assert down.metadata["note"] == "it was ten"
    assert (rightly.kind, rightly.expected, rightly.answerable) == ("unanswerable", None, False)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([rated(feedback="meh")], r"mine\.jsonl:1: feedback is 'meh'"),
        ([rated(abstained="no")], r"mine\.jsonl:1: not an answer as `rag ask --json`"),
        ([rated(standalone_question="", question=" ")], r"mine\.jsonl:1: no question"),
        ([{"answer": "x"}], r"mine\.jsonl:1: no question"),
        ([{"question": "x", "as_of": "soon"}], "'soon', which is no date"),
        ([{"id": "a", "question": "x"}, {"id": "a", "question": "y"}], "id 'a' is given twice"),
        ([{"question": "x"}, {"question": "y", "anwser": "z"}], r":2: .*'anwser'; did you mean 'answer'\?"),
        ([{"Question": "x"}], "'Question'; did you mean 'question'"),
        ([{"question": "x", "as-of": "2023-03-07"}], "'as-of'; did you mean 'as_of'"),
        ([rated(feedbck="up")], "'feedbck'; did you mean 'feedback'"),
        ([{"question": "x", "kind": "unanswerbale"}], r":1: the kind is 'unanswerbale'; did you mean 'unanswerable'\?"),
        ([{"question": "x", "kind": "Unanswerable"}], "'Unanswerable'; did you mean 'unanswerable'"),
        ([{"question": "x", "answerable": "unanswerbale"}], ":1: answerable is 'unanswerbale'; write yes or no"),
        ([{"question": "x", "evidence": "text"}], r"mine\.jsonl:1: 'text' is no evidence; write a list of lists"),
        ([{"question": "x", "evidence": [{"article": "a"}]}], "is no evidence"),
        ([{"question": "x", "evidence": [[{"quote": "a"}]]}], "is no evidence"),
        ([{"question": "x", "evidence": [[{"article": "a", "start": "0"}]]}], "is no evidence"),
        ([{"question": "x", "evidence": [[{"article": "a", "start": 3}]]}], "is no evidence"),
        ([{"question": "x", "evidence": [[{"article": "a", "start": 5, "end": 2}]]}], "is no evidence"),
        ([{"question": "x", "conversation": "text"}], r"mine\.jsonl:1: 'text' is no conversation"),
        ([{"question": "x", "aliases": 3}], r"mine\.jsonl:1: a value is not of the form .*TypeError"),
    ],
)
def test_own_questions_that_cannot_be_used(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        datasets.load(write(tmp_path / "mine.jsonl", rows))
    with pytest.raises(DatasetError, match="need their file"):
        datasets.load("own")


def test_other_columns_and_kinds_are_ones_own(tmp_path: Path) -> None:
    others = {"question_id": "7", "desk": "politics", "note": "n", "title": "t", "qid": "8", "source_url": "u"}
    (found,) = datasets.load(
        write(tmp_path / "mine.jsonl", [{"question": "x", "kind": "answerable"} | others])
    ).questions
    assert found.metadata == others
    assert found.answerable is None


def test_own_labelled_claims_and_their_corruptions(tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text(
        "id,claim,evidence,label,kind,pair\n"
        "s1,Nine died.,Nine people died.,supported,,\n"
        "s1n,Ten died.,Nine people died.,contradicted,number,s1\n"
    )
    first, second = datasets.load("own_judgements", file).judgements
    assert (first.label, second.label, second.kind, second.pair) == (True, False, "number", "s1")
    assert first.cluster == second.cluster
    listed = {"claim": "Rain.", "evidence": ["It rained.", "It poured."], "label": True}
    (third,) = datasets.load("own_judgements", write(tmp_path / "x.jsonl", [listed])).judgements
    assert (third.label, third.evidence, third.id) == (True, ("It rained.", "It poured."), "x.jsonl:1")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"claim": "x", "evidense": "y", "label": "no"}], r"mine\.jsonl:1: .*'evidense'; did you mean 'evidence'"),
        ([{"claim": "x", "evidence": "y", "label": "maybe"}], r"mine\.jsonl:1: a row needs a claim"),
        ([{"claim": "x", "evidence": [], "label": "yes"}], "needs a claim, evidence"),
        ([{"id": "a", "claim": "x", "evidence": "y", "label": "no"}] * 2, "'a' is given twice"),
        ([{"id": "a", "claim": "x", "evidence": "y", "label": "no", "pair": "b"}], "made from 'b', which is not there"),
    ],
)
def test_own_labelled_claims_that_cannot_be_used(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        datasets.load("own_judgements", write(tmp_path / "mine.jsonl", rows))
    with pytest.raises(DatasetError, match="need their file"):
        datasets.load("own_judgements")
