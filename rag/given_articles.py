"""Articles that come with a question: read like lines of JSON Lines; what cannot be used is refused by its place."""

from collections.abc import Iterable, Mapping
from typing import Any

from index.article import Article
from index.errors import InputError, RefusedContent
from index.loaders.jsonl import article_of


def given_articles(articles: Iterable[Mapping[str, Any]]) -> list[Article]:
    """The articles in canonical form, in their order. Raises InputError, naming the one that cannot be used."""
    if isinstance(articles, str | bytes | Mapping) or not isinstance(articles, Iterable):
        raise InputError(f"articles is {_shown(articles)}; give a list of mappings: [{{'title': …, 'text': …}}]")
    return [_given(entry, f"articles[{place}]", f"given:{place}") for place, entry in enumerate(articles)]


def _given(entry: object, name: str, address: str) -> Article:
    if not isinstance(entry, Mapping):
        raise InputError(f"{name} is {_shown(entry)}; give a mapping: {{'title': …, 'text': …}}")
    try:
        article = article_of(entry, address)
    except RefusedContent as error:
        raise InputError(f"{name} cannot be used: {error}") from None
    # A file's date that cannot be read is kept as it stands; whoever gives an article can say what he meant.
    if article.published is None and (unread := article.metadata.get("published")):
        raise InputError(
            f"{name} is published {unread!r}, which names no day for certain; give a date like 2023-03-08, or none"
        )
    return article


def _shown(value: object) -> str:
    """A value in an error message: how it begins, and its kind."""
    said = repr(value)
    return f"{said if len(said) <= 60 else said[:60] + '…'} ({type(value).__name__})"
