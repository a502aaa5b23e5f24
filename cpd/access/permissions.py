"""Permissions, roles and grants; pure, and the only place that says who may do what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Self


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
    SCHOOL_READ = "schools:school:read"
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
"""Roles that make sense in a school, so that new accounts are not offered them everywhere."""

STAFF_ROLES = frozenset(Role) - {Role.LEARNER}
"""Roles that count only for who signs in with a second factor."""

OWN_ACCOUNT = frozenset({Permission.PROFILE_EDIT, Permission.SESSION_END})
"""What concerns one's own account alone: any role opens it, wherever that role holds."""

_LEARNER = frozenset(
    {
        Permission.ATTEMPT_TAKE,
        Permission.CERTIFICATE_READ,
        Permission.COURSE_STUDY,
        Permission.EVALUATION_GIVE,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: OWN_ACCOUNT | _LEARNER,
    Role.INSTRUCTOR: OWN_ACCOUNT | {Permission.SCHOOL_READ},
    Role.SCHOOL_ADMIN: OWN_ACCOUNT | {Permission.SCHOOL_READ},
    Role.AUTHOR: OWN_ACCOUNT | {Permission.EVALUATION_READ, Permission.REMARK_ANSWER},
    Role.REVIEWER: OWN_ACCOUNT,
    Role.ADMINISTRATOR: OWN_ACCOUNT
    | {
        Permission.EVALUATION_READ,
        Permission.PERSON_CREATE,
        Permission.PERSON_DISABLE,
        Permission.PERSON_LIST,
        Permission.REMARK_ANSWER,
        Permission.REMARK_ERASE,
        Permission.ROLE_GRANT,
        Permission.SCHOOL_READ,
    },
}


class ScopeType(StrEnum):
    """The kinds of scope."""

    EVERYWHERE = "everywhere"
    SCHOOL = "school"
    DRAFTS = "drafts"


@dataclass(frozen=True)
class Scope:
    """Where a role holds, or where something is to be done; ids are public ids."""

    type: ScopeType
    ids: frozenset[str] = frozenset()
    """The school, or the drafts; none for everywhere."""

    everywhere: ClassVar["Scope"]

    def __post_init__(self) -> None:
        """Refuse a scope of nothing, which every role would cover."""
        count = len(self.ids - {""})
        is_sound = {ScopeType.EVERYWHERE: count == 0, ScopeType.SCHOOL: count == 1}
        if "" in self.ids or not is_sound.get(self.type, count > 0):
            raise ValueError(f"{self.type} cannot hold {sorted(self.ids)}")

    @classmethod
    def school(cls, public_id: str) -> Self:
        """Return the scope of one school."""
        return cls(ScopeType.SCHOOL, frozenset({public_id}))

    @classmethod
    def drafts(cls, public_ids: Iterable[str]) -> Self:
        """Return the scope of these drafts."""
        return cls(ScopeType.DRAFTS, frozenset(public_ids))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the scope that was written as this text; raises ValueError for another text."""
        word, _, ids = text.partition(":")
        return cls(ScopeType(word), frozenset(ids.split(",") if ids else ()))

    def __str__(self) -> str:
        """Return the scope as forms and the audit trail write it, such as `school:sch_7f`."""
        return ":".join([self.type, *filter(None, [",".join(sorted(self.ids))])])


Scope.everywhere = Scope(ScopeType.EVERYWHERE)


@dataclass(frozen=True)
class RoleAssignment:
    """A role as a person holds it, and where."""

    role: Role
    scope: Scope = Scope.everywhere


@dataclass(frozen=True)
class Actor:
    """Whose eyes and hands an action uses; a visitor who is not signed in has no person."""

    person_id: int | None = None
    subject: str = "anonymous"
    roles: frozenset[RoleAssignment] = field(default_factory=frozenset)
    """What counts."""
    roles_pending_mfa: frozenset[RoleAssignment] = field(default_factory=frozenset)
    """What would count with a second factor; until then it opens one's own account alone."""

    @property
    def is_signed_in(self) -> bool:
        """Whether a person stands behind the actor."""
        return self.person_id is not None

    def may(self, permission: Permission, *, within: Scope = Scope.everywhere) -> bool:
        """Tell whether the actor's roles grant the permission in the scope."""
        if permission in OWN_ACCOUNT:
            return bool(self.roles | self.roles_pending_mfa)
        return _grant(self.roles, permission, within)

    def may_with_codes(self, permission: Permission, *, within: Scope = Scope.everywhere) -> bool:
        """Tell whether a second factor is all that the actor lacks for the permission."""
        return not self.may(permission, within=within) and _grant(
            self.roles | self.roles_pending_mfa, permission, within
        )

    def schools_with(self, permission: Permission) -> list["Scope"]:
        """Return the schools in which a role of the actor grants the permission."""
        found = {
            held.scope
            for held in self.roles
            if held.scope.type is ScopeType.SCHOOL and permission in GRANTS[held.role]
        }
        return sorted(found, key=str)

    def holds_in(self, scope: Scope) -> bool:
        """Tell whether the actor holds a role in this very scope, whatever it grants."""
        return any(held.scope == scope for held in self.roles | self.roles_pending_mfa)


def _grant(roles: Iterable[RoleAssignment], permission: Permission, within: Scope) -> bool:
    """Tell whether the scopes in which roles grant the permission together cover all of this."""
    scopes = [held.scope for held in roles if permission in GRANTS[held.role]]
    if Scope.everywhere in scopes:
        return True
    ids = {one for scope in scopes if scope.type is within.type for one in scope.ids}
    return within != Scope.everywhere and within.ids <= ids


VISITOR = Actor()
SYSTEM = Actor(subject="system")
"""Who acts when the command line or the worker does."""
