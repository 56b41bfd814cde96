"""The library's tables, as SQLAlchemy Core sees them. `index/migrations` is what makes them."""

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

# One row for each article. `change` is the number of the last change to it (see `counters`);
# `version` is what the derived indexes compare with. `published` is ISO 8601 in UTC with whole
# seconds, so that it sorts as text, reads back exactly, and knows years before 1970.
articles = Table(
    "articles",
    metadata,
    Column("article_id", String(64), primary_key=True),
    Column("address", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("source", Text),
    Column("url", Text),
    Column("published", String(32)),
    Column("authors", JSON, nullable=False),
    Column("language", String(16)),
    Column("metadata", JSON, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("added", Float, nullable=False),
    Column("copy_of", String(64)),
    Column("text", Text, nullable=False),
    Index("articles_change", "change", unique=True),
    Index("articles_text_hash", "text_hash"),
    Index("articles_copy_of", "copy_of"),
    Index("articles_language", "language"),
)

# Where an article was read, and what is needed to see whether it is still the same there.
# Keyed by the SHA-256 of the address: addresses may be longer than a database can index.
addresses = Table(
    "addresses",
    metadata,
    Column("address_key", String(64), primary_key=True),
    Column("address", Text, nullable=False),
    Column("article_id", String(64), ForeignKey("articles.article_id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("size", BigInteger),
    Column("mtime_ns", BigInteger),
    Column("content_hash", String(64)),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("last_seen", Float, nullable=False),
    Column("missing_count", Integer, nullable=False),
    Column("canonical", Text),
    Column("redirected_to", Text),
    Index("addresses_article", "article_id"),
)

# Which export, feed or sitemap (`origin_key`: the hash of its address) holds which address, and in
# which of its readings that was last so: what the newest complete reading of an export lacks is gone.
listings = Table(
    "listings",
    metadata,
    Column("origin_key", String(64), primary_key=True),
    Column(
        "address_key",
        String(64),
        ForeignKey("addresses.address_key", ondelete="CASCADE", onupdate="CASCADE"),
        primary_key=True,
    ),
    Column("reading", BigInteger, nullable=False),
    Index("listings_address", "address_key"),
)

# Addresses whose article somebody removed: `sync` leaves them out until they are added again.
withdrawn = Table(
    "withdrawn",
    metadata,
    Column("address_key", String(64), primary_key=True),
    Column("removed", Float, nullable=False),
)

# Each article's MinHash in bands (see `index.duplicates`): near-duplicates share at least one.
bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("article_id", String(64), ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True),
    Index("bands_article", "article_id"),
)

# A deletion is a change like any other: the derived indexes read it from here.
deletions = Table(
    "deletions",
    metadata,
    Column("article_id", String(64), primary_key=True),
    Column("change", BigInteger, nullable=False),
    Index("deletions_change", "change", unique=True),
)

# What `rag sync` reads again: folders, files, pages, feeds, sitemaps.
roots = Table(
    "roots",
    metadata,
    Column("root_key", String(64), primary_key=True),
    Column("address", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("options", JSON, nullable=False),
    Column("state", JSON, nullable=False),
    Column("added", Float, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("message_id", String(64), primary_key=True),
    Column(
        "conversation_id",
        String(64),
        ForeignKey("conversations.conversation_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),
    Column("role", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("created", Float, nullable=False),
    Index("messages_position", "conversation_id", "position", unique=True),
)

feedback = Table(
    "feedback",
    metadata,
    Column("feedback_id", String(64), primary_key=True),
    Column("message_id", String(64), ForeignKey("messages.message_id", ondelete="CASCADE"), nullable=False),
    Column("rating", Integer, nullable=False),
    Column("comment", Text, nullable=False),
    Column("created", Float, nullable=False),
    Index("feedback_message", "message_id"),
)

# Numbers that only grow. "change": the last change number given out. Drawing it locks the row until
# the transaction ends, so changes become visible in the order of their numbers. "copies": the change
# up to which near-duplicates were looked for.
counters = Table(
    "counters",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# Facts about the library itself; "library_id" tells the derived indexes of two libraries apart.
facts = Table(
    "facts",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
