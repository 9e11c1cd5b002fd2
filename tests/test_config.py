"""Settings are read, or refused all at once with what to do, and secrets stay secret."""

from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, make_url

from bot.config import Settings, SettingsError, environment, load, load_forgiving
from bot.config.reference import settings_page
from bot.core.page import LANGUAGES, PageLink

ROOT = Path(__file__).parents[1]
ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-1-secret",
    "SLACK_APP_TOKEN": "xapp-1-secret",
    "INCIDENT_CHANNELS": "C0INCIDENT",
}


def problems(env, *parts):
    with pytest.raises(SettingsError) as caught:
        load(env, *parts)
    return {each.setting: each for each in caught.value.problems}


def test_the_defaults_are_enough_for_tools_that_do_not_talk_to_slack():
    settings = load({}, "page", "ledger", "target", "server")
    assert settings.page_url == "http://127.0.0.1:8000/"
    assert settings.page_time_zone == ZoneInfo("UTC")
    assert settings.page_headline == "All our ducks are in a row."
    assert settings.database_url == f"sqlite:///{Path.cwd() / 'duckrow.db'}"
    assert settings.publish_url == ((Path.cwd() / "public").as_uri(),)
    assert (settings.slash_command, settings.host, settings.port) == (
        "/incident",
        "127.0.0.1",
        8000,
    )


def test_a_few_settings_are_enough_to_run():
    settings = load(ENOUGH)
    assert settings.socket_mode
    assert settings.incident_channels == ("C0INCIDENT",)
    assert settings.publishers == ()
    assert settings.slack_api_url == "https://slack.com/api/"


def test_running_without_settings_says_all_that_is_missing_at_once():
    found = problems({})
    assert set(found) == {
        "SLACK_BOT_TOKEN",
        "INCIDENT_CHANNELS",
        "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET",
    }
    assert all(each.remedy for each in found.values())


def test_everything_wrong_is_said_at_once_each_with_a_remedy():
    wrong = {
        "PAGE_URL": "status.example.com",
        "PAGE_TIME_ZONE": "Mars/Olympus",
        "DATABASE_URL": "mysql://root@localhost/x",
        "PUBLISH_URL": "ftp://host/page",
        "AWS_SECRET_ACCESS_KEY": "two words",
        "AWS_ENDPOINT_URL": "minio:9000",
        "SLACK_BOT_TOKEN": "xoxp-1-secret",
        "SLACK_APP_TOKEN": "xoxb-1-secret",
        "SLACK_SIGNING_SECRET": "short",
        "SLACK_API_URL": "https://slack.com/api",
        "INCIDENT_CHANNELS": "#incidents",
        "PUBLISHERS": "U1ABC, bob",
        "SLASH_COMMAND": "incident",
        "HOST": "two words",
        "PORT": "99999",
        "LOG_LEVEL": "loud",
        "LOG_FORMAT": "xml",
        "PAGE_NAME": "bell\a",
    }
    found = problems(wrong)
    assert set(found) == set(wrong)
    with pytest.raises(SettingsError) as caught:
        load(wrong)
    for each in found.values():
        assert each.remedy
        assert each.setting in str(caught.value)
        assert each.remedy in str(caught.value)


def test_a_tool_does_not_stop_for_a_setting_it_does_not_use():
    settings = load({"PORT": "none", "SLACK_BOT_TOKEN": "wrong"}, "ledger")
    assert settings.port == 8000
    assert settings.slack_bot_token == ""


def test_http_alone_needs_the_signing_secret():
    assert set(problems(ENOUGH, "slack", "http")) == {"SLACK_SIGNING_SECRET"}
    settings = load(ENOUGH | {"SLACK_SIGNING_SECRET": "0123456789abcdef"}, "slack", "http")
    assert settings.slack_signing_secret == "0123456789abcdef"


def test_a_refused_token_is_not_also_called_missing():
    assert set(problems(ENOUGH | {"SLACK_APP_TOKEN": "nonsense"})) == {"SLACK_APP_TOKEN"}


def test_an_empty_setting_counts_as_not_set():
    assert load({"PORT": " ", "PAGE_URL": ""}, "page", "server").port == 8000


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h:5433/d", "postgresql+psycopg://u:p@h:5433/d"),
        ("postgresql+psycopg://h/d?sslmode=require", "postgresql+psycopg://h/d?sslmode=require"),
        (
            "postgres://u:p@a:1,b:2/d?target_session_attrs=read-write",
            "postgresql+psycopg://u:p@/d?host=a%3A1&host=b%3A2&target_session_attrs=read-write",
        ),
        ("sqlite:////var/lib/duckrow.db", "sqlite:////var/lib/duckrow.db"),
    ],
)
def test_database_addresses_are_put_into_one_form(given, meant):
    url = load({"DATABASE_URL": given}, "ledger").database_url
    assert make_url(url) == make_url(meant)


@pytest.mark.parametrize(
    "given",
    [
        "duckrow.db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgres://u:hunter22@h:no/d",
        "postgres://u:hunter22@h",
    ],
)
def test_a_database_that_cannot_be_used_is_refused_without_its_password(given):
    found = problems({"DATABASE_URL": given}, "ledger")
    assert "hunter22" not in str(found)


def test_several_postgresql_hosts_reach_the_driver():
    url = load({"DATABASE_URL": "postgres://u@a:1,b:2/d"}, "ledger").database_url
    engine = create_engine(url)
    _, options = engine.dialect.create_connect_args(engine.url)
    engine.dispose()
    assert (options["host"], options["port"]) == ("a,b", "1,2")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("/srv/page", ("file:///srv/page",)),
        ("file:///srv/my%20page", ("file:///srv/my%20page",)),
        ("/srv/a file:///srv/b", ("file:///srv/a", "file:///srv/b")),
    ],
)
def test_targets_are_absolute(given, meant):
    assert load({"PUBLISH_URL": given}, "target").publish_url == meant


@pytest.mark.parametrize("given", ["/a /b /c", "/a /a", "/", "ftp://host/x", "file://host/x"])
def test_targets_that_cannot_be_used_are_refused(given):
    assert set(problems({"PUBLISH_URL": given}, "target")) == {"PUBLISH_URL"}


@pytest.mark.parametrize("given", ["s3://", "s3:///x", "s3://Bucket", "s3://b/../c", "s3://b?x=1"])
def test_addresses_that_name_no_bucket_are_refused(given):
    found = problems({"PUBLISH_URL": given}, "target")
    assert found["PUBLISH_URL"].remedy.startswith("Write s3://bucket/prefix")


def test_an_object_stores_credentials_are_secret_and_its_address_has_no_slash():
    settings = load(
        {
            "PUBLISH_URL": "s3://status-page/en/ /srv/page",
            "AWS_ACCESS_KEY_ID": "AKIAQUACK",
            "AWS_SECRET_ACCESS_KEY": "quack/quack+quack=",
            "AWS_SESSION_TOKEN": "token+of/a/session==",
            "AWS_ENDPOINT_URL": "https://minio.example.com:9000/",
        },
        "target",
    )
    assert settings.publish_url == ("s3://status-page/en", "file:///srv/page")
    assert settings.aws_endpoint_url == "https://minio.example.com:9000"
    assert settings.secrets == {"quack/quack+quack=", "token+of/a/session=="}
    assert "quack/quack" not in repr(settings)
    assert "session==" not in repr(settings)


@pytest.mark.parametrize(
    "given",
    [
        "ftp://host/",
        "https:///",
        "https://status.example.com",
        "https://me:pw@host/",
        "https://host/?x=/",
        "https://host:port/",
        "https://[/",
    ],
)
def test_a_page_address_is_absolute_and_ends_in_a_slash(given):
    assert set(problems({"PAGE_URL": given}, "page")) == {"PAGE_URL"}


@pytest.mark.parametrize("given", ["../etc/passwd", "America", "", "Europe/Nowhere"])
def test_a_time_zone_is_a_known_name(given):
    found = problems({"PAGE_TIME_ZONE": given or "/"}, "page")
    assert set(found) == {"PAGE_TIME_ZONE"}


def test_ids_are_separated_by_commas_or_spaces_and_kept_once():
    env = ENOUGH | {"INCIDENT_CHANNELS": " C1AB, G2CD C1AB,", "PUBLISHERS": "U1 W2 S3"}
    settings = load(env)
    assert settings.incident_channels == ("C1AB", "G2CD")
    assert settings.publishers == ("U1", "W2", "S3")


@pytest.mark.parametrize("given", ["/", "/Incident", "/two words", "/" + "x" * 32, "incident"])
def test_a_slash_command_is_named_as_slack_allows(given):
    assert set(problems(ENOUGH | {"SLASH_COMMAND": given})) == {"SLASH_COMMAND"}


def test_secrets_never_appear():
    env = ENOUGH | {
        "SLACK_SIGNING_SECRET": "0123456789abcdef",
        "DATABASE_URL": "postgres://duck:hunter22@h/d",
    }
    settings = load(env)
    for secret in ("secret", "0123456789abcdef", "hunter22"):
        assert secret not in repr(settings)
        assert secret not in str(settings)
        assert any(secret in each for each in settings.secrets)


def test_a_token_in_the_wrong_place_is_not_repeated():
    found = problems(ENOUGH | {"INCIDENT_CHANNELS": "xoxb-1-secret", "HOST": "xapp-1-secret/x"})
    assert set(found) == {"INCIDENT_CHANNELS", "HOST"}
    assert "1-secret" not in str(found)


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    dotenv = tmp_path / ".env"
    dotenv.write_text('PAGE_NAME="From the file"\nPORT=1\nPAGE_ABOUT=${HOME}\nNO_VALUE\n')
    monkeypatch.setenv("PORT", "2")
    env = environment(dotenv)
    assert (env["PAGE_NAME"], env["PORT"], env["PAGE_ABOUT"]) == ("From the file", "2", "${HOME}")
    assert "NO_VALUE" not in env


def test_a_file_that_is_no_text_is_refused(tmp_path):
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b"PAGE_NAME=\xff\xfe")
    with pytest.raises(SettingsError, match="no UTF-8 text"):
        environment(dotenv)


def test_no_file_is_no_problem(tmp_path):
    assert "PATH" in environment(tmp_path / ".env")


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1">\n  <path d="M0 0h2"/>\n</svg>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20)


def test_the_page_looks_plain_unless_it_is_told_otherwise():
    settings = load({}, "page")
    assert settings.page_language == "en"
    assert (settings.page_logo, settings.page_accent, settings.page_links) == ("", "", ())
    assert settings.page_ducks is True
    assert not settings.page_theme


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_speaks_each_of_its_languages(language):
    assert load({"PAGE_LANGUAGE": language.upper()}, "page").page_language == language


def test_links_are_words_and_addresses():
    given = "Support=https://help.example.com/?a=b  Write to us=mailto:help@example.com"
    assert load({"PAGE_LINKS": given}, "page").page_links == (
        PageLink("Support", "https://help.example.com/?a=b"),
        PageLink("Write to us", "mailto:help@example.com"),
    )


@pytest.mark.parametrize(
    "given",
    [
        "Support",
        "=https://example.com/",
        "Support=javascript:alert(1)",
        "Support=https://me:pw@example.com/",
        "Support=https://example.com/ and more",
        " =https://example.com/",
        "Support=https://example.com/ =https://example.com/",
        "Support=",
        "Support= https://example.com/",
        " " * 30_000 + "Support",
        " ".join(f"a{number}=https://example.com/" for number in range(7)),
    ],
)
def test_links_that_cannot_be_followed_are_refused(given):
    assert set(problems({"PAGE_LINKS": given}, "page")) == {"PAGE_LINKS"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (SVG.encode(), "image/svg+xml,%3Csvg xmlns="),
        (SVG.replace("ns=", "ns = ").encode(), "image/svg+xml,%3Csvg xmlns = "),
        (SVG.replace("/>", "/><text>شعارنا</text>").encode(), "image/svg+xml;base64,PHN2Z"),
        (PNG, "image/png;base64,iVBOR"),
        (WEBP, "image/webp;base64,UklGR"),
    ],
)
def test_a_logo_stands_inside_the_page(tmp_path, body, kind):
    (tmp_path / "logo").write_bytes(body)
    address = load({"PAGE_LOGO": str(tmp_path / "logo")}, "page").page_logo
    assert address.startswith(f"data:{kind}")
    assert not set(address) & set("<>\"'&#\n")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"GIF89a", "no such image"),
        (b"<svg/>", "no such image"),
        (PNG + bytes(8_000), "10,726 bytes of every page"),
        (SVG.replace("M0 0h2", "a" * 10_000).encode(), "bytes of every page"),
        (None, "cannot be read"),
    ],
)
def test_a_logo_that_cannot_stand_there_is_refused(tmp_path, body, said):
    if body is not None:
        (tmp_path / "logo").write_bytes(body)
    problem = problems({"PAGE_LOGO": str(tmp_path / "logo")}, "page")["PAGE_LOGO"]
    assert said in problem.problem
    assert problem.remedy


@pytest.mark.parametrize("given", ["https://example.com/logo.svg", "//example.com/logo.svg"])
def test_a_logo_of_another_server_is_refused(given):
    assert "another server" in problems({"PAGE_LOGO": given}, "page")["PAGE_LOGO"].problem


def test_all_that_is_wrong_with_the_look_is_said_at_once():
    wrong = {
        "PAGE_LANGUAGE": "tlh",
        "PAGE_ACCENT": "blue",
        "PAGE_DUCKS": "some",
        "PAGE_THEME": "/no/such/folder",
    }
    assert set(problems(wrong, "page")) == set(wrong)


def test_what_is_forgiven_has_its_default_and_is_told_and_the_rest_stands():
    env = {"PAGE_ACCENT": "blue", "PAGE_LANGUAGE": "de", "LOG_LEVEL": "loud", "PUBLISH_URL": "/x"}
    settings, left_out = load_forgiving(env, "target", forgiven=("page", "log"))
    assert {one.setting for one in left_out} == {"PAGE_ACCENT", "LOG_LEVEL"}
    assert (settings.page_accent, settings.page_language) == ("", "de")
    assert (settings.log_level, settings.publish_url) == ("info", ("file:///x",))


def test_what_is_not_forgiven_is_refused_alone():
    env = {"PAGE_ACCENT": "blue", "PUBLISH_URL": "ftp://x", "PUBLISH_COMPRESSED": "zip"}
    with pytest.raises(SettingsError) as caught:
        load_forgiving(env, "target", forgiven=("page", "log"))
    assert {one.setting for one in caught.value.problems} == {"PUBLISH_URL", "PUBLISH_COMPRESSED"}


def test_every_setting_has_help_and_the_reference_is_up_to_date():
    page = (ROOT / "docs/settings.md").read_text()
    assert all(
        each.metadata["help"] and f"`{each.name.upper()}`" in page for each in fields(Settings)
    )
    assert page == settings_page(), "docs/settings.md lags: run `make docs`"
