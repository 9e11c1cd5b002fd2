import re
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.core.grammar import (
    STATUS_WORDS,
    Arg,
    Command,
    Vocabulary,
    help_one,
    help_text,
    read,
    reference,
    split,
    suggest,
    usage,
)
from bot.core.status import ComponentStatus, Impact
from bot.core.text import clean, escape_slack, to_plain

OK = ComponentStatus.OPERATIONAL
SLOW = ComponentStatus.DEGRADED_PERFORMANCE
PARTIAL = ComponentStatus.PARTIAL_OUTAGE
DOWN = ComponentStatus.MAJOR_OUTAGE
UPKEEP = ComponentStatus.UNDER_MAINTENANCE

INCIDENT = Arg("incident", "incident", "the incident's number")
COMPONENTS = Arg("components", "components", "what is wrong where")
IMPACT = Arg("impact", "impact", "how bad it is")
AT = Arg("at", "at", "when it happened")
TITLE = Arg("title", "title", "the title", required=True)
TEXT = Arg("text", "text", "what readers will see: a | b", required=True)
WORD = Arg("subcommand", "subcommand", "the subcommand to explain")


KNOWN = "Components: www, class, course-explorer, r-and-d, caf\u00e9."
STATUSES = "Statuses: ok, degraded, partial, down, maintenance."
AS_TEXT = "If it is text, put -- before it."


def command(name, *args, example="", aliases=(), writes=True):
    example = example or f"{name} x"
    return Command(name, f"say {name} & more", args, example, print, aliases=aliases, writes=writes)


OPEN = command("open", COMPONENTS, IMPACT, AT, TITLE, TEXT, example="open www=down Title | Text")
UPDATE = command("update", INCIDENT, COMPONENTS, IMPACT, AT, TEXT, example="update #12 Better.")
RESOLVE = command("resolve", INCIDENT, AT, TEXT, aliases=("resolved", "fixed"))
RENAME = command("rename", INCIDENT, TITLE)
RETRACT = command("retract", INCIDENT)
LIST = command("list", writes=False)
HELP = command("help", WORD, aliases=("?",), writes=False)
COMMANDS = (OPEN, UPDATE, RESOLVE, RENAME, RETRACT, LIST, HELP)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2013, 2, 22, 9, 30, tzinfo=UTC)  # 10:30 in Berlin
NAMES = {
    "www": "Home page",
    "class": "Class",
    "course-explorer": "Course Explorer",
    "r-and-d": "R&D",
    "caf\u00e9": "a.example",
}
PAGE = Vocabulary(NAMES, BERLIN, NOW, "/incident")


def told(line, page=PAGE):
    found, rest = split(line, COMMANDS)
    values = read(found, rest, page)
    return {name: value for name, value in values.items() if value}


def refused(line, page=PAGE):
    with pytest.raises(Refusal) as refusal:
        told(line, page)
    return refusal.value


# Which subcommand


@pytest.mark.parametrize(
    ("line", "found", "rest"),
    [
        ("update #1 x", UPDATE, " #1 x"),
        ("  UPDATE x ", UPDATE, " x"),
        ("Fixed all well", RESOLVE, " all well"),
        ("update\r\nx", UPDATE, "\nx"),
        ("? open", HELP, " open"),
        ("list", LIST, ""),
        ("", HELP, ""),
        (" \n ", HELP, ""),
    ],
)
def test_a_line_begins_with_its_subcommand(line, found, rest):
    assert split(line, COMMANDS) == (found, rest)


def test_a_near_miss_is_asked_about_and_changes_nothing():
    refusal = refused("updte www=down x")
    assert refusal.problem == 'there is no command "updte".'
    assert refusal.remedy == "Did you mean update?"
    assert refused("resolvd x").remedy == "Did you mean resolve?"


def test_an_unknown_command_is_answered_with_those_there_are():
    refusal = refused("#12 &lt;b&gt;")
    assert refusal.problem == 'there is no command "#12".'
    assert refusal.remedy == "Commands: open, update, resolve, rename, retract, list, help."
    assert len(refused("z" * 40_000).problem) < 80
    assert refused("&lt;b&gt;").problem == 'there is no command "<b>".'


def test_a_suggestion_is_close_or_is_not_made():
    assert suggest("WWWW", ["class", "www"]) == "www"
    assert suggest("quack", ["class", "www"]) is None
    assert suggest("", ["class"]) is None
    assert suggest("w" * 41, ["w" * 40]) is None


# Arguments before the text


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("update We look.", {"text": "We look."}),
        ("update #12 We look.", {"incident": 12, "text": "We look."}),
        ("update <#C12|12> We look.", {"incident": 12, "text": "We look."}),
        ("update 12 ducks", {"text": "12 ducks"}),
        ("update #1-priority", {"text": "#1-priority"}),
        ("update see #12", {"text": "see #12"}),
        ("update -- #12 is back", {"text": "#12 is back"}),
        ("update \u2014 #12 is back", {"text": "#12 is back"}),
        ("update\n#12 is back", {"text": "#12 is back"}),
        ("update www=down\nclass=slow", {"components": {"www": DOWN}, "text": "class=slow"}),
        (
            "update #3 www=down class=SLOW impact=Major x\ny",
            {
                "incident": 3,
                "components": {"www": DOWN, "class": SLOW},
                "impact": Impact.MAJOR,
                "text": "x\ny",
            },
        ),
        ("update www=down -- class=slow", {"components": {"www": DOWN}, "text": "class=slow"}),
        ("update www=down is it", {"components": {"www": DOWN}, "text": "is it"}),
        ("update is www=down", {"text": "is www=down"}),
        ("update --flag is wrong", {"text": "--flag is wrong"}),
        ("update x=5 and y=7", {"text": "x=5 and y=7"}),
        ("update https://a.example/?x=down", {"text": "https://a.example/?x=down"}),
        ("update = x", {"text": "= x"}),
        ("update “quoted” words", {"text": "“quoted” words"}),
        ("rename #3 New &amp; *old* title", {"incident": 3, "title": "New & old title"}),
        ("retract #3", {"incident": 3}),
        ("retract", {}),
        ("list", {}),
        ("help", {}),
        ("help open", {"subcommand": "open"}),
    ],
)
def test_arguments_stand_before_the_text_and_end_at_the_first_word_that_is_none(line, values):
    assert told(line) == values


@pytest.mark.parametrize(
    "name",
    [
        "course-explorer",
        "COURSE-explorer",
        '"course explorer"',
        "“Course Explorer”",
        "„course  explorer“",
        '" Course Explorer "',
        '"course explorer" ',
        "“course explorer”  ",
    ],
)
def test_a_component_goes_by_its_short_name_or_its_quoted_public_name(name):
    assert told(f"update {name}=slow x")["components"] == {"course-explorer": SLOW}


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ('"R&amp;D"', "r-and-d"),
        ("R&amp;D", "r-and-d"),
        ("<http://a.example|a.example>", "caf\u00e9"),
        ('"<http://a.example|a.example>"', "caf\u00e9"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_a_component_is_known_however_slack_or_a_keyboard_encodes_it(typed, slug):
    assert told(f"update {typed}=slow x")["components"] == {slug: SLOW}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("ok up operational", OK),
        ("degraded slow degraded_performance", SLOW),
        ("partial partial_outage", PARTIAL),
        ("down outage major major_outage", DOWN),
        ("maintenance under_maintenance", UPKEEP),
    ],
)
def test_plain_words_are_statuses(words, status):
    assert " ".join(STATUS_WORDS[status]) == words
    for word in words.split():
        assert told(f"update www={word} x")["components"] == {"www": status}
    assert told('update www="Major outage" x')["components"] == {"www": DOWN}


@pytest.mark.parametrize(
    ("line", "problem", "remedy"),
    [
        (
            "update wwww=down x",
            'there is no component "wwww".',
            f"Did you mean www? {KNOWN}",
        ),
        (
            'update "home pages"=down x',
            'there is no component "home pages".',
            f"Did you mean www? {KNOWN}",
        ),
        (
            "update impct=major x",
            'there is no component "impct".',
            f"Did you mean impact? {KNOWN}",
        ),
        (
            "update zzz=down x",
            'there is no component "zzz".',
            KNOWN,
        ),
        (
            "update \u0461\u0461\u0461=down x",
            'there is no component "\u0461\u0461\u0461".',
            KNOWN,
        ),
        (
            "update zzz=dwn x",
            'there is no component "zzz".',
            f"{KNOWN} {AS_TEXT}",
        ),
        (
            "update clas=5 x",
            'there is no component "clas".',
            f"Did you mean class? {KNOWN} {AS_TEXT}",
        ),
        (
            "update www=dwn x",
            '"dwn" is no status for www.',
            f"Did you mean down? {STATUSES} {AS_TEXT}",
        ),
        (
            "update www= down",
            '"" is no status for www.',
            f"{STATUSES} {AS_TEXT}",
        ),
        (
            "update impact=mayor x",
            '"mayor" is no impact.',
            f"Did you mean major? Impacts: none, minor, major, critical. {AS_TEXT}",
        ),
        (
            "update www=down WWW=ok x",
            "www is given twice.",
            f"Keep one of them. {AS_TEXT}",
        ),
        (
            "update at=09:00 at=09:01 x",
            "at is given twice.",
            f"Keep one of them. {AS_TEXT}",
        ),
        (
            "update impact=minor impact=minor x",
            "impact is given twice.",
            f"Keep one of them. {AS_TEXT}",
        ),
        (
            "update #0 x",
            "there is no incident #0.",
            f"Incidents are numbered from #1. {AS_TEXT}",
        ),
        (
            "update #99999999999 x",
            "there is no incident #99999999999.",
            f"Incidents are numbered from #1. {AS_TEXT}",
        ),
        (
            "update #12: x",
            '"#12:" may be an incident or text.',
            f"For the incident, write #12 and a space. {AS_TEXT}",
        ),
    ],
)
def test_an_argument_that_cannot_be_meant_so_is_refused_with_what_can(line, problem, remedy):
    refusal = refused(line)
    assert (refusal.problem, refusal.remedy) == (problem, remedy)


def test_a_number_no_machine_can_read_is_refused():
    assert len(refused(f"update #{'9' * 30_000} x").problem) < 80


def test_a_public_name_that_two_components_share_is_refused():
    page = Vocabulary({"web-api": "API", "app-api": "API"}, BERLIN, NOW, "/incident")
    refusal = refused("update API=down x", page)
    assert refusal.problem == 'several components are called "API".'
    assert refusal.remedy == "Use the short name: web-api or app-api."


def test_a_page_without_components_says_so():
    page = Vocabulary({}, BERLIN, NOW, "/incident")
    assert refused("update www=down x", page).remedy == "The page has no components."
    assert told("update www=5 x", page) == {"text": "www=5 x"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("resolve www=ok x", "resolve takes no component status."),
        ("resolve wwww=ok x", "resolve takes no component status."),
        ("rename impact=major x", "rename takes no impact=."),
        ("rename at=09:00 x", "rename takes no at=."),
        ("update next=30m x", "update takes no next=."),
        ("retract #3 at=09:00", "retract takes no at=."),
    ],
)
def test_an_argument_of_another_subcommand_is_refused_rather_than_published(line, problem):
    refusal = refused(line)
    assert refusal.problem == problem
    assert refusal.remedy.startswith("If it is text, put -- before it.\nUsage: /incident ")


def test_what_a_subcommand_does_not_take_is_refused():
    assert refused("retract it").problem == "retract takes no text."
    assert refused("retract 12").remedy.startswith(
        "Did you mean #12?\nUsage: /incident retract [#n]"
    )
    assert refused("list 12").remedy == "Usage: /incident list\nExample: /incident list x"


def test_what_is_required_and_missing_is_refused():
    needs = command("link", Arg("incident", "incident", "", required=True), INCIDENT)
    with pytest.raises(Refusal, match=r"link needs an incident \(#12\)"):
        read(needs, "", PAGE)
    needs = command("set", Arg("components", "components", "", required=True))
    with pytest.raises(Refusal, match="set needs a component and its status"):
        read(needs, "", PAGE)


def test_values_come_under_the_names_the_arguments_have():
    odd = command("odd", Arg("which", "incident", ""), Arg("where", "components", ""))
    assert read(odd, "#3", PAGE) == {"which": 3, "where": {}}
    assert read(HELP, "", PAGE) == {"subcommand": None}
    assert read(RESOLVE, "x", PAGE) == {"incident": None, "at": None, "text": "x"}


# When


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("09:00", "2013-02-22T08:00:00"),
        ("9:00", "2013-02-22T08:00:00"),
        ("10:30", "2013-02-22T09:30:00"),
        ("09:00:30", "2013-02-22T08:00:30"),
        ("09:00Z", "2013-02-22T09:00:00"),
        ("09:00+01:00", "2013-02-22T08:00:00"),
        ("2013-02-21T23:59", "2013-02-21T22:59:00"),
        ("2013-02-21t23:59:59", "2013-02-21T22:59:59"),
        ('"2013-02-21 23:59"', "2013-02-21T22:59:00"),
        ("“2013-02-21 23:59”", "2013-02-21T22:59:00"),
        ('"2013-02-21 23:59 -0500"', "2013-02-22T04:59:00"),
        ("2013-02-21T23:59z", "2013-02-21T23:59:00"),
        ("2012-10-28T02:30", "2012-10-28T00:30:00"),  # twice that night: the earlier
        ("2012-07-01T12:00", "2012-07-01T10:00:00"),
    ],
)
def test_a_time_is_read_in_the_pages_zone_and_kept_in_utc(typed, moment):
    at = told(f"update at={typed} x")["at"]
    assert at.isoformat() == f"{moment}+00:00"


@pytest.mark.parametrize(
    ("typed", "problem", "remedy"),
    [
        ("10:31", "10:31 is still to come.", "For yesterday write at=2013-02-21T10:31."),
        ("09:31Z", "09:31Z is still to come.", "For yesterday write at=2013-02-21T09:31+0000."),
        (
            "2013-02-23T09:00",
            "2013-02-23T09:00 is still to come.",
            "It is 2013-02-22T10:30 now (Europe/Berlin).",
        ),
        (
            "2012-03-25T02:30",
            "there was no 02:30 on 2012-03-25 in Europe/Berlin.",
            "The clocks went forward: write at=2012-03-25T03:30.",
        ),
        *(
            (typed, f'"{typed}" is no time.', "Write at=09:00 for today, or at=2013-02-22T10:30.")
            for typed in (
                "",
                "9",
                "25:00",
                "09:60",
                "yesterday",
                "2013-02-31T09:00",
                "0013-02-22T09:00",
                "9999-12-31T23:59",
                "0001-01-01T00:00+23:59",
                "2013-02-22",
                "09:00+99:00",
                "٠٩:٠٠",
            )
        ),
    ],
)
def test_a_time_that_cannot_be_is_refused(typed, problem, remedy):
    refusal = refused(f"update at={typed} x")
    assert (refusal.problem, refusal.remedy) == (problem, remedy)


def test_today_is_the_pages_day():
    late = Vocabulary(NAMES, ZoneInfo("Pacific/Auckland"), NOW.replace(hour=13), "/incident")
    assert told("update at=01:00 x", late)["at"] == datetime(2013, 2, 22, 12, 0, tzinfo=UTC)


long_ago = st.integers(0, 20 * 365 * 86_400).map(lambda ago: NOW - timedelta(days=2, seconds=ago))


@given(long_ago, st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]))
def test_a_time_that_was_reads_back_as_it_was_typed(moment, zone):
    page = Vocabulary(NAMES, ZoneInfo(zone), NOW, "/incident")
    local = f"{moment.astimezone(page.zone):%Y-%m-%dT%H:%M:%S}"
    at = told(f"update at={local} x", page)["at"]
    assert f"{at.astimezone(page.zone):%Y-%m-%dT%H:%M:%S}" == local
    assert at in (moment, moment - timedelta(hours=1), moment - timedelta(minutes=30))


# Title and text


@pytest.mark.parametrize(
    ("line", "title", "text"),
    [
        ("open Site outage | We look.", "Site outage", "We look."),
        ("open Site outage\nWe look.\n\n- a | b", "Site outage", "We look.\n\n- a | b"),
        ("open www=down\nSite outage\nWe look.", "Site outage", "We look."),
        ("open www=down Site | We look.", "Site", "We look."),
        ("open <http://a.example|a.example> down | x", "a.example down", "x"),
        ("open `a|b` &amp; c | x", "a|b & c", "x"),
        ("open \u202eSite | \u202eWe", "Site", "\u202eWe"),
        ("open #1 in the list | x", "#1 in the list", "x"),
        ("open -- at=09:00 it broke | x", "at=09:00 it broke", "x"),
    ],
)
def test_opening_takes_a_title_and_a_text(line, title, text):
    values = told(line)
    assert (values["title"], values["text"]) == (title, text)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("open", "open needs a title and a text."),
        ("open www=down", "open needs a title and a text."),
        ("open Site outage", "open needs a text."),
        ("open Site outage |", "open needs a text."),
        ("open | We look", "open needs a title."),
        ("update #12 www=down", "update needs a text."),
        ("update --", "update needs a text."),
        ("rename #3", "rename needs a title."),
    ],
)
def test_a_missing_title_or_text_is_refused_with_the_usage_and_the_example(line, problem):
    refusal = refused(line)
    assert refusal.problem == problem
    assert "Usage: /incident " in refusal.remedy
    assert "Example: /incident " in refusal.remedy


def test_a_missing_text_after_a_title_says_how_to_separate_them():
    assert refused("open Site outage").remedy == (
        "Put | or a newline between the title and the text.\n"
        "Usage: /incident open [component=status ...] [impact=...] [at=...] title | text\n"
        "Example: /incident open www=down Title | Text"
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"update {'a' * 3001}", "the text is too long: 3,001 characters; at most 3,000 fit."),
        (f"rename {'a' * 201}", "the title is too long: 201 characters; at most 200 fit."),
        ("update a\x07", "the text holds a control character (U+0007) at position 2."),
        ("rename a\x00", "the title holds a control character (U+0000) at position 2."),
        ("rename a\nb", "the title has more than one line."),
        ("rename \u202e", "the title is empty."),
        (
            "update <@U1|ana> is in <#C1|incidents>",
            "the text names @ana and #incidents, which readers outside would see.",
        ),
        ("open For @here | x", "the title names @here, which readers outside would see."),
        ("open x | For <!channel>", "the text names @channel, which readers outside would see."),
    ],
)
def test_what_may_not_be_published_is_refused(line, problem):
    assert refused(line).problem == problem


def test_the_limits_count_what_is_kept():
    assert told(f"update {'a' * 3000}")["text"] == "a" * 3000
    link = f"<https://a.example/{'x' * 300}|a>"
    assert told(f"rename {link} {'b' * 198}")["title"] == f"a {'b' * 198}"


# Whatever is typed

PIECES = [
    "open",
    "update",
    "resolve",
    "rename",
    "retract",
    "help",
    "#12",
    "#0",
    "12",
    "--",
    "—",
    "\n",
]
PIECES += ["www=down", "class=ok", '"course explorer"=slow', "“Home page”=slow", "wwww=down", "x=1"]
PIECES += [
    "www=",
    "=down",
    '"',
    "“",
    "”",
    "=",
    "at=09:00",
    "at=23:59",
    "at=",
    "impact=minor",
    "next=1",
]
PIECES += [
    "at=9999-12-31T23:59Z",
    "at=0001-01-01T00:00",
    "|",
    "We look",
    "`a|b`",
    "<https://a.example|b>",
]
PIECES += [
    "<@U1>",
    "\x00",
    "\ud800",
    "\u202e",
    "\r\n",
    "a\nb",
    "<#C1|12>",
    "&amp;",
    "*bold*",
    "\u2028",
]

lines = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
anything = st.one_of(lines, st.text(st.characters(exclude_categories=()), max_size=60))
commands = st.sampled_from(COMMANDS)


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Refusal as error:
        refusal = error
    assert 0 < len(refusal.problem) < 200
    return None


@given(anything)
def test_any_line_is_read_or_refused(line):
    attempt(told, line)


@given(commands, anything)
def test_the_text_is_the_end_of_what_was_typed(command, rest):
    values = attempt(read, command, rest, PAGE)
    if values and values.get("text"):
        assert re.sub("\r\n?", "\n", rest).strip().endswith(values["text"])


@given(anything)
def test_after_two_dashes_everything_is_text(text):
    whole = attempt(read, command("say", TEXT), f"-- {text}", PAGE)
    values = attempt(read, UPDATE, f"www=down -- {text}", PAGE)
    if values:
        assert values["text"] == clean(text.strip(), limit=3000, what="text")
        assert values["components"] == {"www": DOWN}
        assert values["at"] is values["impact"] is values["incident"] is None
        assert whole == {"text": values["text"]}


def typed(values):
    """A line that says these values."""
    parts = [f"#{values['incident']}"] if values.get("incident") else []
    parts += [f"{slug}={status.value}" for slug, status in values.get("components", {}).items()]
    if values.get("impact"):
        parts.append(f"impact={values['impact'].value}")
    if values.get("at"):
        parts.append(f"at={values['at'].isoformat()}")
    title = escape_slack(values.get("title", ""))
    return " ".join([*parts, "--", "\n".join(part for part in (title, values.get("text")) if part)])


@given(st.sampled_from([UPDATE, RESOLVE, RETRACT]), anything)
def test_what_was_read_can_be_typed_again(command, rest):
    values = attempt(read, command, rest, PAGE)
    if values is not None:
        assert read(command, typed(values), PAGE) == values


sayable = st.lists(
    st.sampled_from(["Site", "R&D", "a<b", "#12", "www=down", "--", "is", "5>4"]),
    min_size=1,
    max_size=12,
)


@given(
    st.fixed_dictionaries(
        {
            "components": st.dictionaries(
                st.sampled_from(list(NAMES)), st.sampled_from(ComponentStatus)
            ),
            "impact": st.none() | st.sampled_from(Impact),
            "at": st.none() | st.just(NOW - timedelta(days=400)),
            "title": sayable.map(" ".join),
            "text": sayable.map("\n".join),
        }
    )
)
def test_whatever_can_be_meant_can_be_typed(values):
    assert read(OPEN, typed(values), PAGE) == values


HOSTILE = [
    "#",
    "www=",
    '"',
    "“",
    "“=",
    "=",
    "a=",
    "a",
    "--",
    "-- ",
    "<",
    "|",
    "x=down ",
    "www=ok ",
    " ",
]
HOSTILE += ["\n", "&amp;", '"a"="', "9", "`", '"a" =   ']


def steps(line):
    """How many lines of Python run while the line is read."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        attempt(told, line)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("start", ["", "open ", "update ", "update #"])
@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_line_is_no_more_than_twice_the_work(start, piece):
    once, twice = steps(start + piece * 200), steps(start + piece * 400)
    assert twice <= 2 * once + 1000
    attempt(told, (start + piece * 40_000)[:40_000])


# What is said about the subcommands


def test_the_usage_follows_from_the_declaration():
    assert usage(UPDATE, "/incident") == (
        "/incident update [#n] [component=status ...] [impact=...] [at=...] text"
    )
    assert usage(OPEN, "/ducks").endswith("[at=...] title | text")
    assert usage(LIST, "/incident") == "/incident list"


def test_help_says_every_subcommand_in_a_line_of_its_own():
    lines = help_text(COMMANDS, "/ducks").split("\n")
    for one in COMMANDS:
        assert f"`/ducks {one.name}`: say {one.name} &amp; more" in lines
    assert lines.index("*Look*") < next(at for at, line in enumerate(lines) if "list" in line)


def test_help_for_one_says_its_usage_arguments_other_names_and_example():
    said = to_plain(help_one(RESOLVE, "/incident"))
    assert usage(RESOLVE, "/incident") in said
    assert "Also: resolved, fixed" in said
    assert "Example: /incident resolve x" in said
    assert all(arg.help in said for arg in RESOLVE.args)
    words = "ok up · degraded slow · partial · down outage major · maintenance"
    assert words in help_one(UPDATE, "/incident")


def test_the_reference_holds_every_subcommand_argument_and_status_word():
    said = reference(COMMANDS, "/incident")
    for one in COMMANDS:
        assert f"## {one.name}\n" in said
        assert usage(one, "/incident") in said
        assert f"/incident {one.example}" in said
    assert all(f"`{word}`" in said for words in STATUS_WORDS.values() for word in words)
    assert "what readers will see: a \\| b |" in said
    assert "\n\n\n" not in said
