"""What could keep an installation from working, each with its remedy."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from bot import app, config
from bot.config import Settings, SettingsError
from bot.core.errors import Refusal
from bot.publish import Target, TargetError
from bot.publish.recovery import whose
from bot.publish.standing import strange
from bot.slack import doctor as slack
from bot.slack.client import Client
from bot.slack.doctor import Check
from storage.database import Database
from storage.errors import LedgerGone, LedgerUnavailable, WrongLedger

_IN_A_FOLDER = "Make the target writable for this user, or change PUBLISH_URL."
_IN_A_STORE = "Check PUBLISH_URL and the AWS_… settings; docs/serving.md says what the key needs."

_UNMADE = "Check DATABASE_URL. Where it is right, `duckrow run` makes the ledger."


def examine() -> Iterator[Check]:
    """One part after the other; a part whose settings cannot be read is not looked at further."""
    yield from _part(_theme, "page", "server")
    yield from _part(_ledger, "ledger")
    yield from _part(_targets, "target", "ledger")
    yield from _part(_slack, "slack", "reception")


def _part(look: Callable[[Settings], Iterable[Check]], *parts: config.Part) -> Iterator[Check]:
    try:
        loaded = app.tool_settings(*parts)
    except SettingsError as error:
        for each in error.problems:
            yield Check(each.setting, ok=False, said=each.problem, remedy=each.remedy)
        return
    yield Check(f"settings ({', '.join(parts)})", ok=True, said="can be read")
    yield from look(loaded)


def _theme(loaded: Settings) -> Iterator[Check]:
    if not loaded.page_theme:
        return
    name = "theme"
    try:
        app.renderer_of(loaded)
    except Refusal as refusal:
        yield Check(name, ok=False, said=refusal.problem, remedy=refusal.remedy)
    else:
        yield Check(name, ok=True, said="every page can be made with it")


def _ledger(loaded: Settings) -> Iterator[Check]:
    name = "database"
    with closing(Database(loaded.database_url)) as database:
        if database.is_unmade():  # and the doctor makes none
            said = f"there is no ledger at {database.url.database} yet"
            yield Check(name, ok=False, said=said, remedy=_UNMADE)
            return
        try:
            database.check()
            weakness = database.weakness()
        except (WrongLedger, LedgerGone) as wrong:
            yield Check(name, ok=False, said=wrong.problem, remedy=wrong.remedy)
        except LedgerUnavailable as error:
            remedy = "Check DATABASE_URL, and that the server runs and lets this machine in."
            yield Check(name, ok=False, said=f"does not answer: {error}", remedy=remedy)
        else:
            yield Check(name, ok=True, said="answers, and its tables are up to date")
            if weakness:  # one server alone is a choice; waiting for nobody is not
                said = weakness.what if weakness.stops else str(weakness)
                yield Check("standby", ok=not weakness.stops, said=said, remedy=weakness.remedy)


def _targets(loaded: Settings) -> Iterator[Check]:
    ours = _page(loaded)
    for target in app.targets_of(loaded):
        try:
            said = target.check()
            yield _shown(target, ours) or Check(target.url, ok=True, said=said)
        except TargetError as error:
            remedy = _IN_A_STORE if target.url.startswith("s3:") else _IN_A_FOLDER
            yield Check(target.url, ok=False, said=str(error), remedy=remedy)


def _page(loaded: Settings) -> str | None:
    """The id of the ledger's page; empty before it has one, None while nobody can say."""
    with closing(Database(loaded.database_url)) as database:
        if database.is_unmade():
            return ""
        try:
            database.check()
            with database.read() as ledger:
                return ledger.page.id if ledger.has_page() else ""
        except (WrongLedger, LedgerUnavailable):
            return None


def _shown(target: Target, ours: str | None) -> Check | None:
    """What stands in our way there, if anything does."""
    marker = target.marker()
    if ours is None or marker is None or marker.page == ours:
        return None
    shown = whose(target) if marker.page else None  # a marker that is damaged is nobody's
    problem, remedy = strange(shown.name, shown.url) if shown else strange("", "")
    return Check(target.url, ok=False, said=problem, remedy=remedy)


def _slack(loaded: Settings) -> list[Check]:
    api = loaded.slack_api_url
    with (
        closing(Client(loaded.slack_bot_token, api)) as bot,
        closing(Client(loaded.slack_app_token, api)) as app_client,
    ):
        return slack.examine(
            bot,
            app_client if loaded.socket_mode else None,
            channels=loaded.incident_channels,
            publishers=loaded.publishers,
        )
