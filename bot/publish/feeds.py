"""What feeds show of a snapshot. Their shapes: statuspage's for histories, ours for updates."""

from collections.abc import Iterable
from datetime import timedelta

from bot.core import shown
from bot.core.feeds import ComponentFeed, Entry, Feed, Told, UpdatesFeed
from bot.core.incident import Incident
from bot.publish.site import Site

ENTRIES = 25
UPDATES = 50
REACH = timedelta(days=730)  # of a component's feed: as long as its page


def history(site: Site, _key: str = "") -> Feed:
    """One entry per incident or maintenance."""
    entries = entries_of(site, site.latest_shown(ENTRIES))
    return Feed(site.page, site.changed_at, entries)


def component(site: Site, slug: str) -> ComponentFeed:
    """One entry per incident or maintenance that names it, or did before that was retracted."""
    one = site.component(slug)
    named = site.named_last(one.id, site.as_of - REACH, ENTRIES)
    entries = entries_of(site, named)[:ENTRIES]
    latest = max((one.updated_at, *(each.changed_at for each in entries)))
    return ComponentFeed(site.page, slug, site.names[one.id], latest, entries)


def entries_of(site: Site, incidents: Iterable[Incident]) -> tuple[Entry, ...]:
    """Entries, the latest told of first."""
    told = sorted(
        ((shown.as_shown(one).shown_at, one.number, one) for one in incidents),
        key=lambda each: each[:2],
        reverse=True,
    )
    return tuple(Entry(shown.story(one, site.names), at, one.updated_at) for at, _, one in told)


def updates(site: Site, _key: str = "") -> UpdatesFeed:
    """One entry per standing update, and one for each report that was withdrawn since."""
    told = [_told(site, one, update) for one, update in site.latest_updates(UPDATES)]
    told += [_withdrawal(site, one) for one in site.latest_shown(ENTRIES) if one.is_withdrawn]
    told.sort(key=lambda one: (one.post.at, one.post.told_at, one.key), reverse=True)
    entries = tuple(told[:UPDATES])
    return UpdatesFeed(site.page, site.changed_at, entries)


def _told(site: Site, incident: Incident, update_id: str) -> Told:
    update = next(one for one in incident.standing if one.id == update_id)
    post = shown.post(incident, update, site.names)
    return Told(f"Update/{update.id}", incident.title, post, incident.renamed_at)


def _withdrawal(site: Site, incident: Incident) -> Told:
    """Who has read the report is told that there was nothing to it."""
    story = shown.story(incident, site.names)
    return Told(f"Withdrawn/{incident.id}", story.title, story.posts[0])
