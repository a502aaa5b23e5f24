"""`cpd keys`: the keys that sign certificates, and the secret key."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cpd.certificates import signing
from cpd.cli.main import exit_on_unusable_installation, read_instance_settings_or_exit
from cpd.kernel import clock

REPLACED = """\
Once a new secret key is in use:
- everyone is signed out, and open forms have to be sent again;
- people who sign in with codes from an app ({count} of them now) need a recovery code or an
  administrator to get in, and have to set up codes again;
- every other host of this site is refused at its next start until it has the same key.
No answer, result or certificate changes."""


@click.group("keys")
def command() -> None:
    """Manage the keys that sign certificates, and the secret key."""


@command.command("list")
def show() -> None:
    """List the keys in the instance folder; the last one signs."""
    with exit_on_unusable_installation():
        ring = signing.load_keys_from_folder(
            signing.key_folder_path(read_instance_settings_or_exit())
        )
    for key_id in sorted(ring.keys) if ring else ():
        click.echo(key_id)


@command.command()
def new() -> None:
    """Create a new key, which signs after a restart. Older certificates stay valid."""
    folder = signing.key_folder_path(read_instance_settings_or_exit())
    if not folder.is_dir():
        sys.exit(
            f"There is no {folder}: the first key is created when the site starts (cpd serve)."
        )
    with exit_on_unusable_installation():
        ring = signing.create_key_in_folder(folder, now=clock.now(), another=True)
    click.echo(
        f"Created {ring.current_key_id}. Back up the folder, copy the key to every other host of "
        "the site, then restart them."
    )


@command.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def replace_secret(*, yes: bool) -> None:
    """Make this host's secret key the valid one, replacing any that the database has.

    The key is CPD_SECRET_KEY, or the file secret-key in the instance folder, which is created if it
    is missing.
    """
    from cpd.access import audit
    from cpd.access.permissions import SYSTEM
    from cpd.accounts.models import AuthenticatorApp
    from cpd.config import read_secret_key_or_none, secret_key
    from cpd.hosts import keys

    settings = read_instance_settings_or_exit()
    with (
        exit_on_unusable_installation(),
        _database_session_without_app(settings.database_url) as session,
    ):
        secret = read_secret_key_or_none(settings)
        if secret and keys.is_secret_registered(session, secret):
            click.echo("The database already has this secret key. Nothing was changed.")
            return
        count = session.scalar(sa.select(sa.func.count()).select_from(AuthenticatorApp)) or 0
        session.commit()  # others can write while we ask
        click.echo(REPLACED.format(count=count))
        if not yes:
            click.confirm("Replace the secret key?", abort=True)
        now = clock.now()
        keys.replace_registered_secret(session, secret or secret_key(settings), now=now)
        audit.add_audit_entry(session, SYSTEM, "hosts:secret:replace", now=now)
        session.commit()
    click.echo("Done. Restart every host of this site, each with this key.")


@contextmanager
def _database_session_without_app(url: str) -> Iterator[Session]:
    """Open the database without the app, which does not start on a host with another key."""
    from cpd.engine import UnsafeDatabaseError, create_protected_engine
    from cpd.schema import UnknownSchemaError, refuse_unusable_schema

    engine = create_protected_engine(url).execution_options(cpd_write=True)
    try:
        with Session(engine) as session:
            refuse_unusable_schema(session.connection())
            yield session
    except (UnknownSchemaError, UnsafeDatabaseError) as fault:
        sys.exit(str(fault))
    except OperationalError as fault:
        sys.exit(f"The database that DATABASE_URL names cannot be used: {fault.orig}")
    finally:
        engine.dispose()
