"""The doctor says what is wrong with Slack, and what to do."""

import pytest

from bot.sandbox import Sandbox, Workspace
from bot.slack.client import Client
from bot.slack.doctor import examine
from bot.slack.manifest import SCOPES


@pytest.fixture
def findings(slack):
    """Checks by name."""

    def look(channels=("C00000INC",), publishers=(), bot=None, app=None):
        with (
            Client(bot or slack.bot_token, slack.api_url) as bot_client,
            Client(app or slack.app_token, slack.api_url) as app_client,
        ):
            found = examine(bot_client, app_client, channels=channels, publishers=publishers)
        return {check.name: check for check in found}

    return look


def test_all_is_well(findings):
    found = findings(publishers=("S0000RESP", "U00000ANA"))
    assert [name for name, check in found.items() if not check.ok] == []
    assert list(found) == [
        "bot token",
        "app token",
        "scopes",
        "channel C00000INC",
        "user group S0000RESP",
    ]


def test_a_wrong_bot_token_is_the_only_thing_said(findings):
    found = findings(bot="xoxb-wrong")
    assert list(found) == ["bot token", "app token"]
    assert found["bot token"].said == "Slack says invalid_auth"
    assert "Copy the token again" in found["bot token"].remedy
    assert "wrong" not in repr(found)


def test_tokens_in_each_others_place_are_noticed(findings, slack):
    found = findings(app=slack.bot_token)
    assert not found["app token"].ok
    assert "one starts with xoxb-, one xapp-" in found["app token"].remedy


def test_missing_scopes_are_named(findings, slack):
    slack.workspace.app.scopes = tuple(set(SCOPES) - {"groups:history"})
    assert findings()["scopes"].said == "missing: groups:history"


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("C00000OLD", "is archived"),
        ("C00000GEN", "does not have the bot as a member"),
        ("G0000SECR", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
    ],
)
def test_a_channel_that_cannot_be_used_is_named_with_a_remedy(findings, channel, said):
    check = findings(channels=(channel,))[f"channel {channel}"]
    assert not check.ok
    assert said in check.said
    assert check.remedy


def test_groups_on_a_plan_without_groups_are_reported(findings, slack):
    slack.workspace.free_plan = True
    check = findings(publishers=("S0000RESP",))["user group S0000RESP"]
    assert not check.ok
    assert "name people" in check.remedy


def test_a_slack_that_does_not_answer_is_said_so():
    with Sandbox(Workspace()) as slack, slack.down():
        url = "http://127.0.0.1:9/api/"
        with Client("xoxb-1", url) as bot:
            (check,) = examine(bot, None, channels=("C00000INC",))
    assert "no answer" in check.said
