"""The manifest is what Slack takes, and asks for no more than the bot uses."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from bot.core.errors import Refusal
from bot.slack.manifest import manifest, manifest_json

SCHEMA = json.loads((Path(__file__).parents[1] / "data/slack-app-manifest.schema.json").read_text())
VALID = Draft7Validator(SCHEMA)
RECEIVER = "https://bot.example.com/slack/events"


@pytest.mark.parametrize("http_url", [None, "https://bot.example.com", "https://bot.example.com/"])
def test_the_manifest_fits_the_schema(http_url):
    VALID.validate(manifest("/incident", http_url))


def test_the_schema_refuses_what_slack_refuses():
    for broken in (
        manifest() | {"display_information": {}},
        manifest(slash_command="incident"),
        manifest(slash_command="/" + "x" * 32),
        manifest() | {"surprise": 1},
    ):
        assert not VALID.is_valid(broken)


def test_socket_mode_names_no_address():
    assert "http" not in manifest_json()
    assert manifest()["settings"]["socket_mode_enabled"] is True


def test_http_brings_commands_buttons_and_events_to_one_address():
    made = manifest(http_url="https://bot.example.com/")
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["features"]["slash_commands"][0]["url"] == RECEIVER
    assert made["settings"]["interactivity"]["request_url"] == RECEIVER
    assert made["settings"]["event_subscriptions"]["request_url"] == RECEIVER


def test_every_event_has_the_scope_that_slack_asks_for():
    made = manifest()
    needed = {"message.channels": "channels:history", "message.groups": "groups:history"}
    events = made["settings"]["event_subscriptions"]["bot_events"]
    assert {needed[event] for event in events} <= set(made["oauth_config"]["scopes"]["bot"])


def test_no_scope_lets_the_bot_write_where_nobody_invited_it():
    scopes = manifest()["oauth_config"]["scopes"]["bot"]
    assert "chat:write.public" not in scopes
    assert not [scope for scope in scopes if scope.startswith(("admin", "im:", "mpim:", "files:"))]


def test_the_command_is_named_as_it_is_set():
    command = manifest("/status", name="Status of Example")["features"]["slash_commands"][0]
    assert command["command"] == "/status"
    assert command["should_escape"] is True


def test_what_slack_would_not_take_is_refused():
    with pytest.raises(Refusal, match="https"):
        manifest(http_url="http://bot.example.com")
    with pytest.raises(Refusal, match="35"):
        manifest(name="x" * 36)


def test_the_text_is_the_same_manifest():
    assert json.loads(manifest_json("/incident", "https://bot.example.com")) == manifest(
        "/incident", "https://bot.example.com"
    )
