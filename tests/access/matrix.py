"""Reading the matrix, and sending what it describes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from flask import Flask

from cpd.access.permissions import Role

FILE = Path(__file__).with_name("matrix.yaml")
READING = frozenset({"GET", "HEAD", "OPTIONS"})
VISITOR = "visitor"
ASKERS = (VISITOR, *Role)
"""The columns: nobody, and each role, held everywhere."""
IN_A_SCHOOL = " in a school"
IN_SCHOOLS = tuple(f"{role}{IN_A_SCHOOL}" for role in Role)
"""More columns, asked where an answer names them: each role, held in one school."""
WHOSE = ("own", "same-school", "others", "any")
ANSWERS = ("allow", "sign-in", "403", "404")
FURTHEST = ("allow", "404", "403", "sign-in")
"""The answers by how much was looked up for them: most for a page, nothing without a session."""


@dataclass(frozen=True)
class Cell:
    """One request that is sent: a route, whose object, who asks; and what must come back."""

    route: str
    whose: str
    example: str
    asker: str
    answer: str

    @property
    def method(self) -> str:
        """The method."""
        return self.route.partition(" ")[0]

    @property
    def rule(self) -> str:
        """The address with its placeholders."""
        return self.route.partition(" ")[2]

    @property
    def is_in_a_school(self) -> bool:
        """Whether the address lies in a school."""
        return self.rule.startswith("/schools/")

    @property
    def is_reading(self) -> bool:
        """Whether the request must change nothing."""
        return self.method in READING

    @property
    def changes(self) -> bool:
        """Whether the request may change something: not when it only reads or is denied."""
        return self.answer == "allow" and not self.is_reading

    def __str__(self) -> str:
        """Return the cell as a sentence says it."""
        where = f" [{self.whose} {self.example}]" if self.example else ""
        return f"{self.asker}: {self.route}{where}"


@dataclass(frozen=True)
class Matrix:
    """The file, as it was read."""

    answers: Mapping[str, Mapping[str, Any]]
    routes: Mapping[str, Mapping[str, Any]]
    writes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Matrix":
        """Read the text of a matrix; a key that stands twice is a fault."""
        loaded = yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader, and our own file
        return cls(loaded["answers"], loaded["routes"], loaded.get("writes", {}))

    def cells(self, route: str) -> Iterator[Cell]:
        """Return the cells of a route, asker by asker."""
        for where, given in self.routes[route].items():
            whose, _, example = where.partition(" ")
            if where == "page":
                whose, example = "", ""
            answers = self.answers[given] if isinstance(given, str) else given
            for asker in (*ASKERS, *(one for one in IN_SCHOOLS if one in answers)):
                if asker == VISITOR and whose in {"own", "same-school"}:
                    continue  # nothing belongs to a visitor, who belongs nowhere
                answer = answers.get(asker, answers["signed-in"])
                yield Cell(route, whose, example, str(asker), str(answer))

    def sample(self, route: str) -> list[Cell]:
        """Return one cell for each object that a route is asked about: of who comes furthest.

        Of several, the last: they hold a role in one school, and their queries say which.
        """
        found: dict[tuple[str, str], Cell] = {}
        for cell in self.cells(route):
            rival = found.setdefault((cell.whose, cell.example), cell)
            if FURTHEST.index(cell.answer) <= FURTHEST.index(rival.answer):
                found[cell.whose, cell.example] = cell
        return list(found.values())

    def faults(self, examples: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the file itself, as sentences."""
        found = [
            f"{name}: {asker!r} is neither visitor, signed-in nor a role"
            for name, answers in self.answers.items()
            for asker in answers
            if asker not in {*ASKERS, *IN_SCHOOLS, "signed-in"}
        ]
        for route, cells in self.routes.items():
            for where, given in cells.items():
                found += _cell_faults(route, where, given, examples, self.answers)
        found += [f"writes: {route} is no route here" for route in {*self.writes} - {*self.routes}]
        return found


def _cell_faults(
    route: str,
    where: str,
    given: Any,
    examples: Mapping[str, Any],
    answers: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    whose, _, example = where.partition(" ")
    if where == "page" and "<" in route:
        yield f"{route}: the address names an object, so `page` does not say which"
    if where != "page" and whose not in WHOSE:
        yield f"{route}: {whose!r} is none of {', '.join(WHOSE)}"
    if where != "page" and example not in examples:
        yield f"{route}: objects.py has no example {example!r}"
    named = answers.get(given) if isinstance(given, str) else given
    if named is None:
        yield f"{route}: {given!r} is none of the answers"
    elif any(str(answer) not in ANSWERS for answer in named.values()):
        yield f"{route}: {where!r} expects none of {', '.join(ANSWERS)}"


class _Strict(yaml.SafeLoader):
    """Refuses a key that stands twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"the matrix holds {twice} twice"
        return super().construct_mapping(node, deep=deep)


def routes_of(app: Flask) -> dict[str, str]:
    """Return every route of an app as the matrix names it, with its endpoint."""
    return {
        f"{method} {rule.rule}": rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def mutating(app: Flask) -> Iterator[tuple[str, str]]:
    """Return method and address of every route that may change something, placeholders filled."""
    for route in sorted(routes_of(app)):
        method, _, rule = route.partition(" ")
        if method not in READING:
            filled = re.sub(r"<int:\w+>", "1", rule)
            yield method, re.sub(r"<\w+:\w+>", "absent", filled)
