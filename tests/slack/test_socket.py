"""Socket Mode: two connections that come back, and a close that leaves no command unanswered."""

import threading
import time

import pytest
from slack_sdk.socket_mode.builtin import client as builtin_client
from slack_sdk.socket_mode.builtin.connection import Connection as Wired
from slack_sdk.socket_mode.builtin.connection import ConnectionState

from bot import commands
from bot.sandbox.faults import SOCKET_FAULTS
from bot.sandbox.inbound.socket_mode import Connection
from bot.slack.socket import InFlight
from tests.slack.conftest import DEADLINE

OPEN = "/incident open Outage {0} | We see errors."


@pytest.fixture
def connected(make_bot, slack):
    """A bot with both its connections, and the sockets."""
    bot = make_bot()
    bot.learn()
    socket = bot.connect()
    slack.wait_for_connections(2)
    return bot, socket


def test_a_command_is_answered_over_either_connection(connected, slack):
    _, socket = connected
    for number in range(8):
        reply = slack.say("ana", "#incidents", OPEN.format(number))
        assert reply.text.startswith(f"Saved as #{number + 1}")
    assert socket.connected == 2


def test_the_word_payload_loses_nothing_here_either(connected, slack):
    slack.say("ana", "#incidents", OPEN.format(1))
    reply = slack.say("ana", "#incidents", "/incident update the payload is too large")
    assert reply.text.startswith("Saved as #1, update 2")


@pytest.mark.parametrize("fault", ["duplicate", "twice_at_once"])
def test_an_envelope_that_comes_twice_is_saved_once(connected, slack, stored, fault):
    slack.faults.add("slash_commands", fault)
    assert slack.say("ana", "#incidents", OPEN.format(1)).text.startswith("Saved as #1")
    assert stored()[1] == 1


def test_closing_answers_every_command_under_way(connected, slack, stored, monkeypatch):
    real = commands.run

    def slow(call, database):
        go_on.wait(60)
        with one_by_one:  # a queue of writers is no matter here
            return real(call, database)

    go_on, one_by_one = threading.Event(), threading.Lock()
    monkeypatch.setattr("bot.commands.run", slow)
    _, socket = connected
    replies = []

    def type_one(number):
        replies.append(slack.say("ana", "#incidents", OPEN.format(number)))

    threads = [threading.Thread(target=type_one, args=(number,)) for number in range(25)]
    for thread in threads:
        thread.start()
    slack.wait_for(lambda: socket._in_flight._count == 25)
    waits = InFlight.wait_for_none

    def let_them_go_on(in_flight, _seconds):
        go_on.set()  # only now: it waits for them
        return waits(in_flight, 60)

    monkeypatch.setattr(InFlight, "wait_for_none", let_them_go_on)
    socket.close()
    for thread in threads:
        thread.join()
    saved = [reply for reply in replies if reply.text.startswith("Saved")]
    assert len(saved) == stored()[1]
    assert len(saved) == 25


def test_a_close_with_nothing_under_way_is_quick_and_leaves_no_thread(make_bot, slack):
    before = threading.active_count()
    bot = make_bot()
    bot.learn()
    socket = bot.connect()
    slack.wait_for_connections(2)
    began = time.monotonic()
    bot.close()
    assert time.monotonic() - began < 4
    assert socket.connected == 0
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= before


def test_a_connection_that_its_reader_closes_at_the_same_moment_is_closed(connected):
    _, socket = connected
    client = socket._clients[0]
    session, workers = client.current_session, client.message_workers

    class Overtaken:
        """The SDK's lock, which its reader took first."""

        def __enter__(self):
            wire, session.sock = session.sock, None
            wire.close()

        def __exit__(self, *_):
            pass

    session.sock_send_lock = Overtaken()
    socket.close()
    assert workers._shutdown


def closing(socket):
    """True when it ends."""
    thread = threading.Thread(target=socket.close, daemon=True)
    thread.start()
    thread.join(60)
    return not thread.is_alive()


def test_a_connection_whose_reader_just_begins_is_closed(make_bot, slack, monkeypatch):
    begun = threading.Event()

    class Slow(ConnectionState):
        """The reader takes its time between looking at the connection and saying so."""

        def __setattr__(self, name, value):
            if "terminated" in self.__dict__ and not value:
                begun.set()
                time.sleep(0.5)
            super().__setattr__(name, value)

    monkeypatch.setattr(builtin_client, "ConnectionState", Slow)
    socket = make_bot().connect()
    assert begun.wait(60)
    assert closing(socket)


def test_a_connection_that_is_being_replaced_is_closed(connected, slack, monkeypatch):
    _, socket = connected
    begun, real = threading.Event(), Wired.connect

    def slowly(session):
        real(session)
        begun.set()
        time.sleep(0.5)

    monkeypatch.setattr(Wired, "connect", slowly)
    slack.cut("refresh_requested")
    assert begun.wait(60)
    assert closing(socket)
    assert socket.connected == 0


def test_it_starts_while_slack_is_down_and_connects_once_it_is_there(make_bot, slack, caplog):
    with slack.down():
        bot = make_bot()
        bot.learn()
        socket = bot.connect()  # returns though nobody is there to connect to
        slack.wait_for(lambda: "Slack gives no connection" in caplog.text)
        assert socket._starter.is_alive()
    slack.wait_for_connections(2)
    bot.now.pass_by(minutes=1)
    bot.learn()
    assert slack.say("ana", "#incidents", OPEN.format(1)).text.startswith("Saved as #1")


def test_it_can_be_closed_while_slack_is_down(make_bot, slack):
    with slack.down():
        bot = make_bot()
        bot.connect()
        began = time.monotonic()
        bot.close()
        assert time.monotonic() - began < 5


def test_a_token_slack_refuses_is_tried_again_and_said_in_the_log(make_bot, slack, caplog):
    slack.faults.add("apps.connections.open", "error", error="invalid_auth", times=1)
    make_bot().connect()
    slack.wait_for_connections(2)
    assert any(getattr(record, "error", "") == "invalid_auth" for record in caplog.records)


@pytest.mark.parametrize("how", ["refresh_requested", "warning", "close", "reset"])
def test_a_connection_that_ends_is_replaced(connected, slack, how):
    ended = slack.sockets.connections[0]
    slack.cut(how)
    slack.wait_for(lambda: ended not in slack.sockets.connections)
    slack.wait_for_connections(2, seconds=60)
    for number in range(4):
        assert slack.say("ana", "#incidents", OPEN.format(number)).text.startswith("Saved")


def test_a_connection_that_slack_hangs_up_is_replaced_at_once(connected, slack):
    ended = slack.sockets.connections[0]
    slack.cut("fin")
    began = time.monotonic()
    slack.wait_for(
        lambda: len([one for one in slack.sockets.connections if one is not ended]) == 2,
        seconds=60,
    )
    print(f"{time.monotonic() - began:.1f} s")  # noqa: T201 -- measured, not judged


def test_a_connection_that_was_silent_from_the_start_is_given_up(make_bot, slack, monkeypatch):
    real = Connection.send
    silent: list[Connection] = []

    def greet_and_fall_silent(connection, body):
        if len(silent) < 1 and body["type"] == "hello":
            silent.append(connection)
            SOCKET_FAULTS["black_hole"](connection)
        else:
            real(connection, body)

    monkeypatch.setattr(Connection, "send", greet_and_fall_silent)
    make_bot().connect()
    slack.wait_for(
        lambda: len([one for one in slack.sockets.connections if one not in silent]) == 2,
        seconds=60,
    )


def test_a_rate_limit_on_connecting_is_kept_to(make_bot, slack):
    slack.workspace.clock = time.time  # the one that connections wait by
    slack.faults.add("apps.connections.open", "ratelimited", seconds=4)
    make_bot().connect()
    slack.wait_for(lambda: slack.called("apps.connections.open"))
    limited = slack.called("apps.connections.open")[0].at
    slack.wait_for_connections(2, seconds=60)
    assert slack.called("apps.connections.open")[1].at - limited > 3.9


def test_replacing_a_connection_keeps_nobody_waiting(connected, slack):
    for _ in range(4):
        ended = slack.sockets.connections[0]
        slack.cut("refresh_requested")
        slack.wait_for(lambda: len(slack.sockets.connections) == 2)
        began = time.monotonic()
        for number in range(4):
            assert slack.say("ana", "#incidents", f"/incident help {number}") is not None
        assert time.monotonic() - began < DEADLINE / 2  # a single one that is lost takes all of it
        slack.wait_for(lambda ended=ended: ended not in slack.sockets.connections)


def test_a_bug_is_acknowledged_and_not_delivered_again(connected, slack, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("bot.commands.run", broken)
    assert slack.say("ana", "#incidents", OPEN.format(1)).text.startswith("Something broke")


def test_an_odd_payload_is_acknowledged_and_logged(connected, slack, caplog):
    slack._desk.delivery.ask("interactive", {"type": "block_actions", "user": 5})
    (logged,) = [one for one in caplog.records if one.name == "bot.slack.socket"]
    assert (logged.levelname, logged.message) == ("WARNING", "an odd payload was not handled")
    assert "Traceback" not in caplog.text


def test_a_deleted_root_is_heard_of(connected, slack):
    bot, _ = connected
    slack.say("ana", "#incidents", OPEN.format(1))
    bot.announce()
    (old,) = slack.messages("#incidents")
    bot.woken.clear()
    slack.delete(old)
    assert bot.woken.wait(30)
    bot.announce()
    (new,) = slack.messages("#incidents")
    assert new.ts != old.ts
