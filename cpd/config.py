"""Settings: read once from the environment, checked at start, never changed after."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class SettingsError(ValueError):
    """A setting is wrong; the text names the variable and the fix."""


@dataclass(frozen=True)
class Settings:
    """What one installation needs to know; each field is documented in docs/settings.md."""

    database_url: str
    instance_dir: Path
    public_url: str = "http://127.0.0.1:8000"
    provider_name: str = "cpd"
    provider_contact: str = ""
    secret_key: str = ""
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
            provider_name=environ.get("CPD_PROVIDER_NAME", cls.provider_name),
            provider_contact=environ.get("CPD_PROVIDER_CONTACT", cls.provider_contact),
            secret_key=environ.get("CPD_SECRET_KEY", ""),
            proxies=_count("CPD_PROXIES", environ.get("CPD_PROXIES", "0")),
            demo=_flag("CPD_DEMO", environ.get("CPD_DEMO", "0")),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Refuse combinations that must not be served; raises SettingsError."""
        shortest = 32
        if self.secret_key and len(self.secret_key) < shortest:
            msg = (
                f"CPD_SECRET_KEY has fewer than {shortest} characters: use a long random text, or "
                "leave it unset and one is made in the instance folder."
            )
            raise SettingsError(msg)
        if self.demo and not self.is_loopback:
            msg = (
                "CPD_DEMO=1 is refused for CPD_PUBLIC_URL beyond this machine: demo people have "
                "public passwords. Unset CPD_DEMO, or serve on http://127.0.0.1."
            )
            raise SettingsError(msg)

    @property
    def host(self) -> str:
        """The host name by which people reach the site."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_loopback(self) -> bool:
        """Whether the public address is this machine itself."""
        return self.host in {"127.0.0.1", "localhost", "::1"}

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS."""
        return self.public_url.startswith("https://")


def secret_key(settings: Settings) -> str:
    """Return the key that signs cookies: the setting's, or the one made at first run (0600)."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.instance_dir / "secret-key"
    if not path.exists():
        settings.instance_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _database_url(value: str) -> str:
    if value.startswith("sqlite:///"):
        return value
    for scheme in ("postgresql://", "postgres://", "postgresql+psycopg://"):
        if value.startswith(scheme):
            return "postgresql+psycopg://" + value.removeprefix(scheme)
    msg = (
        f"DATABASE_URL is {value.split(':', 1)[0]!r}...: use sqlite:////path/to/file or "
        "postgresql://user:password@host/database."
    )
    raise SettingsError(msg)


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        msg = (
            f"CPD_PUBLIC_URL is {value!r}: use the site's address, such as https://cpd.example.org."
        )
        raise SettingsError(msg)
    return value.rstrip("/")


def _count(name: str, value: str) -> int:
    if not value.isdecimal():
        msg = f"{name} is {value!r}: use a whole number, such as 0 or 1."
        raise SettingsError(msg)
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value not in {"0", "1"}:
        msg = f"{name} is {value!r}: use 1 for yes or 0 for no."
        raise SettingsError(msg)
    return value == "1"
