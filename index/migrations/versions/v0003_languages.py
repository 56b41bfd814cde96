"""Which languages there are, which every question asks, without reading all articles."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("articles_language", "articles", ["language"])
