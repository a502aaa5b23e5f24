"""By what the case bank finds cases, and the conditions that follow from it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from cpd.authoring.bank.flags import WEAK_CUES
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.indexing.models import CaseState, IndexedCase, has_value
from cpd.authoring.indexing.rules.words import MOST_WORDS, split_search_words
from cpd.courses.models import LedgerEntry, Revision
from cpd.courses.rules.ledger import Series


class Age(StrEnum):
    """How long ago a text was published or saved."""

    NEW = "new"
    HALF_A_YEAR = "half-a-year"
    YEAR = "year"
    TWO_YEARS = "two-years"


class Flag(StrEnum):
    """What somebody should look at."""

    NOT_REVIEWED_HERE = "not-reviewed-here"
    REVIEW_IS_DUE = "review-is-due"
    WEAK_CUES = "weak-cues"


_NEW = timedelta(days=30)
_OLDER_THAN = {
    Age.HALF_A_YEAR: timedelta(days=182),
    Age.YEAR: timedelta(days=365),
    Age.TWO_YEARS: timedelta(days=730),
}


@dataclass(frozen=True)
class InCourse:
    """An objective or a safety topic: its id, and the course that it belongs to."""

    course_id: int
    id: str


@dataclass(frozen=True, kw_only=True)
class CaseFilters:
    """What somebody looks for; whatever is empty does not matter."""

    words: str = ""
    course_id: int | None = None
    state: CaseState | None = None
    decision: str = ""
    kind: str = ""
    danger: str = ""
    objective: InCourse | None = None
    hazard: InCourse | None = None
    cites: Collection[str] | None = None
    """The keys of the sources of which it must cite one."""
    age: Age | None = None
    flag: Flag | None = None

    @property
    def tells_keys(self) -> bool:
        """Whether a case that is found is known by what its answers are."""
        return bool(self.decision or self.danger)


def list_conditions(
    wanted: CaseFilters, *, due_courses: Collection[int], now: datetime
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of what somebody looks for, those that cost least first."""
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.course_id is not None:
        conditions.append(IndexedCase.course_id == wanted.course_id)
    if wanted.state is not None:
        conditions.append(IndexedCase.state == wanted.state)
    if wanted.age is not None:
        conditions.append(_where_of_age(wanted.age, now))
    for column, value in (
        (IndexedCase.decisions, wanted.decision),
        (IndexedCase.kinds, wanted.kind),
        (IndexedCase.dangers, wanted.danger),
    ):
        if value:
            conditions.append(has_value(column, value))
    for column, named in (
        (IndexedCase.objectives, wanted.objective),
        (IndexedCase.hazards, wanted.hazard),
    ):
        if named is not None:
            of_course = IndexedCase.course_id == named.course_id
            conditions += [of_course, has_value(column, named.id)]
    if wanted.cites is not None:
        cited = (has_value(IndexedCase.cites, key) for key in wanted.cites)
        conditions.append(sa.or_(sa.false(), *cited))
    if wanted.flag is not None:
        conditions.append(_FLAGS[wanted.flag](due_courses))
    words = split_search_words(wanted.words)[:MOST_WORDS]
    return conditions + [IndexedCase.words.contains(f" {word}", autoescape=True) for word in words]


def _where_of_age(age: Age, now: datetime) -> sa.ColumnElement[bool]:
    if age is Age.NEW:
        return IndexedCase.changed_at >= now - _NEW
    return IndexedCase.changed_at < now - _OLDER_THAN[age]


def _where_not_reviewed_here(_due_courses: Collection[int]) -> sa.ColumnElement[bool]:
    """Return the condition that no reviewer of this site has agreed to a published text.

    What was published from a draft went through review; so did what the site's own ledger signs.
    """
    from_draft = sa.exists().where(
        Draft.course_id == IndexedCase.course_id,
        Draft.path == IndexedCase.path,
        Draft.state == DraftState.PUBLISHED,
        Draft.text_hash == IndexedCase.text_hash,
    )
    published_hash = sa.select(Revision.content_hash).where(Revision.id == IndexedCase.revision_id)
    signed = sa.exists().where(
        LedgerEntry.course_id == IndexedCase.course_id,
        LedgerEntry.about == sa.literal("case:").concat(IndexedCase.slug),
        LedgerEntry.series == Series.HERE,
        LedgerEntry.type == "sign-off",
        LedgerEntry.data["hash"].as_string() == published_hash.scalar_subquery(),
    )
    return sa.and_(IndexedCase.state == CaseState.PUBLISHED, ~from_draft, ~signed)


def _where_review_is_due(due_courses: Collection[int]) -> sa.ColumnElement[bool]:
    return sa.and_(IndexedCase.state == CaseState.PUBLISHED, IndexedCase.course_id.in_(due_courses))


def _where_cues_are_weak(_due_courses: Collection[int]) -> sa.ColumnElement[bool]:
    return has_value(IndexedCase.flags, WEAK_CUES)


_FLAGS: Mapping[Flag, Callable[[Collection[int]], sa.ColumnElement[bool]]] = {
    Flag.NOT_REVIEWED_HERE: _where_not_reviewed_here,
    Flag.REVIEW_IS_DUE: _where_review_is_due,
    Flag.WEAK_CUES: _where_cues_are_weak,
}
