"""Sending one cell of the matrix, and judging what came back."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import pytest
from flask import Flask

from cpd.access.permissions import Role
from cpd.courses.rules.addresses import CourseAddress
from tests.access.matrix import VISITOR, Cell, routes_of
from tests.access.objects import EXAMPLES, Example, World
from tests.support.people import Person
from tests.support.queries import listening
from tests.support.visitor import Answer, Visitor

ALLOWED = frozenset({200, 201, 204, 302, 303, 304, 409, 422})
"""The page, a redirect, or a form or conflict with its sentence; 400 would hide who was let in."""
on_sqlite = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
"""Marks what is decided in Python: PostgreSQL would answer the same."""
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE")


@dataclass
class Asked:
    """What came back, and what was written on the way."""

    answer: Answer
    written: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Return the answer in the words of the matrix."""
        if b"could not be matched to you" in self.answer.body:
            return "400 (form token)"
        if self._leads_to("/profile/second-factor", "next="):
            return "codes"
        if self.answer.status == 401 or self._leads_to("/sign-in"):
            return "sign-in"
        return "allow" if self.answer.status in ALLOWED else str(self.answer.status)

    def _leads_to(self, wanted: str, asking: str = "") -> bool:
        if self.answer.status not in {302, 303}:
            return False
        path, _, query = self.answer.location.partition("?")
        return path == wanted and query.startswith(asking)


@dataclass
class Asker:
    """Sends cells, with people and objects that no other cell has touched where that matters."""

    world: World
    kept: dict[object, tuple[Person | None, Visitor]] = field(default_factory=dict)
    examples: dict[object, Example] = field(default_factory=dict)
    is_refused: bool = False
    """Whether every request must be refused, so that none changes anything."""

    def faults(self, cell: Cell) -> Iterator[str]:
        """Send a cell, and say what is wrong with what came back."""
        yield from self.examine(cell)[1]

    def examine(self, cell: Cell) -> tuple[Asked, list[str]]:
        """Send a cell; return what came back, and what is wrong with it."""
        who, visitor = self._asker(cell)
        example = self._example(cell, who)
        asked = self.send(visitor, cell, example)
        faults = list(judge(cell, asked))
        if cell.answer == "404" and cell.whose == "others":
            absent = self.send(visitor, cell, _absent(example))
            if absent.answer.bare != asked.answer.bare:
                faults.append(f"{cell}: somebody else's object looks other than an absent one")
        return asked, faults

    def ask(self, cell: Cell) -> Asked:
        """Send the request of a cell."""
        who, visitor = self._asker(cell)
        return self.send(visitor, cell, self._example(cell, who))

    def send(self, visitor: Visitor, cell: Cell, example: Example) -> Asked:
        """Send the request of a cell about an example; what it writes is taken back if possible."""
        is_undone = self._changes(cell) and self.world.is_on_sqlite
        around = self.world.taken_back() if is_undone else nullcontext()
        with around, written(self.world.app) as found:
            return Asked(send(visitor, cell, example), found)

    def _asker(self, cell: Cell) -> tuple[Person | None, Visitor]:
        """Return who asks; somebody new where the request may change what they have for good."""
        is_theirs = cell.whose in {"own", "same-school"}
        key = None if self._spends(cell) else (cell.asker, cell.example if is_theirs else "")
        if key is None or key not in self.kept:
            who = None if cell.asker == VISITOR else self.world.asker(cell.asker)
            self.kept[key] = who, self.world.visitor(who)
        who, visitor = self.kept[key]
        return who, self.world.visitor(who) if self._changes(cell) else visitor

    def _changes(self, cell: Cell) -> bool:
        return cell.changes and not self.is_refused

    def _spends(self, cell: Cell) -> bool:
        return self._changes(cell) and not self.world.is_on_sqlite

    def _example(self, cell: Cell, who: Person | None) -> Example:
        """Make the example; one is enough for all requests that change nothing about it."""
        if not cell.example:
            return Example({})
        is_shared = cell.whose == "same-school"
        is_asked = cell.answer in {"allow", "404"} or cell.is_in_a_school  # others come no further
        is_own = who is not None and cell.whose == "own" and is_asked
        shape = cell.example, cell.asker * (is_own or is_shared), is_shared
        key = None if self._spends(cell) else shape
        if key is None or key not in self.examples:
            owner = who if who is not None and is_own else self.world.person(Role.LEARNER)
            if who is not None and is_shared:
                self.world.join(owner, self.world.school_of(who))
            self.examples[key] = EXAMPLES[cell.example](self.world, owner)
        return self.examples[key]


def judge(cell: Cell, asked: Asked) -> Iterator[str]:
    """Say what is wrong with what came back for a cell."""
    if asked.said != cell.answer:
        yield f"{cell}: expected {cell.answer}, got {asked.said}"
    if asked.written and not cell.changes:
        yield f"{cell}: wrote {asked.written[0][:60]}"
    if any("INTO publish_entries" in statement for statement in asked.written):
        yield f"{cell}: published a draft that nobody has approved"


def send(visitor: Visitor, cell: Cell, example: Example) -> Answer:
    """Send the request of a cell about an example, with a good form token; pages go unchecked."""
    sent: dict[str, Any] = {}
    if not cell.is_reading:
        sent["headers"] = {"X-CSRFToken": visitor.token}
    if example.json is not None:
        sent["json"] = dict(example.json)
    elif not cell.is_reading:
        sent["data"] = dict(example.form)
    path = address(visitor.app, cell, example)
    return Answer(visitor.client.open(path, method=cell.method, **sent), path)


def address(app: Flask, cell: Cell, example: Example) -> str:
    """Return the path of a cell, with the values of its example."""
    endpoint = _endpoints(app)[cell.route]
    rule = next(r for r in app.url_map.iter_rules(endpoint) if r.rule == cell.rule)
    values = {name: example.values[name] for name in rule.arguments}
    return app.url_map.bind("localhost").build(endpoint, values, method=cell.method)


@lru_cache(maxsize=2)
def _endpoints(app: Flask) -> dict[str, str]:
    return routes_of(app)


def _absent(example: Example) -> Example:
    """Return the same address with an id, or a name, that nothing has."""
    values = {name: _absent_value(name, value) for name, value in example.values.items()}
    return Example(values, example.form, example.json)


def _absent_value(name: str, value: str | int | CourseAddress) -> str | int | CourseAddress:
    if isinstance(value, CourseAddress):
        return replace(value, context="asg_absent")
    if name in {"public_id", "slug", "address"} and isinstance(value, str):
        return f"{value.partition('_')[0]}_absent"
    return value


@contextmanager
def written(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that write, within the block."""
    found: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            found.append(statement)

    with listening(app, note):
        yield found
