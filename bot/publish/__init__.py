"""The public page: from the ledger to files that any web server serves."""

from bot.publish.errors import PublishError, RenderError, TargetError
from bot.publish.publisher import Publisher
from bot.publish.renderer import Renderer
from bot.publish.targets import Access, Target, open_target

__all__ = [
    "Access",
    "PublishError",
    "Publisher",
    "RenderError",
    "Renderer",
    "Target",
    "TargetError",
    "open_target",
]
