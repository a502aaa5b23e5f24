"""Queries of the schools room need a scope: those on schools, on roles and on learning.

A query has one if it contains a value of the type in `organisations.queries.scope_condition`,
so a forgotten condition is caught, and so is SQL written by hand. Those on classes need a reach,
too, which says the same of an instructor's own classes: `reach_condition`.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from cpd.db import Base
from cpd.organisations.queries import ScopeValue
from cpd.schools.cohorts.queries import ReachValue

ROOM = "cpd.schools"
WHO_ASKS = "cpd.accounts.sign_in.sessions"
"""Finds out who sends a request, which pages that are open to all do first in a view."""
ROOTS = frozenset({"schools", "enrolments", "role_assignments"})
"""Roles name their school by its public id, without a foreign key."""
CLASSES = frozenset({"cohorts"})
BY_ID = frozenset({"cpd.quizzes.attempts.actions"})
"""Modules that act on one row by its id, which the room has looked up in its scope."""


class UnscopedError(AssertionError):
    """The schools room reads what belongs to schools without saying which schools."""


class OutOfReachError(UnscopedError):
    """The schools room reads what belongs to classes without saying which classes."""


@contextmanager
def required() -> Iterator[None]:
    """Refuse queries without a scope in the block, on any engine."""
    event.listen(Engine, "before_cursor_execute", _refuse)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", _refuse)


def _refuse(_c: Any, _k: Any, statement: str, _v: Any, context: Any, _many: bool) -> None:
    if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
        return
    if _names_any(statement, ROOTS) and not _has(ScopeValue, context) and _is_from_the_room():
        raise UnscopedError(f"{ROOM} queries without a scope: {statement}")
    if _names_any(statement, CLASSES) and not _has(ReachValue, context) and _is_from_the_room():
        raise OutOfReachError(f"{ROOM} queries without a reach: {statement}")


def _names_any(statement: str, roots: frozenset[str]) -> bool:
    return _names(roots, len(Base.metadata.tables)).search(statement) is not None


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


def _has(kind: type[ScopeValue], context: Any) -> bool:
    compiled = getattr(context, "compiled", None)
    values = compiled.binds.values() if compiled is not None else ()
    return any(isinstance(value.type, kind) for value in values)


def _is_from_the_room() -> bool:
    """Tell whether a function of the room is on the call stack, and asks for more than one row."""
    frame = sys._getframe()
    while (caller := frame.f_back) is not None:
        frame = caller
        name = frame.f_globals.get("__name__", "")
        if name == WHO_ASKS or name in BY_ID:
            return False
        if f"{name}.".startswith(f"{ROOM}."):
            return True
    return False
