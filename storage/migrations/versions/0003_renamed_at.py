"""When an incident was last given another title."""

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go forward; there is no way back but a backup."""
    op.add_column("incident", sa.Column("renamed_at", UtcDateTime()))
