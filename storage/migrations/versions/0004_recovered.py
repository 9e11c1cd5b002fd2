"""What came back from a page that was ahead of the ledger, for the channel to hear."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go forward; there is no way back but a backup."""
    op.add_column("publication", sa.Column("recovered", sa.Text()))
