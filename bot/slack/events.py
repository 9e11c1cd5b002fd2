"""Events that change what the announcer must do: somebody deleted one of our messages."""

from dataclasses import replace

from bot.slack.payloads import Body
from storage.database import Database


class Events:
    """Bookkeeping of what happened in the channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heard(self, event: Body) -> bool:
        """Note an event; True when the announcer has something to do. Raises LedgerUnavailable."""
        channel, ts = event.get("channel"), deleted_ts(event)
        if ts is None or not isinstance(channel, str):  # elsewhere it is a whole object
            return False
        return self._deleted(channel, ts)

    def _deleted(self, channel: str, ts: str) -> bool:
        with self._database.write() as ledger:
            found = ledger.deliveries.by_message(channel, ts)
            if found is None:
                return False
            ledger.deliveries.hold(found.incident_id)
            found = ledger.deliveries.get(found.id)
            if found is None or found.deleted:
                return False
            ledger.deliveries.save(replace(found, deleted=True))
            ledger.deliveries.tell_again(found.incident_id)
            return True


def deleted_ts(event: Body) -> str | None:
    """The message that was deleted: of one with a thread, Slack says that it became a tombstone."""
    message = event.get("message") or {}
    match event.get("subtype"), message.get("subtype"):
        case "message_deleted", _:
            return event.get("deleted_ts")
        case "message_changed", "tombstone":
            return message.get("ts")
    return None
