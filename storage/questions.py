"""Every question to the ledger, as a statement. Built once: building costs more than asking."""

from sqlalchemy import Integer, and_, bindparam, exists, false, func, or_, select, true

from bot.core.status import Phase
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
# Of the few that are open: maintenances whose window has begun, or ended, without their saying so.
# Incidents have no window; asking for the kind would lead SQLite away from the index of open ones.
OVERDUE = _INCIDENTS.where(
    incident.c.is_open == true(),
    or_(
        and_(
            incident.c.phase == Phase.SCHEDULED.value, incident.c.scheduled_for <= bindparam("now")
        ),
        incident.c.scheduled_until <= bindparam("now"),
    ),
)
BY_NUMBER = _INCIDENTS.where(incident.c.number == bindparam("number"))
BY_ID = _INCIDENTS.where(incident.c.id == bindparam("id"))
NEWEST = (
    _INCIDENTS.where(
        incident.c.kind == bindparam("kind"), incident.c.is_withdrawn == bindparam("withdrawn")
    )
    .order_by(*_NEWEST_FIRST)
    .limit(_LIMIT)
)
LATEST_SHOWN = _INCIDENTS.order_by(incident.c.shown_at.desc(), incident.c.number.desc()).limit(
    _LIMIT
)
LAST_CHANGED_AT = select(incident.c.updated_at).order_by(incident.c.revision.desc()).limit(1)
_CHANGED = _INCIDENTS.where(
    incident.c.kind == bindparam("kind"), incident.c.is_withdrawn == false()
)
CHANGED_LAST = _CHANGED.order_by(incident.c.revision.desc()).limit(_LIMIT)
CLOSED_LAST = (
    _CHANGED.where(incident.c.is_open == false()).order_by(incident.c.revision.desc()).limit(_LIMIT)
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

LATEST_UPDATES = (
    select(update.c.id, update.c.incident_id)
    .where(_STANDING)
    .order_by(update.c.display_at.desc(), update.c.created_at.desc(), update.c.id)
    .limit(_LIMIT)
)
# Whoever asks has the open ones already, of which some were silent for long.
SHOWN_SINCE = _INCIDENTS.where(
    incident.c.shown_at >= bindparam("start"), incident.c.is_withdrawn == false()
).order_by(*_NEWEST_FIRST)
_EVER_NAMED = (
    select(update.c.id)
    .join(impact, impact.c.update_id == update.c.id)
    .where(
        update.c.incident_id == incident.c.id,
        impact.c.component_id == bindparam("component"),
    )
)
_NAMES = _EVER_NAMED.where(_STANDING)
NAMING_SINCE = SHOWN_SINCE.where(exists(_NAMES))
NAMED_LAST = LATEST_SHOWN.where(incident.c.shown_at >= bindparam("start"), exists(_EVER_NAMED))
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
TOLD_AT = select(change.c.at).where(change.c.revision == bindparam("revision"))
KNOWS = select(change.c.revision).where(
    or_(
        and_(change.c.revision == bindparam("revision"), change.c.id == bindparam("id")),
        change.c.key == bindparam("key"),
    )
)
HOW_OFTEN = select(func.count()).where(
    change.c.what == bindparam("what"), change.c.at > bindparam("since")
)
OWNERS = select(update.c.id, update.c.incident_id).where(
    update.c.id.in_(bindparam("ids", expanding=True))
)
TOLD_AFTER = select(func.min(change.c.at)).where(change.c.revision > bindparam("revision"))
CHANGE_ID = select(change.c.id).where(change.c.revision == bindparam("revision"))
