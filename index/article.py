"""What an article is: its canonical text, what is known about it, and its identity."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import regex

# C0 and C1 controls other than tab, newline; the surrogates that broken JSON escapes leave;
# and the bidirectional overrides with which a text can be shown in another order than it is read.
_UNWANTED = regex.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_LINE_ENDS = regex.compile(r"\r\n|[\r\f\x85\u2028\u2029]")
# Combining marks past the thirtieth on a letter, the limit of UAX #15's Stream-Safe format: ordering them takes time
# that grows with their square.
_MARKS = regex.compile(r"(?<=\p{M}{30})\p{M}+")
_BLANK_LINES = regex.compile(r"\n[^\S\n]*\n\s*")


def canonical_text(text: str) -> str:
    """Bring an article's text into the one form that is stored, indexed and cited.

    NFC, line ends as ``\\n``, no control characters, at most one blank line between
    paragraphs, no white space at either end. Idempotent.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _UNWANTED.sub("", text)
    text = _MARKS.sub("", unicodedata.normalize("NFC", _MARKS.sub("", text)))  # NFC makes two of some marks
    text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


ID_LENGTH = 16  # hexadecimal digits of an article's id


def valid_text(text: str) -> str:
    """`text` without what cannot be encoded: NUL, and halves of surrogate pairs, as in arguments that are no UTF-8."""
    return str(text).replace("\x00", "").encode("utf-8", "replace").decode()


def address_id(address: str) -> str:
    """The id of the article first seen at `address`: 16 hexadecimal digits."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news article, as a loader returns it and as the library keeps it.

    `text` is canonical (see `canonical_text`); every offset in this project counts its
    code points. `address` is where it was read: an absolute path, a URL, or either with a
    ``#fragment`` that names the entry of a file holding many. `published` is aware, in UTC.
    """

    text: str
    title: str
    address: str
    source: str | None = None
    url: str | None = None
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    article_id: str = ""

    def __post_init__(self) -> None:
        if not self.article_id:
            object.__setattr__(self, "article_id", address_id(self.address))
        if self.published is not None and self.published.tzinfo is None:
            object.__setattr__(self, "published", self.published.replace(tzinfo=UTC))

    @property
    def text_hash(self) -> str:
        """SHA-256 of the text alone: equal for the same text under two addresses."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def version(self) -> str:
        """SHA-256 of all that is indexed or shown; another version replaces the passages."""
        published = "" if self.published is None else self.published.isoformat()
        parts = (
            self.text,
            self.title,
            self.source or "",
            self.url or "",
            published,
            *self.authors,
            self.language or "",
        )
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
