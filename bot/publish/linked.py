"""Incidents and maintenances as linked data (schema.org), for whoever reads pages by program."""

from typing import Any

from bot.core.page import Page
from bot.core.status import Kind
from bot.core.views import Post, Story
from bot.publish import addresses, times, words

_MOST = 110  # characters; search engines cut longer headlines


def linked(story: Story, page: Page) -> dict[str, Any]:
    """A live report that updates are added to, or for a maintenance an event with its window."""
    said = _event(story, page) if story.kind is Kind.MAINTENANCE else _report(story, page)
    return {"@context": "https://schema.org", **said, "url": addresses.incident(page.url, story.id)}


def _report(story: Story, page: Page) -> dict[str, Any]:
    begun = times.utc(story.started_at)
    ended = {"coverageEndTime": times.utc(story.ended_at)} if story.ended_at else {}
    return {
        "@type": "LiveBlogPosting",
        "headline": story.title[:_MOST],
        "inLanguage": page.language,
        "datePublished": begun,
        "dateModified": times.utc(max(post.edited_at or post.at for post in story.posts)),
        "author": _owner(page),
        "publisher": _owner(page),
        "coverageStartTime": begun,
        **ended,
        "liveBlogUpdate": [_update(post, page) for post in story.posts],
    }


def _update(post: Post, page: Page) -> dict[str, Any]:
    return {
        "@type": "BlogPosting",
        "headline": post.label,
        "datePublished": times.utc(post.at),
        "articleBody": words.plain(post.text),
        "url": f"{addresses.incident(page.url, post.incident_id)}#update-{post.id}",
    }


def _event(story: Story, page: Page) -> dict[str, Any]:
    begins = story.began_at or story.scheduled_for or story.started_at
    over = story.ended_at if story.began_at else None  # one that was called off keeps its plan
    ends = max(begins, over or story.scheduled_until or begins)
    window = {
        "startDate": times.utc(begins),
        "endDate": times.utc(ends),
    }
    status = "EventCancelled" if story.is_cancelled else "EventScheduled"
    return {
        "@type": "Event",
        "name": story.title,
        "description": words.plain(story.posts[0].text),
        **window,
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": page.url},
        "organizer": _owner(page),
    }


def _owner(page: Page) -> dict[str, Any]:
    return {"@type": "Organization", "name": page.name, "url": page.url}
