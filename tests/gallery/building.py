"""From a state to the folder that a web server would serve."""

from pathlib import Path

from bot.publish import Publisher, open_target
from storage.database import Database
from tests.gallery.states import State, tell_state
from tests.support.published import Published


def build(state: State, folder: Path) -> Published:
    """Publish the state into `folder`/public, from a ledger beside it."""
    folder.mkdir(parents=True)
    database = Database(f"sqlite:///{folder / 'ledger.db'}")
    database.migrate()
    tell_state(state, database)
    site = Published(folder / "public")
    Publisher(database, open_target(str(site.root)), "gallery").sync(state.now)
    database.close()
    return site
