import math

import pytest

from evals.metrics import LeftOut
from evals.metrics.followups import corpus_bleu, rewrite_f1, term_resolution

HISTORY = ["Who is Ada Moss?", "Ada Moss is the mayor’s adviser."]


def test_a_perfect_rewriting() -> None:
    resolution = term_resolution("What did she say?", HISTORY, "What did Ada Moss say?", "What did Ada Moss say?")
    assert (resolution.precision, resolution.recall, resolution.f1) == (1.0, 1.0, 1.0)
    assert rewrite_f1("What did Ada Moss say?", "what did Ada Moss say") == 1.0


def test_half_resolved_with_a_word_too_many() -> None:
    # gold words: ada, moss; found: ada, adviser → P 1/2, R 1/2
    resolution = term_resolution("What did she say?", HISTORY, "What did adviser Ada say?", "What did Ada Moss say?")
    assert (resolution.precision, resolution.recall, resolution.f1) == (0.5, 0.5, 0.5)


def test_the_possessive_is_the_same_word() -> None:
    resolution = term_resolution("How old is she?", HISTORY, "How old is the mayor?", "How old is the mayor's?")
    assert resolution.f1 == 1.0


def test_unchanged_and_already_alone() -> None:
    unchanged = term_resolution("What did she say?", HISTORY, "What did she say?", "What did Ada Moss say?")
    assert unchanged.precision == LeftOut("added nothing")
    assert (unchanged.recall, unchanged.f1) == (0.0, 0.0)
    alone = term_resolution("Who won?", HISTORY, "Who won?", "Who won?")
    assert alone.f1 == LeftOut("stands alone already")


def test_bleu() -> None:
    assert corpus_bleu(["what did Moss say then"], ["what did Moss say then"]) == pytest.approx(1.0)
    # 5 tokens against 6: precisions 5/5, 4/4, 3/3, 2/2, brevity exp(1 − 6/5)
    assert corpus_bleu(["what did Moss say then"], ["what did Moss say then again"]) == pytest.approx(math.exp(-0.2))
    # b c d e x against b c d e f: precisions 4/5, 3/4, 2/3, 1/2, same length
    assert corpus_bleu(["b c d e x"], ["b c d e f"]) == pytest.approx((4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25)
    assert corpus_bleu(["x"], ["b c d e f"]) == 0.0
    assert corpus_bleu([], []) == 0.0
