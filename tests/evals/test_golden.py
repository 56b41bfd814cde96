import re
import string
import unicodedata
from collections import Counter

import pytest

from evals.golden import KINDS, GoldenError, articles, questions
from evals.golden.build import located, main
from index.sentences import sentence_spans

ARTICLES = {article.metadata["slug"]: article for article in articles()}
QUESTIONS = questions()
SPANS = [(question, one) for question in QUESTIONS for group in question.evidence for one in group]
AT_LEAST = {"single": 80, "multi": 20, "dated": 20, "conflict": 15, "followup": 25, "unanswerable": 50}


def words(text: str) -> str:
    """SQuAD's normalisation, as a string of words with a space on either side."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(c for c in text if c not in string.punctuation and not unicodedata.category(c).startswith("P"))
    return " " + " ".join(word for word in text.split() if word not in {"a", "an", "the"}) + " "


def test_there_is_enough_of_every_kind():
    assert len(ARTICLES) >= 30
    counts = Counter(question.kind for question in QUESTIONS)
    assert set(counts) == set(KINDS) == set(AT_LEAST)
    assert {kind: count for kind, count in counts.items() if count < AT_LEAST[kind]} == {}


def test_nothing_has_two_owners():
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)
    assert len({article.article_id for article in ARTICLES.values()}) == len(ARTICLES)
    assert len({(question.standalone.lower(), question.as_of, question.before) for question in QUESTIONS}) == len(
        QUESTIONS
    )


def test_every_article_says_where_it_comes_from():
    for slug, article in ARTICLES.items():
        assert article.title, slug
        assert article.source, slug
        assert article.published, slug
        assert (article.url or "").startswith("https://news.example/"), slug
        assert article.language in {"en", "de", "fr", "es"}, slug
        assert 200 <= len(article.text.split()) <= 500, slug


def test_offsets_are_up_to_date(capsys):
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_every_span_is_its_quote():
    for question, one in SPANS:
        assert ARTICLES[one.article].text[one.start : one.end] == one.quote, question.id


def test_evidence_is_whole_sentences_list_items_or_table_rows():
    edges = {}
    for slug, article in ARTICLES.items():
        lines = [match.span() for match in re.finditer(r"(?m)^.+$", article.text)]
        items = [match.span(1) for match in re.finditer(r"(?m)^- (.+)$", article.text)]
        spans = [*sentence_spans(article.text, article.language), *lines, *items]
        edges[slug] = {start for start, _ in spans}, {end for _, end in spans}
    for question, one in SPANS:
        starts, ends = edges[one.article]
        assert one.start in starts, (question.id, one.quote)
        assert one.end in ends, (question.id, one.quote)


def test_an_unanswerable_question_has_no_answer_and_every_other_has_one():
    for question in QUESTIONS:
        if question.kind == "unanswerable":
            assert question.answer == "", question.id
            assert question.aliases == question.evidence == (), question.id
        else:
            assert question.answer, question.id
            assert question.aliases, question.id
            assert question.evidence, question.id
            assert all(question.aliases), question.id
            assert all(question.evidence), question.id


def test_every_kind_is_what_it_says():
    for question in QUESTIONS:
        assert question.conversation or question.standalone == question.question, question.id
        assert bool(question.conversation) == (question.kind == "followup") or question.kind == "unanswerable"
        if question.kind in {"multi", "conflict"}:
            assert len(question.evidence) >= 2, question.id
        if question.kind == "multi":
            assert not set.intersection(*({one.article for one in group} for group in question.evidence)), question.id
        if question.kind == "dated":
            filtered = question.as_of or question.after or question.before or question.source
            assert filtered or re.search(r"\d|latest|first", question.question), question.id


def test_the_expected_answer_matches_every_alias_group():
    for question in QUESTIONS:
        for group in question.aliases:
            assert any(words(alias) in words(question.answer) for alias in group), (question.id, group)


def test_a_refusal_matches_no_aliases():
    refusal = words(
        "No answer: nothing in the articles says so, none of them is about it, and it is not known. Keine Angaben."
    )
    for question in QUESTIONS:
        matched = [any(words(alias) in refusal for alias in group) for group in question.aliases]
        assert not matched or not all(matched), question.id


def test_evidence_lies_within_the_filters():
    for question, one in SPANS:
        article = ARTICLES[one.article]
        assert article.published is not None
        day = article.published.date()
        assert question.source in {None, article.source}, question.id
        assert question.after is None or day >= question.after, question.id
        assert question.before is None or day < question.before, question.id
        assert question.as_of is None or day <= question.as_of, question.id


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
