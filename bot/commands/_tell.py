"""How incidents and times are told to responders, in Slack's own markup."""

from datetime import datetime, tzinfo

from bot.core.incident import Incident
from bot.core.page import Page
from bot.core.text import escape_slack


def line(incident: Incident, zone: tzinfo) -> str:
    """One incident in one line: its number, title, phase, impact, and since when."""
    return (
        f"*#{incident.number}* {escape_slack(incident.title)}: {incident.phase.label}, "
        f"{incident.impact.value} impact, since {moment(incident.started_at, zone)}"
    )


def moment(when: datetime, zone: tzinfo) -> str:
    """A time in the page's zone, to the minute."""
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def permalink(page: Page, incident: Incident) -> str:
    return f"{page.url}incidents/{incident.id}/"
