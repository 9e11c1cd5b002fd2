"""duckrow sandbox: try everything without Slack."""

import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from bot import demo, sandbox
from bot.core.errors import Refusal


@click.command
@click.option("--port", envvar="PORT", default=8000, show_default=True)
@click.option("--http", is_flag=True, help="Let the local Slack reach the bot over HTTP.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep ledger and page in this folder; without it they are gone at the end.",
)
def command(port: int, *, http: bool, keep: Path | None) -> None:
    """Start a local Slack in the browser, with the bot and the public page beside it."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="duckrow-")))
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        environment = demo.environment(folder, f"http://127.0.0.1:{port}/")
        demo.prepare(environment)
        _require_free(port)
        sandbox.run(
            port=port,
            argv=[sys.executable, "-m", "bot.cli", "run"],
            environment=environment,
            public_folder=folder / "public",
            scenario=demo.STORY,
            http=http,
        )


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refusal(
                f"Port {port} cannot be used: {error.strerror}.",
                "Choose another one: make run PORT=8001",
            ) from error
