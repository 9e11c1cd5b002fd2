"""The runbook: each alert has its section, and every command in it works as it is written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Counting
from tests.support.monitoring import Monitor
from tests.support.processes import DUCKROW, ROOT, duckrow, running
from tests.support.tools import need, unused_port

DOCS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
RULES = ROOT / "docs/alerts.rules.yml"
CASES = ROOT / "tests/flow/alerts.test.yml"
ALERTS = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"]
TRIED = yaml.safe_load(CASES.read_text(encoding="utf-8"))["tests"]
RUNBOOK = DOCS.partition("\n## Runbook\n")[2].partition("\n## ")[0]
OUTSIDE = DOCS.partition("\n### From outside\n")[2].partition("\n## ")[0]
FUNCTIONS = {"absent", "by", "histogram_quantile", "increase", "le", "max", "rate", "sum", "time"}
MADE_BY_PROMETHEUS = {"up"}
ADDED_BY_PROMETHEUS = {"instance", "job"}  # labels: where a sample was scraped
OURS_TO_CHOOSE = {"check", "command", "le", "outcome"}  # labels with few values, all of them told
SUFFIX = re.compile("_(total|bucket|sum|count)$")


def fences(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)```", text, re.DOTALL | re.MULTILINE)


def test_every_alert_has_a_section_and_every_section_an_alert():
    sections = re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE)
    assert sections == [one["alert"] for one in ALERTS]
    for one in ALERTS:
        assert one["annotations"]["runbook"] == f"operations.md#{one['alert'].lower()}"
        assert one["labels"]["severity"] in {"page", "ticket"}
        assert one["annotations"]["summary"]


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which("promtool")
    path = need(
        "promtool", Path(found) if found else None, "install it: apt-get install prometheus"
    )
    return subprocess.run([path, *words], capture_output=True, text=True, check=False)


def test_prometheus_itself_finds_no_fault_in_the_alerts():
    done = promtool("check", "rules", str(RULES))
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_fires_when_it_should_and_stays_silent_when_it_should():
    done = promtool("test", "rules", str(CASES))
    assert done.returncode == 0, done.stdout + done.stderr
    asked = [one for case in TRIED for one in case["alert_rule_test"]]
    every = {one["alert"] for one in ALERTS}
    assert {one["alertname"] for one in asked if one.get("exp_alerts")} == every
    assert {one["alertname"] for one in asked if not one.get("exp_alerts")} == every


def test_links_within_the_guide_lead_somewhere():
    headings = re.findall(r"^#+ (.+)$", DOCS, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
    assert set(re.findall(r"\]\(#([\w-]+)\)", DOCS)) <= anchors


@pytest.fixture(scope="module")
def bot(tmp_path_factory, postgres_server, story):
    """`duckrow run` on PostgreSQL: its monitor, its folder and its environment."""
    from bot.sandbox import Sandbox, Workspace  # noqa: PLC0415
    from tests.support.processes import environment  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("runbook")
    database, port = postgres_server.create(), unused_port()
    with Sandbox(Workspace(rate_limits=False), public_folder=folder / "public") as slack:
        env = environment(
            folder,
            slack,
            **story["environment"],
            DATABASE_URL=f"postgresql://postgres@127.0.0.1:{postgres_server.port}/{database}",
            MONITOR_PORT=str(port),
            HOST="127.0.0.1",
            PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        )
        duckrow(folder, env, "db", "upgrade")
        with running([*DUCKROW, "run"], folder, env):
            monitor = Monitor(port)
            monitor.wait_for_ready()
            slack.wait_for(lambda: slack.called("users.list"), seconds=60)
            slack.say("ana", "#incidents", "/incident open Site Outage | We see errors.")
            monitor.wait(lambda one: one.metric("duckrow_target_revision") == 2)
            yield monitor, folder, env
    postgres_server.drop(database)


@pytest.mark.timeout(300)
def test_every_command_of_the_runbook_works_as_it_is_written(bot):
    _, folder, env = bot
    commands = [*fences(OUTSIDE), *dict.fromkeys(fences(RUNBOOK))]
    assert len(commands) > 8
    for command in commands:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_the_look_from_outside_fails_when_nobody_looked_after_the_page(bot, tmp_path):
    _, folder, env = bot
    marker = (folder / "public/.duckrow/revision.json").read_text()
    stale = tmp_path / ".duckrow/revision.json"
    stale.parent.mkdir()
    stale.write_text(re.sub(r'"checked_at": "\d+', '"checked_at": "2013', marker))
    (command,) = fences(OUTSIDE)
    for url, said in ((tmp_path.as_uri(), "Nobody looked"), ("file:///nowhere", "curl: ")):
        done = subprocess.run(
            ["bash", "-c", command],
            env=env | {"PAGE_URL": f"{url}/"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert said in done.stderr


def test_the_table_of_metrics_is_what_the_process_says(bot):
    monitor, _, _ = bot
    documented = re.findall(r"^\| `(duckrow_\w+)` \|", DOCS, re.MULTILINE)
    ours = {name for name in _families(monitor) if name.startswith("duckrow_")}
    assert sorted(documented) == sorted(ours)


def test_alerts_ask_only_for_metrics_that_there_are(bot):
    monitor, _, _ = bot
    known = _families(monitor)
    for one in ALERTS:
        expression = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\([\w, ]+\)(?= \()", "", one["expr"])
        names = set(re.findall(r"\b[a-z][a-z_]+\b", expression)) - FUNCTIONS - {"or"}
        asked = {SUFFIX.sub("", name) for name in names} - MADE_BY_PROMETHEUS
        assert asked <= {SUFFIX.sub("", name) for name in known}, one["alert"]
        assert asked or "up" in names


def test_alerts_ask_only_for_labels_and_values_that_there_are(bot):
    """A misspelt one matches nothing, and so is silent for ever."""
    told = _samples(bot[0])
    for one in ALERTS:
        for name, within in re.findall(r"(\w+)\{([^}]*)\}", one["expr"]):
            for label, values in re.findall(r'(\w+)=~?"([^"]*)"', within):
                known = {each.labels.get(label) for each in told if each.name == name}
                known |= {"duckrow"} if label == "job" else set()
                assert set(values.split("|")) <= known, f"{one['alert']}: {name}, {label}"
        names = set(re.findall(r"\b[a-z][a-z_]+\b", one["expr"]))
        labels = {label for each in told if each.name in names for label in each.labels}
        shown = re.findall(r"\$labels\.(\w+)", one["annotations"]["summary"])
        grouped = re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", one["expr"])))
        assert {*shown, *grouped} <= labels | ADDED_BY_PROMETHEUS, one["alert"]


def test_the_alerts_are_tried_with_what_a_process_says(bot):
    told = {(one.name, *_kept(one.labels)) for one in _samples(bot[0])}
    for series in (one["series"] for case in TRIED for one in case["input_series"]):
        name, _, within = series.rstrip("}").partition("{")
        labels = dict(re.findall(r'(\w+)="([^"]*)"', within))
        assert labels.keys() >= ADDED_BY_PROMETHEUS, series
        assert name in MADE_BY_PROMETHEUS or (name, *_kept(labels)) in told, series


def _kept(labels: dict[str, str]) -> list[tuple[str, str]]:
    """A sample's own labels; with their values, where those are words of ours."""
    return sorted(
        (name, value if name in OURS_TO_CHOOSE else "…")
        for name, value in labels.items()
        if name not in ADDED_BY_PROMETHEUS
    )


def _families(monitor):
    text = monitor.get("/metrics")[1]
    return {
        f"{one.name}_total" if one.type == "counter" else one.name
        for one in text_string_to_metric_families(text)
    }


def _samples(monitor):
    """What the process says, and what it would say had a step failed."""
    counting = Counting()
    counting.failed("Announcer.sync")
    text = monitor.get("/metrics")[1] + counting.scrape().decode()
    return [one for family in text_string_to_metric_families(text) for one in family.samples]


def test_nothing_secret_and_nobody_stands_in_the_metrics(bot):
    monitor, _, env = bot
    text = monitor.get("/metrics")[1] + monitor.get("/readyz")[1]
    for secret in (env["SLACK_BOT_TOKEN"], env["SLACK_APP_TOKEN"], "Site Outage", "We see errors"):
        assert secret not in text
    assert not re.search(r"\bU[0-9A-Z]{6,}", text)
