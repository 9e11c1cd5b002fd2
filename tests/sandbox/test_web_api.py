"""The Web API answers Slack's own client as Slack does, errors by their documented names."""

import json
import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import Installation, Sandbox, Workspace

INCIDENTS, GENERAL = "C00000INC", "C00000GEN"
PRIVATE, SECRET = "G00000WAR", "G0000SECR"
ARCHIVED, RESTRICTED = "C00000OLD", "C0000NEWS"
LONG_AGO = "1000000000.000000"


def error(response):
    return response["error"]


def test_auth_test_says_who_it_is_and_names_the_granted_scopes_in_a_header(client, slack):
    answer = client.auth_test()
    assert answer["user_id"] == slack.workspace.app.bot_user
    assert answer["team_id"] == slack.workspace.team_id
    assert answer.headers["x-oauth-scopes"].split(",") == list(slack.workspace.app.scopes)


def test_api_test_gives_back_what_it_got(client):
    assert client.api_test(quack="loud")["args"]["quack"] == "loud"


def test_the_bot_finds_itself(client, slack):
    assert client.bots_info(bot=slack.workspace.app.bot_id)["bot"]["user_id"] == "U00000BOT"


@pytest.mark.parametrize(
    ("who", "flag"),
    [
        ("U00000GUS", "is_restricted"),
        ("U0000SOLO", "is_ultra_restricted"),
        ("U00000EVE", "is_stranger"),
        ("U000000DEE", "deleted"),
        ("U0000ROBO", "is_bot"),
    ],
)
def test_people_who_are_no_full_members_say_so(client, who, flag):
    assert client.users_info(user=who)["user"][flag] is True


def test_somebody_of_a_connected_workspace_has_another_team(client, slack):
    assert client.users_info(user="U00000EVE")["user"]["team_id"] != slack.workspace.team_id


def test_everybody_but_strangers_is_listed_page_by_page(client):
    names = []
    for page in client.users_list(limit=2):
        assert len(page["members"]) <= 2
        names += [member["name"] for member in page["members"]]
    assert names == ["ana", "ben", "gus", "solo", "dee", "robo", "duckrow"]


def test_user_groups_have_members(client):
    assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U00000ANA"]
    assert client.usergroups_users_list(usergroup="S0000RESP")["users"] == ["U00000ANA"]


def test_user_groups_need_a_paid_plan(slack, refused):
    slack.workspace.free_plan = True
    assert error(refused("usergroups.list")) == "plan_upgrade_required"
    answer = refused("usergroups.users.list", usergroup="S0000RESP")
    assert error(answer) == "plan_upgrade_required"


def test_channels_are_listed_as_far_as_the_bot_may_see_them(client):
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    names = {channel["name"] for channel in listed}
    assert {"incidents", "general", "war-room"} <= names
    assert "secret" not in names
    public = client.conversations_list(exclude_archived=True)["channels"]
    assert not {"war-room", "old-incidents"} & {channel["name"] for channel in public}


def test_a_channel_says_whether_the_bot_is_in_it(client):
    assert client.conversations_info(channel=INCIDENTS)["channel"]["is_member"] is True
    assert client.conversations_info(channel=GENERAL)["channel"]["is_member"] is False
    assert client.conversations_info(channel="C00000EXT")["channel"]["is_ext_shared"] is True


def test_members_are_ids(client):
    members = client.conversations_members(channel=INCIDENTS)["members"]
    assert {"U00000ANA", "U00000BEN", "U00000BOT"} <= set(members)


def test_a_message_arrives_escaped_and_linked(client, slack):
    text = "a & b <script> &lt; <!here> https://example.org/?a=1&b=2. `x & <y>`"
    client.chat_postMessage(channel=INCIDENTS, text=text)
    assert slack.messages("#incidents")[0].text == (
        "a &amp; b &lt;script&gt; &lt; <!here> <https://example.org/?a=1&amp;b=2>. "
        "`x &amp; &lt;y&gt;`"
    )


def test_a_message_is_cut_at_forty_thousand_characters(client, slack):
    client.chat_postMessage(channel=INCIDENTS, text="q" * 40_001)
    assert len(slack.messages("#incidents")[0].text) == 40_000


def test_forms_are_as_good_as_json(client, slack):
    client.api_call("chat.postMessage", params={"channel": INCIDENTS, "text": "quack"})
    assert slack.messages("#incidents")[0].text == "quack"


def test_timestamps_are_unique_and_rise_even_when_the_clock_does_not(refused):
    workspace = Workspace(clock=lambda: 1361520600.0)
    stamps = [workspace.next_ts() for _ in range(3)]
    assert stamps == ["1361520600.000000", "1361520600.000001", "1361520600.000002"]


@pytest.mark.parametrize(
    ("channel", "wrong"),
    [
        ("C0000NONE", "channel_not_found"),
        ("#incidents", "channel_not_found"),
        (SECRET, "channel_not_found"),
        (GENERAL, "not_in_channel"),
        (ARCHIVED, "is_archived"),
        (RESTRICTED, "restricted_action"),
    ],
)
def test_posting_where_one_may_not_is_refused(refused, channel, wrong):
    assert error(refused("chat.postMessage", channel=channel, text="quack")) == wrong


def test_reading_a_public_channel_needs_membership(refused):
    assert error(refused("conversations.history", channel=GENERAL)) == "not_in_channel"


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_message_is_refused(refused, text):
    assert error(refused("chat.postMessage", channel=INCIDENTS, text=text)) == "no_text"


def test_threads(client, slack):
    root = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    for text in ("one", "two"):
        client.chat_postMessage(channel=INCIDENTS, text=text, thread_ts=root)
    assert [reply.text for reply in slack.thread("#incidents", root)] == ["one", "two"]
    assert [message.text for message in slack.messages("#incidents")] == ["root"]
    shown = client.conversations_history(channel=INCIDENTS)["messages"][0]
    assert (shown["reply_count"], shown["reply_users"]) == (2, ["U00000BOT"])
    replies = client.conversations_replies(channel=INCIDENTS, ts=root)["messages"]
    assert [message["text"] for message in replies] == ["root", "one", "two"]
    assert replies[1]["parent_user_id"] == "U00000BOT"


def test_a_reply_can_be_shown_in_the_channel_too(client, slack):
    root = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    client.chat_postMessage(channel=INCIDENTS, text="all", thread_ts=root, reply_broadcast=True)
    assert [message.text for message in slack.messages("#incidents")] == ["root", "all"]


def test_a_thread_needs_a_root_that_exists(client, refused):
    arguments = {"channel": INCIDENTS, "text": "quack", "thread_ts": LONG_AGO}
    assert error(refused("chat.postMessage", **arguments)) == "thread_not_found"
    answer = refused("conversations.replies", channel=INCIDENTS, ts=LONG_AGO)
    assert error(answer) == "thread_not_found"


def test_a_reply_is_no_root(client, refused):
    root = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    reply = client.chat_postMessage(channel=INCIDENTS, text="reply", thread_ts=root)["ts"]
    arguments = {"channel": INCIDENTS, "text": "quack", "thread_ts": reply}
    assert error(refused("chat.postMessage", **arguments)) == "cannot_reply_to_message"


def test_a_deleted_root_leaves_a_tombstone_over_its_thread(client, slack):
    root = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    client.chat_postMessage(channel=INCIDENTS, text="reply", thread_ts=root)
    client.chat_delete(channel=INCIDENTS, ts=root)
    assert slack.messages("#incidents") == []
    kept = client.conversations_replies(channel=INCIDENTS, ts=root)["messages"]
    assert [message.get("subtype") for message in kept] == ["tombstone", None]


def test_a_deleted_message_is_gone(client, refused):
    ts = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    client.chat_delete(channel=INCIDENTS, ts=ts)
    assert client.conversations_history(channel=INCIDENTS)["messages"] == []
    for method in ("chat.delete", "chat.update"):
        answer = refused(method, channel=INCIDENTS, ts=ts, text="quack")
        assert error(answer) == "message_not_found"


def test_only_own_messages_can_be_changed(slack, refused):
    message = slack.say("ana", "#incidents", "mine")
    arguments = {"channel": INCIDENTS, "ts": message.ts, "text": "quack"}
    assert error(refused("chat.update", **arguments)) == "cant_update_message"
    assert error(refused("chat.delete", **arguments)) == "cant_delete_message"


BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*quack*"}}]
METADATA = {"event_type": "update", "event_payload": {"update_id": 7}}


def test_an_update_with_text_alone_drops_the_blocks_and_keeps_the_metadata(client):
    post = {"channel": INCIDENTS, "text": "one", "blocks": BLOCKS, "metadata": METADATA}
    ts = client.chat_postMessage(**post)["ts"]
    answer = client.chat_update(channel=INCIDENTS, ts=ts, text="two")
    assert answer["text"] == "two"
    found = client.conversations_history(channel=INCIDENTS, include_all_metadata=True)["messages"]
    assert "blocks" not in found[0]
    assert found[0]["metadata"] == METADATA
    assert found[0]["edited"]["user"] == "U00000BOT"


def test_an_update_with_blocks_is_not_labelled_as_edited(client):
    ts = client.chat_postMessage(channel=INCIDENTS, text="one")["ts"]
    answer = client.chat_update(channel=INCIDENTS, ts=ts, text="two", blocks=BLOCKS)
    assert "edited" not in answer["message"]


def test_metadata_shows_only_when_asked_for(client):
    client.chat_postMessage(channel=INCIDENTS, text="one", metadata=METADATA)
    assert "metadata" not in client.conversations_history(channel=INCIDENTS)["messages"][0]


def test_an_update_over_four_thousand_characters_is_refused(client, refused):
    ts = client.chat_postMessage(channel=INCIDENTS, text="one")["ts"]
    arguments = {"channel": INCIDENTS, "ts": ts}
    client.chat_update(**arguments, text="q" * 4000)
    assert error(refused("chat.update", **arguments, text="q" * 4001)) == "msg_too_long"


def test_messages_of_an_archived_channel_cannot_be_changed(slack, client, refused):
    ts = client.chat_postMessage(channel=INCIDENTS, text="one")["ts"]
    slack.workspace.channel("#incidents").is_archived = True
    assert error(refused("chat.update", channel=INCIDENTS, ts=ts, text="two")) == "is_inactive"


@pytest.mark.parametrize(
    ("metadata", "wrong"),
    [
        ({"event_type": "x"}, "invalid_metadata_format"),
        ({"event_type": 1, "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"deep": {}}}, "invalid_metadata_format"),
        (["x"], "invalid_metadata_format"),
        ("{not json", "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"a": "q" * 17_000}}, "metadata_too_large"),
    ],
)
def test_wrong_metadata_is_refused(refused, metadata, wrong):
    arguments = {"channel": INCIDENTS, "text": "quack", "metadata": metadata}
    assert error(refused("chat.postMessage", **arguments)) == wrong


@pytest.mark.parametrize("blocks", ["{not json", '{"type": "divider"}'])
def test_blocks_that_are_no_list_are_refused(refused, blocks):
    arguments = {"channel": INCIDENTS, "text": "quack", "blocks": blocks}
    assert error(refused("chat.postMessage", **arguments)) == "invalid_blocks_format"


def test_wrong_blocks_are_refused_saying_where(refused):
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "q" * 151}}]
    answer = refused("chat.postMessage", channel=INCIDENTS, text="quack", blocks=blocks)
    assert error(answer) == "invalid_blocks"
    said = "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [said]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {said}"]


def test_too_much_text_in_blocks_is_refused(refused):
    blocks = [{"type": "markdown", "text": "q" * 6001}, {"type": "markdown", "text": "q" * 6000}]
    answer = refused("chat.postMessage", channel=INCIDENTS, text="quack", blocks=blocks)
    assert error(answer) == "msg_blocks_too_long"


def test_an_ephemeral_shows_to_one_person_and_in_no_history(client, slack):
    client.chat_postEphemeral(channel=INCIDENTS, user="U00000ANA", text="psst")
    assert [message.text for message in slack.ephemerals("ana")] == ["psst"]
    assert slack.ephemerals("ben") == []
    assert client.conversations_history(channel=INCIDENTS)["messages"] == []


def test_an_ephemeral_needs_somebody_in_the_channel(refused):
    arguments = {"channel": INCIDENTS, "text": "psst"}
    assert error(refused("chat.postEphemeral", **arguments, user="U0NOBODY0")) == "user_not_found"
    answer = refused("chat.postEphemeral", **arguments, user="U00000EVE")
    assert error(answer) == "user_not_in_channel"


def test_permalinks_lead_to_the_message(client, slack):
    root = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    reply = client.chat_postMessage(channel=INCIDENTS, text="reply", thread_ts=root)["ts"]
    link = client.chat_getPermalink(channel=INCIDENTS, message_ts=reply)["permalink"]
    assert link.startswith(slack.url)
    assert f"thread_ts={root}" in link


def test_history_comes_newest_first_in_pages(client):
    for number in range(5):
        client.chat_postMessage(channel=INCIDENTS, text=str(number))
    pages = [
        ([message["text"] for message in page["messages"]], page["has_more"])
        for page in client.conversations_history(channel=INCIDENTS, limit=2)
    ]
    assert pages == [(["4", "3"], True), (["2", "1"], True), (["0"], False)]


def test_history_between_two_times(client):
    stamps = [client.chat_postMessage(channel=INCIDENTS, text=str(n))["ts"] for n in range(3)]
    between = {"channel": INCIDENTS, "oldest": stamps[0], "latest": stamps[2]}

    def read(**more):
        return [m["text"] for m in client.conversations_history(**between, **more)["messages"]]

    assert read() == ["1"]
    assert read(inclusive=True) == ["2", "1", "0"]


def test_a_thread_begins_with_its_root_whatever_oldest_says(client):
    root = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    stamps = [
        client.chat_postMessage(channel=INCIDENTS, text=str(n), thread_ts=root)["ts"]
        for n in range(3)
    ]
    answer = client.conversations_replies(channel=INCIDENTS, ts=root, oldest=stamps[1])
    assert [message["text"] for message in answer["messages"]] == ["root", "2"]


@pytest.mark.parametrize(
    ("argument", "value", "wrong"),
    [
        ("limit", 0.5, "invalid_limit"),
        ("limit", 1001, "invalid_limit"),
        ("cursor", "???", "invalid_cursor"),
        ("oldest", "yesterday", "invalid_ts_oldest"),
        ("latest", "today", "invalid_ts_latest"),
    ],
)
def test_wrong_paging_is_refused(refused, argument, value, wrong):
    answer = refused("conversations.history", channel=INCIDENTS, **{argument: str(value)})
    assert error(answer) == wrong


def test_a_pin_is_set_once(client, slack, refused):
    ts = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    client.pins_add(channel=INCIDENTS, timestamp=ts)
    assert slack.workspace.timelines[INCIDENTS].pins == {ts}
    arguments = {"channel": INCIDENTS, "timestamp": ts}
    assert error(refused("pins.add", **arguments)) == "already_pinned"
    answer = refused("pins.add", channel=INCIDENTS, timestamp=LONG_AGO)
    assert error(answer) == "message_not_found"


def test_a_channel_takes_a_hundred_pins(slack, client, refused):
    ts = client.chat_postMessage(channel=INCIDENTS, text="root")["ts"]
    slack.workspace.timelines[INCIDENTS].pins.update(str(number) for number in range(100))
    answer = refused("pins.add", channel=INCIDENTS, timestamp=ts)
    assert error(answer) == "too_many_pins"


@pytest.mark.parametrize(
    ("method", "arguments", "wrong"),
    [
        ("users.info", {"user": "U0NOBODY0"}, "user_not_found"),
        ("usergroups.users.list", {"usergroup": "S0NOBODY0"}, "no_such_subteam"),
        ("bots.info", {"bot": "B0NOBODY0"}, "bot_not_found"),
        ("chat.quack", {}, "unknown_method"),
        ("conversations.info", {}, "channel_not_found"),
        ("api.test", {"error": "my_error"}, "my_error"),
    ],
)
def test_what_does_not_exist_is_refused(refused, method, arguments, wrong):
    assert error(refused(method, **arguments)) == wrong


@pytest.mark.parametrize(
    ("method", "arguments", "scope"),
    [
        ("chat.postMessage", {"channel": INCIDENTS, "text": "quack"}, "chat:write"),
        ("users.info", {"user": "U00000ANA"}, "users:read"),
        ("usergroups.users.list", {"usergroup": "S0000RESP"}, "usergroups:read"),
        ("pins.add", {"channel": INCIDENTS, "timestamp": LONG_AGO}, "pins:write"),
        ("conversations.history", {"channel": INCIDENTS}, "channels:history"),
        ("conversations.history", {"channel": PRIVATE}, "groups:history"),
        ("conversations.info", {"channel": INCIDENTS}, "channels:read"),
        ("conversations.members", {"channel": PRIVATE}, "groups:read"),
    ],
)
def test_each_method_asks_for_its_scope(slack, refused, method, arguments, scope):
    app = slack.workspace.app
    app.scopes = tuple(each for each in app.scopes if each != scope)
    answer = refused(method, **arguments)
    assert error(answer) == "missing_scope"
    assert scope in answer["needed"]
    assert answer["provided"] == ",".join(app.scopes)


@pytest.mark.parametrize(
    ("token", "method", "wrong"),
    [
        (None, "auth.test", "not_authed"),
        ("xoxb-somebody-else", "auth.test", "invalid_auth"),
        ("app", "chat.postMessage", "not_allowed_token_type"),
        ("bot", "apps.connections.open", "not_allowed_token_type"),
    ],
)
def test_the_token_must_be_the_right_one(slack, token, method, wrong):
    known = {"app": slack.app_token, "bot": slack.bot_token}
    client = WebClient(known.get(token, token), base_url=slack.api_url)
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, json={"channel": INCIDENTS, "text": "quack"})
    assert error(caught.value.response) == wrong


@pytest.mark.parametrize("wrong", ["token_revoked", "account_inactive"])
def test_a_token_can_lose_its_power(slack, refused, wrong):
    slack.workspace.app.token_error = wrong
    assert error(refused("auth.test")) == wrong


def test_posting_is_limited_to_about_one_message_a_second_in_a_channel():
    with Sandbox(Workspace(clock=lambda: 1361520600.0)) as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        for _ in range(4):
            client.chat_postMessage(channel=INCIDENTS, text="quack")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=INCIDENTS, text="quack")
        response = caught.value.response
        assert (response.status_code, response.headers["Retry-After"]) == (429, "1")
        assert error(response) == "ratelimited"
        client.chat_postMessage(channel="C00000EXT", text="another channel")


def test_the_limit_gives_way_with_time():
    now = [1361520600.0]
    with Sandbox(Workspace(clock=lambda: now[0])) as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        for _ in range(20):
            client.usergroups_list()
        with pytest.raises(SlackApiError) as caught:
            client.usergroups_list()
        now[0] += int(caught.value.response.headers["Retry-After"])
        client.usergroups_list()


def test_another_app_brings_its_own_tokens():
    app = Installation(bot_token="xoxb-mine", scopes=("chat:write",))
    with Sandbox(Workspace(app=app)) as slack:
        answer = WebClient("xoxb-mine", base_url=slack.api_url).auth_test()
        assert answer.headers["x-oauth-scopes"] == "chat:write"


def test_errors_come_with_status_200(slack):
    request = urllib.request.Request(f"{slack.api_url}auth.test", method="POST")
    with urllib.request.urlopen(request) as response:
        assert (response.status, json.load(response)["error"]) == (200, "not_authed")
