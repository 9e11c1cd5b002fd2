"""Ledgers with everything in them that a ledger can hold, whatever the words."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from bot.core.incident import Incident
from bot.core.page import PageLink
from bot.core.status import ComponentStatus, Impact, Phase
from storage.database import Database
from storage.deliveries import Delivery, DeliveryKind
from storage.ledger import SlackIdentity
from storage.publications import Publication, Published
from storage.requests import Request
from tests.support.telling import (
    COMPONENTS,
    NOON,
    a_component,
    cause,
    edit,
    open_incident,
    retract,
    tell,
)

# Whatever both databases can hold: any character but NUL, and no half of a surrogate pair.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
statuses = st.dictionaries(
    st.sampled_from(COMPONENTS), st.sampled_from(ComponentStatus), max_size=3
)
_told = st.fixed_dictionaries(
    {
        "title": texts,
        "texts": st.lists(texts, min_size=1, max_size=4),
        "statuses": statuses,
        "impact": st.none() | st.sampled_from(Impact),
        "ends": st.sampled_from(["open", "resolved", "edited", "retracted"]),
        "minutes": st.integers(0, 100_000),
        "microseconds": st.integers(0, 999_999),
    }
)
stories = st.lists(_told, max_size=4)
HOSTILE = (
    '<script>alert("1")</script>',
    "\u202eright to left\u2066",
    'Robert"); DROP TABLE change;--',
    "a\u2028b\u2029c\x85d\r\n\x1b[31m",
    "😀 \ufeff e\u0301 \uffff \U0010ffff",
    '{"end":{"lines":1}}\n{"end":',
    "=cmd|' /C calc'!A0",
)

STORY = [
    {
        "title": text,
        "texts": [text, "More of it."],
        "statuses": {"www": ComponentStatus.MAJOR_OUTAGE},
        "impact": None,
        "ends": end,
        "minutes": number * 1000,
        "microseconds": number,
    }
    for number, (text, end) in enumerate(
        zip(HOSTILE, ["open", "resolved", "edited", "retracted"] * 2, strict=False)
    )
]


def tell_story(database: Database, story: list[dict[str, Any]]) -> None:
    """Tell it to a new ledger, with what Slack and the targets have seen of it."""
    with database.telling(cause("components")) as ledger:
        group = a_component("group-" + "z" * len(story), 90, ledger.at, is_group=True)
        ledger.add_component(group)
        ledger.add_component(a_component("aa", 91, ledger.at, group=group.id))
        ledger.configure(links=(PageLink("دعم", "https://help.example.com/"),), ducks=False)
    for told in story:
        _keep_books(database, _incident(database, told), told)


def _incident(database: Database, told: dict[str, Any]) -> Incident:
    at = NOON + timedelta(minutes=told["minutes"], microseconds=told["microseconds"])
    first, *more = told["texts"]
    incident = open_incident(
        database,
        told["title"],
        text=first,
        at=at,
        statuses=told["statuses"],
        impact=told["impact"],
    )
    for text in more:
        incident = tell(database, incident.number, Phase.MONITORING, text=text, at=at)
    match told["ends"]:
        case "resolved":
            return tell(database, incident.number, Phase.RESOLVED, at=at)
        case "edited":
            return edit(database, incident.number, first, at=at)
        case "retracted":
            return retract(database, incident.number, at=at)
    return incident


def _keep_books(database: Database, incident: Incident, told: dict[str, Any]) -> None:
    title, at = told["title"], incident.updated_at
    delivery = Delivery(incident.id, incident.id, DeliveryKind.ROOT, "C0INCIDENTS", ts="1.2")
    url = f"https://hooks.example.com/secret/{incident.number}"
    request = Request(
        f"{title}:{incident.number}", title, "U0ANA", "C0", at, {"text": title}, None, url
    )
    with database.write() as ledger:
        ledger.remember_slack(SlackIdentity("T1", "A1", "U0BOT"))
        ledger.deliveries.save(delivery)
        ledger.deliveries.save(
            Delivery(
                incident.updates[0].id,
                incident.id,
                DeliveryKind.UPDATE,
                "C0",
                incident.updates[0].id,
                attempt_at=at,
            )
        )
        ledger.deliveries.told(incident.number, incident.revision)
        ledger.requests.add(request)
        ledger.publications.save(
            Publication(f"file:///{incident.number}", 1, "c" * 12, at, at, title)
        )
        ledger.publications.put("s3://b", [Published(f"{incident.id}/{title}", "d", 1, title)])
