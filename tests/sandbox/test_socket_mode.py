"""Socket Mode with Slack's own client: tickets, routing, disconnects, dead connections."""

import json
import time
import urllib.error
import urllib.request

import pytest
import websocket
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient

from bot.sandbox.faults import SOCKET_FAULTS
from tests.sandbox.clients import close
from tests.sandbox.conftest import DEADLINE_PASSES

APP = "A00000DUCK"


def received(connection):
    return json.loads(connection.recv())


def acknowledge(connection, envelope, **payload):
    body = {"envelope_id": envelope["envelope_id"], **({"payload": payload} if payload else {})}
    connection.send(json.dumps(body))


def test_a_new_connection_is_greeted(link):
    hello = received(link())
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"] == {"app_id": APP}
    assert received(link())["num_connections"] == 2


def test_a_ticket_is_good_once(app_client):
    url = app_client.apps_connections_open(app_token=app_client.token)["url"]
    websocket.create_connection(url, timeout=5).close()
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(url, timeout=5)


def test_an_old_ticket_is_refused(app_client, slack):
    url = app_client.apps_connections_open(app_token=app_client.token)["url"]
    late = time.time() + 31
    slack.workspace.clock = lambda: late
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(url, timeout=5)


def test_the_eleventh_connection_is_one_too_many(link):
    for _ in range(10):
        assert received(link())["type"] == "hello"
    assert received(link()) == {"type": "disconnect", "reason": "too_many_websockets"}


def test_a_ping_is_answered(link):
    connection = link()
    received(connection)
    connection.ping("quack")
    opcode, data = connection.recv_data(control_frame=True)
    assert (opcode, data) == (websocket.ABNF.OPCODE_PONG, b"quack")


def test_a_command_travels_in_an_envelope(link, slack, in_background):
    connection = link()
    received(connection)
    said = in_background(lambda: slack.say("ana", "#incidents", "/incident list"))
    envelope = received(connection)
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "list"
    acknowledge(connection, envelope, text="Nothing is open.")
    assert said().text == "Nothing is open."


def test_envelopes_go_to_any_connection(link, slack, in_background):
    connections = [link(), link()]
    for connection in connections:
        received(connection)
        connection.settimeout(0.05)
    taken = set()
    for _ in range(12):
        said = in_background(lambda: slack.say("ana", "#incidents", "/incident list"))
        for index, connection in enumerate(connections * 40):
            try:
                envelope = received(connection)
            except websocket.WebSocketTimeoutException:
                continue
            taken.add(index % 2)
            acknowledge(connection, envelope)
            break
        assert said() is None
    assert taken == {0, 1}


def test_an_envelope_that_is_twice_under_way_is_acknowledged_twice(link, slack, in_background):
    connection = link()
    received(connection)
    slack.faults.add("slash_commands", "twice_at_once")
    said = in_background(lambda: slack.say("ana", "#incidents", "/incident list"))
    first, second = received(connection), received(connection)  # neither is answered yet
    assert first["envelope_id"] == second["envelope_id"]
    for envelope in (first, second):
        acknowledge(connection, envelope, text="Nothing is open.")
    assert said().text == "Nothing is open."


@DEADLINE_PASSES
def test_a_command_lost_with_its_connection_is_not_sent_again(link, slack, in_background):
    first, second = link(), link()
    received(first), received(second)
    said = in_background(lambda: slack.say("ana", "#incidents", "/incident list"))
    for connection in (first, second):
        connection.settimeout(0.5)
        try:
            received(connection)
            connection.close()
            break
        except websocket.WebSocketTimeoutException:
            continue
    assert "operation_timeout" in said().text


@DEADLINE_PASSES
def test_an_event_that_was_not_acknowledged_comes_again(link, slack):
    connection = link()
    received(connection)
    slack.say("ana", "#incidents", "hello")
    first = received(connection)
    assert (first["type"], first["retry_attempt"]) == ("events_api", 0)
    again = received(connection)
    assert (again["envelope_id"], again["retry_attempt"]) == (first["envelope_id"], 1)
    assert again["retry_reason"] == "http_timeout"
    acknowledge(connection, again)


def test_an_event_waits_until_the_app_is_there(slack, link):
    slack.say("ana", "#incidents", "hello")
    connection = link()
    received(connection)
    assert received(connection)["payload"]["event"]["text"] == "hello"


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
def test_a_disconnect_is_announced_with_its_reason(link, slack, reason):
    connection = link()
    received(connection)
    slack.cut(reason)
    message = received(connection)
    assert (message["type"], message["reason"]) == ("disconnect", reason)


@pytest.mark.parametrize("how", SOCKET_FAULTS)
def test_out_of_a_black_hole_nothing_comes(link, slack, how):
    connection = link()
    received(connection)
    slack.cut("black_hole")
    slack.cut(how)
    connection.settimeout(0.2)
    with pytest.raises(websocket.WebSocketTimeoutException):
        connection.recv()


@pytest.fixture
def sdk(slack):
    """Slack's own Socket Mode client, pinging often."""
    client = SocketModeClient(
        slack.app_token,
        web_client=WebClient(base_url=slack.api_url, retry_handlers=[]),
        ping_interval=0.2,
    )
    client.socket_mode_request_listeners.append(
        lambda client, request: client.send_socket_mode_response(
            {"envelope_id": request.envelope_id, "payload": {"text": "here"}}
        )
    )
    client.connect()
    slack.wait_for(lambda: _has_heard(client.current_session))  # until then it misses nobody
    yield client
    close(slack, client.close)


def _has_heard(session):
    return session.last_ping_pong_time


@DEADLINE_PASSES
@pytest.mark.parametrize("how", ["refresh_requested", "close", "reset", "fin", "black_hole"])
def test_the_sdk_comes_back_whatever_happens_to_its_connection(sdk, slack, how):
    slack.wait_for_connections()
    before = slack.sockets.connections[0].number
    slack.cut(how)
    slack.wait_for(
        lambda: any(each.number != before for each in list(slack.sockets.connections)), 20
    )
    slack.wait_for(
        lambda: (
            (reply := slack.say("ana", "#incidents", "/incident list")) and reply.text == "here"
        ),
        20,
    )


def test_the_sdk_cannot_connect_without_its_token(slack):
    client = WebClient("xapp-wrong", base_url=slack.api_url)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        client.apps_connections_open(app_token="xapp-wrong")


def test_a_web_page_elsewhere_cannot_take_a_connection(app_client):
    url = app_client.apps_connections_open(app_token=app_client.token)["url"]
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(url, timeout=5, origin="https://example.org")


def test_while_slack_is_down_connections_are_refused(slack, client):
    with slack.down(), pytest.raises(urllib.error.URLError, match="refused"):
        client.auth_test()
    assert client.auth_test()["ok"]
