"""Settings: each wrong one names the variable and the fix; keys are made once, for their user."""

import stat
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cpd import config, setting_values
from cpd.config import (
    MailServer,
    Settings,
    SettingsError,
    Tls,
    read_secret_key_or_none,
    secret_key,
)

A_KEY = "a key that is long enough to be one"


def read(folder: Path, **environ: str) -> Settings:
    return Settings.from_environ({"CPD_INSTANCE": str(folder), **environ})


def test_nothing_needs_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environ({})
    assert settings.instance_dir == tmp_path / "instance"
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/cpd.sqlite"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.is_private
    assert not settings.is_https
    assert not settings.demo
    assert not settings.testing
    assert not list(tmp_path.iterdir()), "reading settings makes nothing"


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        DATABASE_URL="postgres://cpd:p%40ss@db.example:5433/cpd",
        CPD_PUBLIC_URL="https://CPD.example.org/",
        CPD_PROVIDER_NAME=" Harbour  Continuing Education ",
        CPD_PROVIDER_CONTACT="courses@harbour.example",
        CPD_PROVIDER_COMPLAINTS="complaints@harbour.example",
        CPD_PROVIDER_PAGES=str(tmp_path),
        CPD_SECRET_KEY=A_KEY,
        CPD_PROXIES="2",
        CPD_DEMO="0",
        CPD_SHIPPED_COURSES="0",
    )
    assert settings == Settings(
        database_url="postgresql+psycopg://cpd:p%40ss@db.example:5433/cpd",
        instance_dir=tmp_path,
        public_url="https://cpd.example.org",
        provider_name="Harbour Continuing Education",
        provider_contact="courses@harbour.example",
        provider_complaints="complaints@harbour.example",
        provider_pages=tmp_path,
        secret_key=A_KEY,
        proxies=2,
        shipped_courses=False,
    )
    assert settings.is_https
    assert settings.hosts == ["cpd.example.org"]
    assert not settings.is_loopback
    assert not settings.is_private


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("sqlite:////var/lib/cpd/cpd.sqlite", "sqlite:////var/lib/cpd/cpd.sqlite"),
        ("sqlite:///cpd.sqlite", "sqlite:///{here}/cpd.sqlite"),
        ("sqlite:////var/50%/a%3Fb.sqlite", "sqlite:////var/50%25/a%3Fb.sqlite"),
        ("postgresql://cpd@db.example/cpd", "postgresql+psycopg://cpd@db.example/cpd"),
        ("postgresql+psycopg:///cpd?host=/run/pg", "postgresql+psycopg:///cpd?host=/run/pg"),
    ],
)
def test_a_database_is_the_same_from_wherever_a_process_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, kept: str
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read(tmp_path, DATABASE_URL=given)
    assert settings.database_url == kept.format(here=tmp_path)


def test_a_relative_instance_folder_becomes_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environ({"CPD_INSTANCE": "kept/here"}).instance_dir == (
        tmp_path / "kept" / "here"
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("", None),
        (
            "smtps://cpd:p%40ss@mail.example",
            MailServer("mail.example", 465, Tls.AT_ONCE, "cpd", "p@ss"),
        ),
        ("smtp://mail.example", MailServer("mail.example", 587, Tls.STARTTLS)),
        ("smtp://127.0.0.1:1025/", MailServer("127.0.0.1", 1025, Tls.NONE)),
    ],
)
def test_only_on_this_machine_letters_travel_without_tls(
    tmp_path: Path, given: str, meant: MailServer | None
) -> None:
    settings = read(tmp_path, CPD_MAIL_SERVER=given)
    assert settings.mail_server == meant
    assert settings.sends_email is (meant is not None)


WRONG: list[tuple[Mapping[str, str], str]] = [
    ({"DATABASE_URL": "mysql://cpd@db/cpd"}, "begins with 'mysql'.*use sqlite:////path/to/file"),
    ({"DATABASE_URL": ""}, "names no database.*postgresql://user:password@host/database"),
    ({"DATABASE_URL": "sqlite:///"}, "names no file.*use sqlite:////path/to/file"),
    ({"DATABASE_URL": "sqlite:///:memory:"}, "what is kept in memory is lost"),
    (
        {"DATABASE_URL": "sqlite:///file:x?mode=memory&uri=true"},
        "without options. In a file name, write . as %3F",
    ),
    ({"DATABASE_URL": "postgresql://cpd@db.example"}, "not a complete URL"),
    ({"DATABASE_URL": "postgresql://cpd:s3/cret@db.example/cpd"}, "written as %40 %3A %2F"),
    ({"DATABASE_URL": "postgresql://cpd@[db.example/cpd"}, "not a complete URL"),
    ({"CPD_PUBLIC_URL": "cpd.example.org"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": ""}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "https://"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "ftp://cpd.example.org"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "https://cpd.example.org/courses"}, "below a path of another site: use"),
    ({"CPD_PUBLIC_URL": "https://my_site.example.org"}, "with an underscore cannot be reached"),
    ({"CPD_PUBLIC_URL": "https://cpd.example.org?x=1"}, "use only the site's address"),
    ({"CPD_PUBLIC_URL": "https://cpd.example.org#x"}, "use only the site's address"),
    ({"CPD_PUBLIC_URL": "https://me:mine@cpd.example.org"}, "use only the site's address"),
    ({"CPD_PUBLIC_URL": "https://cpd.example.org:70000"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "https://cpd.example.org:0"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "http://[::1]:8000"}, "an IPv6 address, at which the site does not listen"),
    ({"CPD_PUBLIC_URL": "http://[::1"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "http://0.0.0.0:8000"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "https://cpd example.org"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "https://*.example.org"}, "such as https://cpd.example.org"),
    ({"CPD_PUBLIC_URL": "http://192.168.1.777:8000"}, "such as https://cpd.example.org"),
    ({"DATABASE_URL": "postgresql://cpd@db.example:70000/cpd"}, "not a complete URL"),
    ({"DATABASE_URL": "postgresql://cpd@db.example:0/cpd"}, "not a complete URL"),
    ({"DATABASE_URL": "sqlite:///~/cpd.sqlite"}, "~ and . are not expanded"),
    ({"DATABASE_URL": "sqlite:////var/lib/cpd.sqlite "}, "without spaces around it"),
    ({"CPD_INSTANCE": ""}, "not an absolute path: write it in full"),
    ({"CPD_INSTANCE": " "}, "not an absolute path: write it in full"),
    ({"CPD_INSTANCE": "/var/lib/cpd "}, "without spaces around it"),
    ({"CPD_INSTANCE": "~/cpd"}, "~ and . are not expanded"),
    ({"CPD_INSTANCE": "$HOME/cpd"}, "~ and . are not expanded"),
    ({"CPD_INSTANCE": "/var/lib\n/cpd"}, "not an absolute path"),
    ({"CPD_PROVIDER_PAGES": "/nowhere/pages"}, "create it, or leave it out to show the texts"),
    ({"CPD_PROVIDER_PAGES": __file__}, "create it, or leave it out to show the texts"),
    ({"CPD_PROVIDER_PAGES": "~/pages"}, "not an absolute path"),
    ({"CPD_PROVIDER_NAME": "  "}, "write the provider's name on one line, or leave it out"),
    ({"CPD_PROVIDER_CONTACT": "write to a@harbour.example"}, "use an email address such as"),
    ({"CPD_PROVIDER_CONTACT": "a@harbour..example"}, "use an email address such as"),
    ({"CPD_PROVIDER_CONTACT": "https://harbour example"}, "that begins with https://"),
    ({"CPD_PROVIDER_COMPLAINTS": "Pier 4\nHarbour"}, "or one line of words"),
    ({"CPD_SECRET_KEY": ""}, "is empty: give it this site's key, or unset it"),
    ({"CPD_PROVIDER_NAME": "\u3164"}, "no invisible characters"),
    ({"CPD_PROVIDER_NAME": "H" * 201}, "at most 200 characters"),
    ({"CPD_SECRET_KEY": "short"}, "use a long random one, or leave it unset"),
    ({"CPD_SECRET_KEY": "x" * 31}, "shorter than 32 characters"),
    ({"CPD_MAIL_SERVER": "mail.example"}, "use smtps://user:password@host:465"),
    ({"CPD_MAIL_SERVER": "smtps://cpd:s3/cret@mail.example"}, "written as %40 %3A %2F"),
    ({"CPD_MAIL_SERVER": "smtps://cpd@mail.example"}, "not a complete URL"),
    ({"CPD_MAIL_SERVER": "imap://mail.example"}, "not a complete URL"),
    ({"CPD_MAIL_SERVER": "https://mail.example:587"}, "not a complete URL"),
    ({"CPD_MAIL_SERVER": "smtp://[mail"}, "not a complete URL"),
    ({"CPD_MAIL_SERVER": "smtp://mail.example:0"}, "not a complete URL"),
    ({"CPD_MAIL_SERVER": "smtp://mail.example:70000"}, "not a complete URL"),
    ({"CPD_MAIL_SERVER": "smtp://mail example"}, "not a complete URL"),
    ({"CPD_MAIL_FROM": "Harbour <a@harbour.example>"}, "use a plain address"),
    ({"CPD_MAIL_FROM": "a@harbour..example"}, "use a plain address"),
    ({"CPD_MAIL_FROM": "a@bücher.example"}, "written as xn--"),
    ({"CPD_PROXIES": "one"}, "use a whole number from 0 to 9"),
    ({"CPD_PROXIES": "-1"}, "use a whole number"),
    ({"CPD_PROXIES": "10"}, "use a whole number from 0 to 9"),
    ({"CPD_PROXIES": "9" * 5000}, "use a whole number"),
    ({"CPD_PROXIES": "٣"}, "use a whole number"),
    ({"CPD_PROXIES": ""}, "use a whole number"),
    ({"CPD_DEMO": "yes"}, "use 1 for yes or 0 for no"),
    ({"CPD_SHIPPED_COURSES": "off"}, "use 1 for yes or 0 for no"),
    ({"CPD_DEMO": "1", "CPD_SHIPPED_COURSES": "0"}, "needs the shipped courses"),
    ({"CPD_DEMO": "1", "CPD_PUBLIC_URL": "https://cpd.example.org"}, "Unset CPD_DEMO, or"),
    ({"CPD_DEMO": "1", "CPD_PUBLIC_URL": "http://192.168.1.7:8000"}, "Unset CPD_DEMO, or"),
    ({"CPD_DEMO": "1", "CPD_PUBLIC_URL": "http://127.0.0.1.example.org"}, "Unset CPD_DEMO, or"),
    ({"CPD_DEMO": "1", "CPD_PROXIES": "1"}, "and no CPD_PROXIES"),
    ({"CPD_PUBLIC_ULR": "https://cpd.example.org"}, "did you mean CPD_PUBLIC_URL"),
    ({"CPD_DATABASE_URL": "sqlite:////x"}, "did you mean DATABASE_URL"),
    ({"cpd_demo": "1"}, "did you mean CPD_DEMO"),
    ({"CPD_8000_TCP": "x"}, "unset it. Known are: CPD_DEMO, "),
]


@pytest.mark.parametrize(("environ", "remedy"), WRONG, ids=lambda value: str(value)[:60])
def test_a_wrong_setting_names_the_variable_and_the_fix(
    tmp_path: Path, environ: Mapping[str, str], remedy: str
) -> None:
    with pytest.raises(SettingsError, match=remedy) as raised:
        read(tmp_path, **environ)
    assert str(raised.value).startswith(next(iter(environ)))
    assert "cret" not in str(raised.value), "a password is not repeated"


def test_every_variable_has_a_wrong_value_above() -> None:
    tried = {name for environ, _ in WRONG for name in environ}
    assert tried >= _variables()


def test_no_name_is_known_that_nothing_reads() -> None:
    assert set(config.NAMES) == _variables() | {config.ENV_FILE}


@pytest.mark.parametrize("name", ["PATH", "CPDX", "MYCPD_DEMO", config.ENV_FILE])
def test_what_is_meant_for_others_is_left_alone(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, **{name: "x"}) == read(tmp_path)


@pytest.mark.parametrize(
    "contact",
    ["courses@harbour.example", "https://harbour.example/contact", "Pier 4, Harbour", "+44 1632 9"],
)
def test_a_contact_may_be_an_address_a_page_or_words(tmp_path: Path, contact: str) -> None:
    assert read(tmp_path, CPD_PROVIDER_CONTACT=contact).provider_contact == contact


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("sqlite:////var/lib/cpd.sqlite", "SQLite, /var/lib/cpd.sqlite"),
        ("postgresql://cpd:s3cret@db.example:5433/cpd", "PostgreSQL, cpd on db.example:5433"),
        ("postgresql:///cpd?host=/run/pg&password=s3cret", "PostgreSQL, cpd on /run/pg"),
        ("postgresql:///cpd?password=s3cret", "PostgreSQL, cpd"),
    ],
)
def test_a_database_is_named_without_its_password(tmp_path: Path, given: str, named: str) -> None:
    assert read(tmp_path, DATABASE_URL=given).database_name == named


def _variables() -> set[str]:
    """Name every variable that is asked for, by asking."""
    asked: set[str] = set()

    class Asked(dict[str, str]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            asked.add(name)
            return default

    Settings.from_environ(Asked())
    return asked


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost:81"])
def test_a_demo_is_allowed_on_this_machine(tmp_path: Path, address: str) -> None:
    settings = read(tmp_path, CPD_DEMO="1", CPD_PUBLIC_URL=address)
    assert settings.demo
    assert settings.hosts == ["127.0.0.1", "localhost"], "people type either"


def test_postgresql_without_its_driver_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting_values, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"pip install 'cpd\[postgres\]'"):
        read(tmp_path, DATABASE_URL="postgresql://cpd@db.example/cpd")


# What is made at first run


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_made_at_first_run_for_its_user_only_and_kept(tmp_path: Path) -> None:
    settings = read(tmp_path / "instance")
    made = secret_key(settings)
    path = settings.instance_dir / "secret-key"
    assert len(made) >= config.SHORTEST_KEY
    assert mode(path) == 0o600
    assert mode(settings.instance_dir) == 0o700
    assert secret_key(settings) == made
    assert [each.name for each in settings.instance_dir.iterdir()] == ["secret-key"]


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    assert secret_key(read(tmp_path / "one")) != secret_key(read(tmp_path / "other"))


def test_a_key_that_is_set_is_used_and_nothing_made(tmp_path: Path) -> None:
    settings = read(tmp_path / "instance", CPD_SECRET_KEY=A_KEY)
    assert secret_key(settings) == A_KEY
    assert not settings.instance_dir.exists()


@pytest.mark.parametrize("text", ["", "half a key"])
def test_a_file_that_holds_no_whole_key_stops_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret-key").write_text(text)
    with pytest.raises(SettingsError, match="restore it from your backup, or delete it"):
        secret_key(read(tmp_path))


def test_what_an_interrupted_first_run_left_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "secret-key.new").write_text("half a k")
    settings = read(tmp_path)
    assert "half" not in secret_key(settings)
    assert not (tmp_path / "secret-key.new").exists()


def test_those_who_start_at_once_have_one_key(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    settings = read(tmp_path / "instance")

    def start(_number: int) -> str:
        together.wait()
        return secret_key(settings)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1


def test_a_key_that_is_looked_for_is_not_made(tmp_path: Path) -> None:
    settings = read(tmp_path / "instance")
    assert read_secret_key_or_none(settings) == ""
    assert list(tmp_path.iterdir()) == []
    assert secret_key(settings) == read_secret_key_or_none(settings) != ""


def test_an_instance_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir(mode=0o750)
    secret_key(read(tmp_path / "instance"))
    assert mode(tmp_path / "instance") == 0o750
