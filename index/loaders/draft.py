"""From what a format yields to an `Article`: the rules that hold for every format."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from index.addresses import canonical_address, site_of
from index.article import Article, canonical_text
from index.errors import RefusedContent
from index.loaders.dates import parse_date
from index.loaders.headline import headline
from index.loaders.language import language_code, language_of

MAX_TEXT = 20_000_000  # code points; a thousand times a long article
MAX_FIELD = 2_000
_MAX_AUTHORS = 50

# What each field may be called, in order of preference.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content"),
    "title": ("title", "headline"),
    "url": ("url", "link"),
    "published": ("published", "publish_date", "published_at", "date"),
    "source": ("source",),
    "authors": ("authors", "author"),
    "language": ("language", "lang"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as its format gives it, before anything is inferred or checked."""

    text: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    published: object = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def with_fields(self, fields: Mapping[Any, object]) -> "Draft":
        """This draft with the known keys of `fields` set, and its other plain values as metadata.

        Keys are compared without regard to case. Empty values set nothing.
        """
        given = {str(key).strip().lower(): value for key, value in fields.items()}
        known = {name: _first(given, names) for name, names in _NAMES.items()}
        used = {name for names in _NAMES.values() for name in names}
        rest = {key[:MAX_FIELD]: plain for key, value in given.items() if key not in used and (plain := _plain(value))}
        text = known["text"]
        return replace(
            self,
            text=text if isinstance(text, str) else self.text,
            title=_plain(known["title"]) or self.title,
            source=_plain(known["source"]) or self.source,
            url=_plain(known["url"]) or self.url,
            published=known["published"] if known["published"] is not None else self.published,
            authors=_names(known["authors"]) or self.authors,
            language=_plain(known["language"]) or self.language,
            metadata={**self.metadata, **rest},
        )


def finished(draft: Draft, address: str) -> Article:
    """The article of `draft`, read at `address`.

    Fills in what can be inferred (a title from the text, the site as the source, the language)
    and puts everything into canonical form. Raises `RefusedContent` when there is no text.
    """
    if len(draft.text) > MAX_TEXT:
        raise RefusedContent(f"the text is longer than {MAX_TEXT:,} characters; split it into articles")
    text = canonical_text(draft.text)
    if not any(character.isalnum() for character in text):
        raise RefusedContent("it holds no text")
    url = canonical_address(draft.url) if draft.url else None
    published = parse_date(draft.published)
    metadata = dict(draft.metadata)
    if published is None and (unread := _plain(draft.published)):
        metadata.setdefault("published", unread)
    return Article(
        text=text,
        title=_line(draft.title) or headline(text),
        address=address,
        source=_line(draft.source) or (site_of(url) if url else None),
        url=url,
        published=published,
        authors=tuple(name for name in map(_line, draft.authors) if name),
        language=language_code(draft.language) or language_of(text),
        metadata={name: canonical_text(value) for name, value in metadata.items()},
    )


def _first(given: Mapping[str, object], names: tuple[str, ...]) -> object:
    for name in names:
        value = given.get(name)
        if value is not None and value not in ("", []):
            return value
    return None


def _line(text: str | None) -> str:
    """`text` as one line of bounded length."""
    return " ".join(canonical_text(text).split())[:MAX_FIELD].rstrip() if text else ""


def _plain(value: object) -> str:
    """A scalar, or a list of scalars, as text; anything nested is left out."""
    if isinstance(value, list):
        return ", ".join(filter(None, (_scalar(item) for item in value[:_MAX_AUTHORS])))[:MAX_FIELD]
    if isinstance(value, dict):
        return _scalar(value.get("name"))
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)[:MAX_FIELD].strip()
    return str(value).lower() if isinstance(value, bool) else ""


def _names(value: object) -> tuple[str, ...]:
    """The people in an authors field: a list, or one string with names divided by ``;`` or ``and``."""
    if isinstance(value, list):
        return tuple(filter(None, (_plain(item) for item in value[:_MAX_AUTHORS])))
    text = _plain(value)
    separator = ";" if ";" in text else " and "
    return tuple(filter(None, (name.strip() for name in text.split(separator)[:_MAX_AUTHORS])))
