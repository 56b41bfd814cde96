"""Passages are exact spans that tile their article, whatever it is written in."""

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, canonical_text
from index.passages import DEFAULT_RULES, PassageRules, embedding_text, passages_of
from index.sentences import MAX_SENTENCE, sentence_spans

Make = Callable[..., Article]

SCRAPS = st.sampled_from(
    [
        *("The river rose. ", "Mr. Lund left. ", "“Go. Now,” he said. ", "\n", "\n\n", "\r\n", "\f", "\x0b", "\u2028"),
        *(
            "é",
            "e\u0301\u0323 ",
            "🇺🇦",
            "👩‍👩‍👧 ",
            "שלום עולם. ",
            "مرحبا؟ ",
            "北京下雨了。",
            "ราคา",
            "\u200b",
            "\u200f",
            "\u00a0",
        ),
        *("word " * 300, "x" * 2000, "。" * 50, " ", "A long line without an end "),
    ]
)
TEXTS = st.text(min_size=1, max_size=400) | st.lists(SCRAPS, min_size=1, max_size=60).map("".join)
RULES = st.builds(
    PassageRules,
    target=st.integers(1, 2000),
    overlap=st.just(0),
    paragraph=st.floats(0, 1, allow_nan=False),
)


def of(text: str, language: str | None = None) -> Article:
    return Article(text=text, title="T", address="/a", language=language)


@given(text=TEXTS, rules=RULES, language=st.sampled_from([None, "en", "zh", "ar"]))
def test_passages_tile_their_article_between_sentences(text: str, rules: PassageRules, language: str | None) -> None:
    passages = passages_of(of(text, language), rules)
    assert "".join(p.text for p in passages) == text
    assert [p.position for p in passages] == list(range(len(passages)))
    ends = {sentence.end for sentence in sentence_spans(text, language)}
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        if text.strip():
            assert passage.start + len(passage.text.rstrip()) in ends
    assert len({p.passage_id for p in passages}) == len(passages)


@given(text=TEXTS, rules=RULES, overlap=st.integers(1, 500))
def test_overlapping_passages_leave_no_gap_and_get_on(text: str, rules: PassageRules, overlap: int) -> None:
    passages = passages_of(of(text), PassageRules(rules.target, overlap, rules.paragraph))
    assert passages[0].start == 0
    assert passages[-1].end == len(text)
    for before, after in itertools.pairwise(passages):
        assert before.start < after.start <= before.end < after.end
        assert text[after.start : after.end] == after.text


@given(text=TEXTS)
def test_canonical_text_is_cut_the_same_when_it_is_read_again(text: str) -> None:
    canonical = canonical_text(text)
    assert canonical_text(canonical) == canonical
    assert passages_of(of(canonical)) == passages_of(of(canonical))


def test_of_marks_without_end_on_one_letter_some_stay() -> None:
    for marks in ("\u0315\u0300", "\u0344"):
        canonical = canonical_text(f"a{marks * 100_000} ends here.")
        assert len(canonical) < 60
        assert canonical_text(canonical) == canonical


def test_sizes_follow_the_rules(article: Make) -> None:
    text = "\n\n".join("The river rose by two metres in a day. " * 8 for _ in range(20))
    sizes = [len(p.text) for p in passages_of(article("a", text))]
    assert max(sizes) <= DEFAULT_RULES.target
    assert min(sizes[:-1]) >= DEFAULT_RULES.paragraph * DEFAULT_RULES.target
    assert all(p.text.endswith("\n\n") for p in passages_of(article("a", text))[:-1])
    chinese = [len(p.text) for p in passages_of(article("a", "北京下雨了，上海没有下雨。" * 200, language="zh"))]
    assert DEFAULT_RULES.target / 4 < max(chinese) < DEFAULT_RULES.target / 2


def test_a_sentence_longer_than_a_passage_is_one(article: Make) -> None:
    passages = passages_of(article("a", "word " * 1000 + "end."), PassageRules(target=300))
    assert all(len(p.text) <= MAX_SENTENCE + 1 for p in passages)


def test_passages_carry_what_filters_and_citations_need(article: Make) -> None:
    full = article(
        "a", "The river rose.", source="BBC", url="https://example.org/a", published=datetime(1969, 7, 20, tzinfo=UTC)
    )
    (passage,) = passages_of(full)
    assert (passage.article_id, passage.version) == (full.article_id, full.version)
    assert (passage.title, passage.source, passage.url) == (full.title, "BBC", "https://example.org/a")
    assert passage.published == -14256000
    assert "Title a" in embedding_text(passage)
    assert passages_of(article("empty", "")) == []


def test_the_fingerprint_tells_rules_apart() -> None:
    rules = [PassageRules(), PassageRules(target=901), PassageRules(overlap=1), PassageRules(paragraph=0.61)]
    assert len({r.fingerprint for r in rules}) == len(rules)


@pytest.mark.parametrize("unit", ["word ", "x", "北", "a. ", "e\u0301", "\n\na"])
def test_a_million_characters_take_seconds(unit: str) -> None:
    text = (unit * (1_000_000 // len(unit))).strip()
    start = time.thread_time()
    passages = passages_of(of(text))
    assert time.thread_time() - start < 20
    assert "".join(p.text for p in passages) == text
