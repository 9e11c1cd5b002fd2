"""Which frozen view each template is given. Those whose names begin with _ are parts of others."""

from bot.core import badges, bars, feeds, views

VIEWS: dict[str, type] = {
    "home.html": views.HomePage,
    "incident.html": views.IncidentPage,
    "component.html": bars.ComponentPage,
    "month.html": views.MonthPage,
    "year.html": views.YearPage,
    "history.html": views.HistoryPage,
    "404.html": views.PlainPage,
    "history.atom": feeds.Feed,
    "history.rss": feeds.Feed,
    "updates.atom": feeds.UpdatesFeed,
    "component.atom": feeds.ComponentFeed,
    "badge.svg": badges.Badge,
    "sitemap.xml": views.HistoryPage,
    "robots.txt": views.PlainPage,
}

# What every template is given beside its view's fields.
SHARED = {
    "root": "The path that links begin with: / or the page's folder on its host",
    "zone": "The page's time zone",
    "language": "Of this document: the page's, but always en in what programs read",
    "dir": "Of writing: ltr or rtl",
    "style": "The stylesheet, to stand in <style>",
    "script": "The script, to stand in <script>",
    "csp": "The policy that lets in just these two",
}
