"""The Web API: whose token it is, what it may, how often; then the method itself."""

from bot.sandbox.api import chat, conversations, screens, team
from bot.sandbox.api.call import METHODS, Call, Method
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.people import Installation

__all__ = ["METHODS", "answer", "chat", "conversations", "screens", "team"]


def answer(name: str, token: str | None, call: Call) -> Json:
    """What Slack answers to a call when all is well; raises SlackError, RateLimited."""
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    workspace = call.workspace
    with workspace.lock:
        _authorised(method, token, workspace.app)
        if method.scopes:
            call.need_scope(*method.scopes)
        if workspace.rate_limits:
            _within_limits(method, call)
        return {"ok": True, **method.do(call)}


def _authorised(method: Method, token: str | None, app: Installation) -> None:
    if not method.token:
        return
    if not token:
        raise SlackError("not_authed")
    if token not in {app.bot_token, app.app_token}:
        raise SlackError("invalid_auth")
    if app.token_error:
        raise SlackError(app.token_error)
    if not token.startswith(method.token):
        raise SlackError("not_allowed_token_type")


def _within_limits(method: Method, call: Call) -> None:
    rates, now = call.workspace.rates, call.workspace.clock()
    if method.posts:
        rates.post(method.name, str(call.get("channel")), now)
    else:
        rates.call(method.name, method.tier, now)
