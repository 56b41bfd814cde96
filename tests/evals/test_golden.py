import re
import string
import unicodedata

import pytest

from evals.golden import KINDS, GoldenError, articles, questions
from evals.golden.build import located, main

TEXTS = {article.metadata["slug"]: article.text for article in articles()}
QUESTIONS = questions()
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)


def words(text: str) -> str:
    """SQuAD's normalisation, as a string of words with a space on either side."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(c for c in text if c not in string.punctuation and not unicodedata.category(c).startswith("P"))
    return " " + " ".join(word for word in text.split() if word not in {"a", "an", "the"}) + " "


def test_ids_are_unique():
    ids = [question.id for question in QUESTIONS]
    assert len(set(ids)) == len(ids)
    assert len({article.article_id for article in articles()}) == len(articles())


def test_offsets_are_up_to_date(capsys):
    assert main(["--check"]) == 0, capsys.readouterr().err


@each_question
def test_every_span_is_its_quote(question):
    for one in (one for group in question.evidence for one in group):
        assert TEXTS[one.article][one.start : one.end] == one.quote
        assert one.quote.strip() == one.quote != ""


@each_question
def test_a_question_has_what_its_kind_needs(question):
    assert question.kind in KINDS
    assert question.question
    assert question.standalone
    assert bool(question.conversation) == (question.kind == "followup") or question.kind == "unanswerable"
    if question.kind == "unanswerable":
        assert question.evidence == question.aliases == ()
        assert question.answer == ""
        return
    assert question.answer
    assert question.aliases
    assert question.evidence
    assert all(question.evidence)
    if question.kind in {"multi", "conflict"}:
        assert len(question.evidence) >= 2
    if question.kind == "multi":
        assert not set.intersection(*({one.article for one in group} for group in question.evidence))
    if question.kind == "dated":
        assert question.as_of or question.after or question.before or re.search(r"\d|latest|first", question.question)


@each_question
def test_the_expected_answer_matches_every_alias_group(question):
    for group in question.aliases:
        assert any(words(alias) in words(question.answer) for alias in group), group


@each_question
def test_evidence_lies_within_the_filters(question):
    by_slug = {article.metadata["slug"]: article for article in articles()}
    for group in question.evidence:
        for article in (by_slug[one.article] for one in group):
            assert article.published is not None
            day = article.published.date()
            assert question.source in {None, article.source}
            assert question.after is None or day >= question.after
            assert question.before is None or day <= question.before
            assert question.as_of is None or day <= question.as_of


def test_a_quote_is_found_however_it_is_typed():
    row = {"question": "?", "evidence": [[{"article": "x", "quote": 'He said - "It\'s 5 km".'}]]}
    text = "Well. He said – “It’s 5\u00a0km”. Yes."
    assert located(row, {"x": text})["evidence"] == [
        [{"article": "x", "start": 6, "end": 28, "quote": "He said – “It’s 5\u00a0km”."}]
    ]


@pytest.mark.parametrize(
    ("quote", "message"),
    [("Not there.", "not in x"), ("Twice.", "2 times in x")],
)
def test_a_quote_that_cannot_be_placed_is_an_error(quote, message):
    row = {"question": "?", "evidence": [[{"article": "x", "quote": quote}]]}
    with pytest.raises(GoldenError, match=message):
        located(row, {"x": "Once. Twice. Twice."})


def test_an_unknown_article_or_key_is_an_error():
    with pytest.raises(GoldenError, match="no article 'y'"):
        located({"question": "?", "evidence": [[{"article": "y", "quote": "Once."}]]}, {"x": "Once."})
    with pytest.raises(GoldenError, match="unknown keys: answr"):
        located({"question": "?", "answr": "Yes."}, {})
