"""Ids from elsewhere inside one's own addresses and forms: what must lead nowhere.

The cells of the matrix name whole addresses, so that a foreign object comes with its own school.
Here the school is the asker's own, and one id in the address or the form is somebody else's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from flask import Flask

from tests.access.matrix import Cell, Matrix, routes_of
from tests.access.objects import EXAMPLES, Example, World
from tests.support.people import Person

COORDINATOR, INSTRUCTOR = "school_admin in a school", "instructor in a school"
"""Who sends them: the one reaches a whole school, the other only some classes of it."""
_IN_FORMS = frozenset({"member", "class_id", "assignment", "members", "pair[]"})
"""The fields of forms that hold the id of somebody or something in a school."""
_DATE = "2027-01-15T10:00"

Fill = Callable[[Example], Mapping[str, str]]
MORE_FORMS: Mapping[str, tuple[str, Fill]] = {
    "POST /schools/<string:slug>/classes/<string:public_id>/learners": (
        "learner of a school", lambda it: {"members": str(it.values["public_id"])},
    ),
    "POST /schools/<string:slug>/classes/<string:public_id>/instructors": (
        "learner of a school", lambda it: {"members": str(it.values["public_id"])},
    ),
    "POST /schools/<string:slug>/assignments/<string:public_id>/copy": (
        "class", lambda it: {"class_id": str(it.values["public_id"]), "days": "7"},
    ),
    "POST /schools/<string:slug>/people/<string:public_id>/extension": (
        "learner with an assignment",
        lambda it: {"assignment": it.form["assignment"], "until": _DATE, "reason": "Asked"},
    ),
    "POST /schools/<string:slug>/people/<string:public_id>/excuse": (
        "learner with an assignment",
        lambda it: {"assignment": it.form["assignment"], "reason": "Asked"},
    ),
    **{
        f"POST /schools/<string:slug>/{page}": (
            "learner of a school", lambda it: {"pair[]": f"2:{it.values['public_id']}"},
        )
        for page in (
            "assignments/<string:public_id>/fill/preview",
            "assignments/<string:public_id>/fill/file",
            "classes/<string:public_id>/list/preview",
            "classes/<string:public_id>/list/update",
        )
    },
}  # fmt: skip
"""Ids that the examples do not send: by the route, an example that has one, and how it is sent."""


@dataclass
class Smuggler:
    """Makes examples of one's own, and of others; all requests are denied, so each is made once."""

    world: World
    matrix: Matrix

    def __post_init__(self) -> None:
        """Begin with no examples."""
        self._made: dict[tuple[str, Person], Example] = {}

    def cells_of(self, app: Flask, asker: str) -> Iterator[Cell]:
        """Return a cell for each route in a school that the asker may use with their own."""
        for route, endpoint in routes_of(app).items():
            if "within" in app.view_functions[endpoint].__dict__:
                for cell in self.matrix.cells(route):
                    if (cell.asker, cell.whose, cell.answer) == (asker, "own", "allow"):
                        yield replace(cell, answer="404")

    def smuggle(self, cell: Cell, who: Person, other: Person) -> Iterator[Example]:
        """Return one's own example with one id of somebody else's, once for each of its ids."""
        own, theirs = self._make(cell.example, who), self._make(cell.example, other)
        for name, value in theirs.values.items():
            if name != "slug" and value != own.values[name]:
                yield replace(own, values={**own.values, name: value})
        for name in sorted(_IN_FORMS & {*own.form}):
            yield replace(own, form={**own.form, name: theirs.form[name]})
        if cell.route in MORE_FORMS:
            example, fill = MORE_FORMS[cell.route]
            yield replace(own, form={**own.form, **fill(self._make(example, other))})

    def _make(self, name: str, owner: Person) -> Example:
        if (name, owner) not in self._made:
            self._made[name, owner] = EXAMPLES[name](self.world, owner)
        return self._made[name, owner]
