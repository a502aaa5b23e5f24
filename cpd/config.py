"""Settings: read once from the environment, checked at start, and never changed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask, current_app

from cpd import setting_values
from cpd.kernel import addresses, files
from cpd.setting_values import LOOPBACK, MailServer, SettingsError, Tls

__all__ = ("LOOPBACK", "MailServer", "Settings", "SettingsError", "Tls")

ENV_FILE = "CPD_ENV_FILE"
NAMES = (
    "CPD_DEMO",
    ENV_FILE,
    "CPD_INSTANCE",
    "CPD_MAIL_FROM",
    "CPD_MAIL_SERVER",
    "CPD_PROVIDER_COMPLAINTS",
    "CPD_PROVIDER_CONTACT",
    "CPD_PROVIDER_NAME",
    "CPD_PROVIDER_PAGES",
    "CPD_PROXIES",
    "CPD_PUBLIC_URL",
    "CPD_SECRET_KEY",
    "CPD_SHIPPED_COURSES",
    "DATABASE_URL",
)
"""All settings; any other variable that begins with CPD_ is refused."""
SHORTEST_KEY = 32


@dataclass(frozen=True)
class Settings:
    """The settings of one installation; docs/settings.md documents each."""

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
    shipped_courses: bool = True
    testing: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check the settings; raises SettingsError with the variable and the fix."""
        unknown = [
            unknown_setting_message(name)
            for name in sorted(environ)
            if is_unknown_setting_name(name)
        ]
        if unknown:
            raise SettingsError("\n".join(unknown))
        folder = setting_values.parse_path("CPD_INSTANCE", environ.get("CPD_INSTANCE", "instance"))
        default_database = setting_values.build_sqlite_url(folder / "cpd.sqlite")
        settings = cls(
            database_url=setting_values.parse_database_url(
                environ.get("DATABASE_URL", default_database)
            ),
            instance_dir=folder,
            public_url=setting_values.parse_public_url(
                environ.get("CPD_PUBLIC_URL", cls.public_url)
            ),
            provider_name=setting_values.parse_name(
                environ.get("CPD_PROVIDER_NAME", cls.provider_name)
            ),
            provider_contact=environ.get("CPD_PROVIDER_CONTACT", cls.provider_contact).strip(),
            provider_complaints=environ.get("CPD_PROVIDER_COMPLAINTS", "").strip(),
            provider_pages=setting_values.parse_pages_folder(environ.get("CPD_PROVIDER_PAGES", "")),
            secret_key=setting_values.parse_secret_key(environ.get("CPD_SECRET_KEY")),
            mail_server=setting_values.parse_mail_server(environ.get("CPD_MAIL_SERVER", "")),
            mail_from=environ.get("CPD_MAIL_FROM", "").strip(),
            proxies=setting_values.parse_digit("CPD_PROXIES", environ.get("CPD_PROXIES", "0")),
            demo=setting_values.parse_flag("CPD_DEMO", environ.get("CPD_DEMO", "0")),
            shipped_courses=setting_values.parse_flag(
                "CPD_SHIPPED_COURSES", environ.get("CPD_SHIPPED_COURSES", "1")
            ),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Raise SettingsError for values and combinations that must not be served."""
        if self.secret_key and len(self.secret_key) < SHORTEST_KEY:
            msg = (
                f"CPD_SECRET_KEY is shorter than {SHORTEST_KEY} characters: use a long random one, "
                "or leave it unset to have one generated in the instance folder."
            )
            raise SettingsError(msg)
        setting_values.refuse_unprintable_name("CPD_PROVIDER_NAME", self.provider_name)
        for name, contact in (
            ("CONTACT", self.provider_contact),
            ("COMPLAINTS", self.provider_complaints),
        ):
            setting_values.refuse_invalid_contact(f"CPD_PROVIDER_{name}", contact)
        if self.provider_pages:
            setting_values.refuse_missing_folder("CPD_PROVIDER_PAGES", self.provider_pages)
        if self.mail_from and not (
            self.mail_from.isascii() and addresses.is_mail_address(self.mail_from)
        ):
            msg = (
                f"CPD_MAIL_FROM is {self.mail_from!r}, which cannot send email: use a plain "
                "address such as courses@harbour.example, with a domain in another script "
                "written as xn--..."
            )
            raise SettingsError(msg)
        if self.demo and not self.shipped_courses:
            msg = (
                "CPD_DEMO=1 needs the shipped courses, which the demo people take: "
                "unset CPD_SHIPPED_COURSES, or serve without the demo."
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
    def sqlite_file(self) -> Path | None:
        """The file of a SQLite database."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(unquote(path)) if scheme == "sqlite" else None

    @property
    def database_name(self) -> str:
        """The database as shown in messages, without its password."""
        if self.sqlite_file:
            return f"SQLite, {self.sqlite_file}"
        parts = urlsplit(self.database_url)
        hosts = parse_qs(parts.query).get("host", [])
        host = parts.hostname or next(iter(hosts), "")
        port = f":{parts.port}" if parts.port else ""
        return f"PostgreSQL, {unquote(parts.path).strip('/')}" + (
            f" on {host}{port}" if host else ""
        )

    @property
    def has_mailbox(self) -> bool:
        """Whether emails stay on this machine, where people who try the demo can read them."""
        return self.demo and self.mail_server is None

    @property
    def sends_email(self) -> bool:
        """Whether the site can send email."""
        return self.mail_server is not None or self.has_mailbox

    @property
    def host(self) -> str:
        """The host name at which people reach the site."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def hosts(self) -> list[str]:
        """The host names that requests may use; a loopback address has two."""
        return list(LOOPBACK) if self.is_loopback else [self.host]

    @property
    def is_loopback(self) -> bool:
        """Whether the public address is this machine itself."""
        return self.host in LOOPBACK

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach the site."""
        return self.is_loopback and not self.proxies

    @property
    def session_cookie(self) -> str:
        """The name of the session cookie.

        It has the port, which browsers ignore: two sites on one host would share one session.
        """
        port = urlsplit(self.public_url).port
        return ("__Host-cpd" if self.is_https else "cpd") + (f"-{port}" if port else "")

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS."""
        return self.public_url.startswith("https://")


def settings_of_app(app: Flask) -> Settings:
    """Return the settings that an app was built with."""
    settings: Settings = app.config["CPD"]
    return settings


def current_settings() -> Settings:
    """Return the settings of the app that handles this request or command."""
    return settings_of_app(current_app)


def is_unknown_setting_name(name: str) -> bool:
    """Tell whether a variable looks like a setting but is not one."""
    return name.upper().startswith("CPD_") and name not in NAMES


def unknown_setting_message(name: str) -> str:
    """Return a message that a variable is not a setting, and suggest the closest name."""
    close = get_close_matches(name.upper(), NAMES, n=1)
    remedy = f"did you mean {close[0]}?" if close else f"unset it. Known are: {', '.join(NAMES)}."
    return f"{name} is not a setting of cpd: {remedy}"


def secret_key_file(settings: Settings) -> Path:
    """Return the file of the secret key that is generated at the first run."""
    return settings.instance_dir / "secret-key"


def read_secret_key_or_none(settings: Settings) -> str:
    """Return the key that signs cookies, from the settings or the instance folder, or "".

    Raises SettingsError when the file does not hold a complete key.
    """
    path = secret_key_file(settings)
    if settings.secret_key or not path.exists():
        return settings.secret_key
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        msg = (
            f"{path} does not hold a complete key: restore it from your backup, or delete it and "
            "run: cpd keys replace-secret. That generates a new one and explains the consequences."
        )
        raise SettingsError(msg)
    return key


def secret_key(settings: Settings) -> str:
    """Return the key that signs cookies; create one (mode 0600) if there is none.

    Processes that start at the same time create only one.
    """
    if key := read_secret_key_or_none(settings):
        return key
    folder = settings.instance_dir
    with files.create_private_folder(folder), files.lock_folder(folder):
        if not read_secret_key_or_none(settings):
            files.write_private_file(secret_key_file(settings), secrets.token_urlsafe(48).encode())
    return read_secret_key_or_none(settings)
