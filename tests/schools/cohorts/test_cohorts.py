"""Classes: made once, kept apart by school and by instructor, each change audited."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM, Actor, Role, RoleAssignment, Scope
from cpd.db import db, unit_of_work
from cpd.organisations import actions as organisation_actions
from cpd.organisations.models import School
from cpd.schools.cohorts import actions, queries
from cpd.schools.cohorts.actions import CohortNameTakenError, CohortRefusal
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, build_reach
from tests.factories import accounts, organisations, schools
from tests.support.moved_clock import NOW
from tests.support.people import MAYA, RAVI, ZOE, Person


def actor(role: Role, scope: Scope) -> Actor:
    return Actor(7, "sub_ravi", frozenset({RoleAssignment(role, scope)}))


def names(cohorts: Iterable[Cohort]) -> list[str]:
    return [cohort.name for cohort in cohorts]


def subject_of(app: Flask, named: Person = MAYA) -> str:
    with app.app_context():
        return accounts.row_of(named).subject


# Whose classes are in reach


def test_an_instructor_reaches_the_classes_they_teach(app: Flask, evening: Cohort) -> None:
    school = evening.school
    schools.cohort(app, school, "Day class")
    hill = organisations.school(app, "Hill Clinic")
    schools.cohort(app, hill, "Hill class")
    teacher = subject_of(app, RAVI)
    with app.app_context():
        session = db.session()
        whole, taught = Reach(school.scope), Reach(school.scope, teacher)
        assert names(queries.find_cohorts(session, whole)) == ["Autumn evening class", "Day class"]
        assert names(queries.find_cohorts(session, taught)) == ["Autumn evening class"]
        assert queries.find_cohorts(session, Reach(hill.scope, teacher)) == []
        assert len(queries.find_cohorts(session, Reach(Scope.everywhere))) == 3
        assert queries.find_cohort(session, Reach(hill.scope), evening.public_id) is None
        assert queries.find_cohort(session, taught, evening.public_id) is not None
        assert queries.count_learners_by_cohort(session, whole) == {evening.id: 1}
        assert queries.find_instructors(session, whole, evening) == [teacher]
        assert queries.find_instructors(session, Reach(hill.scope), evening) == []


def test_who_no_longer_teaches_a_class_no_longer_reaches_it(app: Flask, evening: Cohort) -> None:
    teacher, scope = subject_of(app, RAVI), evening.school.scope
    with app.app_context():
        for _ in range(2):
            with unit_of_work() as session:
                actions.remove_instructor(
                    session, Reach(scope), evening.public_id, teacher, actor=SYSTEM, now=NOW
                )
        assert queries.find_cohorts(db.session(), Reach(scope, teacher)) == []


@pytest.mark.parametrize(
    ("role", "is_whole"),
    [(Role.SCHOOL_ADMIN, True), (Role.INSTRUCTOR, False), (Role.LEARNER, False)],
)
def test_a_reach_follows_from_the_role(role: Role, is_whole: bool) -> None:
    scope = Scope.of_school("sch_one")
    assert build_reach(actor(role, scope), scope).is_whole_school is is_whole
    elsewhere = build_reach(actor(role, Scope.of_school("sch_two")), scope)
    assert elsewhere == Reach(scope, "sub_ravi")


# Learners


def test_a_learner_is_found_by_those_who_reach_their_class(app: Flask, evening: Cohort) -> None:
    scope, teacher = evening.school.scope, subject_of(app, RAVI)
    organisations.join(app, ZOE, evening.school)
    with app.app_context():
        session = db.session()
        page = queries.find_learners_page(session, Reach(scope), evening)
        assert page is not None
        (maya,) = page.rows
        zoe = schools.membership_of(session, ZOE)
        assert queries.find_learner(session, Reach(scope, teacher), maya.public_id) == maya
        assert queries.find_learner(session, Reach(scope, teacher), zoe.public_id) is None
        assert queries.find_learner(session, Reach(scope), zoe.public_id) == zoe
        hill = Reach(Scope.of_school("sch_hill"))
        assert queries.find_learner(session, hill, maya.public_id) is None
        assert names(queries.find_cohorts_of_learner(session, Reach(scope), maya)) == [evening.name]
        assert queries.find_cohorts_of_learner(session, Reach(scope), zoe) == []
        assert queries.find_learners_page(session, hill, evening) is not None
        assert queries.find_learners_page(session, Reach(scope), evening, page=2) is None


def test_who_leaves_the_class_or_the_school_is_no_longer_in_it(app: Flask, evening: Cohort) -> None:
    scope, who = evening.school.scope, subject_of(app)
    with app.app_context():
        for act in (actions.remove_learner, actions.add_learner):
            for _ in range(2):
                with unit_of_work() as session:
                    assert (
                        act(session, Reach(scope), evening.public_id, who, actor=SYSTEM, now=NOW)
                        is None
                    )
            expected = {evening.id: 1} if act is actions.add_learner else {}
            assert queries.count_learners_by_cohort(db.session(), Reach(scope)) == expected
        with unit_of_work() as session:
            organisation_actions.leave_school(session, scope, who, actor=SYSTEM, now=NOW)
        assert queries.count_learners_by_cohort(db.session(), Reach(scope)) == {}
        with unit_of_work() as session:
            said = actions.add_learner(
                session, Reach(scope), evening.public_id, who, actor=SYSTEM, now=NOW
            )
    assert said is CohortRefusal.NOT_A_MEMBER


# Changes


def test_a_name_is_free_again_when_its_class_is_archived(app: Flask, evening: Cohort) -> None:
    reach, id_ = Reach(evening.school.scope), evening.public_id
    with app.app_context():
        with unit_of_work() as session:
            taken = actions.create_cohort(session, reach, evening.name, actor=SYSTEM, now=NOW)
            assert taken is CohortRefusal.NAME_TAKEN
            other = actions.create_cohort(session, reach, "Day class", actor=SYSTEM, now=NOW)
            assert isinstance(other, Cohort)
            for name, said in ((evening.name, CohortRefusal.NAME_TAKEN), ("Night class", None)):
                renamed = actions.rename_cohort(
                    session, reach, other.public_id, name, actor=SYSTEM, now=NOW
                )
                assert renamed is said
            for _ in range(2):
                assert actions.archive_cohort(session, reach, id_, actor=SYSTEM, now=NOW) is None
        with unit_of_work() as session:
            again = actions.create_cohort(session, reach, evening.name, actor=SYSTEM, now=NOW)
            assert isinstance(again, Cohort)
            same = actions.rename_cohort(
                session, reach, again.public_id, again.name, actor=SYSTEM, now=NOW
            )
            assert same is None
            refused = actions.add_learner(
                session, reach, id_, accounts.row_of(MAYA).subject, actor=SYSTEM, now=NOW
            )
            assert refused is CohortRefusal.ARCHIVED
        found = queries.find_cohorts(db.session(), reach)
        assert names(found) == [evening.name, "Night class"]
        assert len(queries.find_cohorts(db.session(), reach, includes_archived=True)) == 3
        trail = sa.select(AuditEntry.action).where(AuditEntry.action.like("schools:cohort:%"))
        done = [action.rpartition(":")[2] for action in db.session.scalars(trail)]
        assert done == ["create", "create", "rename", "archive", "create"]


def test_a_closed_school_gets_no_more_classes(app: Flask, harbour: School) -> None:
    with app.app_context(), unit_of_work() as session:
        organisation_actions.close_school(session, harbour.scope, actor=SYSTEM, now=NOW)
        made = actions.create_cohort(session, Reach(harbour.scope), "New", actor=SYSTEM, now=NOW)
    assert made is CohortRefusal.SCHOOL_CLOSED


Act = Callable[[Reach, str, str], object]


def test_what_is_out_of_reach_is_not_changed(app: Flask, evening: Cohort) -> None:
    who = subject_of(app)
    for out in (Reach(Scope.of_school("sch_hill")), Reach(evening.school.scope, "sub_other")):
        with app.app_context(), unit_of_work() as session:
            given: dict[str, Any] = {"actor": SYSTEM, "now": NOW + timedelta(days=1)}
            id_ = evening.public_id
            said = {
                actions.rename_cohort(session, out, id_, "Mine", **given),
                actions.archive_cohort(session, out, id_, **given),
                actions.add_learner(session, out, id_, who, **given),
                actions.remove_learner(session, out, id_, who, **given),
                actions.add_instructor(session, out, id_, who, **given),
                actions.remove_instructor(session, out, id_, who, **given),
            }
        assert said == {CohortRefusal.OUT_OF_REACH}


def test_the_database_keeps_names_and_members_single(app: Flask, evening: Cohort) -> None:
    with app.app_context(), pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(Cohort(school_id=evening.school_id, name=evening.name))


def test_a_name_taken_at_the_same_moment_is_told(
    app: Flask, evening: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "find_current_cohort_by_name", lambda *_: None)
    with app.app_context(), pytest.raises(CohortNameTakenError), unit_of_work() as session:
        actions.create_cohort(
            session, Reach(evening.school.scope), evening.name, actor=SYSTEM, now=NOW
        )
