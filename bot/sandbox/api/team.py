"""auth.test, api.test, bots.info, users.*, usergroups.*, apps.connections.open."""

from bot.sandbox.api.call import Call, method
from bot.sandbox.api.paging import page
from bot.sandbox.model.errors import Json, SlackError


@method("api.test", token="")
def api_test(call: Call) -> Json:
    """Says back what it was given; fails when asked to."""
    if call.get("error"):
        raise SlackError(str(call.get("error")), args=call.arguments)
    return {"args": call.arguments}


@method("auth.test", token="xo")  # noqa: S106 -- a token's kind
def auth_test(call: Call) -> Json:
    """Whose token it is."""
    workspace, app = call.workspace, call.workspace.app
    return {
        "url": f"{call.base_url}/sandbox/",
        "team": workspace.team_name,
        "user": app.name,
        "team_id": workspace.team_id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


@method("bots.info", "users:read", tier=3)
def bots_info(call: Call) -> Json:
    """The app's own bot; there is no other."""
    app = call.workspace.app
    if call.get("bot") not in {None, app.bot_id}:
        raise SlackError("bot_not_found")
    identity = {"id": app.bot_id, "app_id": app.app_id, "user_id": app.bot_user}
    return {"bot": {**identity, "name": app.name, "deleted": False}}


@method("users.info", "users:read")
def users_info(call: Call) -> Json:
    """One person."""
    return {"user": call.person().as_json()}


@method("users.list", "users:read", tier=2)
def users_list(call: Call) -> Json:
    """Everybody, deactivated people and bots too; strangers are not listed."""
    people = [each for each in call.workspace.people.values() if not each.is_stranger]
    return page(call, [each.as_json() for each in people], "members", default=1000)


def _paid(call: Call) -> None:
    if call.workspace.free_plan:
        raise SlackError("plan_upgrade_required")


@method("usergroups.list", "usergroups:read", tier=2)
def usergroups_list(call: Call) -> Json:
    """All user groups."""
    _paid(call)
    groups = call.workspace.groups.values()
    members = call.flag("include_users")
    extra = [{"users": list(group.members)} if members else {} for group in groups]
    return {"usergroups": [g.as_json() | more for g, more in zip(groups, extra, strict=True)]}


@method("usergroups.users.list", "usergroups:read", tier=2)
def usergroups_users_list(call: Call) -> Json:
    """The ids of a group's members."""
    _paid(call)
    group = call.workspace.groups.get(call.need("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}


@method("apps.connections.open", token="xapp", tier=2)  # noqa: S106 -- a token's kind
def apps_connections_open(call: Call) -> Json:
    """The address of one Socket Mode connection, good for one use.

    Slack's tier 1 allows bursts, without which no app could keep several connections.
    """
    workspace = call.workspace
    ticket = workspace.tickets.new_socket(workspace.clock())
    address = call.base_url.replace("http://", "ws://", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={workspace.app.app_id}"}
