"""An envelope has no signature: what it says of itself is looked at as sternly as over HTTP."""

import pytest

from bot.sandbox.inbound.envelope import Envelope, Kind
from bot.sandbox.inbound.events import new_id
from tests.security.mutations import WRONG, WRONG_PRESSES, wrong_presses

FORGED = "open www=down Forged | Nobody who may say so said this."


@pytest.fixture
def deliver(connected):
    """Sends an envelope; what comes back."""

    def send(kind: Kind, payload):
        return connected.slack.sockets.deliver(Envelope(new_id(), kind, payload), 3.0)

    return send


@pytest.mark.parametrize("name", WRONG)
def test_a_command_from_elsewhere_or_from_somebody_who_may_not_is_refused(connected, deliver, name):
    with connected.no_new_rows():
        for value in WRONG[name]:
            fields = connected.command(FORGED, new_id()) | {name: value}
            answer = deliver("slash_commands", fields)
            assert answer is None or answer["text"].startswith("Not saved: "), (value, answer)


def test_a_button_from_elsewhere_or_pressed_by_somebody_who_may_not_does_nothing(
    connected, deliver
):
    with connected.no_new_rows():
        presses = wrong_presses(connected.command(FORGED, new_id()))
        assert [deliver("interactive", press) for press in presses] == [None] * len(WRONG_PRESSES)


def test_the_same_envelope_twice_is_saved_once(connected, deliver):
    fields = connected.command("open Once | It happened once.", new_id())
    assert deliver("slash_commands", fields)["text"].startswith("Saved as")
    with connected.no_new_rows():
        assert deliver("slash_commands", fields)["text"].startswith("Saved as")
        other = deliver("slash_commands", fields | {"text": FORGED})
        assert other["text"].startswith("Not saved: ")
