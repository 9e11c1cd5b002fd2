"""The page's language and look."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go forward; there is no way back but a backup."""
    for column in (
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("logo", sa.Text(), server_default="", nullable=False),
        sa.Column("accent", sa.Text(), server_default="", nullable=False),
        sa.Column("links", sa.Text(), server_default="[]", nullable=False),
        sa.Column("ducks", sa.Boolean(), server_default=sa.true(), nullable=False),
    ):
        op.add_column("page", column)
