"""/healthz and /readyz on both ports, and /metrics on the monitoring port alone."""

import pytest

from bot.health import VERSION, Check, Ready
from bot.web import create_app, create_monitor
from tests.support.telling import NOON
from tests.web.test_web import Receiver

WELL = Ready({"ledger": Check("", NOON, NOON), "slack": Check("", NOON, NOON)})
ILL = Ready({"ledger": Check("no route to db1", NOON, NOON), "slack": Check("", NOON, NOON)})


@pytest.fixture
def found():
    return [WELL]


@pytest.fixture
def public(found):
    return create_app(Receiver(), lambda: found[0]).test_client()


@pytest.fixture
def monitor(found):
    return create_monitor(lambda: found[0], lambda: b"duckrow_turn_held 1.0\n").test_client()


@pytest.fixture(params=["public", "monitor"])
def client(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("state", [WELL, ILL])
def test_a_process_that_answers_is_alive_whatever_is_wrong(client, found, state):
    found[0] = state
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True, "version": VERSION})
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready_is_200_and_else_503_with_what_is_wrong_and_since_when(client, found):
    well = client.get("/readyz")
    assert (well.status_code, well.json["ready"]) == (200, True)
    found[0] = ILL
    ill = client.get("/readyz")
    assert (ill.status_code, ill.json["ready"]) == (503, False)
    assert ill.json["checks"]["ledger"]["ok"] is False
    assert ill.json["checks"]["ledger"]["since"] == "2013-02-22T20:00:00+00:00"
    assert ill.json["checks"]["slack"] == {"ok": True, "since": "2013-02-22T20:00:00+00:00"}
    assert ill.headers["Cache-Control"] == "no-store"


def test_reasons_may_name_machines_and_stay_on_the_monitoring_port(public, monitor, found):
    found[0] = ILL
    assert monitor.get("/readyz").json["checks"]["ledger"]["why"] == "no route to db1"
    assert "db1" not in public.get("/readyz").text


def test_metrics_are_on_the_monitoring_port_alone(public, monitor):
    assert public.get("/metrics").status_code == 404
    answer = monitor.get("/metrics")
    assert (answer.status_code, answer.text) == (200, "duckrow_turn_held 1.0\n")
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize("path", ["/", "/slack/events", "/metrics/", "/static/x"])
def test_the_monitoring_port_has_nothing_else(monitor, path):
    assert monitor.get(path).status_code == 404
    assert monitor.post(path).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_monitoring_port_changes_nothing(monitor, path):
    assert monitor.post(path).status_code == 405
