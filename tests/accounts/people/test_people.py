"""What administrators do with accounts, that each of it is audited, and what they cannot do."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access.audit import AuditEntry
from cpd.access.permissions import (
    SCHOOL_ROLES,
    SYSTEM,
    Actor,
    Role,
    RoleAssignment,
    Scope,
    ScopeType,
)
from cpd.accounts import queries as account_queries
from cpd.accounts.models import Person, RoleAssignmentRow
from cpd.accounts.people import actions, queries
from cpd.accounts.people.actions import (
    AccountRefusal,
    AddressTakenError,
    Grant,
    NewPerson,
    RoleRefusal,
)
from cpd.accounts.profile.queries import find_own_legal_name
from cpd.accounts.sign_in import queries as sign_in_queries
from cpd.accounts.sign_in.models import PasswordLink
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from cpd.organisations import actions as founding
from cpd.organisations import queries as schools
from tests.factories import accounts, organisations
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import EVERYBODY, INES, MAYA, PASSWORD, ZOE
from tests.support.people import Person as Named
from tests.support.visitor import Visitor

NEW = "five blue doors by the sea"


def path_of(app: Flask, named: Named) -> str:
    with app.app_context():
        return f"/people/{accounts.row_of(named).public_id}"


def roles_of(app: Flask, named: Named) -> set[Role]:
    with app.app_context():
        return {held.role for held in accounts.row_of(named).roles}


def trail(app: Flask) -> list[tuple[str, str, dict[str, object]]]:
    """Return what administrators were written down to have done: action, to whom, detail."""
    with app.app_context():
        found = db.session.scalars(
            select(AuditEntry).where(AuditEntry.actor != "system").order_by(AuditEntry.id)
        )
        subjects = {row.subject: row.email for row in db.session.scalars(select(Person))}
        return [(it.action, subjects[it.object], it.detail) for it in found]


# Making accounts


def test_an_account_is_made_and_its_link_handed_over(app: Flask, ines: Visitor) -> None:
    ines.get("/people/new")
    page = ines.submit(
        {"name": "Nora Lind", "email": " Nora@Example.org ", "roles": ["learner", "author"]},
        action="/people",
        status=200,
    )
    found = re.search(r">http://localhost(/set-password/[\w-]{43})<", page.html)
    assert found is not None
    nora = Visitor(app, "nora")
    assert "nora@example.org" in nora.get(found[1]).text
    nora.submit({"password": NEW, "again": NEW})
    nora.follow()
    nora.submit({"email": "nora@example.org", "password": NEW})
    assert "Nora Lind" in nora.get("/profile").text
    assert trail(app)[:2] == [
        ("accounts:person:create", "nora@example.org", {"roles": ["author", "learner"]}),
        ("accounts:password-link:make", "nora@example.org", {}),
    ]


def test_a_new_account_lets_nobody_in_before_its_password_is_set(
    app: Flask, ines: Visitor, stranger: Visitor
) -> None:
    ines.post("/people", {"name": "N", "email": "n@example.org", "roles": "learner"}, status=200)
    stranger.get("/sign-in")
    for password in (PASSWORD, "x", " "):
        stranger.submit({"email": "n@example.org", "password": password}, status=422)


def test_the_link_is_shown_once_and_kept_by_nobody(app: Flask, ines: Visitor) -> None:
    page = ines.post(
        "/people", {"name": "N", "email": "n@example.org", "roles": "learner"}, status=200
    )
    assert page.header("Cache-Control") == "no-store"
    token = re.search(r"/set-password/([\w-]{43})", page.html)
    assert token is not None
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.email == "n@example.org")).one()
        row = db.session.scalars(select(PasswordLink)).one()
        assert token[1] not in str(vars(row))
    again = ines.get(f"/people/{person.public_id}")
    assert "/set-password/" not in again.html
    assert "No password yet" in again.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Enter the name."),
        ({"name": "N\u200b"}, "cannot be seen or printed"),
        ({"name": "\u115f\u1160"}, "(hangul choseong filler)"),
        ({"email": "nora"}, "Write the whole address"),
        ({"email": ""}, "Enter the address."),
        ({"email": MAYA.email}, "already has an account"),
        ({"email": "MAYA@example.org"}, "already has an account"),
        ({"roles": []}, "Choose at least one role."),
    ],
)
def test_mistakes_are_said_and_nothing_typed_is_lost(
    app: Flask, ines: Visitor, change: dict[str, object], said: str
) -> None:
    given: dict[str, object] = {
        "name": "Nora Lind",
        "email": "nora@example.org",
        "roles": ["author", "reviewer"],
    } | change
    answer = ines.post("/people", given, status=422)
    assert said in answer.text
    form = next(form for form in answer.page.forms if form.action == "/people")
    assert [value for name, value in form.fields if name == "roles"] == given["roles"]
    assert form.value("name") == given["name"]
    assert trail(app) == []


@pytest.mark.parametrize("role", ["instructor", "school_admin", "root", ""])
def test_roles_that_are_not_offered_are_not_given(app: Flask, ines: Visitor, role: str) -> None:
    sent = {"name": "N", "email": "n@example.org", "roles": role}
    ines.post("/people", sent, status=422)
    if role not in set(Role):
        ines.post(f"{path_of(app, MAYA)}/roles", {"role": role}, status=422)
    assert trail(app) == []


def test_a_role_ticked_twice_is_refused(ines: Visitor) -> None:
    sent = {"name": "N", "email": "n@example.org", "roles": ["learner", "learner"]}
    ines.post("/people", sent, status=400)


def test_of_two_at_once_one_gets_the_address(app: Flask) -> None:
    new = NewPerson(name="N", email="n@example.org", roles=frozenset({Role.LEARNER}))
    with app.app_context():
        with unit_of_work() as session:
            actions.create_person(session, new, actor=SYSTEM, now=kernel_clock.now())
        with unit_of_work() as session:
            said = actions.create_person(session, new, actor=SYSTEM, now=kernel_clock.now())
        assert said is AccountRefusal.ADDRESS_TAKEN


def test_the_database_keeps_addresses_apart(
    app: Flask, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where both looked before either wrote, the unique index decides."""
    new = NewPerson(name="N", email=MAYA.email, roles=frozenset())

    def both_looked(*_args: object, **_named: object) -> None:
        return None

    monkeypatch.setattr(Session, "scalar", both_looked)
    with app.app_context(), pytest.raises(AddressTakenError), unit_of_work() as session:
        actions.create_person(session, new, actor=SYSTEM, now=kernel_clock.now())


def test_the_page_says_so_as_well(ines: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_args: object, **_named: object) -> None:
        raise AddressTakenError

    monkeypatch.setattr(actions, "create_person", taken)
    sent = {"name": "N", "email": "n@example.org", "roles": "learner"}
    assert "already has an account" in ines.post("/people", sent, status=422).text


def test_a_new_link_for_who_forgot_the_password(app: Flask, ines: Visitor) -> None:
    ines.get(path_of(app, MAYA))
    page = ines.submit(action="/link", status=200)
    assert "works once" in page.text
    assert trail(app) == [("accounts:password-link:make", MAYA.email, {})]


def test_a_locked_account_gets_no_link(app: Flask, ines: Visitor) -> None:
    ines.post(f"{path_of(app, MAYA)}/disabling")
    answer = ines.post(f"{path_of(app, MAYA)}/link", status=409)
    assert "Unlock the account first" in answer.text


def test_no_caller_gets_a_link_to_a_locked_account(app: Flask) -> None:
    """The rule is the action's, so that it binds the command line and later callers too."""
    with app.app_context(), unit_of_work() as session:
        person, now = accounts.row_of(MAYA), kernel_clock.now()
        made = actions.make_password_link_for_person(session, person.id, actor=SYSTEM, now=now)
        assert not isinstance(made, AccountRefusal)  # the control
        person.disabled_at = now
        session.flush()
        refusal = actions.make_password_link_for_person(session, person.id, actor=SYSTEM, now=now)
        assert refusal is AccountRefusal.ACCOUNT_LOCKED


# Roles


def test_roles_are_given_and_taken(app: Flask, ines: Visitor) -> None:
    path = path_of(app, MAYA)
    ines.get(path)
    ines.submit({"role": "author"}, action="/roles")
    assert "The role is granted." in ines.follow().text
    assert roles_of(app, MAYA) == {Role.LEARNER, Role.AUTHOR}
    ines.submit(action="/roles/learner/removal")
    assert roles_of(app, MAYA) == {Role.AUTHOR}
    assert trail(app) == [
        ("accounts:role:grant", MAYA.email, {"role": "author"}),
        ("accounts:role:remove", MAYA.email, {"role": "learner", "sessions_ended": 0}),
    ]


def test_a_role_given_counts_at_the_next_page(app: Flask, maya: Visitor, ines: Visitor) -> None:
    maya.get("/people", status=403)
    with app.app_context(), unit_of_work() as session:
        accounts.turn_codes_on(session, accounts.row_of(MAYA).id)
    ines.post(f"{path_of(app, MAYA)}/roles", {"role": "administrator"})
    maya.get("/people")


def test_only_roles_that_are_not_held_are_offered(app: Flask, ines: Visitor) -> None:
    path = path_of(app, MAYA)
    offered = ines.get(path).html
    assert 'value="learner"' not in offered
    for role in set(Role) - {Role.LEARNER} - SCHOOL_ROLES:
        assert f'value="{role}"' in offered
        ines.post(f"{path}/roles", {"role": role})
    text = ines.get(path).text
    assert "Give the role" not in text
    assert "can be granted once there is a school" in text, "why the roles of a school are missing"


@pytest.mark.parametrize("role", Role)
def test_every_role_can_be_given_where_it_counts(app: Flask, ines: Visitor, role: Role) -> None:
    """A role of a school counts in one; the others everywhere."""
    school, path = organisations.school(app), f"{path_of(app, ZOE)}/roles"
    if role in SCHOOL_ROLES:
        refused = ines.post(path, {"role": role, "scope": "everywhere"}, status=422)
        assert "Choose a school: this role applies only within one." in refused.text
        with app.app_context(), unit_of_work() as session:
            person_id = accounts.row_of(ZOE).id
            refusal = actions.grant_role(session, person_id, Grant(role), actor=SYSTEM, now=NOW)
        assert refusal is RoleRefusal.SCHOOL_NEEDED, "whoever asks"
    ines.get(path_of(app, ZOE))
    scope = school.scope if role in SCHOOL_ROLES else Scope.everywhere
    ines.submit({"role": role, "scope": str(scope)}, action="/roles")
    assert role in roles_of(app, ZOE)


def test_twice_is_the_same_as_once(app: Flask, ines: Visitor) -> None:
    path = path_of(app, MAYA)
    for _ in range(2):
        ines.post(f"{path}/roles", {"role": "author"})
    for _ in range(2):
        ines.post(f"{path}/roles/author/removal")
    assert [action for action, *_ in trail(app)] == [
        "accounts:role:grant",
        "accounts:role:remove",
    ]


def test_the_database_keeps_a_role_single(app: Flask) -> None:
    """In one scope; in another the same role is another."""
    with app.app_context():
        person = accounts.row_of(MAYA)
        again = {"person_id": person.id, "role": Role.LEARNER, "granted_by": "x"}
        with unit_of_work() as session:
            session.add(
                RoleAssignmentRow(**again, scope_type=ScopeType.SCHOOL, scope_id="sch_harbour")
            )
        with pytest.raises(IntegrityError), unit_of_work() as session:
            session.add(RoleAssignmentRow(**again))


@pytest.mark.parametrize(
    "odd",
    [
        {"scope_id": "sch_harbour"},
        {"scope_type": ScopeType.SCHOOL},
        {"from_at": NOW, "until_at": NOW},
    ],
    ids=["a place everywhere", "a school without a name", "over before it begins"],
)
def test_the_database_refuses_a_scope_or_time_that_is_none(
    app: Flask, odd: dict[str, object]
) -> None:
    with app.app_context():
        given = {"person_id": accounts.row_of(MAYA).id, "role": Role.AUTHOR, "granted_by": "x"}
        with pytest.raises(IntegrityError, match=r"CHECK|check"), unit_of_work() as session:
            session.add(RoleAssignmentRow(**given, **odd))


def test_a_role_is_given_in_a_school_and_taken_there_alone(app: Flask, ines: Visitor) -> None:
    school, path = organisations.school(app), path_of(app, MAYA)
    ines.post(f"{path}/roles", {"role": "author", "scope": "everywhere"})
    ines.get(path)
    ines.submit({"role": "author", "scope": str(school.scope)}, action="/roles")
    page = ines.follow()
    assert 'href="/schools/harbour-school"' in page.html
    assert "Author (Harbour School)" in ines.get("/people").text
    ines.post(f"{path}/roles/author/removal", {"scope": str(school.scope)})
    with app.app_context():
        left = {held.assignment for held in accounts.row_of(MAYA).roles}
    assert left == {RoleAssignment(Role.LEARNER), RoleAssignment(Role.AUTHOR)}
    there = {"scope": str(school.scope)}
    assert trail(app) == [
        ("accounts:role:grant", MAYA.email, {"role": "author"}),
        ("accounts:role:grant", MAYA.email, {"role": "author", **there}),
        ("accounts:role:remove", MAYA.email, {"role": "author", **there, "sessions_ended": 0}),
    ]


def test_where_there_are_schools_one_says_where(app: Flask, ines: Visitor) -> None:
    """Nothing is chosen beforehand: a role for a school is not given everywhere by mistake."""
    school, path = organisations.school(app), f"{path_of(app, MAYA)}/roles"
    assert "Choose where the role counts." in ines.post(path, {"role": "author"}, status=422).text
    for scope in ("school:sch_absent", "drafts:a", "nowhere"):
        ines.post(path, {"role": "author", "scope": scope}, status=422)
    with app.app_context(), unit_of_work() as session:
        founding.close_school(session, school.scope, actor=SYSTEM, now=NOW)
    ines.post(path, {"role": "author", "scope": str(school.scope)}, status=400)
    assert trail(app) == []


def test_a_school_that_closes_meanwhile_gets_no_role(
    app: Flask, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    school, path = organisations.school(app), f"{path_of(app, MAYA)}/roles"
    monkeypatch.setattr(schools, "is_school_open", lambda *_: False)
    answer = ines.post(path, {"role": "author", "scope": str(school.scope)}, status=409)
    assert "has been closed" in answer.text
    assert trail(app) == []


@pytest.mark.parametrize("scope", ["school", "nowhere", ""])
def test_a_scope_that_is_none_is_not_there(app: Flask, ines: Visitor, scope: str) -> None:
    ines.post(f"{path_of(app, MAYA)}/roles/learner/removal", {"scope": scope}, status=404)


def test_a_role_for_a_time_is_shown_with_it(app: Flask, clock: MovedClock) -> None:
    month = timedelta(days=30)
    grants = [
        Grant(Role.AUTHOR, Scope.of_drafts(["drf_b", "drf_a"]), ends=NOW + month),
        Grant(Role.REVIEWER, begins=NOW + month),
    ]
    with app.app_context():
        person_id = accounts.row_of(MAYA).id
        for grant in grants * 2:
            with unit_of_work() as session:
                actions.grant_role(session, person_id, grant, actor=SYSTEM, now=NOW)
        given = select(AuditEntry.detail).where(AuditEntry.action == "accounts:role:grant")
        assert [detail.keys() for detail in db.session.scalars(given)] == [
            {"role", "scope", "until"},
            {"role", "from"},
        ], "twice is once"
    page = accounts.let_in(Visitor(app), INES).get(path_of(app, MAYA)).text
    assert page.count("for one draft") == 2
    assert page.count("until ") == 2
    assert page.count("from 23 Dec 2026") == 1
    clock.advance(days=31)
    page = accounts.let_in(Visitor(app), INES).get(path_of(app, MAYA)).text
    assert page.count("ended ") == 2
    with app.app_context():  # given anew, it begins anew
        with unit_of_work() as session:
            again = Grant(Role.AUTHOR, Scope.of_drafts(["drf_a"]))
            actions.grant_role(session, person_id, again, actor=SYSTEM, now=kernel_clock.now())
        held = {it.scope_id: it for it in accounts.row_of(MAYA).roles}
        assert held["drf_a"].is_in_force(kernel_clock.now())
        assert held["drf_a"].from_at == kernel_clock.now()
        assert not held["drf_b"].is_in_force(kernel_clock.now())


@pytest.mark.parametrize(
    ("begins", "ends", "refusal"),
    [
        (None, NOW, RoleRefusal.ENDS_TOO_EARLY),
        (NOW - timedelta(days=2), NOW - timedelta(days=1), RoleRefusal.ENDS_TOO_EARLY),
        (NOW + timedelta(days=2), NOW + timedelta(days=1), RoleRefusal.ENDS_TOO_EARLY),
        (None, NOW + timedelta(days=1), RoleRefusal.OWN_ADMINISTRATOR),
        (NOW + timedelta(days=1), None, RoleRefusal.OWN_ADMINISTRATOR),
        (None, None, None),
    ],
)
def test_nobody_lets_their_own_administering_end(
    app: Flask, begins: datetime | None, ends: datetime | None, refusal: RoleRefusal | None
) -> None:
    grant = Grant(Role.ADMINISTRATOR, begins=begins, ends=ends)
    with app.app_context():
        row = accounts.row_of(INES)
        with unit_of_work() as session:
            said = actions.grant_role(session, row.id, grant, actor=Actor(row.id), now=NOW)
        assert said is refusal
        assert [(it.from_at, it.until_at) for it in accounts.row_of(INES).roles] == [(NOW, None)]


def test_ones_own_administering_of_one_school_may_go(app: Flask, ines: Visitor) -> None:
    school, path = organisations.school(app), path_of(app, INES)
    there = {"scope": str(school.scope)}
    ines.post(f"{path}/roles", {"role": "administrator", **there})
    ines.get(path)
    ines.submit(action="/roles/administrator/removal")
    assert roles_of(app, INES) == {Role.ADMINISTRATOR}


def test_the_query_of_who_is_signed_in_counts_as_the_row_does(app: Flask) -> None:
    """At each moment around the beginning and the end."""
    with app.app_context():
        person = accounts.row_of(MAYA)
        moments = [NOW + timedelta(microseconds=step) for step in range(-1, 6)]
        with unit_of_work() as session:
            session.add(
                RoleAssignmentRow(
                    person_id=person.id, role=Role.AUTHOR, granted_by="x",
                    from_at=NOW, until_at=NOW + timedelta(microseconds=4),
                )
            )  # fmt: skip
        row = db.session.scalars(
            select(RoleAssignmentRow).where(RoleAssignmentRow.granted_by == "x")
        )
        held = row.one()
        counted = select(RoleAssignmentRow.id).where(RoleAssignmentRow.id == held.id)
        found = [
            db.session.scalar(counted.where(sign_in_queries._where_role_in_force(now))) == held.id
            for now in moments
        ]
        assert found == [held.is_in_force(now) for now in moments]
        assert found == [False, True, True, True, True, False, False]


def test_nobody_takes_their_own_administering(app: Flask, ines: Visitor) -> None:
    path = path_of(app, INES)
    assert "administrator/removal" not in ines.get(path).html
    answer = ines.post(f"{path}/roles/administrator/removal", status=409)
    assert "Ask another administrator." in answer.text
    assert roles_of(app, INES) == {Role.ADMINISTRATOR}
    assert trail(app) == []


def test_another_administrator_may(app: Flask, ines: Visitor) -> None:
    path = path_of(app, MAYA)
    with app.app_context(), unit_of_work() as session:
        accounts.turn_codes_on(session, accounts.row_of(MAYA).id)
    ines.post(f"{path}/roles", {"role": "administrator"})
    accounts.let_in(Visitor(app), MAYA).post(f"{path_of(app, INES)}/roles/administrator/removal")
    ines.get("/people", status=302)


def test_an_unknown_role_is_not_there(app: Flask, ines: Visitor) -> None:
    ines.post(f"{path_of(app, MAYA)}/roles/root/removal", status=404)


# Locking


def test_an_account_is_locked_and_opened(app: Flask, ines: Visitor, stranger: Visitor) -> None:
    path = path_of(app, MAYA)
    ines.get(path)
    ines.submit(action="/disabling")
    assert "Locked since" in ines.follow().text
    stranger.get("/sign-in")
    stranger.submit({"email": MAYA.email, "password": PASSWORD}, status=422)
    ines.submit(action="/enabling")
    assert "The account is unlocked." in ines.follow().text
    stranger.get("/sign-in")
    stranger.submit({"email": MAYA.email, "password": PASSWORD})
    assert [action for action, *_ in trail(app)] == [
        "accounts:person:disable",
        "accounts:person:enable",
    ]


def test_locking_twice_is_the_same_as_once(app: Flask, ines: Visitor) -> None:
    for step in ("disabling", "disabling", "enabling", "enabling"):
        ines.post(f"{path_of(app, MAYA)}/{step}")
    assert len(trail(app)) == 2


def test_nobody_locks_themselves_out(app: Flask, ines: Visitor) -> None:
    path = path_of(app, INES)
    assert "disabling" not in ines.get(path).html
    assert "your own account" in ines.post(f"{path}/disabling", status=409).text
    ines.get("/people")


def test_sessions_are_ended(app: Flask, maya: Visitor, ines: Visitor) -> None:
    path = path_of(app, MAYA)
    assert "in one browser" in ines.get(path).text
    ines.submit(action="/sessions/ending")
    assert "Signed out of one browser." in ines.follow().text
    maya.get("/profile", status=302)
    ines.post(f"{path}/sessions/ending")
    assert "was not signed in anywhere" in ines.follow().text
    assert [detail for *_, detail in trail(app)] == [{"sessions_ended": 1}, {"sessions_ended": 0}]


# The list


def test_everybody_is_listed(ines: Visitor) -> None:
    page = ines.get("/people").text
    for named in EVERYBODY:
        assert named.full_name in page
        assert named.email in page
    assert "6 people have accounts." in page


def _crowd(app: Flask, count: int) -> None:
    with app.app_context(), unit_of_work() as session:
        for number in range(count):
            accounts.add_person(
                session,
                email=f"p{number}@example.org",
                name=f"Person {number:03}",
                roles=(Role.LEARNER, Role.AUTHOR),
            )


def _count_statements(app: Flask, visitor: Visitor, path: str) -> int:
    found: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    visitor.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(found)


def test_a_long_list_costs_no_more_queries_than_a_short_one(app: Flask, ines: Visitor) -> None:
    short = _count_statements(app, ines, "/people")
    _crowd(app, 60)
    assert _count_statements(app, ines, "/people") == short


def test_a_long_list_has_pages(app: Flask, ines: Visitor) -> None:
    _crowd(app, 60)
    first, second = ines.get("/people").text, ines.get("/people?page=2").text
    assert "66 people have accounts." in first
    everybody = [f"Person {number:03}" for number in range(60)]
    assert [name for name in everybody if name in first and name in second] == []
    assert [name for name in everybody if name not in first and name not in second] == []
    ines.get("/people?page=3", status=404)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("zoë", [ZOE]),
        ("ZOË marsh", [ZOE]),
        ("marsh zoë", [ZOE]),
        ("inês", [INES]),
        ("maya@example", [MAYA]),
        ("MAYA@EXAMPLE.ORG", [MAYA]),
        ("%", []),
        ("_", []),
        ("nobody here", []),
        ("  ", EVERYBODY),
    ],
)
def test_people_are_found_by_parts_of_name_and_address(
    ines: Visitor, wanted: str, found: list[Named]
) -> None:
    ines.get("/people")
    text = ines.submit({"q": wanted}, action="/people", status=200).text
    assert [named for named in EVERYBODY if named.email in text] == list(found)


@pytest.mark.parametrize("word", ["muñoz", "MUÑOZ", "bücher", "muñoz@bücher"])
def test_an_address_is_found_by_its_letters_on_either_side(
    app: Flask, ines: Visitor, word: str
) -> None:
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email="muñoz@xn--bcher-kva.example", name="M")
    assert "muñoz@bücher.example" in ines.get(f"/people?q={word}").text


def test_a_capital_that_sqlite_does_not_know_is_found_in_lower_case(
    app: Flask, ines: Visitor
) -> None:
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email="e@example.org", name="Élodie Ærø")
    assert "e@example.org" in ines.get("/people?q=élodie+ærø").text


def test_the_pages_of_a_search_keep_what_was_searched(app: Flask, ines: Visitor) -> None:
    _crowd(app, 60)
    page = ines.get("/people?q=person").page
    assert page.h1 == "60 people found for “person”."
    assert "/people?page=2&q=person" in page.links().values()
    ines.get("/people?q=person&page=2")
    ines.get("/people?q=person&page=3", status=404)


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "", "99999999999", "²", "1.0", "%00"])
def test_pages_that_are_not_there(ines: Visitor, page: str) -> None:
    ines.send("GET", f"/people?page={page}", status=(400, 404))


def test_only_who_may_sees_people_even_past_the_door(app: Flask) -> None:
    """The queries ask again: a route that forgot its permission would show nothing."""
    with app.app_context():
        public_id = accounts.row_of(MAYA).public_id
        nobody = Actor()
        assert queries.find_page_of_people(db.session(), nobody, page=1) is None
        assert queries.find_person(db.session(), nobody, public_id) is None


def test_an_absent_person_is_404(ines: Visitor) -> None:
    ines.get("/people/per_absent", status=404)


def test_names_are_text_wherever_they_stand(app: Flask, ines: Visitor) -> None:
    hostile = "<img src=x onerror=alert(1)> {{7*7}} </title>"
    sent = {"name": hostile, "email": "n@example.org", "roles": "learner"}
    for page in (ines.post("/people", sent, status=200), ines.get("/people")):
        assert "<img" not in page.html
        assert "{{7*7}}" in page.html


# For other rooms


def test_names_by_subject(app: Flask) -> None:
    with app.app_context():
        maya, ines = accounts.row_of(MAYA), accounts.row_of(INES)
        found = account_queries.find_names_by_subject(
            db.session(), [maya.subject, ines.subject, "sub_gone"]
        )
        assert found == {maya.subject: MAYA.full_name, ines.subject: INES.full_name}
        assert account_queries.find_names_by_subject(db.session(), []) == {}
        person = account_queries.find_person_by_subject(db.session(), maya.subject)
        assert person is not None
        assert person.licenses == []
        assert account_queries.find_person_by_subject(db.session(), "sub_gone") is None


def test_the_name_for_certificates(app: Flask) -> None:
    with app.app_context():
        asked = {
            named: find_own_legal_name(db.session(), Actor(person_id=accounts.row_of(named).id))
            for named in (MAYA, INES)
        }
        assert asked == {MAYA: MAYA.full_name, INES: ""}
