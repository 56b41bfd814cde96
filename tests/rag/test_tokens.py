"""The estimate of tokens, against counts by the local model's own tokenizer."""

import pytest

from rag.tokens import tokens

# Text, language, what Qwen2.5's tokenizer makes of it.
COUNTED = [
    ("Treasury Secretary Janet Yellen said that she was watching “a few” banks very carefully.", "en", 19),
    ("The fire covered 2,170 acres and is about 90 percent contained.", "en", 19),
    (
        "Die Bundesregierung hat am Dienstag beschlossen, die Förderung für Elektroautos schrittweise zu kürzen.",
        "de",
        27,
    ),
    ("El presidente anunció que las elecciones se celebrarán el próximo 23 de julio de 2023.", "es", 27),
    ("Президент заявил, что выборы состоятся 23 июля 2023 года.", "ru", 21),
    ("总统宣布选举将于2023年7月23日举行。", "zh", 16),
    ("首相は火曜日、新しい経済対策を発表した。", "ja", 20),
    ("Ο πρόεδρος ανακοίνωσε ότι οι εκλογές θα διεξαχθούν στις 23 Ιουλίου.", "el", 60),
]


@pytest.mark.parametrize(("text", "language", "count"), COUNTED)
def test_near_what_the_tokenizer_counts(text: str, language: str, count: int) -> None:
    assert 0.8 * count <= tokens(text, language) <= 1.5 * count


def test_digits_are_counted_one_by_one() -> None:
    assert tokens("1,234,567") > tokens("a,b,c") + 5


def test_of_nothing_nothing() -> None:
    assert tokens("") == tokens(" \n") == 0
