"""What filling a file asks of the list of the school."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.access.permissions import Scope
from cpd.joints.questions import Question


@dataclass(frozen=True)
class Listed:
    """What the list of a school says of somebody."""

    email: str
    number: str
    """The school's own; empty if it gave none."""


listed_members: Question[[Session, Scope, Collection[int]], Mapping[int, Listed]] = Question(
    "schools.listed_members"
)
"""What a school's list says of these members, by the ids of their memberships."""
