"""Settings: read once from the environment, checked at start, never changed after."""

import fcntl
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from cpd.kernel import lines

LONGEST_NAME = 200
SHORTEST_KEY = 32
LOOPBACK = ("127.0.0.1", "localhost")
_ADDRESS = re.compile(r"[^\s@<>\",;:]+@[\w.-]+\w")
_MAIL_PORTS = {"smtp": 587, "smtps": 465}


class SettingsError(ValueError):
    """A setting is wrong; the text names the variable and the fix."""


class Tls(StrEnum):
    """How the way to the mail server is kept from others."""

    AT_ONCE = "at_once"
    STARTTLS = "starttls"
    NONE = "none"
    """On this machine alone, where there is no way between."""


@dataclass(frozen=True)
class MailServer:
    """Who carries letters away."""

    host: str
    port: int
    tls: Tls = Tls.NONE
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """What one installation needs to know; each field is documented in docs/settings.md."""

    database_url: str
    instance_dir: Path
    public_url: str = "http://127.0.0.1:8000"
    provider_name: str = "cpd"
    provider_contact: str = ""
    provider_complaints: str = ""
    provider_pages: Path | None = None
    secret_key: str = ""
    mail_server: MailServer | None = None
    mail_from: str = ""
    proxies: int = 0
    demo: bool = False
    testing: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check the settings; raises SettingsError with the variable and the fix."""
        instance = Path(environ.get("CPD_INSTANCE", "instance")).absolute()
        default_database = f"sqlite:///{instance / 'cpd.sqlite'}"
        settings = cls(
            database_url=_database_url(environ.get("DATABASE_URL", default_database)),
            instance_dir=instance,
            public_url=_public_url(environ.get("CPD_PUBLIC_URL", cls.public_url)),
            provider_name=_name(environ.get("CPD_PROVIDER_NAME", cls.provider_name)),
            provider_contact=environ.get("CPD_PROVIDER_CONTACT", cls.provider_contact).strip(),
            provider_complaints=environ.get("CPD_PROVIDER_COMPLAINTS", "").strip(),
            provider_pages=_folder(environ.get("CPD_PROVIDER_PAGES", "")),
            secret_key=environ.get("CPD_SECRET_KEY", ""),
            mail_server=_mail_server(environ.get("CPD_MAIL_SERVER", "")),
            mail_from=environ.get("CPD_MAIL_FROM", "").strip(),
            proxies=_count("CPD_PROXIES", environ.get("CPD_PROXIES", "0")),
            demo=_flag("CPD_DEMO", environ.get("CPD_DEMO", "0")),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Refuse combinations that must not be served; raises SettingsError."""
        if self.secret_key and len(self.secret_key) < SHORTEST_KEY:
            msg = (
                f"CPD_SECRET_KEY has fewer than {SHORTEST_KEY} characters: use a long random text, "
                "or leave it unset and one is made in the instance folder."
            )
            raise SettingsError(msg)
        if not self.provider_name:
            msg = (
                "CPD_PROVIDER_NAME is empty, and certificates print it: "
                "write the provider's name, or unset it."
            )
            raise SettingsError(msg)
        if lines.read(self.provider_name, longest=LONGEST_NAME).fault is not None:
            msg = (
                f"CPD_PROVIDER_NAME is {self.provider_name!r}, which certificates cannot print: "
                f"use one line of at most {LONGEST_NAME} characters, with letters and without any "
                "sign that cannot be seen."
            )
            raise SettingsError(msg)
        if self.mail_from and not _ADDRESS.fullmatch(self.mail_from):
            msg = (
                f"CPD_MAIL_FROM is {self.mail_from!r}, from which no letter can come: use an "
                "address and nothing more, such as courses@harbour.example."
            )
            raise SettingsError(msg)
        if self.demo and not self.is_private:
            msg = (
                "CPD_DEMO=1 is refused where others can reach the site: demo people have public "
                "passwords. Unset CPD_DEMO, or set CPD_PUBLIC_URL=http://127.0.0.1:8000 and no "
                "CPD_PROXIES."
            )
            raise SettingsError(msg)

    @property
    def has_mailbox(self) -> bool:
        """Whether letters stay on this machine, to be read by whoever tries the demo."""
        return self.demo and self.mail_server is None

    @property
    def sends_letters(self) -> bool:
        """Whether people can be written to."""
        return self.mail_server is not None or self.has_mailbox

    @property
    def host(self) -> str:
        """The host name by which people reach the site."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def hosts(self) -> list[str]:
        """The host names that requests may ask for; this machine has two for itself."""
        return list(LOOPBACK) if self.is_loopback else [self.host]

    @property
    def is_loopback(self) -> bool:
        """Whether the public address is this machine itself."""
        return self.host in LOOPBACK

    @property
    def is_private(self) -> bool:
        """Whether nobody beyond this machine can reach the site."""
        return self.is_loopback and not self.proxies

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS."""
        return self.public_url.startswith("https://")


def make_instance_dir(settings: Settings) -> Path:
    """Make the folder of what the installation keeps, for its user only, and return it."""
    settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.instance_dir


def secret_key(settings: Settings) -> str:
    """Return the key that signs cookies: the setting's, or the one made at first run (0600).

    Raises SettingsError when the file does not hold a whole key.
    """
    if settings.secret_key:
        return settings.secret_key
    path = secret_key_file(settings)
    if not path.exists():
        make_instance_dir(settings)
        _make_key(path)
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        msg = (
            f"{path} does not hold a whole key: put it back from your backup, or delete it and "
            "run: cpd keys replace-secret. That makes a new one and says what follows from it."
        )
        raise SettingsError(msg)
    return key


def secret_key_file(settings: Settings) -> Path:
    """Return where the key lies that is made at first run."""
    return settings.instance_dir / "secret-key"


def has_secret_key(settings: Settings) -> bool:
    """Tell whether there is a key, or one would have to be made."""
    return bool(settings.secret_key) or secret_key_file(settings).exists()


def _make_key(path: Path) -> None:
    """Make a key, whole or not at all; processes that start at once make one between them."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if path.exists():
            return
        draft = path.with_suffix(".new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(draft, flags, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        os.close(folder)


def _database_url(value: str) -> str:
    if value.startswith("sqlite:///"):
        return _sqlite_url(value.removeprefix("sqlite:///"))
    for scheme in ("postgresql://", "postgres://", "postgresql+psycopg://"):
        if value.startswith(scheme):
            return _postgresql_url(value.removeprefix(scheme))
    named = f"begins with {value.split(':', 1)[0]!r}" if ":" in value else "names no database"
    msg = (
        f"DATABASE_URL {named}: use sqlite:////path/to/file or "
        "postgresql://user:password@host/database."
    )
    raise SettingsError(msg)


def _sqlite_url(path: str) -> str:
    """Return the address of a file, wherever a process of ours is started from."""
    if not path or path.startswith(":memory:") or "?" in path:
        msg = (
            f"DATABASE_URL names no file ({path!r}), and what is kept in memory is lost: "
            "use sqlite:////path/to/file, without options."
        )
        raise SettingsError(msg)
    return f"sqlite:///{Path(path).absolute()}"


def _postgresql_url(rest: str) -> str:
    """Check an address without showing it: it may hold a password."""
    url = f"postgresql+psycopg://{rest}"
    try:
        parts = urlsplit(url)
        is_whole = parts.port != 0 and bool(parts.path.strip("/"))
    except ValueError:
        is_whole = False
    if not is_whole:
        msg = (
            "DATABASE_URL is not a whole address: use postgresql://user:password@host/database, "
            "with signs such as @ : / in the password written as %40 %3A %2F."
        )
        raise SettingsError(msg)
    if find_spec("psycopg") is None:
        msg = (
            "DATABASE_URL names PostgreSQL, whose driver is not installed. "
            "Run: pip install 'cpd[postgres]'"
        )
        raise SettingsError(msg)
    return url


def _public_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", 0
    address = f"{host}:{port}" if port else host
    whole = {f"{scheme}://{address}" for scheme in ("http", "https") if host and port != 0}
    if value.rstrip("/").lower() not in whole:
        msg = (
            f"CPD_PUBLIC_URL is {value!r}: use the site's address and nothing more, such as "
            "https://cpd.example.org."
        )
        raise SettingsError(msg)
    return value.rstrip("/").lower()


def _mail_server(value: str) -> MailServer | None:
    """Read an address without showing it: it may hold a password."""
    if not value:
        return None
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port or _MAIL_PORTS.get(parts.scheme, 0)
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), "", 0
    has_more = bool(parts.path.strip("/") or parts.query or parts.fragment)
    is_whole = parts.scheme in _MAIL_PORTS and host and port and not has_more
    if not is_whole or bool(parts.username) != bool(parts.password):
        msg = (
            "CPD_MAIL_SERVER is not a whole address: use smtps://user:password@host:465, or "
            "smtp://user:password@host:587 for a server that changes to TLS, with signs such as "
            "@ : / in the password written as %40 %3A %2F."
        )
        raise SettingsError(msg)
    tls = Tls.AT_ONCE if parts.scheme == "smtps" else Tls.STARTTLS
    if parts.scheme == "smtp" and host in LOOPBACK:
        tls = Tls.NONE
    return MailServer(host, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _name(value: str) -> str:
    """Return a name in the form in which names are kept; `check` says whether it is one."""
    return lines.read(value, longest=LONGEST_NAME).text


def _count(name: str, value: str) -> int:
    if not value.isdecimal():
        msg = f"{name} is {value!r}: use a whole number, such as 0 or 1."
        raise SettingsError(msg)
    return int(value)


def _folder(value: str) -> Path | None:
    return Path(value).absolute() if value else None


def _flag(name: str, value: str) -> bool:
    if value not in {"0", "1"}:
        msg = f"{name} is {value!r}: use 1 for yes or 0 for no."
        raise SettingsError(msg)
    return value == "1"
