"""When an edit of a message began that Slack may still carry out."""

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go forward; there is no way back but a backup."""
    op.add_column("delivery", sa.Column("edit_at", UtcDateTime()))
