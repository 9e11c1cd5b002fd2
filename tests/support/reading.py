"""What people see: the page as a browser fetches it, and what only one person is told."""

import urllib.error
import urllib.request

from bot.sandbox import Sandbox


def page(slack: Sandbox, path: str = "") -> str:
    """A published document's text; nothing when it is not there yet."""
    try:
        with urllib.request.urlopen(f"{slack.url}/{path}") as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        error.close()
        return ""


def told(slack: Sandbox, person: str, words: str) -> str:
    """The last thing only this person was told that holds these words; nothing before that."""
    said = [message.text for message in slack.ephemerals(person) if words in message.text]
    return said[-1] if said else ""
