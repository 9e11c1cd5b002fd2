"""The day this began with, typed again: whoever types the first page's posts gets its page."""

import json
import re
from html.parser import HTMLParser

import pytest

from tests.flow.conftest import one_process, under_honcho
from tests.support.reading import page, told


@pytest.fixture(params=["one process", "honcho"])
def bot(request, tmp_path, slack):
    if request.param == "one process":
        with one_process(tmp_path, slack, request.getfixturevalue("socket_env")):
            yield
    else:
        with under_honcho(tmp_path, slack, request.getfixturevalue("http_env")):
            yield


def test_the_first_story_reaches_channel_thread_and_page(bot, slack, story):
    replies = [
        slack.say(step["person"], "#incidents", "\n".join(step["text"]).format(number=1))
        for step in story["steps"]
    ]
    phases = ["Investigating", "Investigating", "Investigating", "Identified", "Resolved"]
    assert [reply.text for reply in replies] == [
        f"Saved as #1, update {number}: Site Outage is {phase}."
        for number, phase in enumerate(phases, start=1)
    ]
    slack.wait_for(lambda: told(slack, "ana", "#1, update 5 is live on"), seconds=30)
    _look_at_the_page(slack, story)
    _look_at_the_api(slack)
    _look_at_the_channel(slack, story)


def _look_at_the_page(slack, story):
    as_the_seed = [f"Site Outage{end}" for end in (" Conclusion", *[" Update"] * 3, "")]
    for path, titles in (("", ["Site Outage"]), ("2013/02/", as_the_seed)):
        text = _text(page(slack, path))
        assert "Friday, February 22, 2013" in text
        assert re.findall(r"Site Outage(?: Conclusion| Update)?(?=\n)", text) == titles
        paragraphs = [_paragraphs(step) for step in reversed(story["steps"])]
        places = [text.index(one) for post in paragraphs for one in post]
        assert places == sorted(places)
    home = _text(page(slack))
    assert "All our ducks are in a row." in home
    assert story["environment"]["PAGE_ABOUT"] in home


def _look_at_the_api(slack):
    summary = json.loads(page(slack, "api/v2/summary.json"))
    assert summary["status"] == {"indicator": "none", "description": "All Systems Operational"}
    incident = json.loads(page(slack, "api/v2/incidents.json"))["incidents"][0]
    assert incident["started_at"] == "2013-02-22T08:10:00.000-08:00"
    assert incident["resolved_at"] == "2013-02-22T16:30:00.000-08:00"
    assert incident["impact"] == "critical"
    assert len(incident["incident_updates"]) == 5


def _look_at_the_channel(slack, story):
    (root,) = slack.wait_for(lambda: slack.messages("#incidents"))
    replies = slack.wait_for(lambda: _all_told(slack, root, len(story["steps"])), seconds=30)
    for reply, step in zip(replies, story["steps"], strict=False):
        assert _paragraphs(step)[0] in _all_text(reply)
    assert "Resolved" in slack.wait_for(lambda: _edited(slack))


def _all_told(slack, root, updates):
    found = slack.thread("#incidents", root)
    return found if len(found) == updates + 1 else []  # and the closing summary


def _edited(slack):
    (root,) = slack.messages("#incidents")
    text = _all_text(root)
    return text if "Resolved" in text else ""


def _all_text(message):
    return message.text + json.dumps(message.blocks, ensure_ascii=False)


def _paragraphs(step):
    said = "\n".join(step["text"])
    words = said.split("at=2013-02-22T", 1)[1][6:].removeprefix("Site Outage | ")
    return [one for one in words.split("\n") if one]


class _Reader(HTMLParser):
    """Collects what a page says."""

    def __init__(self):
        super().__init__()
        self.said = []

    def handle_data(self, data):
        self.said.append(data.strip())


def _text(html):
    """What a page says, a line per element."""
    reader = _Reader()
    reader.feed(html.split("<body", 1)[1])
    return "\n".join(part for part in reader.said if part)
