"""The `cpd` command."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask

from cpd import env_file, instance
from cpd.config import ENV_FILE, Settings, SettingsError, stored_secret_key
from cpd.instance import InstanceError


def settings_now(**more: str) -> Settings:
    """Read the settings and print which site they name, or exit saying what to change.

    The environment overrides the settings file, and `more` overrides both.
    """
    try:
        file = env_file.load(os.environ)
        with env_file.naming_line(file):
            settings = Settings.from_environ({**os.environ, **more})
    except SettingsError as fault:
        sys.exit(str(fault))
    click.echo(
        f"Instance folder: {settings.instance_dir}. Database: {settings.database_name}. "
        f"Settings file: {file.path if file else 'none'}.",
        err=True,
    )
    if file and instance.is_world_readable(file.path):
        click.echo(f"Everyone on this machine can read {file.path}: run chmod o= on it.", err=True)
    return settings


def instance_now() -> Settings:
    """Read the settings of an existing installation, or exit saying what to do."""
    settings = settings_now()
    with exit_on_error():
        instance.check_folder(settings.instance_dir)
    return settings


def app_now(settings: Settings | None = None, *, makes_keys: bool = False) -> Flask:
    """Build the app on a usable database, or exit saying what to do."""
    with _without_garbage_collection():
        from cpd.app import create_app
        from cpd.hosts.keys import register_host_keys
        from cpd.provider import first_start
        from cpd.schema import check_database_or_exit

        settings = settings or settings_now()
        with exit_on_error():
            _check_instance(settings, makes_keys=makes_keys)
            check_database_or_exit(settings)
            if not makes_keys:
                _refuse_keyless(settings)
            app = create_app(settings)
            with _exit_when_refused("register its keys"):
                register_host_keys(app)
            with _exit_when_refused("store the provider"):
                line = first_start.store_or_compare_provider(app)
            if line is not None:
                click.echo(line, err=True)
            return app


def _check_instance(settings: Settings, *, makes_keys: bool) -> None:
    """Raise InstanceError for unusable files, and keep other users out of ours."""
    folder = settings.instance_dir
    if not makes_keys or folder.exists():
        instance.check_folder(folder)
    if settings.sqlite_file:
        instance.check_database(settings.sqlite_file)
    for line in instance.restrict_permissions(folder, settings.sqlite_file):
        click.echo(line, err=True)


def _refuse_keyless(settings: Settings) -> None:
    """Raise InstanceError if keys are missing: only `cpd serve` and `db upgrade` create them."""
    from cpd.certificates import signing

    has = {
        "secret-key": stored_secret_key(settings),
        "keys": signing.load_keys_from_folder(signing.key_folder_path(settings)),
    }
    missing = " and ".join(name for name, value in has.items() if not value)
    if missing:
        raise InstanceError(
            f"{settings.instance_dir} has no {missing}: restore it from your backup, or copy it "
            "from the machine that has it. A site that was never started gets its keys from: "
            "cpd serve"
        )


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Exit saying what to do if an installation cannot be used."""
    try:
        yield
    except (InstanceError, SettingsError) as fault:
        sys.exit(str(fault))
    except OSError as fault:
        sys.exit(instance.os_error_message(fault))


@contextmanager
def _exit_when_refused(what: str) -> Iterator[None]:
    """Exit saying what this host was about to do if the database refuses it."""
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as fault:
        sys.exit(f"The database does not allow this host to {what}: {fault.orig}")


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Disable garbage collection: what is loaded stays, and collecting takes a sixth longer."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class LazyGroup(click.Group):
    """Imports a command only when it is called."""

    groups = (
        "accounts",
        "attempts",
        "content",
        "db",
        "demo",
        "keys",
        "provider",
        "school",
        "serve",
        "verify",
        "worker",
    )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(self.groups)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        del ctx
        if cmd_name not in self.groups:
            return None
        from importlib import import_module

        module = {"demo": "demo.commands"}.get(cmd_name, cmd_name)
        command: click.Command = import_module(f"cpd.cli.{module}").command
        return command


@click.group(cls=LazyGroup)
@click.option(
    "--env",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the settings from this file, in the format of systemd's EnvironmentFile. "
    f"Without it, {ENV_FILE} names the file.",
)
def cli(*, env: Path | None) -> None:
    """Run and manage a cpd installation."""
    if env is not None:
        os.environ[ENV_FILE] = str(env.absolute())
