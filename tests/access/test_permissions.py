import re

import pytest

from cpd.access.permissions import (
    AREAS,
    GRANTS,
    OWN_ACCOUNT,
    SYSTEM,
    VISITOR,
    WHEREVER_HELD,
    Actor,
    Area,
    Permission,
    Role,
    RoleAssignment,
    Scope,
)


def actor(*held: RoleAssignment) -> Actor:
    return Actor(person_id=1, subject="sub_x", roles=frozenset(held))


def test_permissions_are_named_alike_and_in_order() -> None:
    assert list(Permission) == sorted(Permission, key=lambda permission: permission.name)
    for permission in Permission:
        assert re.fullmatch(r"[a-z]+:[a-z-]+:[a-z-]+", permission)


def test_every_role_has_its_grants_and_every_permission_somebody() -> None:
    assert set(GRANTS) == set(Role)
    assert frozenset[Permission]().union(*GRANTS.values()) == set(Permission)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_may_what_it_is_granted(role: Role, permission: Permission) -> None:
    assert actor(RoleAssignment(role)).may(permission) is (permission in GRANTS[role])


def test_several_roles_add_up() -> None:
    both = actor(RoleAssignment(Role.LEARNER), RoleAssignment(Role.ADMINISTRATOR))
    assert both.may(Permission.ATTEMPT_TAKE)
    assert both.may(Permission.PERSON_LIST)
    assert not actor(RoleAssignment(Role.LEARNER)).may(Permission.PERSON_LIST)
    assert not actor(RoleAssignment(Role.ADMINISTRATOR)).may(Permission.ATTEMPT_TAKE)


HARBOUR, HILL = Scope.of_school("sch_harbour"), Scope.of_school("sch_hill")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("held", "asked", "may"),
    [
        pytest.param(HARBOUR, HARBOUR, True, id="in its school"),
        pytest.param(HARBOUR, HILL, False, id="in another"),
        pytest.param(HARBOUR, Scope.everywhere, False, id="beyond its school"),
        pytest.param(Scope.everywhere, HARBOUR, True, id="everywhere is in schools too"),
        pytest.param(Scope.everywhere, Scope.of_drafts("ab"), True, id="and in drafts"),
        pytest.param(Scope.of_drafts("ab"), Scope.of_drafts("a"), True, id="one of its drafts"),
        pytest.param(Scope.of_drafts("ab"), Scope.of_drafts("bc"), False, id="one draft too many"),
        pytest.param(Scope.of_drafts("ab"), Scope.everywhere, False, id="beyond its drafts"),
        pytest.param(
            Scope.of_drafts(["sch_harbour"]), HARBOUR, False, id="a draft named like a school"
        ),
    ],
)
def test_a_role_ends_where_its_scope_does(role: Role, held: Scope, asked: Scope, may: bool) -> None:
    """Whichever role it is, and for each permission that depends on where it counts."""
    for permission in GRANTS[role] - OWN_ACCOUNT - WHEREVER_HELD:
        assert actor(RoleAssignment(role, held)).may(permission, within=asked) is may


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("held", [HARBOUR, Scope.of_drafts("ab"), Scope.everywhere], ids=str)
@pytest.mark.parametrize("permission", sorted(OWN_ACCOUNT))
def test_ones_own_account_lies_in_every_scope(
    role: Role, held: Scope, permission: Permission
) -> None:
    assert actor(RoleAssignment(role, held)).may(permission)
    assert actor(RoleAssignment(role, held)).may(permission, within=HILL)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("held", [HARBOUR, Scope.of_drafts("ab"), Scope.everywhere], ids=str)
def test_public_courses_are_for_whoever_studies_or_works_anywhere(role: Role, held: Scope) -> None:
    who = actor(RoleAssignment(role, held))
    assert who.may(Permission.COURSE_STUDY) is (role is Role.LEARNER)
    assert who.may(Permission.COURSE_READ) is (role is not Role.LEARNER)
    withheld = Actor(person_id=1, roles_pending_mfa=who.roles)
    assert not withheld.may(Permission.COURSE_READ)
    assert withheld.lacks_only_mfa(Permission.COURSE_READ) is (role is not Role.LEARNER)


def test_every_role_has_its_area_and_areas_are_in_the_order_of_the_navigation() -> None:
    assert set(AREAS) == set(Role)
    everything = actor(*(RoleAssignment(role, HARBOUR) for role in Role))
    assert everything.areas == (Area.LEARN, Area.TEACH, Area.WRITE, Area.RUN)
    two = actor(RoleAssignment(Role.ADMINISTRATOR), RoleAssignment(Role.LEARNER))
    assert two.areas == (Area.LEARN, Area.RUN)
    assert Actor(person_id=1, roles_pending_mfa=everything.roles).areas == VISITOR.areas == ()


def test_scopes_add_up_and_roles_do_not_lend_them_to_each_other() -> None:
    both = actor(
        RoleAssignment(Role.AUTHOR, Scope.of_drafts("a")),
        RoleAssignment(Role.AUTHOR, Scope.of_drafts("b")),
        RoleAssignment(Role.REVIEWER, Scope.of_drafts("c")),
    )
    assert both.may(Permission.REMARK_ANSWER, within=Scope.of_drafts("ab"))
    assert not both.may(Permission.REMARK_ANSWER, within=Scope.of_drafts("c"))


def test_who_holds_something_in_a_school() -> None:
    assert actor(RoleAssignment(Role.LEARNER, HARBOUR)).has_role_in(HARBOUR)
    assert Actor(
        1, roles_pending_mfa=frozenset({RoleAssignment(Role.AUTHOR, HARBOUR)})
    ).has_role_in(HARBOUR)
    assert not actor(RoleAssignment(Role.LEARNER)).has_role_in(HARBOUR), (
        "a role for all schools is of none"
    )
    assert not actor(RoleAssignment(Role.LEARNER, HILL)).has_role_in(HARBOUR)


@pytest.mark.parametrize("scope", [Scope.everywhere, HARBOUR, Scope.of_drafts("ba")])
def test_a_scope_is_read_as_it_was_written(scope: Scope) -> None:
    assert Scope.parse_text(str(scope)) == scope
    assert Scope.of_drafts(c for c in "ab") == Scope.parse_text("drafts:b,a")


@pytest.mark.parametrize(
    "text",
    ["", "school", "school:", "school:a,b", "drafts", "drafts:a,,b", "everywhere:a", "nowhere:a"],
)
def test_a_scope_of_nothing_and_one_of_two_schools_are_refused(text: str) -> None:
    """Every role would cover a scope of nothing."""
    with pytest.raises(ValueError, match=r"cannot hold|not a valid"):
        Scope.parse_text(text)


def test_what_is_withheld_opens_ones_own_account_alone() -> None:
    held = frozenset({RoleAssignment(Role.ADMINISTRATOR), RoleAssignment(Role.INSTRUCTOR, HARBOUR)})
    roles_pending_mfa = Actor(
        person_id=1, roles=frozenset({RoleAssignment(Role.LEARNER)}), roles_pending_mfa=held
    )
    assert roles_pending_mfa.may(Permission.PROFILE_EDIT)
    assert Actor(person_id=1, roles_pending_mfa=held).may(Permission.SESSION_END)
    assert roles_pending_mfa.may(Permission.ATTEMPT_TAKE)
    assert not roles_pending_mfa.may(Permission.PERSON_LIST)
    assert roles_pending_mfa.lacks_only_mfa(Permission.PERSON_LIST)
    assert not roles_pending_mfa.lacks_only_mfa(Permission.ATTEMPT_TAKE)
    in_school = Actor(
        person_id=1, roles_pending_mfa=frozenset({RoleAssignment(Role.INSTRUCTOR, HARBOUR)})
    )
    assert in_school.lacks_only_mfa(Permission.SCHOOL_READ, within=HARBOUR)
    assert not in_school.lacks_only_mfa(Permission.SCHOOL_READ, within=HILL)
    assert not Actor(
        person_id=1, roles_pending_mfa=held - {RoleAssignment(Role.ADMINISTRATOR)}
    ).lacks_only_mfa(Permission.PERSON_LIST)


def test_nobody_and_the_machine_may_nothing() -> None:
    assert not any(who.may(p) for who in (VISITOR, SYSTEM, actor()) for p in Permission)


def test_who_is_signed_in() -> None:
    assert actor().is_signed_in
    assert not VISITOR.is_signed_in
    assert not SYSTEM.is_signed_in
