"""Every cell of the matrix, as each role; a wrong cell would be found.

Who may do what is decided in Python, so every cell is sent on SQLite. On PostgreSQL one cell is
sent for each route and each object that it is asked about, of somebody who is let in where anybody
is, so that each route runs its queries there too. Those for an instructor's own classes are the
business of the tests of schools, on both databases.
"""

from dataclasses import replace

import pytest
from flask import Flask

from cpd.access import permissions
from cpd.access.permissions import GRANTS, Permission, Role
from cpd.authoring.publication import actions as publication
from cpd.authoring.publication.gate import Approval
from cpd.schools.cohorts.queries import Reach
from tests.access.asking import Asker, judge, on_sqlite
from tests.access.matrix import FILE, IN_SCHOOLS, WHOSE, Matrix, routes_of
from tests.access.nested import COORDINATOR, INSTRUCTOR, Smuggler
from tests.access.objects import EXAMPLES, World

MATRIX = Matrix.read(FILE.read_text())


@pytest.fixture(scope="module")
def asker(world: World) -> Asker:
    """Sends cells, and keeps the people and objects that nothing changes."""
    return Asker(world)


@pytest.mark.parametrize("route", MATRIX.routes)
def test_route(asker: Asker, route: str) -> None:
    """Each cell answers as the matrix says; what is denied, and what only reads, writes nothing.

    And whatever is sent, by whomever: nothing publishes a draft that nobody has approved.
    """
    cells = MATRIX.cells(route) if asker.world.is_on_sqlite else MATRIX.sample(route)
    faults = [fault for cell in cells for fault in asker.faults(cell)]
    if route in MATRIX.writes:
        faults = [fault for fault in faults if ": wrote " not in fault]
    assert not faults, "\n" + "\n".join(faults)


def test_a_sample_leaves_out_no_object_and_nobody_is_denied_where_another_is_let_in() -> None:
    for route, rows in MATRIX.routes.items():
        cells, sample = list(MATRIX.cells(route)), MATRIX.sample(route)
        assert len(sample) == len(rows)
        let_in = {(it.whose, it.example) for it in cells if it.answer == "allow"}
        assert {(it.whose, it.example) for it in sample if it.answer == "allow"} == let_in


def unclaimed(app: Flask, matrix: Matrix) -> list[str]:
    """Return routes without a row, and rows without a route."""
    return sorted(set(routes_of(app)) ^ set(matrix.routes))


@on_sqlite
def test_every_route_has_a_row_and_every_row_is_a_route(world: World) -> None:
    assert unclaimed(world.app, MATRIX) == []


def unasked(app: Flask, matrix: Matrix) -> list[str]:
    """Return routes in a school that are not asked about own, same-school and foreign objects.

    Somebody who holds a role in a school must be among those who ask for each.
    """
    asked = {
        route: {cell.whose for cell in matrix.cells(route) if cell.asker in IN_SCHOOLS}
        for route, endpoint in routes_of(app).items()
        if "within" in app.view_functions[endpoint].__dict__
    }
    return [route for route, whose in asked.items() if not {*WHOSE[:3]} <= whose]


@on_sqlite
def test_every_route_in_a_school_is_asked_from_within_and_without(world: World) -> None:
    assert unasked(world.app, MATRIX) == []


def nested_faults(asker: Asker, named: str, *, in_school: bool) -> list[str]:
    """Return what comes of ids of other classes of the same school, or of another school."""
    world, smuggler = asker.world, Smuggler(asker.world, MATRIX)
    who, other = world.asker(named), world.person(Role.LEARNER)
    if in_school:
        world.join(other, world.school_of(who))
    visitor = world.visitor(who)
    return [
        fault
        for cell in smuggler.cells_of(world.app, named)
        for example in smuggler.smuggle(cell, who, other)
        for fault in judge(cell, asker.send(visitor, cell, example))
    ]


@on_sqlite
@pytest.mark.parametrize(("named", "in_school"), [(COORDINATOR, False), (INSTRUCTOR, True)])
def test_ids_from_elsewhere_lead_nowhere(asker: Asker, named: str, in_school: bool) -> None:
    """In an address or a form of one's own school, an id that is out of reach is not there."""
    faults = nested_faults(asker, named, in_school=in_school)
    assert not faults, "\n" + "\n".join(faults)


def test_the_file_is_sound() -> None:
    assert MATRIX.faults(EXAMPLES) == []


def test_what_may_write_says_why() -> None:
    assert all(MATRIX.writes.values())


# Controls: each guard above fails when what it guards is broken


@on_sqlite
def test_control_a_missing_row_is_found(world: World) -> None:
    rest = {route: cells for route, cells in MATRIX.routes.items() if route != "GET /people"}
    assert unclaimed(world.app, replace(MATRIX, routes=rest)) == ["GET /people"]


@on_sqlite
@pytest.mark.parametrize("whose", WHOSE[:3])
def test_control_a_school_that_is_not_asked_so_is_found(world: World, whose: str) -> None:
    route = "GET /schools/<string:slug>"
    cells = {where: it for where, it in MATRIX.routes[route].items() if not where.startswith(whose)}
    assert unasked(world.app, replace(MATRIX, routes={**MATRIX.routes, route: cells})) == [route]


@on_sqlite
def test_control_a_door_to_all_schools_is_found(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where any school counts for every other, a foreign one opens."""
    monkeypatch.setattr(permissions, "_roles_cover_scope", lambda roles, *_: bool(roles))
    found = [f for cell in MATRIX.cells("GET /schools/<string:slug>") for f in asker.faults(cell)]
    foreign = "school_admin in a school: GET /schools/<string:slug> [others school]"
    assert f"{foreign}: expected 404, got allow" in found


@on_sqlite
def test_control_a_door_to_other_classes_is_found(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an instructor reaches the whole school, ids of other classes open."""
    monkeypatch.setattr("cpd.schools.pages.build_reach", lambda _actor, scope: Reach(scope))
    found = nested_faults(asker, INSTRUCTOR, in_school=True)
    copied = "POST /schools/<string:slug>/assignments/<string:public_id>/copy [own assignment]"
    assert f"{INSTRUCTOR}: {copied}: expected 404, got allow" in found


@on_sqlite
def test_control_a_row_of_nothing_is_found(world: World) -> None:
    more = {**MATRIX.routes, "GET /nowhere": {"page": "everybody"}}
    assert unclaimed(world.app, replace(MATRIX, routes=more)) == ["GET /nowhere"]


@on_sqlite
@pytest.mark.parametrize(
    "route", ["GET /people", "POST /profile", "GET /", "GET /attempts/<string:public_id>"]
)
def test_control_a_flipped_cell_is_found(asker: Asker, route: str) -> None:
    """Whatever a cell says, each of the other answers is found to be wrong."""
    for cell in MATRIX.cells(route):
        asked = asker.ask(cell)
        assert not list(judge(cell, asked))
        for other in {"allow", "sign-in", "403", "404"} - {cell.answer}:
            assert list(judge(replace(cell, answer=other), asked)), f"{cell} as {other}"


@on_sqlite
def test_control_an_open_door_is_found(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A route that loses its permission fails, though every page still comes."""
    view = asker.world.app.view_functions["accounts.people.index"]
    monkeypatch.setitem(view.__dict__, "permission", None)
    assert [fault for cell in MATRIX.cells("GET /people") for fault in asker.faults(cell)]


@on_sqlite
def test_control_a_role_that_grew_is_found(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = GRANTS[Role.AUTHOR] | {Permission.PERSON_LIST}
    monkeypatch.setitem(GRANTS, Role.AUTHOR, grown)
    found = [fault for cell in MATRIX.cells("GET /people") for fault in asker.faults(cell)]
    assert found == ["author: GET /people: expected 403, got allow"]


@on_sqlite
def test_control_a_reading_that_writes_is_found(world: World) -> None:
    asker, route = Asker(world), next(iter(MATRIX.writes))
    found = [fault for cell in MATRIX.cells(route) for fault in asker.faults(cell)]
    assert [fault for fault in found if ": wrote " in fault]


@on_sqlite
def test_control_a_way_around_the_reviewers_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No request of the matrix publishes, though it tries to: here without the gate."""
    monkeypatch.setattr(
        publication, "find_approvals", lambda *args: {one.id: Approval(None, ()) for one in args[2]}
    )
    monkeypatch.setattr(publication, "record_sign_offs_of_drafts", lambda *_, **__: None)
    route, asker = "POST /authoring/courses/<string:course>/publication", Asker(world)
    found = [fault for cell in MATRIX.cells(route) for fault in asker.faults(cell)]
    assert [fault for fault in found if "published a draft that nobody has approved" in fault]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"GET /x/<string:id>": {"page": "everybody"}}, "`page` does not say which"),
        ({"GET /x/<string:id>": {"her session": "everybody"}}, "'her' is none of"),
        ({"GET /x/<string:id>": {"own thing": "everybody"}}, "no example 'thing'"),
        ({"GET /x": {"page": "somebody"}}, "'somebody' is none of the answers"),
        ({"GET /x": {"page": {"signed-in": "maybe"}}}, "expects none of"),
    ],
)
def test_control_a_faulty_row_is_found(row: dict[str, dict[str, object]], said: str) -> None:
    assert any(said in fault for fault in replace(MATRIX, routes=row).faults(EXAMPLES))


def test_control_an_unknown_role_is_found() -> None:
    answers = {**MATRIX.answers, "x": {"king": "allow", "signed-in": "403"}}
    assert any("'king'" in fault for fault in replace(MATRIX, answers=answers).faults(EXAMPLES))


def test_control_an_exception_for_nothing_is_found() -> None:
    assert replace(MATRIX, writes={"GET /x": "why"}).faults(EXAMPLES) == [
        "writes: GET /x is no route here"
    ]


def test_control_a_key_that_stands_twice_is_found() -> None:
    with pytest.raises(AssertionError, match="twice"):
        Matrix.read("answers: {}\nroutes:\n  GET /x: {page: a}\n  GET /x: {page: b}\n")
