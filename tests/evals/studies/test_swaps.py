"""Values exchanged within an article."""

import random
from datetime import UTC, datetime

from evals.studies.swaps import AS_IT_STANDS, claims
from index.article import Article

TEXT = (
    "The quake of February 26 destroyed 4,100 houses in Osterby and damaged the harbour of Lund Bay. "
    "The government promised 84 million crowns for schools on March 4, and the parliament agreed. "
    "Rescuers found 353 people alive in the ruins of Velmark until April 2, the office said. "
    "Most of the owners in Karsk were told about the 615 flats before May 17, said the minister."
)


def test_one_value_is_exchanged_for_another_of_the_article() -> None:
    article = Article(text=TEXT, title="Quake", address="made:up", published=datetime(2033, 6, 1, tzinfo=UTC))
    made = list(claims([article], random.Random(1)))
    assert {claim.kind for claim in made} >= {AS_IT_STANDS, "number", "date"}
    for claim in made:
        assert claim.evidence.text == TEXT
        assert (claim.text in TEXT) == (claim.kind == AS_IT_STANDS)
        new = {word.strip(",.") for word in claim.text.split()}
        assert new <= {word.strip(",.") for word in TEXT.split()}


def test_short_articles_give_nothing() -> None:
    article = Article(text="A short one. It has no values.", title="Short", address="made:up")
    assert not list(claims([article], random.Random(1)))
