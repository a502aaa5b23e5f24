"""The `cpd` command."""

import gc
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask

from cpd import env_file, instance
from cpd.config import ENV_FILE, Settings, SettingsError, read_secret_key_or_none
from cpd.instance import InstanceError


def read_settings_or_exit(**more: str) -> Settings:
    """Read the settings and print which site they name, or exit saying what to change.

    The environment overrides the settings file, and `more` overrides both.
    """
    try:
        file = env_file.load_named_settings_file(os.environ)
        with env_file.add_line_to_settings_errors(file):
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


def read_instance_settings_or_exit() -> Settings:
    """Read the settings of an existing installation, or exit saying what to do."""
    settings = read_settings_or_exit()
    with exit_on_unusable_installation():
        instance.refuse_unusable_folder(settings.instance_dir)
    return settings


def create_app_or_exit(settings: Settings | None = None, *, makes_keys: bool = False) -> Flask:
    """Build the app on a usable database, or exit saying what to do."""
    with _garbage_collection_paused():
        from cpd.app import create_app
        from cpd.hosts.keys import register_host_keys
        from cpd.provider import first_start
        from cpd.schema import check_database_or_exit

        settings = settings or read_settings_or_exit()
        with exit_on_unusable_installation():
            _check_folder_and_database_file(settings, makes_keys=makes_keys)
            check_database_or_exit(settings)
            if not makes_keys:
                _refuse_missing_keys(settings)
            app = create_app(settings)
            with _exit_if_database_refuses("register its keys"):
                register_host_keys(app)
            with _exit_if_database_refuses("store the provider"):
                line = first_start.store_or_compare_provider(app)
            if line is not None:
                click.echo(line, err=True)
            return app


def _check_folder_and_database_file(settings: Settings, *, makes_keys: bool) -> None:
    """Raise InstanceError for unusable files, and keep other users out of ours."""
    folder = settings.instance_dir
    if not makes_keys or folder.exists():
        instance.refuse_unusable_folder(folder)
    if settings.sqlite_file:
        instance.refuse_unusable_database_file(settings.sqlite_file)
    for line in instance.restrict_permissions(folder, settings.sqlite_file):
        click.echo(line, err=True)


def _refuse_missing_keys(settings: Settings) -> None:
    """Raise InstanceError if keys are missing: only `cpd serve` and `db upgrade` create them."""
    from cpd.certificates import signing

    has = {
        "secret-key": read_secret_key_or_none(settings),
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
def exit_on_unusable_installation() -> Iterator[None]:
    """Exit saying what to do if an installation cannot be used."""
    try:
        yield
    except (InstanceError, SettingsError) as fault:
        sys.exit(str(fault))
    except OSError as fault:
        sys.exit(instance.os_error_message(fault))


@contextmanager
def _exit_if_database_refuses(what: str) -> Iterator[None]:
    """Exit saying what this host was about to do if the database refuses it."""
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as fault:
        sys.exit(f"The database does not allow this host to {what}: {fault.orig}")


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
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

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; signs that the terminal cannot show are replaced and end nothing."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*args, **kwargs)

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


def _print_release(context: click.Context, _option: click.Parameter, asked: object) -> None:
    if asked:
        from cpd.cli.release import describe_release

        click.echo(describe_release())
        context.exit()


@click.group(cls=LazyGroup)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_release,
    help="Print the release and the commit.",
)
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
