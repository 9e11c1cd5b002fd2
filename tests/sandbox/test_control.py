"""Faults can be asked for from outside, by HTTP."""

import json

import httpx
import pytest
from slack_sdk.errors import SlackApiError


@pytest.fixture
def control(slack):
    with httpx.Client(base_url=f"{slack.url}/sandbox/control/", trust_env=False) as client:
        yield client


def test_faults_come_and_go(control, client):
    body = {"where": "auth.*", "kind": "error", "times": None, "error": "fatal_error"}
    assert control.post("faults", json=body).status_code == 200
    with pytest.raises(SlackApiError, match="fatal_error"):
        client.auth_test()
    assert control.delete("faults").status_code == 200
    assert client.auth_test()["ok"]


@pytest.mark.parametrize("body", [{}, {"where": "*"}, {"where": "*", "kind": "gremlin"}])
def test_what_is_no_fault_is_refused(control, body):
    assert control.post("faults", json=body).status_code == 400


def test_connections_can_be_cut(control, link):
    connection = link()
    connection.recv()
    assert control.post("connections", json={"how": "refresh_requested"}).status_code == 200
    assert json.loads(connection.recv())["reason"] == "refresh_requested"


@pytest.mark.parametrize("body", [{"how": "gremlin"}, {"how": "fin", "index": 7}])
def test_there_must_be_such_a_connection(control, link, body):
    link().recv()
    assert control.post("connections", json=body).status_code == 400
