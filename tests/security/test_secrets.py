"""Recognisable secrets in every secret setting, a day of faults, and a search of what came out."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import fields
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import make_url

from bot.config import Settings, SettingsError, load
from bot.sandbox import Sandbox, Workspace
from bot.sandbox.model.people import Installation as App
from tests.security.conftest import Installation, answers
from tests.security.mutations import Sent, signed
from tests.support.processes import DUCKROW, environment, running
from tests.support.tools import unused_port

# Shaped as each must be, with a part of its own to look for.
PLANTED = {
    "SLACK_BOT_TOKEN": "xoxb-1-PLANTEDbottoken",
    "SLACK_APP_TOKEN": "xapp-1-PLANTEDapptoken",
    "SLACK_SIGNING_SECRET": "PLANTEDsigningsecret0",
    "DATABASE_URL": "PLANTEDpassword0",
    "AWS_SECRET_ACCESS_KEY": "PLANTEDstoresecret0",
    "AWS_SESSION_TOKEN": "PLANTEDstoretoken0",
}
REPLY = "PLANTEDreply0"  # with it anybody may post as the bot, for half an hour
MARK = "PLANTED"
SECRET_FIELDS = [each.name.upper() for each in fields(Settings) if not each.repr]


def planted(folder: Path, postgres_url: str, **more: str) -> dict[str, str]:
    database = make_url(postgres_url).set(password=PLANTED["DATABASE_URL"])
    return {
        **PLANTED,
        "DATABASE_URL": database.render_as_string(hide_password=False),
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{unused_port()}",  # nobody listens
        "AWS_REGION": "us-east-1",
        "PUBLISH_URL": f"{(folder / 'public').as_uri()} s3://bucket/page",
        "LOG_LEVEL": "debug",
    } | more


def complaint(env: dict[str, str]) -> str:
    """What is said of settings that cannot be used."""
    with pytest.raises(SettingsError) as caught:  # what it needs is missing, in any case
        load(env)
    return str(caught.value)


def test_every_secret_setting_is_planted_here():
    assert set(PLANTED) == set(SECRET_FIELDS)


def test_settings_show_no_secret_and_give_each_to_the_log_to_hide(tmp_path, postgres_url):
    env = planted(tmp_path, postgres_url, INCIDENT_CHANNELS="C1")
    loaded = load(env)
    assert MARK not in repr(loaded)
    assert loaded.secrets == set(PLANTED.values())


@pytest.mark.parametrize("name", SECRET_FIELDS)
def test_a_secret_setting_that_cannot_be_used_is_not_quoted(name):
    for odd in (f"{MARK} two words", f"{MARK}\x07", MARK, f"ftp://a:{MARK}@b/c", f"xoxp-{MARK}"):
        assert MARK not in complaint({name: odd})


@pytest.mark.parametrize("name", [each.name.upper() for each in fields(Settings)])
def test_a_token_pasted_into_the_wrong_setting_is_not_repeated(name):
    for secret in (PLANTED["SLACK_BOT_TOKEN"], PLANTED["SLACK_APP_TOKEN"]):
        assert MARK not in complaint({name: f"https://a.example/{secret} {secret}"})


@pytest.mark.timeout(300)  # a dozen processes
def test_nothing_that_came_out_of_a_day_of_faults_holds_a_secret(tmp_path, postgres_url):
    port, monitor = unused_port(), unused_port()
    with Sandbox(_workspace()) as slack:
        slack.use_http(f"http://127.0.0.1:{port}/slack/events")
        more = {"SLACK_APP_TOKEN": "", "PORT": str(port), "MONITOR_PORT": str(monitor)}
        env = environment(tmp_path, slack, **planted(tmp_path, postgres_url, **more))
        came_out = [_run(tmp_path, env, *one) for one in BEFORE]
        with running([*DUCKROW, "run"], tmp_path, env) as process:
            slack.wait_for(lambda: answers(port) and slack.called("users.list"), seconds=60)
            _a_bad_day(Installation(slack, tmp_path, port))
            came_out += [*_served(port, monitor), *_posted(slack), *_shown_of(process.pid)]
            came_out += _printed(tmp_path, env)
    came_out += _written(tmp_path)
    assert len("".join(came_out)) > 50_000, "this looked at next to nothing"
    for text in came_out:
        assert MARK not in text, text[max(text.index(MARK) - 300, 0) : text.index(MARK) + 50]


Commands = tuple[tuple[str, int], ...]  # of each its words and its status

# One of the two targets is where nobody listens.
BEFORE = (("db upgrade", 0), ("components add www Web", 1))
WHILE = (("export", 0), ("incident list", 0), ("doctor", 1), ("publish", 1))
ALONE = (("publish --full", 0),)  # to the folder alone
BY_SOCKET = (("doctor", 1),)
LOST = (("doctor", 1), ("export", 1), ("incident open A|B", 1))  # the ledger


def _workspace() -> Workspace:
    app = App(
        bot_token=PLANTED["SLACK_BOT_TOKEN"],
        app_token=PLANTED["SLACK_APP_TOKEN"],
        signing_secret=PLANTED["SLACK_SIGNING_SECRET"],
    )
    return Workspace(rate_limits=False, app=app)


def _printed(folder: Path, env: dict[str, str]) -> list[str]:
    """By every command, in every trouble."""
    lost = env["DATABASE_URL"].replace(_place(env), "127.0.0.1:1")
    troubles: list[tuple[Commands, dict[str, str]]] = [
        (WHILE, {}),
        (ALONE, {"PUBLISH_URL": (folder / "public").as_uri()}),
        (BY_SOCKET, {"SLACK_APP_TOKEN": PLANTED["SLACK_APP_TOKEN"]}),
        (LOST, {"DATABASE_URL": lost}),
    ]
    runs = [(env | more, *one) for commands, more in troubles for one in commands]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda one: _run(folder, *one), runs))


def _served(port: int, monitor: int) -> list[str]:
    open_to_all = [_got(port, path) for path in ("/healthz", "/readyz", "/slack/events")]
    return [*open_to_all, _got(monitor, "/metrics"), _got(monitor, "/readyz")]


def _posted(slack: Sandbox) -> list[str]:
    return [str(one) for one in (*slack.ephemerals("ana"), *slack.messages("#incidents"))]


def _shown_of(pid: int) -> list[str]:
    """What anybody on the machine sees of a process."""
    return [Path(f"/proc/{pid}/{name}").read_text() for name in ("cmdline", "comm")]


def _written(folder: Path) -> list[str]:
    """To the log, and to the page."""
    page = [one for one in (folder / "public").rglob("*") if one.is_file()]
    return [one.read_text(errors="replace") for one in (folder / "process.log", *page)]


def _a_bad_day(reached: Installation) -> None:
    """Refused, forged, torn and unanswered things, each of which is logged somewhere."""
    slack = reached.slack
    fields = reached.command("open www=down It broke | We look.", "1.day")
    fields["response_url"] = f"{slack.url}/nowhere/{REPLY}"
    secret = PLANTED["SLACK_SIGNING_SECRET"]
    good = signed(secret, urlencode(fields).encode())
    odd = urlencode(fields | {"trigger_id": "2.day", "team_id": "T0"}).encode()
    for sent in (good, good, signed(secret, odd), signed("x", good.body), Sent(b"{", {})):
        _post(reached.port, sent)
    _post(reached.port, signed(secret, b"payload=%7B", "application/x-www-form-urlencoded"))
    slack.say("gus", "#incidents", "/incident open A | B")
    slack.wait_for(lambda: slack.messages("#incidents"), seconds=60)
    with slack.down():
        slack.say("ana", "#incidents", "/incident update It goes on.")
        time.sleep(1.5)
    slack.wait_for(lambda: len(slack.messages("#incidents")) > 1, seconds=60)
    slack.workspace.app.token_error = "token_revoked"
    slack.say("ana", "#incidents", "/incident resolve It is over.")
    time.sleep(2)
    slack.workspace.app.token_error = None


def _post(port: int, sent: Sent) -> None:
    headers = {name: str(value) for name, value in sent.headers.items()}
    request = Request(f"http://127.0.0.1:{port}/slack/events", sent.body, headers)
    with suppress(HTTPError), closing(urlopen(request, timeout=20)):
        pass


def _got(port: int, path: str) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        with error:
            return str(error.read().decode())


def _run(folder: Path, env: dict[str, str], words: str, status: int) -> str:
    """Everything that a command prints, which has to end with this status."""
    command = [*DUCKROW, *words.split()]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == status, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def _place(env: dict[str, str]) -> str:
    return urlsplit(env["DATABASE_URL"]).netloc.rpartition("@")[2]
