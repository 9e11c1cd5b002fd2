"""Who and what is in a workspace: people, user groups, channels, the installed app."""

from dataclasses import dataclass, field

from bot.sandbox.model.errors import Json

HOME_TEAM = "T00000HOME"
OTHER_TEAM = "T0000OTHER"
BOT_USER = "U00000BOT"
SLACKBOT = "USLACKBOT"

# https://docs.slack.dev/reference/scopes: what an app like ours asks for, and no more.
USUAL_SCOPES = (
    *("commands", "chat:write", "channels:read", "groups:read", "users:read"),
    *("usergroups:read", "channels:history", "groups:history", "pins:write", "app_mentions:read"),
)
USUAL_EVENTS = (
    *("app_mention", "message.channels", "message.groups"),
    *("member_joined_channel", "member_left_channel"),
)


@dataclass(frozen=True)
class Person:
    """A member of the workspace, of a connected one (`is_stranger`), or a bot's user."""

    id: str
    name: str
    real_name: str
    team_id: str = HOME_TEAM
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False

    def as_json(self) -> Json:
        """The `user` object; a deactivated one has no membership flags left."""
        always = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "profile": {"real_name": self.real_name, "display_name": self.name},
            "is_bot": self.is_bot,
            "is_app_user": False,
        }
        if self.deleted:
            return always
        return always | {
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            **({"is_stranger": True} if self.is_stranger else {}),
        }


@dataclass(frozen=True)
class UserGroup:
    """A user group; `handle` is what people type after the @."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()

    def as_json(self) -> Json:
        """The `usergroup` object, without its members."""
        return {
            "id": self.id,
            "team_id": HOME_TEAM,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "user_count": len(self.members),
        }


@dataclass
class Channel:
    """A channel; with `posting_restricted` only some may post, and the app is not among them."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    posting_restricted: bool = False

    def as_json(self, member: str) -> Json:
        """The `conversation` object as the given user sees it."""
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_ext_shared": self.is_ext_shared,
            "is_shared": self.is_ext_shared,
            "is_member": member in self.members,
            "is_general": self.name == "general",
            "num_members": len(self.members),
        }


@dataclass
class Installation:
    """The one installed app: its identity, its tokens, what it may do and hear."""

    app_id: str = "A00000DUCK"
    bot_id: str = "B00000DUCK"
    bot_user: str = BOT_USER
    name: str = "duckrow"
    bot_token: str = "xoxb-0000-sandbox-bot-token"  # noqa: S105 -- it opens nothing but this sandbox
    app_token: str = "xapp-1-A00000DUCK-0000-sandbox-app-token"  # noqa: S105
    signing_secret: str = "5a4db0c5a4db0c5a4db0c5a4db0c5a4d"  # noqa: S105
    scopes: tuple[str, ...] = USUAL_SCOPES
    events: tuple[str, ...] = USUAL_EVENTS
    commands: tuple[str, ...] = ("/incident",)
    # What the manifest's should_escape says: mentions and channels in a command arrive as ids.
    should_escape: bool = True
    # Slack's documentation says that should_escape also wraps addresses: <https://…>. (?)
    wraps_links: bool = False
    # A page of a channel or a thread, whatever is asked for: 15 for apps that are sold outside of
    # Slack's Marketplace, https://docs.slack.dev/reference/methods/conversations.history.
    most_messages: int = 999
    refuses_more: bool = False  # (?) instead of giving as many as may be had
    # Set to token_revoked, account_inactive, … to have every call refused with it.
    token_error: str | None = None


PEOPLE = (
    Person("U00000ANA", "ana", "Ana Ortiz"),
    Person("U00000BEN", "ben", "Ben Okafor"),
    Person("U00000GUS", "gus", "Gus Guest", is_restricted=True),
    Person("U0000SOLO", "solo", "Sol One", is_restricted=True, is_ultra_restricted=True),
    Person("U00000EVE", "eve", "Eve Elsewhere", team_id=OTHER_TEAM, is_stranger=True),
    Person("U000000DEE", "dee", "Dee Departed", deleted=True),
    Person("U0000ROBO", "robo", "Another Bot", is_bot=True),
)
GROUPS = (UserGroup("S0000RESP", "responders", "Responders", ("U00000ANA",)),)


def usual_channels() -> tuple[Channel, ...]:
    """Two that everybody sees, and one of each kind that makes trouble."""
    everybody = {"U00000ANA", "U00000BEN", "U00000GUS", "U0000SOLO", "U0000ROBO"}
    return (
        Channel("C00000INC", "incidents", {*everybody, BOT_USER}),
        Channel("C00000GEN", "general", set(everybody)),
        Channel("C00000EXT", "partners", {"U00000EVE", "U00000GUS", BOT_USER}, is_ext_shared=True),
        Channel("G00000WAR", "war-room", {"U00000GUS", BOT_USER}, is_private=True),
        Channel("G0000SECR", "secret", {"U00000GUS"}, is_private=True),
        Channel("C00000OLD", "old-incidents", {"U00000GUS", BOT_USER}, is_archived=True),
        Channel("C0000NEWS", "news", {"U00000GUS", BOT_USER}, posting_restricted=True),
    )
