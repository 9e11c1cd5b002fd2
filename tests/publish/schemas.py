"""The public API v2 as JSON schemas, from the contract: keys, order, types, nulls, enumerations."""

from typing import Any

Schema = dict[str, Any]

STAMP = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$",
}
ID = {"type": "string", "pattern": "^[a-z0-9]{12}$"}
TEXT = {"type": "string", "minLength": 1}
BOOL = {"type": "boolean"}
NULL = {"type": "null"}
INDICATORS = ["none", "maintenance", "minor", "major", "critical"]
DESCRIPTIONS = [
    "All Systems Operational",
    "Service Under Maintenance",
    "Partially Degraded Service",
    "Degraded System Service",
    "Minor Service Outage",
    "Partial System Outage",
    "Major System Outage",
]
STATUSES = [
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
]
INCIDENT_PHASES = ["investigating", "identified", "monitoring", "resolved", "postmortem"]
MAINTENANCE_PHASES = ["scheduled", "in_progress", "verifying", "completed"]
IMPACTS = ["none", "minor", "major", "critical"]


def exactly(**properties: Schema) -> Schema:
    """An object with these keys and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def one_of(values: list[str]) -> Schema:
    return {"enum": values}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, NULL]}


def several(schema: Schema, at_least: int = 0) -> Schema:
    return {"type": "array", "items": schema, "minItems": at_least}


PAGE = exactly(
    id=ID,
    name=TEXT,
    url={"type": "string", "pattern": "^https?://.*[^/]$"},
    time_zone=TEXT,
    updated_at=STAMP,
)
STATUS = exactly(indicator=one_of(INDICATORS), description=one_of(DESCRIPTIONS))
_COMPONENT: dict[str, Schema] = {
    "id": ID,
    "name": TEXT,
    "status": one_of(STATUSES),
    "created_at": STAMP,
    "updated_at": STAMP,
    "position": {"type": "integer", "minimum": 1},
    "description": or_null(TEXT),
    "showcase": BOOL,
    "start_date": or_null({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}),
    "group_id": or_null(ID),
    "page_id": ID,
}
LEAF = exactly(**_COMPONENT, group={"const": False}, only_show_if_degraded=BOOL)
GROUP = exactly(
    **_COMPONENT,
    group={"const": True},
    only_show_if_degraded=BOOL,
    components=several(ID, at_least=1),
)
COMPONENTS = several({"anyOf": [LEAF, GROUP]}, at_least=1)
AFFECTED = exactly(code=ID, name=TEXT, old_status=one_of(STATUSES), new_status=one_of(STATUSES))


def update(phases: list[str]) -> Schema:
    return exactly(
        id=ID,
        status=one_of(phases),
        body=TEXT,
        incident_id=ID,
        created_at=STAMP,
        updated_at=STAMP,
        display_at=STAMP,
        affected_components=or_null(several(AFFECTED, at_least=1)),
        deliver_notifications=BOOL,
        custom_tweet=NULL,
        tweet_id=NULL,
    )


def incident(phases: list[str], impacts: list[str], **window: Schema) -> Schema:
    return exactly(
        id=ID,
        name=TEXT,
        status=one_of(phases),
        created_at=STAMP,
        updated_at=STAMP,
        monitoring_at=or_null(STAMP),
        resolved_at=or_null(STAMP),
        impact=one_of(impacts),
        shortlink={"type": "string", "pattern": "^https?://.*/incidents/[a-z0-9]{12}/$"},
        started_at=STAMP,
        page_id=ID,
        incident_updates=several(update(phases), at_least=1),
        components=several(LEAF),
        reminder_intervals=NULL,
        **window,
        duckrow=exactly(
            number={"type": "integer", "minimum": 1}, revision={"type": "integer", "minimum": 1}
        ),
    )


INCIDENT = incident(INCIDENT_PHASES, IMPACTS)
MAINTENANCE = incident(
    MAINTENANCE_PHASES, ["maintenance"], scheduled_for=STAMP, scheduled_until=STAMP
)
MAINTENANCES = exactly(page=PAGE, scheduled_maintenances=several(MAINTENANCE))

DOCUMENTS = {
    "summary.json": exactly(
        page=PAGE,
        components=COMPONENTS,
        incidents=several(incident(INCIDENT_PHASES[:3], IMPACTS)),
        scheduled_maintenances=several(MAINTENANCE),
        status=STATUS,
    ),
    "status.json": exactly(page=PAGE, status=STATUS),
    "components.json": exactly(page=PAGE, components=COMPONENTS),
    "incidents.json": exactly(page=PAGE, incidents=several(INCIDENT)),
    "incidents/unresolved.json": exactly(
        page=PAGE, incidents=several(incident(INCIDENT_PHASES[:3], IMPACTS))
    ),
    "scheduled-maintenances.json": MAINTENANCES,
    "scheduled-maintenances/upcoming.json": MAINTENANCES,
    "scheduled-maintenances/active.json": MAINTENANCES,
}
# Our own, as docs/api.md tells it.
DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
PERCENT = or_null({"type": "number", "minimum": 0, "maximum": 100})
SECONDS = {"type": "integer", "minimum": 0}
BAD_DAY = exactly(
    date=DATE,
    major_outage_seconds=SECONDS,
    partial_outage_seconds=SECONDS,
    degraded_performance_seconds=SECONDS,
    under_maintenance_seconds=SECONDS,
    related_incidents=several(exactly(id=ID, name=TEXT), at_least=1),
)
UPTIME = exactly(
    page=PAGE,
    **{"from": DATE},
    to=DATE,
    components=several(
        exactly(
            id=ID,
            name=TEXT,
            group_id=or_null(ID),
            uptime_percent=PERCENT,
            counted_seconds=SECONDS,
            known_from=or_null(DATE),
            days=several(BAD_DAY),
        )
    ),
    groups=several(
        exactly(id=ID, name=TEXT, uptime_percent=PERCENT, components=several(ID, at_least=1))
    ),
)
ONE_INCIDENT = exactly(page=PAGE, incident={"anyOf": [INCIDENT, MAINTENANCE]})


def keys_in_order(schema: Schema, value: Any) -> bool:
    """True when the keys of the value, all the way down, stand in the schema's order."""
    forms: list[Schema] = schema.get("anyOf", [schema])
    if isinstance(value, list):
        items = next(each["items"] for each in forms if "items" in each)
        return all(keys_in_order(items, one) for one in value)
    if not isinstance(value, dict):
        return True
    fitting = [each for each in forms if "properties" in each]
    return any(
        list(each["properties"]) == list(value)
        and all(keys_in_order(each["properties"][key], inner) for key, inner in value.items())
        for each in fitting
    )
