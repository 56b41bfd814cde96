"""The pairs that the learned judge learns from."""

import random

import pytest

from evals.learned.corruptions import OPPOSITE, corrupted, shortened
from evals.learned.pairs import held_out, news_pairs
from index.article import Article

SENTENCES = [
    "The council of Alva voted on Tuesday to raise the barrier at Kell by two metres.",
    "The work will cost 18 million euros, said Mayor Ida Brandt, who opened the meeting.",
    "Engineers of Norwater warned the council that the wall had moved after the flood in March.",
    "The river rose to 6.4 metres in the lower town, and 2,300 people left their homes for a week.",
    "Two bridges were closed for repairs by the office of Pavel Novak after the water had gone.",
    "Schools in Lindholm were not damaged, the office of education said on Friday.",
    "More than 40 houses in Osterby need new roofs before the winter, according to the county.",
    "The government promised help for the owners of houses in the whole of Velmark.",
    "Ida Brandt will meet the owners in the town hall during the second week of April.",
]
OTHER = [sentence.replace("Alva", "Merholm").replace("Tuesday", "Sunday") for sentence in reversed(SENTENCES)]


@pytest.mark.parametrize("seed", range(30))
def test_a_corrupted_sentence_is_another_one_made_of_the_same(seed: int) -> None:
    rng = random.Random(seed)
    sentence = rng.choice(SENTENCES)
    made = corrupted(sentence, SENTENCES, OTHER, rng)
    assert made is not None
    assert made != sentence
    assert len(set(made.split()) & set(sentence.split())) >= len(set(sentence.split())) / 4


def test_opposites_go_both_ways() -> None:
    assert OPPOSITE["rose"] == "fell"
    assert OPPOSITE["fell"] == "rose"


def test_a_shortened_sentence_says_less() -> None:
    made = {shortened(SENTENCES[1], random.Random(seed)) for seed in range(20)}
    assert "The work will cost 18 million euros, said Mayor Ida Brandt." in made
    assert shortened("Short.", random.Random(1)) is None


def test_news_gives_pairs_of_both_kinds() -> None:
    articles = [
        Article(text=" ".join(SENTENCES), title="Alva raises its barrier at Kell by two metres", address="made:1"),
        Article(text=" ".join(OTHER), title="Schools in Lindholm were not damaged at all", address="made:2"),
    ]
    pairs = [pair for seed in range(8) for pair in news_pairs(articles, random.Random(seed))]
    assert {pair.label for pair in pairs} == {True, False}
    assert all(pair.claim and pair.evidence for pair in pairs)
    sources = {sentence for article in articles for sentence in (article.title, *SENTENCES, *OTHER)}
    assert any(pair.label and pair.claim in sources for pair in pairs)
    assert not list(news_pairs([Article(text="Too short.", title="Short", address="made:3")], random.Random(1)))


def test_a_quarter_of_the_sources_is_held_out() -> None:
    share = sum(held_out(f"ragtruth:{number}") for number in range(2_000)) / 2_000
    assert 0.2 < share < 0.3
