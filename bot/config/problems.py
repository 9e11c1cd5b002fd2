"""What is wrong with settings, as people are told it."""

from dataclasses import dataclass

from bot.core.errors import Refusal


@dataclass(frozen=True)
class Problem:
    """One setting that cannot be used, and what to do."""

    setting: str
    problem: str
    remedy: str


HTTP_IS_MISSING = Problem(
    "SLACK_SIGNING_SECRET",
    "it is not set, so Slack cannot reach the bot.",
    "Copy it from the app's page, under Basic Information, App Credentials.",
)
BOTH_ARE_MISSING = Problem(
    "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET",
    "neither is set, so Slack cannot reach the bot.",
    "Set the app token (Socket Mode, needs no public address) or the signing secret (HTTP).",
)


class SettingsError(Refusal):
    """Settings that cannot be used: every problem with its remedy."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = [f"  {each.setting}: {each.problem}\n    {each.remedy}" for each in problems]
        super().__init__("These settings need attention:\n" + "\n".join(lines))
        self.problems = tuple(problems)
