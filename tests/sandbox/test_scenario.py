"""A day is replayed step by step, once at a time; the first story is fit to be replayed."""

import json
import threading
from pathlib import Path

import pytest

from bot.sandbox import Message, Sandbox, Scenario, Workspace
from bot.sandbox.scenario import Replay, Step

STORY = Path(__file__).parents[2] / "templates" / "sandbox" / "first-story.json"


def answer(text):
    return Message("1.000001", "C00000INC", "U00000BOT", text)


@pytest.fixture
def day():
    """Three steps, of which the later ones name the incident."""
    steps = (
        Step("ana", "/open"),
        Step("ben", "/update #{number} x"),
        Step("ana", "/end #{number}"),
    )
    return Scenario("Replay", "A day.", "#incidents", steps)


@pytest.fixture
def replay(day):
    """Replays the day to a list of what was said; the bot answers as it is told to."""
    said: list[tuple[str, str, str]] = []

    def start(reply, pause=0.0):
        def say(person, channel, text):
            said.append((person, channel, text))
            return reply(text)

        return Replay(day, say, lambda: None, threading.Event(), pause), said

    return start


def test_everybody_types_their_part_and_names_the_incident_the_bot_named(replay):
    replayed, said = replay(lambda text: answer("Saved as #12, update 1."))
    assert replayed.start()
    replayed.join()
    assert said == [
        ("ana", "#incidents", "/open"),
        ("ben", "#incidents", "/update #12 x"),
        ("ana", "#incidents", "/end #12"),
    ]
    assert (replayed.progress.step, replayed.progress.running) == (3, False)


def test_without_a_number_the_day_stops_and_says_why(replay):
    replayed, said = replay(lambda text: answer("Hm."))
    replayed.start()
    replayed.join()
    assert len(said) == 1
    assert "did not say which incident" in replayed.progress.problem


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("Not saved: the database sleeps.\nTry again.", "Not saved: the database sleeps."),
        ("Already saved as #1, update 1.", "replayed a moment ago"),
    ],
)
def test_what_the_bot_did_not_take_as_new_stops_the_day(replay, reply, problem):
    replayed, said = replay(lambda text: answer(reply))
    replayed.start()
    replayed.join()
    assert len(said) == 1
    assert problem in replayed.progress.problem


def test_pressed_twice_it_runs_once(replay):
    reached, go_on = threading.Event(), threading.Event()

    def reply(text):
        reached.set()
        go_on.wait(5)
        return answer("Saved as #1.")

    replayed, said = replay(reply)
    assert replayed.start()
    reached.wait(5)
    assert not replayed.start()
    go_on.set()
    replayed.join()
    assert len(said) == 3
    assert replayed.start()
    replayed.join()
    assert len(said) == 6


def test_a_sandbox_stops_in_the_middle_of_a_day(day):
    with Sandbox(Workspace(rate_limits=False), scenario=day, pause=60) as slack:
        replay = slack.replay
        assert replay
        replay.start()
        slack.wait_for(lambda: slack.ephemerals("ana"))
    assert replay.progress.running is False


@pytest.fixture
def story():
    return Scenario.read(STORY)


def test_the_first_story_has_five_posts_by_people_of_the_channel(story):
    workspace = Workspace()
    members = workspace.channel(story.channel).members
    assert len(story.steps) == 5
    assert {workspace.person(step.person).id for step in story.steps} <= members
    assert [step.text.split()[1] for step in story.steps] == [
        *("open", "update", "update", "identified", "resolve")
    ]


def test_the_first_story_fits_into_slack_and_a_minute(story):
    assert all(len(step.text) <= 3000 for step in story.steps)
    assert story.steps[-1].text.count("\n\n") == 3


def test_the_first_story_names_only_its_own_components(story):
    words = " ".join(step.text for step in story.steps).split()
    named = {word.split("=")[0] for word in words if "=" in word} - {"at"}
    assert named == set(story.components)


def test_a_story_that_lacks_something_is_not_read(tmp_path):
    path = tmp_path / "story.json"
    path.write_text(json.dumps({"title": "x"}))
    with pytest.raises(KeyError):
        Scenario.read(path)
