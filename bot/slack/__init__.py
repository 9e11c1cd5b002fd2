"""Slack: hearing commands, telling the channel, and answering their authors."""
