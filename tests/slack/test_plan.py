"""What is told next about an incident: in order, once, and again only where something changed."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.incident import Author, Incident, Update
from bot.core.status import Kind, Phase
from bot.slack.announcer.plan import Edit, Look, Post, Repeat, Settle, plan
from storage.deliveries import Delivery, DeliveryKind

AT = datetime(2013, 2, 22, 9, tzinfo=UTC)
ANA = Author("UANA", "Ana")
ROOT, UPDATE, CLOSING = DeliveryKind.ROOT, DeliveryKind.UPDATE, DeliveryKind.CLOSING


def incident(*phases, revision=0):
    updates = tuple(
        Update(f"u{n}", n, phase, "…", ANA, AT, AT, {}, revision=n)
        for n, phase in enumerate(phases or (Phase.INVESTIGATING,), start=1)
    )
    return Incident(
        "i", 1, Kind.INCIDENT, "T", "C1", ANA, AT, AT, updates, revision=revision or len(updates)
    )


def retracted(one, number, revision):
    updates = tuple(
        replace(u, retracted_at=AT, revision=revision) if u.number == number else u
        for u in one.updates
    )
    return replace(one, updates=updates, revision=revision)


def shown(kind, update_id=None, version=99, **more):
    facts = {"channel": "C1", "ts": f"1.{update_id or 0}", "version": version, "attempt_at": AT}
    return Delivery(f"{kind.value}-{update_id}", "i", kind, update_id=update_id, **facts | more)


def what(step):
    """The step in short: its kind and which message."""
    one = step.delivery if isinstance(step, Settle) else step.wanted
    return type(step), one.kind, one.update_id


def play(one, deliveries=()):
    """Carry out the plan as if everything went well; every step it took."""
    stored, steps = {d.id: d for d in deliveries}, []
    while step := plan(one, list(stored.values())):
        steps.append(what(step))
        match step:
            case Post(wanted):
                done = shown(wanted.kind, wanted.update_id, wanted.version)
                key = f"{done.id}-{len(steps)}"
                stored[key] = replace(done, id=key)
            case Edit(wanted, delivery):
                stored[delivery.id] = replace(delivery, version=wanted.version)
            case Settle(delivery):
                stored[delivery.id] = replace(delivery, ts="9.9", version=0)
        assert len(steps) < 50
    return steps


def test_a_new_incident_is_a_root_and_then_its_update():
    assert play(incident()) == [(Post, ROOT, None), (Post, UPDATE, "u1")]


def test_updates_are_told_in_the_order_of_the_ledger_with_the_summary_at_the_end():
    told = play(incident(Phase.INVESTIGATING, Phase.MONITORING, Phase.RESOLVED))
    assert told == [
        (Post, ROOT, None),
        (Post, UPDATE, "u1"),
        (Post, UPDATE, "u2"),
        (Post, UPDATE, "u3"),
        (Post, CLOSING, "u3"),
    ]


def test_nothing_is_told_twice():
    assert plan(incident(), [shown(ROOT), shown(UPDATE, "u1")]) is None


def test_one_more_update_edits_the_root_and_posts_below_it():
    one = incident(Phase.INVESTIGATING, Phase.MONITORING)
    told = play(one, [shown(ROOT, version=1), shown(UPDATE, "u1", version=1)])
    assert told == [(Edit, ROOT, None), (Post, UPDATE, "u2")]


def test_an_unknown_outcome_is_settled_before_anything_else_of_the_incident():
    one = incident(Phase.INVESTIGATING, Phase.MONITORING)
    begun = shown(UPDATE, "u1", version=0, ts=None)
    assert what(plan(one, [shown(ROOT), begun])) == (Settle, UPDATE, "u1")


def test_a_root_of_unknown_outcome_is_settled_first():
    assert what(plan(incident(), [shown(ROOT, version=0, ts=None)])) == (Settle, ROOT, None)


def test_what_may_be_anywhere_is_looked_for_the_root_first_and_then_all_of_its_thread():
    one = incident(Phase.INVESTIGATING, Phase.RESOLVED)
    root = shown(ROOT, version=0, ts=None, channel="")
    keys = ((UPDATE, "u1"), (UPDATE, "u2"), (CLOSING, "u2"))
    thread = [shown(*key, version=0, ts=None, channel="") for key in keys]
    assert plan(one, [root, *thread]) == Look((root,))
    assert plan(one, [shown(ROOT), *thread]) == Look(tuple(thread))
    assert plan(one, [shown(ROOT), shown(*keys[0]), *thread[1:]]) == Look(tuple(thread[1:]))


def test_a_post_that_had_no_effect_is_sent_again_under_the_same_id():
    begun = shown(UPDATE, "u1", version=0, ts=None, attempt_at=None)
    step = plan(incident(), [shown(ROOT), begun])
    assert isinstance(step, Post)
    assert step.again == begun


def test_an_edit_in_doubt_is_made_again_after_all_that_is_new():
    one = incident(Phase.INVESTIGATING, Phase.MONITORING)
    doubtful = [shown(ROOT, version=1, edit_at=AT), shown(UPDATE, "u1", version=1, edit_at=AT)]
    assert what(plan(one, doubtful)) == (Edit, ROOT, None)
    doubtful[0] = replace(doubtful[0], version=2)
    assert what(plan(one, doubtful)) == (Post, UPDATE, "u2")
    doubtful.append(shown(UPDATE, "u2", version=2))
    assert what(plan(one, doubtful)) == (Repeat, ROOT, None)
    doubtful[0] = replace(doubtful[0], edit_at=None)
    assert what(plan(one, doubtful)) == (Repeat, UPDATE, "u1")
    doubtful[1] = replace(doubtful[1], deleted=True)
    assert plan(one, doubtful) is None


def test_an_edited_update_edits_its_message():
    one = incident(revision=5)
    one = replace(one, updates=(replace(one.updates[0], revision=5),))
    told = play(one, [shown(ROOT, version=1), shown(UPDATE, "u1", version=1)])
    assert told == [(Edit, ROOT, None), (Edit, UPDATE, "u1")]


def test_a_retracted_update_is_rewritten_and_never_posted_anew():
    one = retracted(incident(Phase.INVESTIGATING, Phase.MONITORING), 2, 3)
    assert play(one, [shown(ROOT, version=3), shown(UPDATE, "u1", version=1)]) == []
    both = [shown(ROOT, version=3), shown(UPDATE, "u1", 1), shown(UPDATE, "u2", 2)]
    assert play(one, both) == [(Edit, UPDATE, "u2")]


def test_a_retracted_update_of_unknown_outcome_is_still_settled():
    one = retracted(incident(Phase.INVESTIGATING, Phase.MONITORING), 2, 3)
    begun = shown(UPDATE, "u2", 0, ts=None)
    assert play(one, [shown(ROOT), shown(UPDATE, "u1"), begun]) == [
        (Settle, UPDATE, "u2"),
        (Edit, UPDATE, "u2"),
    ]


def test_reopening_corrects_the_summary_and_the_next_end_has_its_own():
    over = [shown(ROOT, version=2), shown(UPDATE, "u1", 1), shown(UPDATE, "u2", 2)]
    over.append(shown(CLOSING, "u2", version=2))
    phases = (Phase.INVESTIGATING, Phase.RESOLVED, Phase.INVESTIGATING, Phase.RESOLVED)
    assert play(incident(*phases[:3]), over) == [
        (Edit, ROOT, None),
        (Edit, CLOSING, "u2"),
        (Post, UPDATE, "u3"),
    ]
    assert play(incident(*phases), over)[-1] == (Post, CLOSING, "u4")


def test_an_incident_closed_and_reopened_before_anybody_looked_gets_no_false_summary():
    phases = (Phase.INVESTIGATING, Phase.RESOLVED, Phase.INVESTIGATING)
    assert CLOSING not in {kind for _, kind, _ in play(incident(*phases))}


def test_retracting_the_end_corrects_the_summary():
    one = retracted(incident(Phase.INVESTIGATING, Phase.RESOLVED), 2, 3)
    before = [shown(ROOT, version=3), shown(UPDATE, "u1", 1), shown(UPDATE, "u2", 2)]
    assert play(one, [*before, shown(CLOSING, "u2", 2)]) == [
        (Edit, UPDATE, "u2"),
        (Edit, CLOSING, "u2"),
    ]


def test_a_deleted_root_is_posted_again_and_the_old_updates_are_not():
    one = incident(Phase.INVESTIGATING, Phase.MONITORING)
    told = play(one, [shown(ROOT, deleted=True), shown(UPDATE, "u1")])
    assert told == [(Post, ROOT, None), (Post, UPDATE, "u2")]


def test_a_deleted_update_stays_deleted():
    assert play(incident(revision=7), [shown(ROOT), shown(UPDATE, "u1", 0, deleted=True)]) == []


def test_a_message_slack_refuses_is_passed_over_until_it_changes():
    refused = shown(UPDATE, "u1", 1, ts=None, attempt_at=None, error="invalid_blocks")
    one = incident(Phase.INVESTIGATING, Phase.MONITORING)
    assert what(plan(one, [shown(ROOT), refused])) == (Post, UPDATE, "u2")
    edited = replace(one, updates=(replace(one.updates[0], revision=9), one.updates[1]))
    assert what(plan(edited, [shown(ROOT), refused])) == (Post, UPDATE, "u1")


def test_without_a_root_there_is_no_thread():
    refused = shown(ROOT, version=1, ts=None, attempt_at=None, error="invalid_blocks")
    assert plan(incident(), [refused]) is None


PHASES = st.lists(
    st.sampled_from([Phase.INVESTIGATING, Phase.MONITORING, Phase.RESOLVED, Phase.POSTMORTEM]),
    min_size=1,
    max_size=6,
)


@given(PHASES, st.sets(st.integers(1, 6)))
def test_every_standing_update_is_posted_once_in_order_whatever_happened(phases, taken_back):
    one = incident(*phases)
    for revision, number in enumerate(sorted(taken_back, reverse=True), start=len(phases) + 1):
        one = retracted(one, number, revision)
    steps = play(one)
    posted = [update_id for step, kind, update_id in steps if (step, kind) == (Post, UPDATE)]
    assert posted == [update.id for update in one.standing]
    assert steps[0] == (Post, ROOT, None)
    closings = [update_id for _, kind, update_id in steps if kind is CLOSING]
    ended = not one.is_open and any(told.phase is Phase.RESOLVED for told in one.standing)
    assert len(closings) == ended
