"""Between the library's values and the rows of its tables: the form that is stored, and back."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from index.article import Article, valid_text
from index.errors import InputError
from index.library_values import Address, Incoming, Root, Seen


def incoming_of(item: Article | tuple[Article, Seen] | Incoming) -> Incoming:
    """What is put, in the form in which it is stored. Raises InputError for an article without text."""
    if isinstance(item, Article):
        item = Incoming(article=item)
    elif isinstance(item, tuple):
        item = Incoming(article=item[0], seen=item[1])
    return replace(item, article=_stored_form(item.article))


def _stored_form(article: Article) -> Article:
    """As it can be stored in every database and read back equal: whole seconds in UTC, valid text."""
    if not article.text.strip():
        raise InputError(f"{article.address} has no text; an article without text cannot be kept.")
    published = article.published
    if published is not None:
        published = published.astimezone(UTC).replace(microsecond=0)
    return replace(
        article,
        text=valid_text(article.text),
        title=valid_text(article.title),
        source=_optional(article.source),
        url=_optional(article.url),
        published=published,
        authors=tuple(valid_text(author) for author in article.authors),
        language=_optional(article.language, 16),
        metadata={valid_text(key): valid_text(value) for key, value in article.metadata.items()},
    )


def _optional(text: str | None, length: int | None = None) -> str | None:
    return valid_text(text)[:length] or None if text else None


def address_key(address: str) -> str:
    """What an address is found by: of one length, whatever the address's."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def article_columns(article: Article) -> dict[str, Any]:
    """The columns that say what an article is; not its id, nor what the library notes about it."""
    return {
        "address": article.address,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": None if article.published is None else article.published.isoformat(),
        "authors": list(article.authors),
        "language": article.language,
        "metadata": dict(article.metadata),
        "text_hash": article.text_hash,
        "version": article.version,
        "text": article.text,
    }


def seen_columns(seen: Seen) -> dict[str, Any]:
    """The columns that hold what was seen at an address."""
    return {name: getattr(seen, name) for name in Seen.__slots__}


def article_of(row: Any) -> Article:
    """The article in a row; its text is empty when the row was read without it."""
    return Article(
        article_id=row.article_id,
        text=getattr(row, "text", ""),
        title=row.title,
        address=row.address,
        source=row.source,
        url=row.url,
        published=None if row.published is None else datetime.fromisoformat(row.published),
        authors=tuple(row.authors),
        language=row.language,
        metadata=row.metadata,
    )


def address_of(row: Any) -> Address:
    """The address in a row."""
    return Address(
        address=row.address,
        article_id=row.article_id,
        seen=Seen(**{name: getattr(row, name) for name in Seen.__slots__}),
        last_seen=row.last_seen,
        missing_count=row.missing_count,
    )


def root_of(row: Any) -> Root:
    """The root in a row."""
    return Root(address=row.address, kind=row.kind, options=row.options, state=row.state)
