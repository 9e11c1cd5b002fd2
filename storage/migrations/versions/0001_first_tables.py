"""The ledger's first tables."""

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go forward; there is no way back but a backup."""
    op.create_table(
        "change",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("incidents", sa.Text(), nullable=False),
        sa.Column("months", sa.Text(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_change"),
        sa.UniqueConstraint("id", name="uq_change_id"),
        sa.UniqueConstraint("key", name="uq_change_key"),
    )
    op.create_table(
        "component",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("group_id", sa.String(length=12), nullable=True),
        sa.Column("is_group", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("showcase", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("only_show_if_degraded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["component.id"], name="fk_component_group_id"),
        sa.PrimaryKeyConstraint("id", name="pk_component"),
        sa.UniqueConstraint("slug", name="uq_component_slug"),
    )
    op.create_table(
        "document",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("target", "path", name="pk_document"),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("scheduled_for", UtcDateTime(), nullable=True),
        sa.Column("scheduled_until", UtcDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("told_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("number", name="uq_incident_number"),
    )
    op.create_index(
        "ix_incident_open",
        "incident",
        ["started_at"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_incident_revision", "incident", ["revision"], unique=False)
    op.create_index("ix_incident_shown", "incident", ["shown_at"], unique=False)
    op.create_index(
        "ix_incident_started", "incident", ["kind", "is_withdrawn", "started_at"], unique=False
    )
    op.create_index(
        "ix_incident_untold",
        "incident",
        ["revision"],
        unique=False,
        sqlite_where=sa.text("revision > told_revision"),
        postgresql_where=sa.text("revision > told_revision"),
    )
    op.create_table(
        "page",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.String(length=12), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("slack_team", sa.Text(), server_default="", nullable=False),
        sa.Column("slack_app", sa.Text(), server_default="", nullable=False),
        sa.Column("slack_bot", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_page"),
    )
    op.create_table(
        "publication",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.String(length=12), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("behind_since", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("stopped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("target", name="pk_publication"),
    )
    op.create_table(
        "request",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("reply_url", sa.Text(), nullable=True),
        sa.Column("replies", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_request"),
    )
    op.create_index(
        "ix_request_reply",
        "request",
        ["at"],
        unique=False,
        sqlite_where=sa.text("reply_url IS NOT NULL"),
        postgresql_where=sa.text("reply_url IS NOT NULL"),
    )
    op.create_index("ix_request_said", "request", ["author_id", "channel", "at"], unique=False)
    op.create_table(
        "incident_update",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("display_at", UtcDateTime(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("retracted_at", UtcDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_incident_update_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incident_update"),
        sa.UniqueConstraint("incident_id", "number", name="uq_incident_update_incident_id_number"),
    )
    op.create_index(
        "ix_incident_update_shown",
        "incident_update",
        ["display_at"],
        unique=False,
        sqlite_where=sa.text("retracted_at IS NULL"),
        postgresql_where=sa.text("retracted_at IS NULL"),
    )
    op.create_table(
        "component_impact",
        sa.Column("update_id", sa.String(length=12), nullable=False),
        sa.Column("component_id", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"], ["component.id"], name="fk_component_impact_component_id"
        ),
        sa.ForeignKeyConstraint(
            ["update_id"], ["incident_update.id"], name="fk_component_impact_update_id"
        ),
        sa.PrimaryKeyConstraint("update_id", "component_id", name="pk_component_impact"),
    )
    op.create_index(
        "ix_component_impact_component_id", "component_impact", ["component_id"], unique=False
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=False),
        sa.Column("update_id", sa.String(length=12), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread_ts", sa.Text(), nullable=True),
        sa.Column("attempt_at", UtcDateTime(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_delivery_incident_id"),
        sa.ForeignKeyConstraint(
            ["update_id"], ["incident_update.id"], name="fk_delivery_update_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_incident_id", "delivery", ["incident_id"], unique=False)
    op.create_index("ix_delivery_message", "delivery", ["channel", "ts"], unique=False)
