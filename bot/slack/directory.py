"""People and their roles, kept ready so that a command need not wait for Slack."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.core.errors import Refusal
from bot.core.waiting import Wait, is_waiting, wait_for
from bot.slack.client import Client, NoEffect, Permanent, SlackFailure
from bot.slack.people import Person, objection, person

log = logging.getLogger(__name__)

COUNTS_FOR = timedelta(hours=24)  # what we know of somebody, while Slack is down
ONE_LOOK = 1.0  # seconds that looking up a stranger may take before the ack

_PEOPLE_EVERY = timedelta(hours=1)
_GROUPS_EVERY = timedelta(minutes=10)
_PAGE = 200
_PAUSE = timedelta(seconds=15)

_NOBODY = frozenset({"user_not_found", "user_not_visible"})
_EMPTY = frozenset({"plan_upgrade_required", "no_such_subteam", "subteam_not_found"})

_UNKNOWN = Refusal("Slack does not know who you are.", "Ask a member of the team to type it.")
_UNCHECKED = Refusal(
    "Slack does not answer just now, so it cannot be checked who you are.",
    "Try again in a moment.",
)
_NOT_NAMED = Refusal(
    "you are not among those who may publish.", "Ask one of them to type it, or to add you."
)


class Directory:
    """Who may publish. `publishers` are ids of people and user groups; none means every member."""

    def __init__(self, client: Client, publishers: Sequence[str] = ()) -> None:
        self._client = client
        self._people: dict[str, tuple[Person, datetime]] = {}
        self._named = frozenset(one for one in publishers if not one.startswith("S"))
        self._groups = tuple(one for one in publishers if one.startswith("S"))
        self._members: dict[str, tuple[frozenset[str], datetime]] = {}
        self._cursor = ""
        self._list_began = datetime.min.replace(tzinfo=UTC)
        self._next_people: Wait | None = None
        self._next_groups: Wait | None = None
        self._wait: Wait | None = None
        self.troubles: dict[str, str] = {}  # group id -> why it counts as empty, in Slack's word

    def name(self, user_id: str) -> str:
        """What to call somebody; their id where we know no better."""
        known = self._people.get(user_id)
        return known[0].name if known else user_id

    def refusal(self, user_id: str, team: str, now: datetime) -> Refusal | None:
        """Why they may not publish; None when they may. Asks Slack once about somebody unknown."""
        try:
            somebody = self._known(user_id, now) or self._look_up(user_id, now)
        except SlackFailure as failure:
            return _UNKNOWN if failure.error in _NOBODY else _UNCHECKED
        return objection(somebody, team) or self._role_refusal(user_id, now)

    def sync(self, now: datetime) -> bool:
        """Ask for one more page of people, or one more group, where it is due."""
        if is_waiting(self._wait, now):
            return False
        try:
            return self._sync_people(now) or self._sync_groups(now)
        except SlackFailure as failure:
            self._wait = wait_for(_pause(failure), now)
            log.warning("Slack does not list its people", extra={"error": failure.error})
            return False

    def _known(self, user_id: str, now: datetime) -> Person | None:
        known = self._people.get(user_id)
        return known[0] if known and now - known[1] < COUNTS_FOR else None

    def _look_up(self, user_id: str, now: datetime) -> Person:
        found = person(self._client.call("users.info", within=ONE_LOOK, user=user_id)["user"])
        self._people[user_id] = (found, now)
        return found

    def _role_refusal(self, user_id: str, now: datetime) -> Refusal | None:
        if user_id in self._named or not (self._named or self._groups):
            return None
        members = [self._members_of(group, now) for group in self._groups]
        if any(user_id in group for group in members if group):
            return None
        return _UNCHECKED if None in members else _NOT_NAMED

    def _members_of(self, group: str, now: datetime) -> frozenset[str] | None:
        known = self._members.get(group)
        return known[0] if known and now - known[1] < COUNTS_FOR else None

    def _sync_people(self, now: datetime) -> bool:
        if is_waiting(self._next_people, now):
            return False
        try:
            self._add_page(now)
        except Permanent as refused:  # its cursor expired perhaps; the groups get their turn
            log.warning("Slack does not list its people", extra={"error": refused.error})
            self._cursor = ""
            self._next_people = wait_for(_PAUSE, now)
            return False
        return True

    def _add_page(self, now: datetime) -> None:
        if not self._cursor:
            self._list_began = now
        page = self._client.call("users.list", limit=_PAGE, cursor=self._cursor or None)
        self._people |= {user["id"]: (person(user), now) for user in page["members"]}
        self._cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not self._cursor:
            self._forget_the_unlisted()
        self._next_people = None if self._cursor else wait_for(_PEOPLE_EVERY, now)

    def _forget_the_unlisted(self) -> None:
        """Whoever a whole list left out is somebody unknown again."""
        known = dict(self._people)
        self._people = {who: one for who, one in known.items() if one[1] >= self._list_began}

    def _sync_groups(self, now: datetime) -> bool:
        if not self._groups or is_waiting(self._next_groups, now):
            return False
        for group in self._groups:
            self._members[group] = (self._ask_members(group), now)
        self._next_groups = wait_for(_GROUPS_EVERY, now)
        return True

    def _ask_members(self, group: str) -> frozenset[str]:
        try:
            found = self._client.call("usergroups.users.list", usergroup=group)
        except Permanent as refused:
            if refused.error not in _EMPTY:
                raise
            if self.troubles.get(group) != refused.error:
                log.warning("a user group is empty", extra={"id": group, "error": refused.error})
            self.troubles[group] = refused.error
            return frozenset()
        self.troubles.pop(group, None)
        return frozenset(found["users"])


def _pause(failure: SlackFailure) -> timedelta:
    if isinstance(failure, NoEffect) and failure.retry_after:
        return timedelta(seconds=failure.retry_after)
    return _PAUSE
