"""The allowed values of each setting; an error names the variable and the fix."""

from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from cpd.kernel import addresses, single_line

LONGEST_NAME = 200
LOOPBACK = ("127.0.0.1", "localhost")
_EVERYWHERE = str(IPv4Address(0))
"""The address of all networks: a server can bind to it, but nobody can reach a site at it."""
_MAIL_PORTS = {"smtp": 587, "smtps": 465}


class SettingsError(ValueError):
    """A setting is wrong; the message names the variable and the fix."""


class Tls(StrEnum):
    """How the connection to the mail server is encrypted.

    Where it is, the server must prove its name with a valid certificate.
    """

    AT_ONCE = "at_once"
    STARTTLS = "starttls"
    NONE = "none"
    """Only for a mail server on this machine."""


@dataclass(frozen=True)
class MailServer:
    """The server that sends our email."""

    host: str
    port: int
    tls: Tls = Tls.NONE
    user: str = ""
    password: str = field(default="", repr=False)


def parse_database_url(value: str) -> str:
    """Return the URL of a database for SQLAlchemy."""
    if value.startswith("sqlite:///"):
        return _make_sqlite_url_absolute(value.removeprefix("sqlite:///"))
    for scheme in ("postgresql://", "postgres://", "postgresql+psycopg://"):
        if value.startswith(scheme):
            return _add_postgresql_driver(value.removeprefix(scheme))
    named = f"begins with {value.split(':', 1)[0]!r}" if ":" in value else "names no database"
    msg = (
        f"DATABASE_URL {named}: use sqlite:////path/to/file or "
        "postgresql://user:password@host/database."
    )
    raise SettingsError(msg)


def build_sqlite_url(file: Path) -> str:
    """Return the URL of a SQLite file, in which % and ? are written as %25 and %3F."""
    return f"sqlite:///{str(file).replace('%', '%25').replace('?', '%3F')}"


def _make_sqlite_url_absolute(path: str) -> str:
    """Return the URL of a SQLite file, independent of the working directory."""
    if not path or path.startswith(":memory:") or "?" in path:
        msg = (
            f"DATABASE_URL names no file ({path!r}), and what is kept in memory is lost: "
            "use sqlite:////path/to/file, without options. In a file name, write ? as %3F."
        )
        raise SettingsError(msg)
    return build_sqlite_url(parse_path("DATABASE_URL", unquote(path)))


def _add_postgresql_driver(rest: str) -> str:
    """Check a URL without showing it, because it may hold a password."""
    url = f"postgresql+psycopg://{rest}"
    try:
        parts = urlsplit(url)
        is_whole = parts.port != 0 and bool(parts.path.strip("/"))
    except ValueError:
        is_whole = False
    if not is_whole:
        msg = (
            "DATABASE_URL is not a complete URL: use postgresql://user:password@host/database, "
            "with characters such as @ : / in the password written as %40 %3A %2F."
        )
        raise SettingsError(msg)
    if find_spec("psycopg") is None:
        msg = (
            "DATABASE_URL names PostgreSQL, but its driver is not installed. "
            "Run: pip install 'cpd[postgres]'"
        )
        raise SettingsError(msg)
    return url


def parse_public_url(value: str) -> str:
    """Return the URL of the site, in one spelling."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), "", 0
    address = f"{host}:{port}" if port else host
    is_possible = addresses.is_host(host) and host != _EVERYWHERE and port != 0
    whole = {f"{scheme}://{address}" for scheme in ("http", "https") if is_possible}
    if value.rstrip("/").lower() not in whole or "_" in host:
        msg = (
            f"CPD_PUBLIC_URL is {value!r}{_describe_unusable_host(host, parts.path)}: use only the "
            "site's address, such as https://cpd.example.org."
        )
        raise SettingsError(msg)
    return value.rstrip("/").lower()


def _describe_unusable_host(host: str, path: str) -> str:
    """Return what is wrong with a host or path, as part of a sentence; nothing if it is obvious."""
    if ":" in host:
        return ", an IPv6 address, at which the site does not listen"
    if "_" in host:
        return ", and a host name with an underscore cannot be reached by every browser"
    if path.strip("/"):
        return ", and the site cannot be below a path of another site"
    return ""


def parse_mail_server(value: str) -> MailServer | None:
    """Parse a URL without showing it, because it may hold a password."""
    if not value:
        return None
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
        port = _MAIL_PORTS.get(parts.scheme, 0) if port is None else port
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), "", 0
    has_more = bool(parts.path.strip("/") or parts.query or parts.fragment)
    is_whole = parts.scheme in _MAIL_PORTS and addresses.is_host(host) and port and not has_more
    if not is_whole or bool(parts.username) != bool(parts.password):
        msg = (
            "CPD_MAIL_SERVER is not a complete URL: use smtps://user:password@host:465, or "
            "smtp://user:password@host:587 for a server that switches to TLS, with characters "
            "such as @ : / in the password written as %40 %3A %2F."
        )
        raise SettingsError(msg)
    tls = Tls.AT_ONCE if parts.scheme == "smtps" else Tls.STARTTLS
    if parts.scheme == "smtp" and host in LOOPBACK:
        tls = Tls.NONE
    return MailServer(host, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def parse_digit(name: str, value: str) -> int:
    """Return a small whole number."""
    if value not in set("0123456789"):
        msg = f"{name} is {value!r}: use a whole number from 0 to 9."
        raise SettingsError(msg)
    return int(value)


def parse_path(name: str, value: str) -> Path:
    """Return a path as it is written; no shell expands it."""
    if not value or value != value.strip() or value[0] in "~$" or not addresses.is_one_line(value):
        msg = (
            f"{name} is {value!r}, which is not an absolute path: write it in full, such as "
            "/var/lib/cpd, without spaces around it. ~ and $ are not expanded."
        )
        raise SettingsError(msg)
    return Path(value).absolute()


def parse_pages_folder(value: str) -> Path | None:
    """Return the folder of the provider's own texts, or None."""
    return parse_path("CPD_PROVIDER_PAGES", value) if value else None


def parse_name(value: str) -> str:
    """Return a name in the form in which names are stored."""
    return single_line.clean_line(value, longest=LONGEST_NAME).text


def refuse_unprintable_name(name: str, value: str) -> None:
    """Raise SettingsError for a name of the provider that certificates cannot print."""
    if not value:
        msg = (
            f"{name} is empty, and certificates print it: write the provider's name on one line, "
            "or leave it out."
        )
        raise SettingsError(msg)
    if single_line.clean_line(value, longest=LONGEST_NAME).fault is not None:
        msg = (
            f"{name} is {value!r}, which certificates cannot print: use one line of at most "
            f"{LONGEST_NAME} characters, with letters and no invisible characters."
        )
        raise SettingsError(msg)


def refuse_missing_folder(name: str, folder: Path) -> None:
    """Raise SettingsError when the folder of the provider's own texts is missing."""
    if not folder.is_dir():
        msg = (
            f"{name} is {str(folder)!r}, which is not a folder: create it, or leave it out to "
            "show the texts that come with cpd."
        )
        raise SettingsError(msg)


def parse_secret_key(value: str | None) -> str:
    """Return the secret key, or an empty string."""
    if value == "":
        msg = (
            "CPD_SECRET_KEY is empty: give it this site's key, or unset it to use "
            "the one in the instance folder."
        )
        raise SettingsError(msg)
    return value or ""


def refuse_invalid_contact(name: str, value: str) -> None:
    """Raise SettingsError for a contact that pages can show neither as a link nor as plain text."""
    is_link = value.startswith("https://")
    if not addresses.is_one_line(value) or (
        not addresses.is_web_address(value)
        if is_link
        else "@" in value and not addresses.is_mail_address(value)
    ):
        msg = (
            f"{name} is {value!r}: use an email address such as "
            "courses@harbour.example, an address that begins with https://, or one line of words."
        )
        raise SettingsError(msg)


def parse_flag(name: str, value: str) -> bool:
    """Return whether a yes-or-no setting is on."""
    if value not in {"0", "1"}:
        msg = f"{name} is {value!r}: use 1 for yes or 0 for no."
        raise SettingsError(msg)
    return value == "1"
