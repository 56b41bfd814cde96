"""What lists an address, what was removed by hand, and how near-duplicates are found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "listings",
        sa.Column("origin_key", sa.String(64), primary_key=True),
        sa.Column(
            "address_key",
            sa.String(64),
            sa.ForeignKey("addresses.address_key", ondelete="CASCADE", onupdate="CASCADE"),
            primary_key=True,
        ),
        sa.Column("reading", sa.BigInteger, nullable=False),
    )
    op.create_index("listings_address", "listings", ["address_key"])
    op.create_table(
        "withdrawn",
        sa.Column("address_key", sa.String(64), primary_key=True),
        sa.Column("removed", sa.Float, nullable=False),
    )
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger, primary_key=True),
        sa.Column(
            "article_id",
            sa.String(64),
            sa.ForeignKey("articles.article_id", ondelete="CASCADE"),
            primary_key=True,
        ),
    )
    op.create_index("bands_article", "bands", ["article_id"])
    op.create_index("articles_copy_of", "articles", ["copy_of"])
    counters = sa.table("counters", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "copies", "value": 0}])
