"""Break-glass on two targets that do not show the same: each hears all of it, under one name."""

from pathlib import Path

import pytest

from bot.emergency import Look, names, publish, read_notice, read_targets
from bot.publish import Publisher, open_target
from bot.publish.renderer import built_in
from tests.support.published import Published
from tests.support.telling import a_component, a_page, cause, open_incident


@pytest.fixture
def second(desk, tmp_path) -> Published:
    """Another folder, which shows what the desk's own one shows."""
    open_incident(desk.database, at=desk.now())
    desk.sync()
    other = Published(tmp_path / "other")
    publish_to(desk, other)
    return other


def publish_to(desk, other: Published) -> bool:
    publisher = Publisher(desk.database, open_target(str(other.root)), "program 1")
    return publisher.sync(desk.now())


def say(desk, line, *folders: Path, is_end=False):
    now = desk.now()
    shown, failed = read_targets([open_target(str(folder)) for folder in folders], now)
    notice = read_notice(line, names(shown[0].components), now, is_end=is_end)
    return [*failed, *publish(shown, notice, Look(a_page(), built_in(), ()), now)]


def told(site: Published):
    """What the newest incident says, newest first."""
    newest = site.json("api/v2/incidents.json")["incidents"][0]
    return [each["body"] for each in newest["incident_updates"]]


def test_a_component_that_one_target_does_not_know_yet_keeps_nothing_from_it(desk, second):
    with desk.database.telling(cause("components", at=desk.now())) as ledger:
        ledger.add_component(a_component("video", 9, ledger.at))
    desk.sync()
    both = (desk.root, second.root)
    for line in ("video=down Outage | One.", "video=degraded Two."):
        assert not any(one.trouble for one in say(desk, line, *both))
    assert told(desk.site) == told(second) == ["Two.", "One."]
    desk.sync()
    publish_to(desk, second)
    assert not desk.publication().stopped


def test_what_only_one_target_could_be_told_is_not_taken_from_it(desk, second):
    both = (desk.root, second.root)
    say(desk, "Outage | One.", *both)
    say(desk, "Two, here.", desk.root)
    say(desk, "Three, there.", second.root)
    say(desk, "Four.", *both)
    assert told(desk.site) == told(second) == ["Four.", "Three, there.", "Two, here.", "One."]


def test_what_was_ended_on_one_target_does_not_go_on_under_two_names(desk, second):
    both = (desk.root, second.root)
    say(desk, "Outage | One.", *both)
    say(desk, "It is over.", desk.root, is_end=True)
    say(desk, "Again | Two.", *both)
    assert told(desk.site) == told(second) == ["Two."]
    desk.sync()
    publish_to(desk, second)
    desk.sync()
    assert not publish_to(desk, second)
    with desk.database.read() as ledger:
        titles = [one.title for one in ledger.every_incident()]
    assert titles == ["Site Outage", "Outage", "Again"]


def test_a_target_that_goes_away_while_others_publish_to_it_does_not_stop_the_next(
    desk, second, monkeypatch
):
    now = desk.now()
    shown, _ = read_targets([open_target(str(each)) for each in (desk.root, second.root)], now)
    open_incident(desk.database, "Told meanwhile", at=desk.now())
    desk.sync()
    monkeypatch.setattr(Publisher, "sync", outrun_there(Publisher.sync, desk.target))
    (desk.root / "api/v2/components.json").unlink()
    notice = read_notice("Outage | One.", {}, now)
    failed, done = publish(shown, notice, Look(a_page(), built_in(), ()), now)
    assert "components.json is missing" in failed.trouble
    assert done.address
    assert told(second) == ["One."]


def outrun_there(real, target):
    def sync(self, now):
        return self._target.url != target and real(self, now)

    return sync
