"""Every payload is taken; with anything odd in it, it is taken or refused, and nothing breaks."""

from copy import deepcopy

import pytest

from bot.slack.listener import dispatch
from bot.slack.shapes import BadRequest, check

ORIGIN = {
    "team": {"id": "T00000HOME", "domain": "the-pond"},
    "user": {"id": "U00000ANA", "team_id": "T00000HOME"},
    "api_app_id": "A00000DUCK",
    "token": "t",
    "enterprise": None,
    "is_enterprise_install": False,
    "trigger_id": "1.2.3",
}
MESSAGE = {
    "type": "message",
    "user": "U00000ANA",
    "ts": "1.1",
    "text": "hello",
    "thread_ts": "1.0",
    "metadata": {"event_type": "any", "event_payload": {"user": 5, "channel": []}},
}
VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": "",
    "team_id": "T00000HOME",
    "app_installed_team_id": "T00000HOME",
    "state": {"values": {}},
}
PAYLOADS = {
    "command": {
        "command": "/incident",
        "text": "open Site Outage | We see errors.",
        "team_id": "T00000HOME",
        "enterprise_id": "",
        "api_app_id": "A00000DUCK",
        "channel_id": "C00000INC",
        "user_id": "U00000ANA",
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:9/hooks/1",
        "is_enterprise_install": "false",
    },
    "block_actions": ORIGIN
    | {
        "type": "block_actions",
        "container": {"type": "message", "channel_id": "C00000INC", "message_ts": "1.1"},
        "channel": {"id": "C00000INC", "name": "incidents"},
        "state": {"values": {}},
        "response_url": "http://127.0.0.1:9/hooks/1",
        "message": MESSAGE,
        "view": None,
        "actions": [
            {
                "type": "button",
                "action_id": "choose:0",
                "block_id": "b",
                "value": '{"key": "T00000HOME:A00000DUCK:1", "number": 1}',
            }
        ],
    },
    "view_submission": ORIGIN
    | {"type": "view_submission", "view": VIEW, "response_urls": [{"response_url": "u"}]},
    "view_closed": ORIGIN | {"type": "view_closed", "view": VIEW, "is_cleared": False},
    "shortcut": ORIGIN | {"type": "shortcut", "callback_id": "c"},
    "message_action": ORIGIN
    | {
        "type": "message_action",
        "callback_id": "c",
        "message": MESSAGE,
        "channel": {"id": "C00000INC"},
        "response_url": "http://127.0.0.1:9/hooks/1",
    },
    "block_suggestion": ORIGIN | {"type": "block_suggestion", "action_id": "a", "value": "x"},
    "event_callback": {
        "type": "event_callback",
        "token": "t",
        "team_id": "T00000HOME",
        "api_app_id": "A00000DUCK",
        "authorizations": [{"team_id": "T00000HOME", "enterprise_id": None, "is_bot": True}],
        "is_ext_shared_channel": True,
        "event": {
            "type": "message",
            "subtype": "message_deleted",
            "channel": "C00000INC",
            "deleted_ts": "1.1",
            "user": "U00000ANA",
            "team": "T00000HOME",
            "user_team": "T00000HOME",
            "message": MESSAGE | {"subtype": "tombstone"},
            "previous_message": MESSAGE,
            "item": {"channel": "C00000INC"},
            "assistant_thread": {"channel_id": "C00000INC", "thread_ts": "1.0"},
        },
    },
    "url_verification": {"type": "url_verification", "challenge": "c4f3", "token": "t"},
}
GONE = object()
ODD: tuple[object, ...] = (
    *(None, 5, -1.5, True, 2**80, "", "type", "\x00", "\ud800", "x" * 5000),
    *([], {}, [5], [[]], [{}], ["id"], {"id": 5}, {"type": 5}, {"action_id": {}}, GONE),
)


@pytest.fixture
def app(make_bot, monkeypatch):
    """One that knows who is who, and answers nobody's response_url."""
    bot = make_bot()
    bot.learn()
    monkeypatch.setattr(bot.reception._replier, "send", lambda *_: None)
    return bot.reception.app


def places(node, path=()):
    """Where anything may stand in a payload."""
    for name, part in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*path, name)
        if isinstance(part, dict | list):
            yield from places(part, (*path, name))


def altered(payload, place, odd):
    changed = deepcopy(payload)
    node = changed
    for name in place[:-1]:
        node = node[name]
    if odd is GONE:
        del node[place[-1]]
    else:
        node[place[-1]] = odd
    return changed


@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_kind_is_acknowledged_be_it_handled_or_not(app, kind, caplog):
    assert dispatch(app, PAYLOADS[kind]).status == 200
    assert [one.levelname for one in caplog.records if one.levelno > 20] == []


@pytest.mark.parametrize("kind", PAYLOADS)
def test_anything_odd_anywhere_is_refused_or_does_not_matter(app, kind, caplog):
    for place in places(PAYLOADS[kind]):
        for odd in ODD:
            try:
                status = dispatch(app, altered(PAYLOADS[kind], place, odd)).status
            except BadRequest:
                continue
            assert status == 200, (place, odd)
            assert "Traceback" not in caplog.text, (place, odd)


@pytest.mark.parametrize(
    "body",
    [
        *(None, 5, "type", [], [{}], {}),
        {"type": "app_rate_limited"},
        {"type": ["block_actions"]},
        {"type": "block_actions", "user": 5},
        {"type": "block_actions", "actions": []},
        {"type": "event_callback", "event": "type"},
        {"type": "event_callback", "event": {"type": "message", "channel": "C\ud800"}},
        {"type": "event_callback", "event": {"type": "message", "channel": "C\x00"}},
        {"command": "/incident", "type": "view_submission"},
        {"command": "/incident", "text": "\ud800"},
    ],
)
def test_what_is_no_payload_is_refused(body):
    with pytest.raises(BadRequest):
        check(body)


def test_a_kind_that_nobody_listens_to_is_acknowledged(app):
    body = {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1}
    assert dispatch(app, body).status == 200
