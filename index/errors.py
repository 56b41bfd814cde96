"""Every error that this project raises on purpose.

ArticleRagError
├── ConfigError            a setting is unknown, malformed or contradicts another
├── InputError             what the caller passed cannot be used (a query, a date, an article id)
├── SourceError            an article could not be read from a file, page or feed
│   ├── UnreadableSource   the bytes are not what their name says, or are damaged
│   ├── RefusedContent     read, but not an article: empty, paywalled, a consent page
│   └── FetchError         a page could not be fetched
│       └── BlockedAddress the address is one that we do not connect to
├── LibraryError           the library (SQL) cannot be opened, read or written
│   └── NewerSchema        it was written by a newer version
├── SearchIndexError       the derived indexes cannot be used as they are
│   ├── IndexInUse         another process owns them
│   └── IndexMismatch      made with another embedding model or other passages
├── ModelError             model weights are missing, damaged or refused
│   ├── WrongHash          a file's SHA-256 is not the pinned one
│   └── EmbeddingError     an embeddings endpoint did not answer as it should
└── LLMError               a language model did not answer (subclasses in rag.llm)

A message says what happened, to which input, and what to do about it.
"""


class ArticleRagError(Exception):
    """Base of all errors meant for people; its text is shown as it is."""


class ConfigError(ArticleRagError):
    """A setting is unknown, malformed or contradicts another."""


class InputError(ArticleRagError, ValueError):
    """What the caller passed cannot be used."""


class SourceError(ArticleRagError):
    """An article could not be read from its source."""


class UnreadableSource(SourceError):
    """The bytes are not what their name says, or are damaged."""


class RefusedContent(SourceError):
    """The source was read, but what it holds is not an article."""


class FetchError(SourceError):
    """A page could not be fetched.

    `status` is the HTTP status if one came; `transient` says that trying later may help.
    """

    def __init__(self, message: str, *, status: int | None = None, transient: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.transient = transient


class BlockedAddress(FetchError):
    """The address is one that we do not connect to."""


class LibraryError(ArticleRagError):
    """The library cannot be opened, read or written."""


class NewerSchema(LibraryError):
    """The library was written by a newer version of this program."""


class SearchIndexError(ArticleRagError):
    """The derived indexes cannot be used as they are."""


class IndexInUse(SearchIndexError):
    """Another process owns the derived indexes."""


class IndexMismatch(SearchIndexError):
    """The derived indexes were made with another embedding model or other passages."""


class ModelError(ArticleRagError):
    """Model weights are missing, damaged or refused."""


class WrongHash(ModelError):
    """A file's SHA-256 is not the pinned one."""


class EmbeddingError(ModelError):
    """An embeddings endpoint did not answer as it should."""
