"""The `cpd` command."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from cpd.config import Settings, SettingsError


def settings_now(**more: str) -> Settings:
    """Read the settings, or end with what to change; `more` stands above the environment."""
    try:
        return Settings.from_environ({**os.environ, **more})
    except SettingsError as fault:
        sys.exit(str(fault))


def app_now(settings: Settings | None = None) -> Flask:
    """Build the app on a database that is fit to serve and knows this host, or end with the fix."""
    with _no_garbage():
        from sqlalchemy.exc import OperationalError

        from cpd.app import create_app, register_keys
        from cpd.db import require_ready
        from cpd.hosts.keys import WrongKeysError

        try:
            app = create_app(settings or settings_now())
            require_ready(app)
            register_keys(app)
        except (SettingsError, WrongKeysError) as fault:
            sys.exit(str(fault))
        except OperationalError as fault:
            sys.exit(f"The database does not let this host register its keys: {fault.orig}")
    return app


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Look for no garbage in the block: what is loaded stays, and looking takes a sixth longer."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Lazy(click.Group):
    """Loads a group of commands only when it is called."""

    groups = (
        "accounts",
        "attempts",
        "content",
        "db",
        "demo",
        "keys",
        "serve",
        "verify",
        "worker",
    )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        del ctx
        return list(self.groups)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        del ctx
        if cmd_name not in self.groups:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"cpd.cli.{cmd_name}").command
        return command


@click.group(cls=Lazy)
def cli() -> None:
    """Run and look after a cpd installation."""
