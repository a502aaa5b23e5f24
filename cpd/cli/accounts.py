"""`cpd accounts`: the first administrator, the list of accounts, and roles."""

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click
from flask import Flask
from sqlalchemy import select

from cpd.access.permissions import SYSTEM, Role, Scope
from cpd.accounts.models import Person, RoleAssignmentRow
from cpd.accounts.people import actions
from cpd.accounts.people.actions import AccountRefusal, Grant, NewPerson, RoleRefusal
from cpd.accounts.rules import addresses
from cpd.accounts.sign_in import password_hashing
from cpd.accounts.sign_in.actions import make_password_link
from cpd.accounts.sign_in.rules.password_strength import PasswordFault, password_fault
from cpd.accounts.validators import describe_line_fault
from cpd.cli.main import create_app_or_exit
from cpd.cli.naming import find_person_or_exit, find_school_or_exit
from cpd.config import settings_of_app
from cpd.db import db, unit_of_work
from cpd.kernel import clock, single_line
from cpd.kernel.addresses import decode_address
from cpd.provider import current

_LINK_HELP = "Print a link to set the password with, instead of asking for one."


@click.group("accounts")
def command() -> None:
    """Manage people's accounts and roles."""


@command.command("create-administrator")
@click.argument("email")
@click.option("--name", required=True, help="The name that the pages use for the person.")
@click.option("--link", "by_link", is_flag=True, help=_LINK_HELP)
def create_administrator(email: str, *, name: str, by_link: bool) -> None:
    """Create an account with the roles administrator and learner."""
    address, line = addresses.normalize_address(email), single_line.clean_line(name)
    if not addresses.is_plausible_address(address):
        sys.exit(f"{email!r} is not an email address such as ines@clinic.example.")
    if line.fault is not None:
        sys.exit(f"--name cannot be used. {describe_line_fault(line)}")
    app = create_app_or_exit()
    password = (
        ""
        if by_link
        else _prompt_until_password_is_strong(app, about=(decode_address(address), line.text))
    )
    password_hash = password_hashing.hash_password(password) if password else ""
    token = _create_administrator_and_link(
        app, address=address, name=line.text, password_hash=password_hash
    )
    click.echo(f"{line.text} <{decode_address(address)}> can administer this installation.")
    click.echo(
        "The role works once codes from an app are set up; the pages ask for that at sign-in."
    )
    if token:
        site = settings_of_app(app).public_url
        click.echo(f"Set the password within three days, once, at:\n{site}/set-password/{token}")


def _prompt_until_password_is_strong(app: Flask, *, about: tuple[str, ...]) -> str:
    """Ask until a password is good enough, explaining each time what is wrong."""
    with app.app_context():
        own = (current.current_provider().name, settings_of_app(app).host)
    while True:
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
        fault = password_fault(typed, about=(*about, *own))
        if fault is None:
            return typed
        click.echo(_PASSWORD_FAULTS[fault])


_PASSWORD_FAULTS = {
    PasswordFault.TOO_SHORT: (
        "Use at least 15 characters: a short sentence of your own is easy to remember."
    ),
    PasswordFault.TOO_LONG: "Use at most 256 characters.",
    PasswordFault.EASILY_GUESSED: "That is easy to guess: add words of your own.",
}


def _create_administrator_and_link(
    app: Flask, *, address: str, name: str, password_hash: str
) -> str:
    """Create the account and return the token of its link, or "" if a password is given."""
    now = clock.now()
    new = NewPerson(
        name=name,
        email=address,
        roles=frozenset({Role.ADMINISTRATOR, Role.LEARNER}),
        password_hash=password_hash,
    )
    with app.app_context(), unit_of_work() as session:
        person = actions.create_person(session, new, actor=SYSTEM, now=now)
        if isinstance(person, AccountRefusal):
            shown = decode_address(address)
            sys.exit(f"{shown} already has an account. Change its roles on the People page.")
        if password_hash:
            return ""
        return make_password_link(session, person, actor=SYSTEM, now=now)


@command.command("list")
def list_accounts() -> None:
    """List everyone: address, name, roles, state."""
    with create_app_or_exit().app_context():
        for person in db.session.scalars(select(Person).order_by(Person.email)):
            roles = ", ".join(sorted(_describe_role(row) for row in person.roles)) or "no role"
            open_state = "shares its address" if person.has_shared_address else "open"
            state = "locked" if person.disabled_at else open_state
            click.echo(f"{decode_address(person.email)}\t{person.name}\t{roles}\t{state}")


def _describe_role(row: RoleAssignmentRow) -> str:
    """Return the role, where it applies and for how long."""
    where = row.school.slug if row.school else "" if row.scope_id == "" else str(row.scope)
    until = f"until {row.until_at:%Y-%m-%d %H:%M} UTC" if row.until_at else ""
    begins = f"from {row.from_at:%Y-%m-%d %H:%M} UTC" if row.from_at > clock.now() else ""
    return " ".join(filter(None, [row.role.value, where and f"in {where}", begins, until]))


_ROLE = click.Choice([role.value for role in Role])
_SCHOOL = click.option("--school", "slug", help="Only in this school, by its name in URLs.")
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@command.command("grant-role")
@click.argument("email")
@click.argument("role", type=_ROLE)
@_SCHOOL
@click.option("--from", "first", type=_DAY, help="The first day of the role.")
@click.option("--until", "last", type=_DAY, help="The last day of the role.")
def grant_role(
    email: str, *, role: str, slug: str | None, first: datetime | None, last: datetime | None
) -> None:
    """Give someone a role, everywhere or in a school; days are in the school's zone, or UTC."""
    with create_app_or_exit().app_context():
        person, school = find_person_or_exit(email), find_school_or_exit(slug) if slug else None
        zone = ZoneInfo(school.time_zone if school else "UTC")
        grant = Grant(
            Role(role),
            school.scope if school else Scope.everywhere,
            begins=_start_of_day_in_zone(first, zone),
            ends=_start_of_day_in_zone(last and last + timedelta(days=1), zone),
        )
        with unit_of_work() as session:
            refusal = actions.grant_role(session, person.id, grant, actor=SYSTEM, now=clock.now())
    if refusal is not None:
        sys.exit(_REFUSALS[refusal])
    where = f"in {school.name}" if school else "everywhere"
    click.echo(f"{decode_address(person.email)} has the role {role} {where}.")


_REFUSALS = {
    RoleRefusal.ENDS_TOO_EARLY: "--until is in the past, or before --from.",
    RoleRefusal.SCHOOL_NEEDED: (
        "This role applies only in a school. Name it with --school; cpd school list shows them."
    ),
    RoleRefusal.SCHOOL_CLOSED: "This school has been closed and takes no new roles.",
}


@command.command("remove-role")
@click.argument("email")
@click.argument("role", type=_ROLE)
@_SCHOOL
def remove_role(email: str, *, role: str, slug: str | None) -> None:
    """Remove a role from someone, and sign them out everywhere."""
    with create_app_or_exit().app_context():
        person, school = find_person_or_exit(email), find_school_or_exit(slug) if slug else None
        scope = school.scope if school else Scope.everywhere
        with unit_of_work() as session:
            actions.remove_role(
                session, person.id, Role(role), scope, actor=SYSTEM, now=clock.now()
            )
    where = f"in {school.name}" if school else "everywhere"
    click.echo(f"{decode_address(person.email)} does not have the role {role} {where}.")


def _start_of_day_in_zone(day: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return when a day begins in a zone."""
    return None if day is None else day.replace(tzinfo=zone)
