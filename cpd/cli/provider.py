"""`cpd provider`: who offers the courses here."""

import sys

import click

from cpd.access.permissions import SYSTEM
from cpd.cli.main import app_now
from cpd.config import SettingsError
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.provider import actions, current, values
from cpd.provider.rules.profile import Profile


@click.group("provider")
def command() -> None:
    """Show and change who offers the courses: name, number, addresses, signatories, pages."""


@command.command()
def show() -> None:
    """Show what the database says of the provider."""
    with app_now().app_context():
        click.echo("\n".join(_shown(current.look_again())))


@command.command("set")
@click.argument("assignments", nargs=-1, required=True, metavar="NAME=VALUE...")
def change(*, assignments: tuple[str, ...]) -> None:
    """Change what is said of the provider, at once and without a restart.

    Certificates keep what they were issued with. An empty value takes something back. For pages the
    value is a folder with Markdown texts, as for CPD_PROVIDER_PAGES, which takes the place of all.
    """
    try:
        changes = dict(_read(one) for one in assignments)
    except SettingsError as fault:
        sys.exit(str(fault))
    with app_now().app_context():
        with unit_of_work() as session:
            changed = actions.change(session, changes, actor=SYSTEM, now=clock.now())
        click.echo(f"Changed: {', '.join(changed)}." if changed else "Nothing changed.")


def _read(assignment: str) -> tuple[str, object]:
    name, sign, value = assignment.partition("=")
    if not sign:
        raise SettingsError(f"{assignment!r} sets nothing: write NAME=VALUE, such as name=Harbour.")
    return name, values.read(name, value)


def _shown(profile: Profile) -> list[str]:
    people = "; ".join(f"{one.name}, {one.title}" for one in profile.signatories)
    own = ", ".join(sorted(profile.pages)) or "the texts that come with cpd"
    said = vars(profile) | {"signatories": people, "pages": own}
    return [f"{field}: {said[field]}".rstrip() for field in values.FIELDS]
