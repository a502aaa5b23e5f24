"""Queries of the schools room need a scope: those on schools, on roles and on learning.

A query has one if it contains a value of the type in `organisations.queries.scope_condition`,
so a forgotten condition is caught, and so is SQL written by hand. Those on classes need a reach,
too, which says the same of an instructor's own classes: `reach_condition`. While a page of a school
is answered, the scope must be that school and no other; and what is written names its rows by id.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple

from flask import g, has_request_context
from sqlalchemy import event
from sqlalchemy.engine import Engine

from cpd.access.permissions import Scope, ScopeType
from cpd.db import Base
from cpd.organisations.queries import ScopeValue
from cpd.schools.cohorts.queries import ReachValue

OURS, ROOM = "cpd.", "cpd.schools"
ROOTS = frozenset({"schools", "enrolments", "role_assignments"})
"""Roles name their school by its public id, without a foreign key."""
CLASSES = frozenset({"cohorts"})
_BY_ID = re.compile(r"\bWHERE\b.*\b(?:\w+_)?id\b (?:=|IN\b)", re.DOTALL)
"""A row's own id, or that of what it belongs to."""


class Place(NamedTuple):
    """A function of ours on the call stack."""

    module: str
    function: str


WHO_ASKS = Place("cpd.accounts.sign_in.queries", "find_signed_in_person")
"""Finds out who sends a request, which pages that are open to all do first in a view."""
MOVER = Place("cpd.schools.gradebook.actions", "move_try")
MOVES = frozenset(
    Place("cpd.quizzes.attempts.actions", name)
    for name in ("void_attempt", "reopen_attempt", "extend_deadline")
)
"""What acts on one try by its id, and the one function of the room that may call it.

That function looks the try up in its reach first, as the cells of the matrix show.
"""


class UnscopedError(AssertionError):
    """The schools room reads what belongs to schools without saying which schools."""


class OutOfReachError(UnscopedError):
    """The schools room reads what belongs to classes without saying which classes."""


class OtherSchoolError(UnscopedError):
    """A page of a school reads what belongs to another one, or to all of them."""


class UnnamedRowsError(UnscopedError):
    """The schools room changes or deletes rows that it does not name by id."""


@contextmanager
def required() -> Iterator[None]:
    """Refuse queries without a scope in the block, on any engine."""
    event.listen(Engine, "before_cursor_execute", _refuse)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", _refuse)


def _refuse(_c: Any, _k: Any, statement: str, _v: Any, context: Any, _many: bool) -> None:
    fault = _find_fault(statement, context)
    if fault is not None and _is_from_the_room():
        raise fault


def _find_fault(statement: str, context: Any) -> UnscopedError | None:
    verb = statement.lstrip().partition(" ")[0].upper()
    if verb == "INSERT" or not _names_any(statement, ROOTS | CLASSES):
        return None
    if verb in {"UPDATE", "DELETE"}:
        fault = UnnamedRowsError(f"{ROOM} writes to rows without naming them: {statement}")
        return None if _BY_ID.search(statement) else fault
    if verb not in {"SELECT", "WITH"}:
        return None
    return _find_fault_of_reading(statement, context)


def _find_fault_of_reading(statement: str, context: Any) -> UnscopedError | None:
    scopes, own = _find_values(ScopeValue, context), _find_own_scope()
    if _names_any(statement, ROOTS) and not scopes:
        return UnscopedError(f"{ROOM} queries without a scope: {statement}")
    if _names_any(statement, CLASSES) and not _find_values(ReachValue, context):
        return OutOfReachError(f"{ROOM} queries without a reach: {statement}")
    if own is not None and scopes and not scopes & own.ids:
        return OtherSchoolError(f"{ROOM} queries beyond {own}: {statement}")
    return None


def _find_own_scope() -> Scope | None:
    """Return the school whose page is answered; None elsewhere, and before the guard knows."""
    scope = g.get("scope") if has_request_context() else None
    return scope if isinstance(scope, Scope) and scope.type is ScopeType.SCHOOL else None


def _names_any(statement: str, roots: frozenset[str]) -> bool:
    return _is_named(statement, roots, len(Base.metadata.tables))


@lru_cache(maxsize=4096)  # the same few thousand statements are sent again and again
def _is_named(statement: str, roots: frozenset[str], known: int) -> bool:
    return _names(roots, known).search(statement) is not None


@cache
def _names(roots: frozenset[str], _known: int) -> re.Pattern[str]:
    """Return a pattern that matches their names; compiled again when rooms add tables."""
    return re.compile(rf"\b(?:{'|'.join(sorted(tables(roots)))})\b")


def tables(roots: frozenset[str] = ROOTS) -> set[str]:
    """Return the roots, and all tables whose rows depend on them."""
    found = set(roots)
    while hanging := {
        table.name
        for table in Base.metadata.tables.values()
        if table.name not in found
        and any(key.column.table.name in found for key in table.foreign_keys)
    }:
        found |= hanging
    return found


def _find_values(kind: type[ScopeValue], context: Any) -> frozenset[str]:
    """Return the values of a type with which a statement is sent."""
    compiled = getattr(context, "compiled", None)
    if compiled is None:
        return frozenset()
    sent = context.compiled_parameters[0]
    return frozenset(
        str(sent.get(compiled.bind_names[bound], bound.value))
        for bound in compiled.binds.values()
        if isinstance(bound.type, kind)
    )


def _is_from_the_room() -> bool:
    """Tell whether a function of the room is on the call stack, and no door lies in between."""
    frame, passed = sys._getframe(), set[Place]()
    while (caller := frame.f_back) is not None:
        frame = caller
        module = frame.f_globals.get("__name__", "")
        if not module.startswith(OURS):
            continue
        place = Place(module, frame.f_code.co_name)
        if place == WHO_ASKS:
            return False
        if f"{module}.".startswith(f"{ROOM}."):
            return not (place == MOVER and passed & MOVES)
        passed.add(place)
    return False
