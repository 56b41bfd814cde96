"""Articles that come with a question: what is cited can be looked up in them, and what cannot be used is named."""

import json
import unicodedata
from typing import Any

import pytest

import rag
from index.errors import InputError
from rag.given_articles import given_articles

TEXT = "The flood began on Monday.\n\nThe flood in Oda killed 12 people, said Zoë Müller."


@pytest.mark.model
@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n", "\r\n") + "\r\n",
        f"   \n\n{TEXT}",
        f"\ufeff{TEXT}",
        unicodedata.normalize("NFD", TEXT),
        TEXT.replace("The flood in", "\x07The\u202e flood\x00 in"),
        TEXT.replace("\n\n", "\n\n \n\t\n\n"),
    ],
)
def test_every_span_is_one_of_the_answers_articles(text: str, minilm_folder: Any) -> None:
    with rag.open(llm="extractive") as bot:
        answer = bot.ask("How many people did the flood in Oda kill?", articles=[{"text": "No."}, {"text": text}])
    first, article = answer.articles
    assert (first.text, article.text) == ("No.", TEXT)
    assert answer.citations
    spans = [(one.article_id, one.start, one.end, one.quote) for one in answer.citations]
    spans += [(one.article_id, one.start, one.end, one.text) for one in answer.passages]
    texts = {one.article_id: one.text for one in answer.articles}
    assert all(texts[article_id][start:end] == said for article_id, start, end, said in spans)
    assert "articles" not in json.loads(json.dumps(answer.to_json()))


@pytest.mark.model
def test_the_same_text_twice_is_one_article_at_both_places(minilm_folder: Any) -> None:
    with rag.open(llm="extractive") as bot:
        answer = bot.ask("How many people did the flood kill?", articles=[{"text": TEXT}, {"text": f" {TEXT}"}])
    assert [one.article_id for one in answer.articles] == [answer.citations[0].article_id] * 2


@pytest.mark.parametrize(
    ("articles", "said"),
    [
        (["text"], "articles[0] is 'text' (str); give a mapping"),
        ([{"text": "It rose."}, None], "articles[1] is None (NoneType)"),
        ({"text": "It rose."}, "articles is {'text': 'It rose.'} (dict); give a list of mappings"),
        ("text", "articles is 'text' (str)"),
        (7, "articles is 7 (int)"),
        ([{"title": "Flood"}], "articles[0] cannot be used: there is no text (key text, body or content)"),
        ([{"text": "It rose.", "published": "gestern"}], "articles[0] is published 'gestern', which names no day"),
        ([{"text": "It rose.", "date": "03/04/2023"}], "articles[0] is published '03/04/2023'"),
    ],
)
def test_what_cannot_be_used_is_named(articles: Any, said: str) -> None:
    with pytest.raises(InputError) as refused:
        given_articles(articles)
    assert said in str(refused.value)


def test_a_date_in_any_form_that_is_plain_is_taken() -> None:
    dates = ["2023-03-07", "7 March 2023", None, ""]
    read = given_articles([{"text": "It rose.", "published": date} for date in dates])
    assert [one.published and f"{one.published:%d.%m.%Y}" for one in read] == ["07.03.2023", "07.03.2023", None, None]
