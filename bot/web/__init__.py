"""HTTP: what Slack sends to /slack/events, probes, and the monitoring port."""

from bot.web.app import create_app
from bot.web.monitor import create_monitor
from bot.web.servers import Server, ensure_free, serve, serve_workers

__all__ = ["Server", "create_app", "create_monitor", "ensure_free", "serve", "serve_workers"]
