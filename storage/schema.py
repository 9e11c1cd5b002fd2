"""The ledger's tables, and types that databases lack. What each is for: docs/design in words."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)

from bot.core.page import PageLink

HEAD = "0005"  # the newest migration; a test holds it to storage/migrations

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, always UTC; both databases store it without a zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 -- SQLAlchemy's signature
    ) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(
        self,
        value: Any | None,
        dialect: Dialect,  # noqa: ARG002 -- SQLAlchemy's signature
    ) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Links(TypeDecorator[tuple[PageLink, ...]]):
    """The page's own links, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: tuple[PageLink, ...] | None,
        dialect: Dialect,  # noqa: ARG002 -- SQLAlchemy's signature
    ) -> str | None:
        return None if value is None else json.dumps([(each.label, each.url) for each in value])

    def process_result_value(
        self,
        value: Any | None,
        dialect: Dialect,  # noqa: ARG002 -- SQLAlchemy's signature
    ) -> tuple[PageLink, ...] | None:
        return None if value is None else tuple(PageLink(*each) for each in json.loads(value))


page = Table(
    "page",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("id", String(12), nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("headline", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("change_id", String(12), nullable=False),
    Column("as_of", UtcDateTime),
    Column("fingerprint", Text, nullable=False),
    Column("next_number", Integer, nullable=False),
    Column("slack_team", Text, nullable=False, server_default=""),
    Column("slack_app", Text, nullable=False, server_default=""),
    Column("slack_bot", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default="en"),
    Column("logo", Text, nullable=False, server_default=""),
    Column("accent", Text, nullable=False, server_default=""),
    Column("links", Links, nullable=False, server_default="[]"),
    Column("ducks", Boolean, nullable=False, server_default=true()),
)

component = Table(
    "component",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("group_id", ForeignKey("component.id")),
    Column("is_group", Boolean, nullable=False, server_default=false()),
    Column("showcase", Boolean, nullable=False, server_default=true()),
    Column("start_date", Date),
    Column("only_show_if_degraded", Boolean, nullable=False, server_default=false()),
)

# phase, is_open, is_withdrawn, started_at and shown_at repeat what the updates say, so that no
# query has to look at every update; Ledger writes them with each change of the updates.
incident = Table(
    "incident",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("scheduled_for", UtcDateTime),
    Column("scheduled_until", UtcDateTime),
    Column("revision", Integer, nullable=False),
    Column("told_revision", Integer, nullable=False, server_default="0"),  # in Slack
    Column("phase", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("shown_at", UtcDateTime, nullable=False),
    Column("renamed_at", UtcDateTime),
)
Index("ix_incident_open", incident.c.started_at, sqlite_where=text("is_open = 1"),
      postgresql_where=text("is_open"))  # fmt: skip
Index("ix_incident_started", incident.c.kind, incident.c.is_withdrawn, incident.c.started_at)
Index("ix_incident_shown", incident.c.shown_at)
Index("ix_incident_revision", incident.c.revision)
_untold = incident.c.revision > incident.c.told_revision
Index("ix_incident_untold", incident.c.revision, sqlite_where=_untold, postgresql_where=_untold)

incident_update = Table(
    "incident_update",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("incident_id", ForeignKey("incident.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("display_at", UtcDateTime, nullable=False),
    Column("impact", Text),
    Column("edited_at", UtcDateTime),
    Column("retracted_at", UtcDateTime),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("incident_id", "number"),
)
_standing = incident_update.c.retracted_at.is_(None)
Index("ix_incident_update_shown", incident_update.c.display_at, sqlite_where=_standing,
      postgresql_where=_standing)  # fmt: skip

component_impact = Table(
    "component_impact",
    metadata,
    Column("update_id", ForeignKey("incident_update.id"), primary_key=True),
    Column("component_id", ForeignKey("component.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),  # as typed
    Column("status", Text, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("id", String(12), nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False),
    Column("what", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("author_id", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("incidents", Text, nullable=False),  # JSON: ids touched
    Column("months", Text, nullable=False),  # JSON: "2013-02", in the page's zone
    Column("everything", Boolean, nullable=False),  # every document is touched
    Column("before", Text, nullable=False),  # JSON
    Column("after", Text, nullable=False),  # JSON
)

request = Table(
    "request",
    metadata,
    Column("key", Text, primary_key=True),
    Column("line", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("answer", Text, nullable=False),  # JSON
    Column("revision", Integer),  # null while asking
    Column("reply_url", Text),  # until used, or 30 minutes old
    Column("replies", Integer, nullable=False, server_default="0"),
)
Index("ix_request_said", request.c.author_id, request.c.channel, request.c.at)
_unanswered = request.c.reply_url.is_not(None)
Index("ix_request_reply", request.c.at, sqlite_where=_unanswered, postgresql_where=_unanswered)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(12), primary_key=True),  # also the message's metadata
    Column("incident_id", ForeignKey("incident.id"), nullable=False, index=True),
    Column("update_id", ForeignKey("incident_update.id")),
    Column("kind", Text, nullable=False),  # root, update, closing
    Column("channel", Text, nullable=False),
    Column("thread_ts", Text),
    Column("attempt_at", UtcDateTime),  # set before posting, while the outcome is not known
    Column("ts", Text),
    Column("version", Integer, nullable=False, server_default="0"),  # revision it shows
    Column("error", Text),  # a permanent one, in Slack's word
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("edit_at", UtcDateTime),  # set before editing, while Slack may still carry it out
)
Index("ix_delivery_message", delivery.c.channel, delivery.c.ts)

document = Table(
    "document",
    metadata,
    Column("target", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("etag", Text),
    Column("revision", Integer, nullable=False),
)

publication = Table(
    "publication",
    metadata,
    Column("target", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("change_id", String(12), nullable=False),
    Column("checked_at", UtcDateTime),
    Column("behind_since", UtcDateTime),
    Column("error", Text),
    Column("stopped", Boolean, nullable=False, server_default=false()),  # until a person acts
    Column("told_at", UtcDateTime),  # the channel heard that it is behind
    Column("recovered", Text),  # what came back from it, until the channel heard
)
