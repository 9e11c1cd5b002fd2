"""The program as its next version might be: tables with more columns, and another page."""

import shutil
from pathlib import Path

from storage.schema import HEAD

ROOT = Path(__file__).parents[2]
NEXT = f"{int(HEAD) + 1:04}"

MIGRATION = f'''"""The next version's tables."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{HEAD}"


def upgrade() -> None:
    for table in ("page", "incident", "incident_update", "change", "request", "delivery"):
        op.add_column(table, sa.Column("news", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_incident_news", "incident", ["news"])
'''


def make_next_version(folder: Path) -> Path:
    """A copy of the program, one migration and one template ahead; for PYTHONPATH."""
    for part in ("bot", "storage", "templates"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"storage/migrations/versions/{NEXT}_next.py").write_text(MIGRATION)
    _replace(folder / "storage/schema.py", f'HEAD = "{HEAD}"', f'HEAD = "{NEXT}"')
    robots = folder / "templates/site/robots.txt"
    robots.write_text(robots.read_text() + "# the next version\n")
    return folder


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
