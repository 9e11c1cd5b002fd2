"""What Slack says of a person, and whether such a person may publish. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.errors import Refusal

_LONGEST_NAME = 80
_ASK = "Ask a member of the team to type it."


@dataclass(frozen=True)
class Person:
    """Somebody in Slack, as far as we care."""

    id: str
    name: str
    team: str
    teams: frozenset[str]  # on an enterprise grid, every workspace they belong to
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_deactivated: bool = False


def person(user: Mapping[str, Any]) -> Person:
    """From Slack's user object."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("name"))
    team = user.get("team_id") or ""
    return Person(
        id=user["id"],
        name=next(filter(None, map(_plain, names)), user["id"]),
        team=team,
        teams=frozenset({team, *(user.get("enterprise_user") or {}).get("teams", ())}),
        is_bot=bool(user.get("is_bot") or user["id"] == "USLACKBOT"),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")),
        is_deactivated=bool(user.get("deleted")),
    )


def _plain(name: str | None) -> str:
    """A name as text: no control characters, and none that turns the line around."""
    return "".join(filter(str.isprintable, name or "")).strip()[:_LONGEST_NAME]


def objection(somebody: Person, team: str) -> Refusal | None:
    """Why they may not publish; None for a full member of the installing workspace."""
    if somebody.is_bot:
        return Refusal("bots cannot publish.", _ASK)
    if somebody.is_deactivated:
        return Refusal("this account is deactivated.", _ASK)
    if somebody.is_stranger or team not in somebody.teams:
        return Refusal("only members of this workspace can publish.", _ASK)
    if somebody.is_guest:
        return Refusal("guests cannot publish.", _ASK)
    return None
