"""The local Slack's own page, at /sandbox/."""
