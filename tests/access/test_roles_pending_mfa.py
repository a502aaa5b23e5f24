"""Staff roles count only for who has codes from an app on: on every route that they open.

Whose roles count is a query, which is made on both databases; what follows from it is decided in
Python, so the routes are tried on SQLite.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pytest

from cpd.access.permissions import (
    GRANTS,
    OWN_ACCOUNT,
    STAFF_ROLES,
    Permission,
    Role,
    RoleAssignment,
)
from cpd.accounts.sign_in import queries
from cpd.accounts.tokens import hash_token
from cpd.config import settings_of_app
from cpd.db import db
from cpd.kernel import clock
from tests.access.asking import Asked, Asker, on_sqlite
from tests.access.matrix import FILE, Cell, Matrix, routes_of
from tests.access.objects import World
from tests.factories import accounts

MATRIX = Matrix.read(FILE.read_text())
OWN = OWN_ACCOUNT
"""What everybody may who has an account: withholding it would keep them from setting codes up."""
WORK = frozenset(Permission) - OWN
STAFF = sorted(STAFF_ROLES)
WORKING = [role for role in STAFF if GRANTS[role] & WORK - {Permission.COURSE_READ}]
"""The others open only pages that are public in part: those of courses."""


@pytest.fixture(scope="module")
def without_codes(world: World) -> Asker:
    """Sends cells as people who have set up no codes."""
    return Asker(World(world.app, codes=False))


def cells(asker: Asker, role: Role, permissions: frozenset[Permission]) -> Iterator[Cell]:
    """Return what the matrix says of a role on every route behind one of these permissions."""
    app = asker.world.app
    for route, endpoint in routes_of(app).items():
        if app.view_functions[endpoint].__dict__["permission"] in permissions & GRANTS[role]:
            yield from (cell for cell in MATRIX.cells(route) if cell.asker == role)


def is_withheld(cell: Cell, asked: Asked) -> bool:
    """Tell whether reading led to the codes, doing was refused, and nothing written."""
    if asked.written:
        return False
    if cell.is_reading:
        return asked.said == "codes"
    return asked.said == "403" and b"needs codes from an app" in asked.answer.body


def find_faults(found: Mapping[Cell, Iterable[str]]) -> list[str]:
    """Return the faults, but for what a route is known to write whatever it answers."""
    return [
        fault
        for cell, faults in found.items()
        for fault in faults
        if not (cell.route in MATRIX.writes and ": wrote " in fault)
    ]


@on_sqlite
@pytest.mark.parametrize("role", WORKING)
def test_without_codes_a_staff_role_opens_nothing(without_codes: Asker, role: Role) -> None:
    """So no cell needs people or objects of its own: if one writes all the same, this fails."""
    asker = replace(without_codes, is_refused=True)
    found = {cell: is_withheld(cell, asker.ask(cell)) for cell in cells(asker, role, WORK)}
    assert found
    assert [str(cell) for cell, withheld in found.items() if not withheld] == []


@pytest.mark.parametrize("role", STAFF)
def test_without_codes_courses_are_not_read(without_codes: Asker, role: Role) -> None:
    """Their pages are public in part, so the view asks, and not the guard."""
    found = {
        f"{cell.rule} {cell.example}": without_codes.ask(cell).said
        for rule in ("sections/<string:section>", "tools/<string:tool>", "whole", "changes")
        for cell in MATRIX.cells(f"GET /courses/<course:address>/{rule}")
        if cell.asker == role and cell.whose == "any" and cell.answer == "allow"
    }
    public = {name for name in found if "first section" in name or "open tool" in name}
    assert {found.pop(name) for name in public} == {"allow"}
    assert set(found.values()) == {"codes"}
    assert len(found) == 4


@on_sqlite
@pytest.mark.parametrize("role", STAFF)
def test_without_codes_the_own_account_stays_open(without_codes: Asker, role: Role) -> None:
    found = {cell: without_codes.faults(cell) for cell in cells(without_codes, role, OWN)}
    assert find_faults(found) == []


def test_without_codes_a_role_in_a_school_opens_nothing_there(without_codes: Asker) -> None:
    """And of another school it learns no more than with them."""
    found = {
        cell.whose: without_codes.ask(cell).said
        for cell in MATRIX.cells("GET /schools/<string:slug>")
        if cell.asker == "school_admin in a school"
    }
    assert found == {"own": "codes", "same-school": "codes", "others": "404", "any": "404"}


@pytest.mark.parametrize("codes", [False, True], ids=["without codes", "with codes"])
def test_every_staff_role_is_withheld_and_the_learners_is_not(world: World, codes: bool) -> None:
    """Also those that open nothing yet, in which there is no route to try."""
    people = World(world.app, codes=codes)
    everything = frozenset(map(RoleAssignment, Role))
    token = accounts.session_token(world.app, people.person(*Role))
    with world.app.app_context():
        found = [
            queries.find_signed_in_person(
                db.session(), hash_token(token), site_requires_mfa_of_staff=needed, now=clock.now()
            )
            for needed in (True, False)
        ]
    who, in_the_demo = (it.actor for it in found if it is not None)
    assert (in_the_demo.roles, in_the_demo.roles_pending_mfa) == (everything, frozenset())
    assert who.roles == (everything if codes else {RoleAssignment(Role.LEARNER)})
    assert who.roles_pending_mfa == everything - who.roles


@on_sqlite
@pytest.mark.parametrize("role", WORKING)
def test_in_the_demo_a_role_holds_without_codes(
    without_codes: Asker, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    """There the rule is off, which is the control, too: no cell looks as if it were withheld."""
    app = without_codes.world.app
    monkeypatch.setitem(app.config, "CPD", replace(settings_of_app(app), demo=True))
    examined = {cell: without_codes.examine(cell) for cell in cells(without_codes, role, WORK)}
    assert find_faults({cell: found for cell, (_, found) in examined.items()}) == []
    assert [str(cell) for cell, (asked, _) in examined.items() if is_withheld(cell, asked)] == []
