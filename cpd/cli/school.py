"""`cpd school`: schools, clinics and associations, and who belongs to them."""

import sys
from collections.abc import Callable
from functools import wraps
from zoneinfo import available_timezones

import click

from cpd.access.permissions import SYSTEM, Scope
from cpd.accounts.models import Person
from cpd.accounts.validators import describe_line_fault
from cpd.cli.main import create_app_or_exit
from cpd.cli.naming import find_person_or_exit, find_school_or_exit
from cpd.db import db, unit_of_work
from cpd.kernel import clock, single_line
from cpd.kernel.addresses import decode_address
from cpd.organisations import actions, queries
from cpd.organisations.actions import NewSchool, Refusal, SlugTakenError
from cpd.organisations.models import School, SchoolKind
from cpd.organisations.rules import slugs


@click.group("school")
def command() -> None:
    """Manage schools and their members; cpd accounts grant-role gives roles in them."""


@command.command("add")
@click.argument("name")
@click.option("--slug", help="Its name in URLs; derived from the name by default.")
@click.option("--kind", type=click.Choice([kind.value for kind in SchoolKind]), default="school")
@click.option("--zone", default="UTC", help="Its time zone, such as Europe/London. UTC by default.")
def add(name: str, *, slug: str | None, kind: str, zone: str) -> None:
    """Create a school, a clinic or an association."""
    line = single_line.clean_line(name)
    slug = slugs.slug_from_name(line.text) if slug is None else slug
    if line.fault is not None:
        sys.exit(f"This name cannot be used. {describe_line_fault(line)}")
    if not slugs.is_slug(slug):
        sys.exit(
            f"{slug!r} cannot be part of a URL. Give --slug lowercase letters, digits and single "
            f"hyphens, at most {slugs.LONGEST} characters."
        )
    if zone not in available_timezones():
        sys.exit(f"There is no time zone {zone}. Name one such as Europe/London.")
    new = NewSchool(name=line.text, slug=slug, time_zone=zone, kind=SchoolKind(kind))
    if not _create_school_unless_slug_taken(new):
        sys.exit(f"Another school is called {slug} in URLs. Choose another name with --slug.")
    click.echo(f"{new.name} is at /schools/{slug}.")
    click.echo(f"Put someone in charge: cpd accounts grant-role EMAIL school_admin --school {slug}")


def _create_school_unless_slug_taken(new: NewSchool) -> bool:
    with create_app_or_exit().app_context():
        try:
            with unit_of_work() as session:
                result = actions.create_school(session, new, actor=SYSTEM, now=clock.now())
        except SlugTakenError:
            return False
        return not isinstance(result, Refusal)


@command.command("list")
def list_schools() -> None:
    """List all schools: name in URLs, name, kind, time zone, state, members."""
    with create_app_or_exit().app_context():
        counts = queries.count_members_by_school(db.session(), Scope.everywhere)
        for school in queries.find_schools(db.session(), Scope.everywhere):
            state = "closed" if school.closed_at else "open"
            columns = (school.slug, school.name, school.kind.value, school.time_zone, state)
            click.echo("\t".join([*columns, str(counts.get(school.id, 0))]))


@command.command("close")
@click.argument("slug")
def close(slug: str) -> None:
    """Close a school to new members and roles; existing ones stay."""
    with create_app_or_exit().app_context():
        school = find_school_or_exit(slug)
        with unit_of_work() as session:
            actions.close_school(session, school.scope, actor=SYSTEM, now=clock.now())
        click.echo(f"{school.name} is closed.")


@command.command("seats")
@click.argument("slug")
@click.argument("seats", type=click.IntRange(min=1), required=False)
def seats(slug: str, seats: int | None) -> None:
    """Set how many people may belong to a school; without SEATS, any number may."""
    with create_app_or_exit().app_context():
        school = find_school_or_exit(slug)
        with unit_of_work() as session:
            actions.change_seats(session, school.scope, seats, actor=SYSTEM, now=clock.now())
        limit = "no limit of seats" if seats is None else f"{seats} seats"
        click.echo(f"{school.name} has {limit}.")


def _command_with_school_and_person(
    run: Callable[[School, Person], None],
) -> Callable[[str, str], None]:
    """Make a command that takes SLUG and EMAIL of one that takes the school and the person."""

    @click.argument("slug")
    @click.argument("email")
    @wraps(run)
    def find_school_and_person_and_run(slug: str, email: str) -> None:
        with create_app_or_exit().app_context():
            run(find_school_or_exit(slug), find_person_or_exit(email))

    return find_school_and_person_and_run


@command.command("join")
@_command_with_school_and_person
def join(school: School, person: Person) -> None:
    """Make someone a member of a school. Membership alone gives them no permissions."""
    with unit_of_work() as session:
        refusal = actions.join_school(
            session, school.scope, person.subject, actor=SYSTEM, now=clock.now()
        )
    if refusal is Refusal.FULL:
        sys.exit(
            f"All {school.seats} seats of {school.name} are taken. Raise them: cpd school seats"
        )
    if refusal is not None:
        sys.exit(f"{school.name} has been closed and takes no new members.")
    click.echo(f"{decode_address(person.email)} belongs to {school.name}.")


@command.command("leave")
@_command_with_school_and_person
def leave(school: School, person: Person) -> None:
    """End someone's membership of a school; they keep their courses and certificates."""
    with unit_of_work() as session:
        actions.leave_school(session, school.scope, person.subject, actor=SYSTEM, now=clock.now())
    click.echo(f"{decode_address(person.email)} does not belong to {school.name}.")
