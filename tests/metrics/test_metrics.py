"""What Prometheus reads: what happened here, what the looks found, and nothing that is secret."""

import re
import shutil
import subprocess
from contextlib import closing
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.commands import COMMANDS
from bot.core.observer import Observer
from bot.health import COUNTS_FOR, Health, LedgerLook, SlackLook
from bot.loop import Loop
from bot.metrics import Counting, Found
from bot.metrics.counting import OUTCOMES
from bot.publish import Publisher, open_target
from bot.sandbox import Sandbox
from bot.slack.client import Client, Permanent
from bot.slack.reception import Reception
from storage.database import Database
from tests.support.telling import NOON, new_database, open_incident

NAMES = {command.name for command in COMMANDS}


@pytest.fixture
def counting():
    return Counting(NAMES)


@pytest.fixture
def scraped(counting):
    """Name and labels -> value, of everything that a scrape gives now."""

    def scrape():
        families = text_string_to_metric_families(counting.scrape().decode())
        return {
            (one.name, *sorted(one.labels.items())): one.value
            for family in families
            for one in family.samples
        }

    return scrape


@pytest.fixture
def slack():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def database(sqlite_url, counting):
    new_database(sqlite_url).close()
    with closing(Database(sqlite_url, counting)) as opened:
        yield opened


@pytest.fixture
def say(slack, database, counting):
    """Type a line, as Socket Mode would deliver it."""
    reception = Reception(
        database,
        token=slack.bot_token,
        api_url=slack.api_url,
        channels=[slack.workspace.channel("#incidents").id],
        now=lambda: NOON,
        wake=lambda: None,
        observer=counting,
    )
    with closing(reception):
        for step in reception.steps:
            while step(NOON):
                pass
        yield lambda line, who="ana": _typed(reception, slack, line, who)


def _typed(reception, slack, line, who):
    from bot.slack.listener import dispatch  # noqa: PLC0415

    workspace = slack.workspace
    body = {
        "command": "/incident",
        "text": line,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app.app_id,
        "channel_id": workspace.channel("#incidents").id,
        "user_id": workspace.person(who).id,
        "trigger_id": f"1.{abs(hash((line, who)))}",
    }
    assert dispatch(reception.app, body).status == 200


def commands(scraped):
    found = {
        key: value
        for key, value in scraped().items()
        if value and key[0] == "duckrow_commands_total"
    }
    return {(dict(key[1:])["command"], dict(key[1:])["outcome"]): n for key, n in found.items()}


def test_commands_are_counted_by_subcommand_and_by_what_they_came_to(
    say, scraped, database, monkeypatch
):
    say("open Site Outage | We see errors.")
    say("resolved #1 All is well.")
    say("quack")
    say("list")
    say("update #7 What?")
    say("open Site Outage | I may not.", who="gus")
    monkeypatch.setattr(database, "telling", _gone)
    say("open Another | The ledger is away.")
    assert commands(scraped) == {
        ("open", "saved"): 1,
        ("resolve", "saved"): 1,
        ("none", "refused"): 1,
        ("list", "answered"): 1,
        ("update", "refused"): 1,
        ("open", "turned_away"): 1,
        ("open", "unavailable"): 1,
    }
    assert scraped()[("duckrow_command_duration_seconds_count",)] == 7
    assert scraped()[("duckrow_commit_duration_seconds_count",)] >= 2


def _gone(*_args, **_options):
    from storage.errors import LedgerUnavailable  # noqa: PLC0415

    raise LedgerUnavailable("gone")


def test_a_command_that_breaks_is_counted_too(say, scraped, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("bot.commands.run", broken)
    say("open Site Outage | We see errors.")
    assert commands(scraped) == {("open", "failed"): 1}


def test_the_labels_of_commands_are_few_whatever_is_typed(say, scraped):
    for line in ("", "xoxb-secret", "<!channel> help", 'open{a="b"}', "\n\n", "HELP", "Fixed x"):
        say(line)
    assert {name for name, _ in commands(scraped)} <= {*NAMES, "none"}
    assert {outcome for _, outcome in commands(scraped)} <= set(OUTCOMES)


def test_commands_are_counted_from_zero_so_that_the_first_failure_is_an_increase(scraped):
    lost = (("command", "open"), ("outcome", "unavailable"))
    assert scraped()["duckrow_commands_total", *lost] == 0


def test_calls_of_slack_are_counted_by_method_and_outcome(slack, counting, scraped):
    with Client(slack.bot_token, slack.api_url, counting) as client:
        client.call("auth.test")
        slack.faults.add("auth.test", "error", error="token_revoked")
        with pytest.raises(Permanent):
            client.call("auth.test")
    calls = {key: n for key, n in scraped().items() if key[0] == "duckrow_slack_calls_total"}
    assert calls == {
        ("duckrow_slack_calls_total", ("method", "auth.test"), ("outcome", "ok")): 1,
        ("duckrow_slack_calls_total", ("method", "auth.test"), ("outcome", "refused")): 1,
    }


def test_a_step_that_fails_is_counted_under_its_name(counting, scraped):
    def quack(_now):
        raise OSError

    Loop([quack], lambda: NOON, observer=counting).turn_once()
    (key,) = [key for key in scraped() if key[0] == "duckrow_step_failures_total"]
    assert key[1][1].endswith("quack")


def test_publishing_is_timed_per_target(database, counting, scraped, tmp_path):
    target = open_target((tmp_path / "public").as_uri())
    publisher = Publisher(database, target, observer=counting)
    publisher.sync(NOON)
    open_incident(database, at=NOON + timedelta(seconds=1))
    publisher.sync(NOON + timedelta(seconds=3))
    label = ("target", target.url)
    assert scraped()["duckrow_render_duration_seconds_count", label] == 1
    assert scraped()["duckrow_publish_duration_seconds_count", label] == 1
    delay = scraped()["duckrow_publish_delay_seconds_sum", label]
    assert 2 <= delay < 30, "from telling to showing, by the ledger's clock"


def test_what_the_looks_found_is_shown_and_what_is_unknown_is_not(
    database, counting, scraped, slack, tmp_path
):
    url = (tmp_path / "public").as_uri()
    later = NOON + timedelta(seconds=40)
    clock = [later]
    open_incident(database)
    with Client(slack.bot_token, slack.api_url) as client:
        ledger = LedgerLook(database, [url], later)
        health = Health(ledger, SlackLook(client, later, lambda: 2), lambda: clock[0])
        counting.registry.register(Found(health, lambda: 3, lambda: clock[0]))
        assert ("duckrow_ledger_revision",) not in scraped()
        ledger.look(later)
        health.slack.look(later)
    seen = scraped()
    assert seen[("duckrow_ledger_revision",)] == 2
    assert seen["duckrow_target_revision", ("target", url)] == 0
    assert seen["duckrow_target_behind_seconds", ("target", url)] == 40
    assert seen["duckrow_target_stopped", ("target", url)] == 0
    assert seen["duckrow_ready", ("check", "ledger")] == 1
    assert seen["duckrow_ready", ("check", "page")] == 0
    assert seen[("duckrow_slack_untold_incidents",)] == 1
    assert seen[("duckrow_slack_untold_updates",)] == 1
    assert seen[("duckrow_slack_connections",)] == 2
    assert seen[("duckrow_database_connections_in_use",)] == 3
    clock[0] = later + COUNTS_FOR + timedelta(seconds=1)
    assert ("duckrow_ledger_revision",) not in scraped(), "nobody looked for long"
    assert scraped()["duckrow_ready", ("check", "ledger")] == 0


def test_each_process_has_a_registry_of_its_own(scraped):
    another = Counting()
    another.turned(held=True)
    assert scraped()[("duckrow_turn_held",)] == 0
    assert b"duckrow_turn_held 1.0" in another.scrape()


def test_an_observer_hears_everything_that_is_counted():
    told = {name for name in vars(Observer) if not name.startswith("_")}
    assert told <= set(vars(Counting))


def test_the_program_says_what_it_uses_of_the_machine(scraped):
    names = {key[0] for key in scraped()}
    assert {"process_open_fds", "process_max_fds", "process_resident_memory_bytes"} <= names


def test_names_are_as_prometheus_advises(counting):
    text = counting.scrape().decode()
    ours = set(re.findall(r"^# TYPE (duckrow_\w+)", text, re.MULTILINE))
    assert ours
    assert all(re.fullmatch(r"[a-z_]+", name) for name in ours)
    promtool = shutil.which("promtool")
    if promtool:
        done = subprocess.run(
            [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
