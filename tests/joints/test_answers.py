"""Only the guard's questions are answered from the request; all others are told what they need."""

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest
from flask import g, request, session

from cpd import app as factory
from cpd.access import guard
from cpd.access.guard import current_actor
from cpd.access.permissions import Actor
from cpd.certificates import panels

OF_THE_REQUEST = (request, g, session)


def reads(function: Callable[..., Any]) -> set[str]:
    """Name what a function reads of the request, itself or by a function of its own module."""
    if not isinstance(function, FunctionType):
        return set()
    known = function.__globals__
    seen: set[FunctionType] = set()

    def of(each: FunctionType) -> Iterator[str]:
        if each in seen:
            return
        seen.add(each)
        for name in names(each.__code__):
            used = known.get(name)
            if used is current_actor or any(used is thing for thing in OF_THE_REQUEST):
                yield name
            if isinstance(used, FunctionType) and used.__module__ == function.__module__:
                yield from of(used)

    return set(of(function))


def names(code: CodeType) -> set[str]:
    """Return the names that code uses, comprehensions and lambdas in it too."""
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*map(names, inner))


def test_no_other_answer_reads_the_request() -> None:
    found = {
        each.question.name: reads(each.function)
        for room in factory.import_rooms()
        for each in room.answers
        if each.question
        not in {
            guard.who_is_asking,
            guard.recently_authenticated,
            guard.reader_zone,
            guard.reader_country,
        }
    }
    parts = [each.function for room in factory.import_rooms() for each in room.fills]
    assert {name for name, read in found.items() if read} == set()
    assert [part for part in parts if reads(part)] == []


def _direct() -> Actor:
    return current_actor()


def _by_another() -> list[str]:
    return [_direct().subject for _ in range(2)]


def _asked() -> str | None:
    return request.args.get("again")


@pytest.mark.parametrize(
    ("function", "found"),
    [
        (_direct, {"current_actor"}),
        (_by_another, {"current_actor"}),
        (_asked, {"request"}),
        (panels.find_certificate_link, set()),
    ],
)
def test_what_reading_is(function: Callable[..., Any], found: set[str]) -> None:
    assert reads(function) == found
