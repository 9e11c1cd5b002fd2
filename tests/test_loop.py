"""The loop: a tick is enough, one step's trouble is not another's, and it stops when told."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot import loop as loop_module
from bot.clock import keep_time
from bot.core.observer import Observer
from bot.loop import Loop
from storage.errors import LedgerUnavailable
from tests.support.telling import NOON, new_database, open_incident


def now():
    return datetime(2013, 2, 22, tzinfo=UTC)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(loop_module, "TICK", 0.01)


class Calls:
    """Counts calls, and says when there were enough."""

    def __init__(self, enough=1, error=None):
        self.count = 0
        self.error = error
        self._enough = enough
        self.done = threading.Event()

    def __call__(self, _now):
        self.count += 1
        if self.count >= self._enough:
            self.done.set()
        if self.error:
            raise self.error
        return True


def running(loop):
    thread = loop.start("test")

    def stop():
        loop.stop()
        thread.join(10)
        assert not thread.is_alive()

    return stop


def test_the_tick_alone_is_enough(quick):
    step = Calls(enough=3)
    stop = running(Loop([step], now))
    assert step.done.wait(10)
    stop()


def test_a_wake_up_does_not_wait_for_the_tick(monkeypatch):
    monkeypatch.setattr(loop_module, "TICK", 60.0)
    step = Calls(enough=2)
    loop = Loop([step], now)
    stop = running(loop)
    while not step.done.wait(0.01):
        loop.wake()
    stop()


def test_a_failing_step_is_logged_and_pauses_alone(caplog):
    broken, fine = Calls(error=ValueError("quack")), Calls()
    loop = Loop([broken, fine], now)
    assert loop.turn_once()
    assert loop.turn_once()
    assert (broken.count, fine.count) == (1, 2)
    assert "quack" in caplog.text


def test_an_observer_is_told_which_step_failed():
    class Told(Observer):
        steps: tuple[str, ...] = ()

        def failed(self, step):
            self.steps += (step,)

    def quack(_now):
        raise LedgerUnavailable

    told = Told()
    Loop([Calls(), quack], now, observer=told).turn_once()
    assert [step.rpartition(".")[2] for step in told.steps] == ["quack"]


def test_a_loop_may_have_a_slower_tick_of_its_own(quick):
    slow, often = Calls(), Calls(enough=5)
    stops = [running(Loop([slow], now, tick=60.0)), running(Loop([often], now))]
    assert often.done.wait(10)
    assert slow.done.wait(10)
    assert slow.count == 1
    for stop in stops:
        stop()


def test_trouble_outside_is_a_line_and_no_traceback(caplog):
    Loop([Calls(error=LedgerUnavailable("the server sleeps"))], now).turn_once()
    assert "the server sleeps" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_step_that_failed_is_tried_again_when_its_pause_is_over(quick):
    broken = Calls(enough=3, error=ValueError("quack"))
    stop = running(Loop([broken], now))
    assert broken.done.wait(10)
    stop()


def test_nothing_runs_while_it_is_another_process_turn():
    step = Calls()
    assert not Loop([step], now, lambda _now: False).turn_once()
    assert step.count == 0


def test_a_turn_that_cannot_be_asked_for_is_trouble_not_the_end(caplog):
    step = Calls()
    assert not Loop([step], now, Calls(error=OSError("no lock"))).turn_once()
    assert step.count == 0
    assert "no lock" in caplog.text


@pytest.fixture
def database(sqlite_url):
    opened = new_database(sqlite_url)
    yield opened
    opened.close()


def page(database):
    with database.read() as ledger:
        return ledger.page


def test_a_new_day_in_the_pages_zone_is_told_once(database):
    step = keep_time(database)
    before = page(database)
    midnight = NOON.replace(day=23, hour=8)  # 00:00 in Los Angeles
    assert not step(midnight - timedelta(seconds=1))
    assert step(midnight)
    assert not step(midnight + timedelta(hours=23))
    after = page(database)
    assert (after.revision, after.as_of) == (before.revision + 1, midnight)


def test_several_missed_days_are_one_change(database):
    step = keep_time(database)
    before = page(database).revision
    assert step(NOON + timedelta(days=40))
    assert not step(NOON + timedelta(days=40))
    assert page(database).revision == before + 1


def test_a_clock_that_runs_back_turns_no_day(database):
    step = keep_time(database)
    open_incident(database, at=NOON + timedelta(days=3))
    assert not step(NOON)


def test_daylight_saving_days_turn_at_their_own_midnight(database):
    step = keep_time(database)
    open_incident(database, at=datetime(2013, 3, 10, 20, tzinfo=UTC))  # the clocks went forward
    assert not step(datetime(2013, 3, 11, 6, 59, tzinfo=UTC))
    assert step(datetime(2013, 3, 11, 7, 0, tzinfo=UTC))
