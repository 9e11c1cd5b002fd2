"""duckrow docs: the pages of docs/ that are written from declarations."""

from pathlib import Path

import click

from bot import app


@click.command
@click.argument("folder", type=click.Path(path_type=Path), default=Path("docs"))
def command(folder: Path) -> None:
    """Write commands.md, settings.md and templates.md into FOLDER (docs)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in app.generated_docs().items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(f"Wrote {folder / name}")
