"""The first release's tables."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("article_id", sa.String(64), primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("published", sa.String(32)),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("metadata", sa.JSON, nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.Column("added", sa.Float, nullable=False),
        sa.Column("copy_of", sa.String(64)),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("articles_change", "articles", ["change"], unique=True)
    op.create_index("articles_text_hash", "articles", ["text_hash"])
    op.create_table(
        "addresses",
        sa.Column("address_key", sa.String(64), primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column(
            "article_id", sa.String(64), sa.ForeignKey("articles.article_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("mtime_ns", sa.BigInteger),
        sa.Column("content_hash", sa.String(64)),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("last_seen", sa.Float, nullable=False),
        sa.Column("missing_count", sa.Integer, nullable=False),
        sa.Column("canonical", sa.Text),
        sa.Column("redirected_to", sa.Text),
    )
    op.create_index("addresses_article", "addresses", ["article_id"])
    op.create_table(
        "deletions",
        sa.Column("article_id", sa.String(64), primary_key=True),
        sa.Column("change", sa.BigInteger, nullable=False),
    )
    op.create_index("deletions_change", "deletions", ["change"], unique=True)
    op.create_table(
        "roots",
        sa.Column("root_key", sa.String(64), primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("added", sa.Float, nullable=False),
    )
    op.create_table(
        "conversations",
        sa.Column("conversation_id", sa.String(64), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("updated", sa.Float, nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column(
            "conversation_id",
            sa.String(64),
            sa.ForeignKey("conversations.conversation_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
    )
    op.create_index("messages_position", "messages", ["conversation_id", "position"], unique=True)
    op.create_table(
        "feedback",
        sa.Column("feedback_id", sa.String(64), primary_key=True),
        sa.Column(
            "message_id", sa.String(64), sa.ForeignKey("messages.message_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("rating", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
    )
    op.create_index("feedback_message", "feedback", ["message_id"])
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    facts = op.create_table(
        "facts",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.bulk_insert(counters, [{"name": "change", "value": 0}])
    op.bulk_insert(facts, [{"name": "library_id", "value": uuid.uuid4().hex}])
