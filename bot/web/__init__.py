"""HTTP: what Slack sends to /slack/events, and /healthz."""

from bot.web.app import create_app
from bot.web.health import Health
from bot.web.servers import Server, serve, serve_workers

__all__ = ["Health", "Server", "create_app", "serve", "serve_workers"]
