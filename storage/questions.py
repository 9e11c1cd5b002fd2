"""Every question to the ledger, as a statement. Built once: building costs more than asking."""

from sqlalchemy import Integer, bindparam, false, func, select, true

from bot.core.status import Kind, Phase
from storage.schema import change, component, incident, page
from storage.schema import component_impact as impact
from storage.schema import incident_update as update

_STANDING = update.c.retracted_at.is_(None)
_NEWEST_FIRST = (incident.c.started_at.desc(), incident.c.number.desc())
_INCIDENTS = select(incident)
_LIMIT = bindparam("limit", type_=Integer)

PAGE = select(page)
PAGE_LOCKED = PAGE.with_for_update()
HAS_PAGE = select(page.c.row)
COMPONENTS = select(component).order_by(component.c.position)

OPEN = _INCIDENTS.where(incident.c.is_open == true()).order_by(*_NEWEST_FIRST)
BY_NUMBER = _INCIDENTS.where(incident.c.number == bindparam("number"))
BY_ID = _INCIDENTS.where(incident.c.id == bindparam("id"))
NEWEST = (
    _INCIDENTS.where(incident.c.kind == bindparam("kind"), incident.c.is_withdrawn == false())
    .order_by(*_NEWEST_FIRST)
    .limit(_LIMIT)
)
LATEST_SHOWN = _INCIDENTS.order_by(incident.c.shown_at.desc(), incident.c.number.desc()).limit(
    _LIMIT
)
_CHANGED = _INCIDENTS.where(
    incident.c.kind == Kind.INCIDENT.value, incident.c.is_withdrawn == false()
)
CHANGED_LAST = _CHANGED.order_by(incident.c.revision.desc()).limit(_LIMIT)
CLOSED_LAST = (
    _CHANGED.where(incident.c.phase == Phase.RESOLVED.value)
    .order_by(incident.c.revision.desc())
    .limit(_LIMIT)
)
AFTER_NUMBER = (
    _INCIDENTS.where(incident.c.number > bindparam("number"))
    .order_by(incident.c.number)
    .limit(_LIMIT)
)
ALL_OF = _INCIDENTS.where(incident.c.id.in_(bindparam("ids", expanding=True))).order_by(
    *_NEWEST_FIRST
)
COUNT = select(func.count()).select_from(incident)

# A row for each component that an update names, or a single one.
_UPDATES = select(update, impact.c.component_id, impact.c.status).outerjoin(
    impact, impact.c.update_id == update.c.id
)
_AS_TOLD = (update.c.incident_id, update.c.number, impact.c.position)
UPDATES = _UPDATES.where(update.c.incident_id.in_(bindparam("ids", expanding=True))).order_by(
    *_AS_TOLD
)
UPDATES_OF_ONE = _UPDATES.where(update.c.incident_id == bindparam("id")).order_by(*_AS_TOLD)

SHOWN_BETWEEN = select(update.c.incident_id).where(
    _STANDING, update.c.display_at >= bindparam("start"), update.c.display_at < bindparam("end")
)
LAST_SHOWN_BEFORE = select(func.max(update.c.display_at)).where(
    _STANDING, update.c.display_at < bindparam("moment")
)
FIRST_SHOWN_FROM = select(func.min(update.c.display_at)).where(
    _STANDING, update.c.display_at >= bindparam("moment")
)

CHANGES_SINCE = select(change).where(change.c.revision > bindparam("since"))
CHANGE_ID = select(change.c.id).where(change.c.revision == bindparam("revision"))
