"""Who may publish: full members of the workspace, or those named; while Slack is down, too."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.client import Ambiguous, Client, NoEffect, Permanent
from bot.slack.directory import Directory

NOW = datetime(2013, 2, 22, 9, 0, tzinfo=UTC)
ANA = {"id": "UANA", "team_id": "T1", "profile": {"display_name": "Ana"}}


class Slack(Client):
    """Answers as Slack would; `down` is the failure it fails with."""

    def __init__(self, *users, groups=None):
        super().__init__("xoxb-1", "http://127.0.0.1:9/")
        self.close()
        self.users = {user["id"]: user for user in users}
        self.groups = groups or {}
        self.down = None
        self.cursors = "c"  # what those begin with that have not expired
        self.calls = []

    def call(self, method, /, *, within=10.0, **params):
        self.calls.append((method, within))
        if self.down:
            raise self.down
        return getattr(self, method.replace(".", "_"))(**params)

    def users_list(self, limit, cursor):
        users = list(self.users.values())
        if not (cursor or self.cursors).startswith(self.cursors):
            raise Permanent("invalid_cursor")
        start = int(cursor[1:]) if cursor else 0
        following = f"{self.cursors}{start + 2}" if start + 2 < len(users) else ""
        return {
            "members": users[start : start + 2],
            "response_metadata": {"next_cursor": following},
        }

    def users_info(self, user):
        if user not in self.users:
            raise Permanent("user_not_found")
        return {"user": self.users[user]}

    def usergroups_users_list(self, usergroup):
        found = self.groups[usergroup]
        if isinstance(found, Exception):
            raise found
        return {"users": found}


def warm(directory, now=NOW):
    while directory.sync(now):
        pass


def may(directory, user="UANA", now=NOW):
    return directory.refusal(user, "T1", now) is None


def test_a_full_member_may_publish():
    assert may(Directory(Slack(ANA)))


@pytest.mark.parametrize(
    "odd",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_bot": True},
        {"deleted": True},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"team_id": ""},
        {"team_id": "T2", "enterprise_user": {"teams": ["T3"]}},
    ],
)
def test_nobody_else_may(odd):
    assert not may(Directory(Slack(ANA | odd)))
    warmed = Directory(Slack(ANA | odd))
    warm(warmed)
    assert not may(warmed)


def test_a_member_of_the_workspace_by_its_enterprise_may():
    assert may(Directory(Slack(ANA | {"team_id": "T2", "enterprise_user": {"teams": ["T1"]}})))


def test_slackbot_may_not():
    assert not may(Directory(Slack(ANA | {"id": "USLACKBOT"})), "USLACKBOT")


def test_somebody_slack_does_not_know_may_not():
    assert not may(Directory(Slack()))


def test_the_directory_is_warmed_page_by_page_and_then_asks_nobody():
    slack = Slack(*(ANA | {"id": f"U{n}"} for n in range(5)))
    directory = Directory(slack)
    warm(directory)
    assert slack.calls == [("users.list", 10.0)] * 3
    assert may(directory, "U4")
    assert len(slack.calls) == 3


def test_somebody_new_is_looked_up_once_within_a_second():
    slack = Slack(ANA)
    directory = Directory(slack)
    assert may(directory)
    assert may(directory)
    assert slack.calls == [("users.info", 1.0)]


@pytest.mark.parametrize("down", [NoEffect("ConnectError"), Ambiguous("ReadTimeout")])
def test_what_is_known_counts_for_a_day_while_slack_is_down(down):
    slack = Slack(ANA)
    directory = Directory(slack)
    warm(directory)
    slack.down = down
    assert may(directory, now=NOW + timedelta(hours=23, minutes=59))
    assert not may(directory, now=NOW + timedelta(hours=24))


def test_nobody_known_and_nobody_to_ask_is_refused_with_what_to_do():
    slack = Slack(ANA)
    slack.down = Ambiguous("ReadTimeout")
    refusal = Directory(slack).refusal("UANA", "T1", NOW)
    assert refusal is not None
    assert "Slack does not answer" in refusal.problem
    assert refusal.remedy == "Try again in a moment."


def test_a_list_whose_cursor_expired_begins_anew_and_the_groups_get_their_turn():
    slack = Slack(*(ANA | {"id": f"U{n}"} for n in range(3)), groups={"S1": ["U2"]})
    directory = Directory(slack, ["S1"])
    assert directory.sync(NOW)
    slack.cursors = "d"
    warm(directory)
    assert may(directory, "U2")
    slack.calls.clear()
    warm(directory, NOW + timedelta(minutes=1))
    assert slack.calls == [("users.list", 10.0)] * 2


def test_somebody_who_became_a_guest_is_noticed_within_the_hour():
    slack = Slack(ANA)
    directory = Directory(slack)
    warm(directory)
    slack.users["UANA"] = ANA | {"is_restricted": True}
    warm(directory, NOW + timedelta(hours=1))
    assert not may(directory, now=NOW + timedelta(hours=1))


def test_somebody_the_list_no_longer_has_is_asked_about():
    slack = Slack(ANA, ANA | {"id": "UBEN"}, ANA | {"id": "UCAL"})
    directory = Directory(slack)
    warm(directory)
    del slack.users["UANA"]
    warm(directory, NOW + timedelta(hours=1))
    assert not may(directory, now=NOW + timedelta(hours=1))
    assert slack.calls[-1] == ("users.info", 1.0)


def test_where_people_are_named_only_they_may():
    directory = Directory(Slack(ANA, ANA | {"id": "UBEN"}), ["UBEN"])
    assert may(directory, "UBEN")
    assert not may(directory, "UANA")


def test_a_guest_may_not_even_when_named():
    assert not may(Directory(Slack(ANA | {"is_restricted": True}), ["UANA"]))


def test_where_a_group_is_named_its_members_may():
    directory = Directory(Slack(ANA, ANA | {"id": "UBEN"}, groups={"S1": ["UBEN"]}), ["S1"])
    warm(directory)
    assert may(directory, "UBEN")
    assert not may(directory, "UANA")


def test_a_group_is_asked_again_every_ten_minutes():
    slack = Slack(ANA, groups={"S1": []})
    directory = Directory(slack, ["S1"])
    warm(directory)
    slack.groups["S1"] = ["UANA"]
    warm(directory, NOW + timedelta(minutes=9))
    assert not may(directory)
    warm(directory, NOW + timedelta(minutes=10))
    assert may(directory)


@pytest.mark.parametrize("word", ["plan_upgrade_required", "no_such_subteam"])
def test_a_group_that_cannot_be_is_empty_and_reported(word):
    groups = {"S1": Permanent(word), "S2": ["UANA"]}
    directory = Directory(Slack(ANA, groups=groups), ["S1", "S2"])
    warm(directory)
    assert may(directory)
    assert directory.troubles == {"S1": word}


def test_a_group_nobody_could_ask_for_yet_lets_nobody_in_and_says_why():
    slack = Slack(ANA, groups={"S1": Permanent("missing_scope")})
    directory = Directory(slack, ["S1"])
    warm(directory)
    refusal = directory.refusal("UANA", "T1", NOW)
    assert refusal is not None
    assert "Slack does not answer" in refusal.problem


def test_a_rate_limit_is_waited_for():
    slack = Slack(ANA)
    directory = Directory(slack)
    slack.down = NoEffect("ratelimited", 30.0)
    assert not directory.sync(NOW)
    slack.down = None
    assert not directory.sync(NOW + timedelta(seconds=29))
    assert directory.sync(NOW + timedelta(seconds=30))


def test_a_name_is_plain_whatever_somebody_calls_themselves():
    odd = "A\x00na\u202e\n" + "x" * 200
    directory = Directory(Slack(ANA | {"profile": {"display_name": odd}}))
    assert may(directory)
    assert directory.name("UANA") == ("Ana" + "x" * 200)[:80]
    assert directory.name("UNOBODY") == "UNOBODY"
