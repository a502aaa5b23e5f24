"""Permissions, roles and grants: the only place that says who may do what; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Self


class Permission(StrEnum):
    """One thing that someone may do: `<room>:<thing>:<action>`, in alphabetical order."""

    ACCOMMODATION_GRANT = "schools:accommodation:grant"
    ANNOUNCEMENT_SEND = "schools:announcement:send"
    APPROVAL_MANAGE = "credit:approval:manage"
    ASSIGNMENT_MANAGE = "schools:assignment:manage"
    ATTEMPT_TAKE = "quizzes:attempt:take"
    CERTIFICATE_CORRECT = "certificates:certificate:correct"
    CERTIFICATE_READ = "certificates:certificate:read"
    CERTIFICATE_REVOKE = "certificates:certificate:revoke"
    COHORT_MANAGE = "schools:cohort:manage"
    COURSE_READ = "courses:course:read"
    COURSE_STUDY = "courses:course:study"
    CREDIT_ASK = "certificates:credit:ask"
    CREDIT_OVERRIDE = "certificates:credit:override"
    DRAFT_WRITE = "authoring:draft:write"
    EVALUATION_GIVE = "evaluations:evaluation:give"
    EVALUATION_READ = "evaluations:evaluation:read"
    GRADE_EDIT = "schools:grade:edit"
    GRADE_READ = "schools:grade:read"
    LESSON_TEACH = "schools:lesson:teach"
    PERSON_CREATE = "accounts:person:create"
    PERSON_DISABLE = "accounts:person:disable"
    PERSON_LIST = "accounts:person:list"
    PROFILE_EDIT = "accounts:profile:edit"
    RECORD_READ = "dashboard:record:read"
    REMARK_ANSWER = "remarks:remark:answer"
    REMARK_ERASE = "remarks:remark:erase"
    REMARK_READ = "remarks:remark:read"
    REPORT_MANAGE = "reporting:report:manage"
    REVIEW_GIVE = "authoring:review:give"
    ROLE_GRANT = "accounts:role:grant"
    ROSTER_EDIT = "schools:roster:edit"
    SCHOOL_EDIT = "schools:school:edit"
    SCHOOL_READ = "schools:school:read"
    SCHOOL_START = "schools:school:start"
    SEATS_CHANGE = "schools:seats:change"
    SESSION_END = "accounts:session:end"
    VERSION_STOP = "authoring:version:stop"


class Role(StrEnum):
    """What a person is here; one person can have several roles."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    SCHOOL_ADMIN = "school_admin"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


SCHOOL_ROLES = frozenset({Role.INSTRUCTOR, Role.SCHOOL_ADMIN})
"""Roles that make sense in a school; a new account cannot be given them everywhere."""

STAFF_ROLES = frozenset(Role) - {Role.LEARNER}
"""Roles that count only for people who sign in with a code from an app."""

OWN_ACCOUNT = frozenset(
    {
        Permission.PROFILE_EDIT,
        Permission.REMARK_READ,
        Permission.SCHOOL_START,
        Permission.SESSION_END,
    }
)
"""What anyone with an account may do: any role grants it, wherever it counts."""

_LEARNER = frozenset(
    {
        Permission.ATTEMPT_TAKE,
        Permission.CERTIFICATE_CORRECT,
        Permission.CERTIFICATE_READ,
        Permission.COURSE_STUDY,
        Permission.CREDIT_ASK,
        Permission.EVALUATION_GIVE,
    }
)

_INSTRUCTOR = frozenset(
    {
        Permission.ANNOUNCEMENT_SEND,
        Permission.ASSIGNMENT_MANAGE,
        Permission.COURSE_READ,
        Permission.GRADE_READ,
        Permission.LESSON_TEACH,
        Permission.SCHOOL_READ,
    }
)
"""In a school, and for instructors in their own classes only: queries see to that."""

WHEREVER_HELD = _LEARNER | {Permission.COURSE_READ}
"""What a role grants wherever it counts: one's own study, and reading what one may find anyway.

Which courses someone may find is another question, and so is whose row a page shows.
"""

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: OWN_ACCOUNT | _LEARNER,
    Role.INSTRUCTOR: OWN_ACCOUNT | _INSTRUCTOR,
    Role.SCHOOL_ADMIN: OWN_ACCOUNT
    | _INSTRUCTOR
    | {
        Permission.ACCOMMODATION_GRANT,
        Permission.COHORT_MANAGE,
        Permission.GRADE_EDIT,
        Permission.ROSTER_EDIT,
        Permission.SCHOOL_EDIT,
    },
    Role.AUTHOR: OWN_ACCOUNT
    | {
        Permission.COURSE_READ,
        Permission.DRAFT_WRITE,
        Permission.EVALUATION_READ,
        Permission.REMARK_ANSWER,
        Permission.VERSION_STOP,
    },
    Role.REVIEWER: OWN_ACCOUNT
    | {Permission.COURSE_READ, Permission.REVIEW_GIVE, Permission.VERSION_STOP},
    Role.ADMINISTRATOR: OWN_ACCOUNT
    | {
        Permission.ANNOUNCEMENT_SEND,
        Permission.APPROVAL_MANAGE,
        Permission.ASSIGNMENT_MANAGE,
        Permission.CERTIFICATE_REVOKE,
        Permission.COHORT_MANAGE,
        Permission.COURSE_READ,
        Permission.CREDIT_OVERRIDE,
        Permission.DRAFT_WRITE,
        Permission.EVALUATION_READ,
        Permission.GRADE_READ,
        Permission.LESSON_TEACH,
        Permission.PERSON_CREATE,
        Permission.PERSON_DISABLE,
        Permission.PERSON_LIST,
        Permission.RECORD_READ,
        Permission.REMARK_ANSWER,
        Permission.REMARK_ERASE,
        Permission.REPORT_MANAGE,
        Permission.ROLE_GRANT,
        Permission.ROSTER_EDIT,
        Permission.SCHOOL_EDIT,
        Permission.SCHOOL_READ,
        Permission.SEATS_CHANGE,
        Permission.VERSION_STOP,
    },
}


class Area(StrEnum):
    """A part of the site that belongs to some roles, in the order of the navigation."""

    LEARN = "learn"
    TEACH = "teach"
    WRITE = "write"
    RUN = "run"


AREAS: dict[Role, Area] = {
    Role.LEARNER: Area.LEARN,
    Role.INSTRUCTOR: Area.TEACH,
    Role.SCHOOL_ADMIN: Area.TEACH,
    Role.AUTHOR: Area.WRITE,
    Role.REVIEWER: Area.WRITE,
    Role.ADMINISTRATOR: Area.RUN,
}


class ScopeType(StrEnum):
    """The kinds of scope.

    A role in a school or in drafts counts only there; one that counts everywhere covers both.
    """

    EVERYWHERE = "everywhere"
    SCHOOL = "school"
    DRAFTS = "drafts"


@dataclass(frozen=True)
class Scope:
    """Where a role counts, or where something is to be done."""

    type: ScopeType
    ids: frozenset[str] = frozenset()
    """The public ids of the school or the drafts; none for everywhere."""

    everywhere: ClassVar["Scope"]

    def __post_init__(self) -> None:
        """Refuse an empty scope, which every role would cover."""
        count = len(self.ids - {""})
        is_sound = {ScopeType.EVERYWHERE: count == 0, ScopeType.SCHOOL: count == 1}
        if "" in self.ids or not is_sound.get(self.type, count > 0):
            raise ValueError(f"{self.type} cannot hold {sorted(self.ids)}")

    @classmethod
    def of_school(cls, public_id: str) -> Self:
        """Return the scope of one school."""
        return cls(ScopeType.SCHOOL, frozenset({public_id}))

    @classmethod
    def of_drafts(cls, public_ids: Iterable[str]) -> Self:
        """Return the scope of these drafts."""
        return cls(ScopeType.DRAFTS, frozenset(public_ids))

    @classmethod
    def parse_text(cls, text: str) -> Self:
        """Return the scope that `str` wrote as this text; raises ValueError for other text."""
        word, _, ids = text.partition(":")
        return cls(ScopeType(word), frozenset(ids.split(",") if ids else ()))

    def __str__(self) -> str:
        """Return the scope as forms and the audit trail write it, such as `school:sch_7f`."""
        return ":".join([self.type, *filter(None, [",".join(sorted(self.ids))])])


Scope.everywhere = Scope(ScopeType.EVERYWHERE)


@dataclass(frozen=True)
class RoleAssignment:
    """A role that a person has, and where it counts."""

    role: Role
    scope: Scope = Scope.everywhere


@dataclass(frozen=True)
class Actor:
    """On whose behalf something is read or written: a person, a visitor or the system."""

    person_id: int | None = None
    subject: str = "anonymous"
    roles: frozenset[RoleAssignment] = field(default_factory=frozenset)
    """Those that count."""
    roles_pending_mfa: frozenset[RoleAssignment] = field(default_factory=frozenset)
    """Those that would count with a code from an app; until then they grant only `OWN_ACCOUNT`."""

    @property
    def is_signed_in(self) -> bool:
        """Whether the actor is a person."""
        return self.person_id is not None

    @property
    def areas(self) -> tuple[Area, ...]:
        """The areas in which the actor has something to do, wherever their roles count."""
        own = {AREAS[assigned.role] for assigned in self.roles}
        return tuple(area for area in Area if area in own)

    def may(self, permission: Permission, *, within: Scope = Scope.everywhere) -> bool:
        """Tell whether the actor's roles grant the permission in the scope."""
        if permission in OWN_ACCOUNT:
            return bool(self.roles | self.roles_pending_mfa)
        return _roles_cover_scope(self.roles, permission, within)

    def lacks_only_mfa(self, permission: Permission, *, within: Scope = Scope.everywhere) -> bool:
        """Tell whether the permission lacks nothing but a code from an app."""
        return not self.may(permission, within=within) and _roles_cover_scope(
            self.roles | self.roles_pending_mfa, permission, within
        )

    def school_scopes_with_permission(self, permission: Permission) -> list["Scope"]:
        """Return the schools in which a role of the actor grants the permission."""
        schools = {
            assigned.scope
            for assigned in self.roles
            if assigned.scope.type is ScopeType.SCHOOL and permission in GRANTS[assigned.role]
        }
        return sorted(schools, key=str)

    def has_role_in(self, scope: Scope) -> bool:
        """Tell whether the actor has a role in exactly this scope, whatever it grants."""
        return any(assigned.scope == scope for assigned in self.roles | self.roles_pending_mfa)


def _roles_cover_scope(
    roles: Iterable[RoleAssignment], permission: Permission, within: Scope
) -> bool:
    """Tell whether the scopes in which roles grant the permission together cover this one."""
    scopes = [assigned.scope for assigned in roles if permission in GRANTS[assigned.role]]
    if Scope.everywhere in scopes or (scopes and permission in WHEREVER_HELD):
        return True
    ids = {id_ for scope in scopes if scope.type is within.type for id_ in scope.ids}
    return within != Scope.everywhere and within.ids <= ids


VISITOR = Actor()
SYSTEM = Actor(subject="system")
"""The actor of the command line and the worker."""
