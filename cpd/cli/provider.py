"""`cpd provider`: who offers the courses here."""

import sys
from collections.abc import Mapping
from typing import Any

import click

from cpd.access.permissions import SYSTEM
from cpd.cli.main import create_app_or_exit
from cpd.config import SettingsError
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.provider import actions, current, fields
from cpd.provider.rules.profile import Profile
from cpd.web import provider_texts


@click.group("provider")
def command() -> None:
    """Show and change who offers the courses: name, addresses, logo, signatories, pages."""


@command.command()
def show() -> None:
    """Show the provider as stored in the database."""
    with create_app_or_exit().app_context():
        click.echo("\n".join(_build_profile_lines(current.reload_provider())))


@command.command("set")
@click.argument("assignments", nargs=-1, required=True, metavar="NAME=VALUE...")
def change(*, assignments: tuple[str, ...]) -> None:
    """Change the provider, at once and without a restart.

    Certificates keep what they were issued with. An empty value removes a detail. The value of
    logo is a PNG file. That of pages is a folder with Markdown texts, as for CPD_PROVIDER_PAGES,
    and it replaces all pages.
    """
    try:
        changes = dict(_parse_assignment(assignment) for assignment in assignments)
    except SettingsError as fault:
        sys.exit(str(fault))
    _exit_on_faults_of_pages(changes.get("pages", {}))
    with create_app_or_exit().app_context():
        with unit_of_work() as session:
            changed = actions.change_profile(session, changes, actor=SYSTEM, now=clock.now())
        click.echo(f"Changed: {', '.join(changed)}." if changed else "Nothing changed.")


def _exit_on_faults_of_pages(pages: Mapping[str, str]) -> None:
    """Exit with the faults of pages, before anything is changed."""
    faults = provider_texts.collect_faults_in_texts(pages) if pages else []
    for fault in faults:
        click.echo(str(fault))
    if faults:
        sys.exit("Nothing was changed.")


def _parse_assignment(assignment: str) -> tuple[str, Any]:
    name, sign, value = assignment.partition("=")
    if not sign:
        raise SettingsError(f"{assignment!r} sets nothing: write NAME=VALUE, such as name=Harbour.")
    return name, fields.parse_field(name, value)


def _build_profile_lines(profile: Profile) -> list[str]:
    signatories = "; ".join(
        f"{signatory.name}, {signatory.title}" for signatory in profile.signatories
    )
    pages = ", ".join(sorted(profile.pages)) or "the texts that come with cpd"
    texts = {"logo": profile.logo or "", "signatories": signatories, "pages": pages}
    shown = vars(profile) | texts
    return [f"{field}: {shown[field]}".rstrip() for field in fields.FIELDS]
