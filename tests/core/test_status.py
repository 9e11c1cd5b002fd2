"""The roll-up: what the page says in one line, and that it can never say less than what is so."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.status import (
    ALL_OPERATIONAL,
    ComponentStatus,
    Impact,
    Indicator,
    banner,
    banner_of,
    status_of,
)

OK, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = ComponentStatus
leaves = st.lists(st.sampled_from(ComponentStatus), max_size=8)
impacts = st.lists(st.none() | st.sampled_from(Impact), max_size=4)

WHEN = {
    ALL_OPERATIONAL.description: [[], [OK], [OK, OK]],
    "Service Under Maintenance": [[MAINTENANCE], [OK, MAINTENANCE], [MAINTENANCE, MAINTENANCE]],
    "Partially Degraded Service": [[DEGRADED], [OK, DEGRADED], [DEGRADED, MAINTENANCE]],
    "Degraded System Service": [[DEGRADED, DEGRADED]],
    "Minor Service Outage": [[OK, PARTIAL], [DEGRADED, PARTIAL]],
    "Partial System Outage": [[PARTIAL], [PARTIAL, PARTIAL], [OK, MAJOR], [PARTIAL, MAJOR]],
    "Major System Outage": [[MAJOR], [MAJOR, MAJOR]],
}


def test_the_leaves_make_the_banner_that_statuspage_documents():
    for description, states in WHEN.items():
        assert {banner_of(state).description for state in states} == {description}


def test_an_open_incident_that_names_nothing_is_a_minor_outage():
    assert banner([OK, OK], [None]).description == "Minor Service Outage"
    assert banner([MAINTENANCE], [None]).description == "Minor Service Outage"


def test_an_impact_set_by_hand_raises_the_banner_and_never_lowers_it():
    assert banner([OK, DEGRADED], [Impact.MAJOR]).description == "Partial System Outage"
    assert banner([OK], [Impact.CRITICAL]).description == "Major System Outage"
    assert banner([MAJOR, OK], [Impact.MINOR]).description == "Partial System Outage"
    assert banner([OK], [Impact.NONE]).description == "Minor Service Outage"


def test_a_computed_impact_does_not_raise_the_banner():
    assert banner([OK, DEGRADED], [None, None]).description == "Partially Degraded Service"


@given(leaves, impacts)
def test_no_state_is_green_while_an_incident_is_open(states, by_hand):
    said = banner(states, by_hand)
    assert said.indicator is not Indicator.NONE or not by_hand


@given(leaves, impacts)
def test_the_banner_never_says_less_than_the_leaves(states, by_hand):
    assert banner(states, by_hand).indicator >= banner_of(states).indicator


@given(leaves, impacts)
def test_the_order_of_components_and_incidents_does_not_matter(states, by_hand):
    assert banner(states, by_hand) == banner(states[::-1], by_hand[::-1])


@given(leaves, st.integers(0, 7), impacts)
def test_a_component_that_gets_worse_never_makes_the_banner_milder(states, index, by_hand):
    worse = [MAJOR if at == index else status for at, status in enumerate(states)]
    assert banner(worse, by_hand).indicator >= banner(states, by_hand).indicator


def test_a_page_without_components_is_one_component_with_the_banners_severity():
    for indicator in Indicator:
        assert banner_of([status_of(indicator)]).indicator is indicator


def test_impact_is_what_the_worst_status_means():
    assert Impact.of([]) is Impact.MINOR
    assert Impact.of([MAINTENANCE, OK]) is Impact.MINOR
    assert Impact.of([DEGRADED]) is Impact.MINOR
    assert Impact.of([DEGRADED, PARTIAL]) is Impact.MAJOR
    assert Impact.of([MAJOR]) is Impact.CRITICAL
