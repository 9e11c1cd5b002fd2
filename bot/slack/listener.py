"""The Bolt app: one listener per kind of payload, and an answer whatever happens.

`process_before_response` makes Bolt run a listener before it answers Slack, so an ack is sent
only after the commit. Nothing in here waits for Slack.
"""

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.commands import Answer
from bot.slack.desk import Desk
from bot.slack.events import Events
from bot.slack.messages import ephemeral
from bot.slack.payloads import Body, action_origin, command_origin, press
from bot.slack.shapes import BadRequest, check, is_unheard
from storage.errors import LedgerUnavailable

log = logging.getLogger(__name__)

_ANY = re.compile("")
_BROKEN = (
    "Something broke on our side while this was carried out, so it is not certain whether it was "
    "saved. Look with `{slash} list` before typing it again."
)


def build_app(token: str, desk: Desk, events: Events, wake: Callable[[], None]) -> App:
    """The app both ways of reception dispatch into; building it calls nobody."""
    app = App(
        name="duckrow",  # without one, Bolt reads every module's source to find out: 100 ms
        logger=_quiet_logger(),
        process_before_response=True,
        client=WebClient(retry_handlers=[]),  # a retried post is a doubled message
        authorize=_authorize(token),
        request_verification_enabled=False,  # `receiver` does it, and Socket Mode needs none
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,  # our own deleted messages matter
    )
    _listen(app, desk, events, wake)
    app.error(_answer_anyway)
    return app


def dispatch(app: App, body: Any) -> BoltResponse:
    """Hand a payload to the app, as Socket Mode does. Raises BadRequest for what is none."""
    if is_unheard(body):
        return BoltResponse(status=200)  # unanswered, Slack would send it again
    check(body)
    try:
        request = BoltRequest(mode="socket_mode", body=body)
    except (AttributeError, KeyError, TypeError) as error:
        raise BadRequest("Bolt finds no ids in it") from error
    return app.dispatch(request)


def _listen(app: App, desk: Desk, events: Events, wake: Callable[[], None]) -> None:
    @app.command(_ANY)
    def on_command(body: Body, ack: Ack) -> None:
        ack(desk.command(command_origin(body), body.get("text") or ""))
        wake()

    @app.action(_ANY)
    def on_action(body: Body, ack: Ack) -> None:
        desk.press(action_origin(body), press(body))
        ack()
        wake()

    @app.event(_ANY)
    def on_event(event: Body, ack: Ack) -> None:
        if events.heard(event):
            wake()
        ack()

    # What nobody handles is acknowledged all the same: unanswered, Slack shows a failure.
    for kind in (app.view, app.view_closed, app.shortcut, app.options):
        kind(_ANY)(_acknowledge)


def _acknowledge(ack: Ack) -> None:
    ack()


def _authorize(token: str) -> Callable[..., AuthorizeResult]:
    """Bolt asks who the app is for each request; the answer costs nothing and asks nobody."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    return authorize


def _answer_anyway(error: Exception, request: BoltRequest) -> BoltResponse:
    """A bug: its traceback is logged, its text handed back, and nothing is promised.

    An event that comes while the ledger is away is refused: Slack sends it thrice more, within six
    minutes.
    """
    body: dict[str, Any] = request.body
    if isinstance(error, LedgerUnavailable) and "event" in body:
        log.warning("an event could not be noted", extra={"reason": str(error)})
        return BoltResponse(status=503)
    log.error("a payload could not be handled", exc_info=error)
    if "command" not in body:
        return BoltResponse(status=200)
    said = _BROKEN.format(slash=body["command"])
    text = str(body.get("text") or "").replace("<!", "&lt;!")
    return BoltResponse(status=200, body=ephemeral(Answer(f"{said}\nYour text: {text}"))[0])


def _quiet_logger() -> logging.Logger:
    """Bolt's warnings quote whole payloads; what matters of them is logged here."""
    logger = logging.getLogger("slack_bolt.duckrow")
    logger.setLevel(logging.ERROR)
    return logger
