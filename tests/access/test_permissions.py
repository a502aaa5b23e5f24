import re

import pytest

from cpd.access.permissions import (
    GRANTS,
    SCHOOL_ROLES,
    SYSTEM,
    VISITOR,
    Actor,
    Held,
    Permission,
    Role,
)


def actor(*held: Held) -> Actor:
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
    assert actor(Held(role)).may(permission) is (permission in GRANTS[role])


def test_several_roles_add_up() -> None:
    both = actor(Held(Role.LEARNER), Held(Role.ADMINISTRATOR))
    assert both.may(Permission.ATTEMPT_TAKE)
    assert both.may(Permission.PERSON_LIST)
    assert not actor(Held(Role.LEARNER)).may(Permission.PERSON_LIST)
    assert not actor(Held(Role.ADMINISTRATOR)).may(Permission.ATTEMPT_TAKE)


@pytest.mark.parametrize("role", sorted(SCHOOL_ROLES))
@pytest.mark.parametrize(
    ("held", "asked", "may"), [(5, 5, True), (5, 6, False), (5, None, False), (None, 5, False)]
)
def test_a_role_of_a_school_ends_at_its_door(
    role: Role, held: int | None, asked: int | None, may: bool
) -> None:
    assert actor(Held(role, held)).may(Permission.PROFILE_EDIT, school_id=asked) is may


def test_a_role_that_holds_everywhere_holds_in_schools() -> None:
    assert actor(Held(Role.ADMINISTRATOR)).may(Permission.PERSON_LIST, school_id=5)


def test_what_is_withheld_opens_ones_own_account_alone() -> None:
    held = frozenset({Held(Role.ADMINISTRATOR), Held(Role.INSTRUCTOR, 5)})
    withheld = Actor(person_id=1, roles=frozenset({Held(Role.LEARNER)}), withheld=held)
    assert withheld.may(Permission.PROFILE_EDIT)
    assert Actor(person_id=1, withheld=held).may(Permission.SESSION_END)
    assert withheld.may(Permission.ATTEMPT_TAKE)
    assert not withheld.may(Permission.PERSON_LIST)
    assert withheld.may_with_codes(Permission.PERSON_LIST)
    assert not withheld.may_with_codes(Permission.ATTEMPT_TAKE)
    assert not Actor(person_id=1, withheld=held - {Held(Role.ADMINISTRATOR)}).may_with_codes(
        Permission.PERSON_LIST
    )


def test_nobody_and_the_machine_may_nothing() -> None:
    assert not any(who.may(p) for who in (VISITOR, SYSTEM, actor()) for p in Permission)


def test_who_is_signed_in() -> None:
    assert actor().is_signed_in
    assert not VISITOR.is_signed_in
    assert not SYSTEM.is_signed_in
