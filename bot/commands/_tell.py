"""How incidents and times are told to responders, in Slack's own markup."""

from datetime import datetime, tzinfo

from bot.core.incident import Incident
from bot.core.maintenance import window
from bot.core.page import Page
from bot.core.status import Kind
from bot.core.text import escape_slack


def line(incident: Incident, zone: tzinfo) -> str:
    """One incident in one line: number, title, phase, impact, since when; or planned for when."""
    said = f"*#{incident.number}* {escape_slack(incident.title)}: {incident.state}"
    if incident.kind is Kind.MAINTENANCE:
        begins, ends = (moment(edge, zone) for edge in window(incident))
        return f"{said}, planned from {begins} to {ends}"
    return f"{said}, {incident.impact.value} impact, since {moment(incident.started_at, zone)}"


def moment(when: datetime, zone: tzinfo) -> str:
    """A time in the page's zone, to the minute."""
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def permalink(page: Page, incident: Incident) -> str:
    return f"{page.url}incidents/{incident.id}/"
