"""`duckrow sandbox`: the local Slack, the real bot and the public page, until Ctrl-C."""

import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from bot.sandbox.child import Child
from bot.sandbox.http_server import LOOPBACK
from bot.sandbox.model.workspace import Workspace
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.scenario import Scenario
from bot.signals import until_stopped


def run(
    port: int,
    argv: Sequence[str],
    environment: Mapping[str, str],
    public_folder: Path,
    scenario: Path | None = None,
    *,
    http: bool = False,
    out: TextIO = sys.stderr,
) -> None:
    """Serve and run the bot until SIGINT or SIGTERM; raises OSError when the port is taken.

    `environment` is the bot's whole environment; what makes it talk to this sandbox is put over
    it. With `http` the bot is sent signed requests, else it uses Socket Mode.
    """
    bot_port = _free_port()
    sandbox = Sandbox(
        Workspace(),
        port=port,
        public_folder=public_folder,
        http_url=f"http://{LOOPBACK}:{bot_port}/slack/events" if http else None,
        scenario=Scenario.read(scenario) if scenario else None,
    )
    with until_stopped() as wait, sandbox:
        own = {"HOST": LOOPBACK, "PORT": str(bot_port)}
        child = Child(argv, {**environment, **own, **workspace_environment(sandbox)}, out=out)
        child.start()
        try:
            out.write(f"Slack:  {sandbox.url}/sandbox/\nPage:   {sandbox.url}/\nCtrl-C stops it.\n")
            out.flush()
            wait()
        finally:
            child.stop()


def workspace_environment(sandbox: Sandbox, channel: str = "#incidents") -> dict[str, str]:
    """The settings with which a bot finds this sandbox."""
    app = sandbox.workspace.app
    socket_mode = {"SLACK_APP_TOKEN": app.app_token}
    over_http = {"SLACK_SIGNING_SECRET": app.signing_secret}
    return {
        "SLACK_BOT_TOKEN": app.bot_token,
        "SLACK_API_URL": sandbox.api_url,
        "INCIDENT_CHANNELS": sandbox.workspace.channel(channel).id,
        "SLASH_COMMAND": app.commands[0],
        "PAGE_URL": f"{sandbox.url}/",
        **(socket_mode if sandbox.uses_socket_mode else over_http),
    }


def _free_port() -> int:
    """A port that nobody listened on a moment ago; the bot, unlike us, is told its own."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
