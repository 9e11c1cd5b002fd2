"""The look at Slack, while Slack suffers what it can suffer."""

from datetime import timedelta

import pytest

from bot.health import SlackLook
from bot.sandbox import Sandbox
from bot.slack.client import Client
from tests.support.telling import NOON

SECOND = timedelta(seconds=1)


@pytest.fixture
def slack():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def look(slack):
    with Client(slack.bot_token, slack.api_url) as client:
        yield SlackLook(client, NOON)


def test_before_the_first_look_nothing_is_claimed(look):
    assert not look.answers.ok


def test_slack_that_knows_us_is_in_order(look):
    assert not look.look(NOON), "looking leaves nothing to do"
    assert look.answers.ok
    assert look.connections is None


def test_slack_that_is_down_is_not_in_order_until_it_is_back(look, slack):
    look.look(NOON)
    with slack.down():
        look.look(NOON + SECOND)
        look.look(NOON + 2 * SECOND)
        assert (look.answers.why, look.answers.since) == ("ConnectError", NOON + SECOND)
    look.look(NOON + 3 * SECOND)
    assert look.answers.ok


@pytest.mark.parametrize(
    ("fault", "options", "why"),
    [
        ("html", {}, "http_503"),
        ("close", {}, "RemoteProtocolError"),
        ("reset", {}, "ReadError"),
        ("error", {"error": "token_revoked"}, "token_revoked"),
        ("error", {"error": "account_inactive"}, "account_inactive"),
    ],
)
def test_whatever_is_wrong_is_named(look, slack, fault, options, why):
    slack.faults.add("auth.test", fault, times=None, **options)
    look.look(NOON)
    assert look.answers.why == why


def test_slack_that_limits_us_is_there(look, slack):
    slack.faults.add("auth.test", "ratelimited", times=None)
    look.look(NOON)
    assert look.answers.ok


def test_socket_mode_without_a_connection_hears_nobody(slack):
    connections = [0]
    with Client(slack.bot_token, slack.api_url) as client:
        look = SlackLook(client, NOON, lambda: connections[0])
        look.look(NOON)
        assert look.answers.why == "no Socket Mode connection is open"
        connections[0] = 1
        look.look(NOON)
        assert look.answers.ok
