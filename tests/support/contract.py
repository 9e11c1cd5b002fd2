"""The public API v2 of a published page: each file as its schema says, and all of them as one."""

from typing import Any

from jsonschema import Draft202012Validator

from tests.publish import schemas
from tests.support.published import Published

LISTS = {"incidents.json": "incidents", "scheduled-maintenances.json": "scheduled_maintenances"}


def valid(schema: schemas.Schema, value: Any) -> None:
    """Keys, their order, types, nulls and enumerations."""
    Draft202012Validator(schema).validate(value)
    assert schemas.keys_in_order(schema, value)


def keeps_the_contract(site: Published) -> None:
    """Every file of the API is valid."""
    for path, schema in schemas.DOCUMENTS.items():
        valid(schema, site.json(f"api/v2/{path}"))
    own = {path for path in site.paths() if path.startswith("api/v2/incidents/")}
    for path in own - {"api/v2/incidents/unresolved.json"}:
        if path.endswith(".json"):
            valid(schemas.ONE_INCIDENT, site.json(path))


def files_agree(site: Published) -> None:
    """What two files tell of is the same in both."""
    read = {path: site.json(f"api/v2/{path}") for path in schemas.DOCUMENTS}
    summary = read["summary.json"]
    assert all(each["page"] == summary["page"] for each in read.values())
    assert summary["status"] == read["status.json"]["status"]
    assert summary["components"] == read["components.json"]["components"]
    assert summary["incidents"] == read["incidents/unresolved.json"]["incidents"]
    upcoming = read["scheduled-maintenances/upcoming.json"]["scheduled_maintenances"]
    active = read["scheduled-maintenances/active.json"]["scheduled_maintenances"]
    by_id = {one["id"]: one for one in upcoming + active}
    assert {one["id"]: one for one in summary["scheduled_maintenances"]} == by_id
    for path, key in LISTS.items():
        for one in read[path][key]:
            assert site.json(f"api/v2/incidents/{one['id']}.json")["incident"] == one
    open_ones = [one for one in read["incidents.json"]["incidents"] if not one["resolved_at"]]
    assert open_ones == summary["incidents"]
