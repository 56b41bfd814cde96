"""The labelled sentences: spans are exact, pairs differ in one thing, labels fit."""

import difflib
from collections import Counter

from evals import golden
from evals.datasets import load
from evals.golden.labels import KINDS, labelled_sentences

SENTENCES = labelled_sentences()
BY_ID = {one.id: one for one in SENTENCES}


def test_there_are_about_three_hundred_half_of_them_corrupted() -> None:
    assert len(BY_ID) == len(SENTENCES) >= 300
    assert sum(one.pair is not None for one in SENTENCES) == len(SENTENCES) / 2
    kinds = Counter(one.kind for one in SENTENCES if one.kind)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 20


def test_every_span_is_its_quote() -> None:
    texts = {article.metadata["slug"]: article.text for article in golden.articles()}
    for one in SENTENCES:
        assert one.evidence, one.id
        for evidence in one.evidence:
            assert texts[evidence.article][evidence.start : evidence.end] == evidence.quote, one.id


def test_a_corruption_is_its_original_with_one_thing_changed() -> None:
    for one in SENTENCES:
        if one.pair is None:
            assert (one.label, one.kind) == ("supported", None)
            continue
        original = BY_ID[one.pair]
        assert one.label != "supported"
        assert one.kind in KINDS
        assert original.pair is None
        assert original.evidence == one.evidence
        assert one.sentence != original.sentence
        # What is left is most of the sentence.
        assert difflib.SequenceMatcher(None, original.sentence, one.sentence).ratio() > 0.4, one.id


def test_what_the_engine_wrote_stands_in_the_article() -> None:
    for one in SENTENCES:
        if one.origin == "engine" and one.pair is None:
            spaces = str.maketrans("\u00a0\u202f", "  ")
            assert one.sentence.translate(spaces) == one.evidence[0].quote.translate(spaces), one.id


def test_they_are_a_data_set_of_judgements() -> None:
    items = load("golden_sentences").judgements
    assert len(items) == len(SENTENCES)
    assert all(len(item.dates) == len(item.evidence) for item in items)
    assert {item.pair for item in items if item.pair} <= {item.id for item in items}
