"""docs/serving.md, as tests read it."""

import re
from pathlib import Path

from bot.publish import headers

DOCS = (Path(__file__).parents[2] / "docs/serving.md").read_text()


def fences(language: str) -> list[str]:
    """What stands in code blocks of that language."""
    return re.findall(rf"^ *```{language}\n(.*?)```", DOCS, re.DOTALL | re.MULTILINE)


def table(heading: str) -> list[list[str]]:
    """The rows of the table under that heading, without their code marks."""
    rows = DOCS.partition(heading)[2].split("\n\n")[0].splitlines()[1:]
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]


def files() -> dict[str, list[str]]:
    """Ending -> content type, Cache-Control, and whether other pages may read it."""
    said = table("| files | Content-Type | Cache-Control | readable from other pages |\n")
    return {name: row[1:] for row in said for name in row[0].split(", ")}


def ending(path: str) -> str:
    """As the table names it."""
    return path if path == headers.NAME else "." + path.rpartition(".")[2]
