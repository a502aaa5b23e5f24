"""Permissions, roles and grants; pure, and the only place that says who may do what."""

from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    """One thing that somebody may do: `<room>:<thing>:<action>`, in the order of the alphabet."""

    ATTEMPT_TAKE = "quizzes:attempt:take"
    CERTIFICATE_READ = "certificates:certificate:read"
    COURSE_STUDY = "courses:course:study"
    EVALUATION_GIVE = "evaluations:evaluation:give"
    EVALUATION_READ = "evaluations:evaluation:read"
    PERSON_CREATE = "accounts:person:create"
    PERSON_DISABLE = "accounts:person:disable"
    PERSON_LIST = "accounts:person:list"
    PROFILE_EDIT = "accounts:profile:edit"
    REMARK_ANSWER = "remarks:remark:answer"
    REMARK_ERASE = "remarks:remark:erase"
    ROLE_GRANT = "accounts:role:grant"
    SESSION_END = "accounts:session:end"


class Role(StrEnum):
    """What a person is here; one person can hold several."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    SCHOOL_ADMIN = "school_admin"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


SCHOOL_ROLES = frozenset({Role.INSTRUCTOR, Role.SCHOOL_ADMIN})
"""Roles that hold inside one school only."""

STAFF_ROLES = frozenset(Role) - {Role.LEARNER}
"""Roles that count only for who signs in with a second factor."""

_EVERYBODY = frozenset({Permission.PROFILE_EDIT, Permission.SESSION_END})
_LEARNER = frozenset(
    {
        Permission.ATTEMPT_TAKE,
        Permission.CERTIFICATE_READ,
        Permission.COURSE_STUDY,
        Permission.EVALUATION_GIVE,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: _EVERYBODY | _LEARNER,
    Role.INSTRUCTOR: _EVERYBODY,
    Role.SCHOOL_ADMIN: _EVERYBODY,
    Role.AUTHOR: _EVERYBODY | {Permission.EVALUATION_READ, Permission.REMARK_ANSWER},
    Role.REVIEWER: _EVERYBODY,
    Role.ADMINISTRATOR: _EVERYBODY
    | {
        Permission.EVALUATION_READ,
        Permission.PERSON_CREATE,
        Permission.PERSON_DISABLE,
        Permission.PERSON_LIST,
        Permission.REMARK_ANSWER,
        Permission.REMARK_ERASE,
        Permission.ROLE_GRANT,
    },
}


@dataclass(frozen=True)
class Held:
    """A role as a person holds it: everywhere, or in one school."""

    role: Role
    school_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Whose eyes and hands an action uses; a visitor who is not signed in has no person."""

    person_id: int | None = None
    subject: str = "anonymous"
    roles: frozenset[Held] = field(default_factory=frozenset)
    """What counts."""
    withheld: frozenset[Held] = field(default_factory=frozenset)
    """What would count with a second factor; until then it opens one's own account alone."""

    @property
    def is_signed_in(self) -> bool:
        """Whether a person stands behind the actor."""
        return self.person_id is not None

    def may(self, permission: Permission, *, school_id: int | None = None) -> bool:
        """Tell whether a role of the actor grants the permission, in the school if one is named."""
        counting = self.roles | self.withheld if permission in _EVERYBODY else self.roles
        return _grant(counting, permission, school_id)

    def may_with_codes(self, permission: Permission, *, school_id: int | None = None) -> bool:
        """Tell whether a second factor is all that the actor lacks for the permission."""
        return not self.may(permission, school_id=school_id) and _grant(
            self.withheld, permission, school_id
        )


def _grant(roles: frozenset[Held], permission: Permission, school_id: int | None) -> bool:
    return any(
        permission in GRANTS[held.role]
        and (held.role not in SCHOOL_ROLES or held.school_id == school_id)
        for held in roles
    )


VISITOR = Actor()
SYSTEM = Actor(subject="system")
"""Who acts when the command line or the worker does."""
