"""The demo: filled once by the real actions, true in every part, and never for others to reach."""

import json
from collections.abc import Iterator
from fractions import Fraction

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.accounts.models import Person
from cpd.app import create_app
from cpd.authoring.blind.models import RequestState, ReviewRequest
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.certificates import verification
from cpd.certificates.models import Certificate
from cpd.cli.demo import people, school, teaching
from cpd.cli.demo.classmates import CLASSMATES
from cpd.cli.demo.course import SLUG
from cpd.cli.demo.credit_story import TITLE
from cpd.config import Settings, settings_of_app
from cpd.courses.models import CourseRow, Enrolment, SectionReading
from cpd.courses.rules.addresses import OWN
from cpd.db import DEMO, Base, DatabaseMark, db
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schema import check_database_or_exit
from tests.cli.conftest import SITE, Typed, said
from tests.support.databases import Database
from tests.support.moved_clock import NOW, MovedClock
from tests.support.prepared import disconnect, settings_for
from tests.support.schemas import connected, rows
from tests.support.visitor import Visitor

BEYOND = "https://cpd.example.org"
EVERYBODY = (*people.PEOPLE, *(mate.person for mate in CLASSMATES))
_OF_SHIPPED_COURSE = Enrolment.course.has(CourseRow.slug == SLUG)
TO_COME = {"closes_at", "deadline_at", "due_at", "expires_at", "opens_at", "until_at"}
"""Columns that may hold a time to come."""


@pytest.fixture
def site(demo: Database, clock: MovedClock) -> Iterator[Flask]:
    app = create_app(settings_for(demo))
    yield app
    disconnect(app)


def attempts_of(login: str) -> list[Attempt]:
    """Return somebody's attempts at the exam of the shipped course."""
    mine = sa.select(Attempt).join(Person, Person.subject == Attempt.subject)
    mine = mine.join(Enrolment, Enrolment.id == Attempt.enrolment_id).where(_OF_SHIPPED_COURSE)
    found = mine.where(Person.email == f"{login}@demo.example").order_by(Attempt.number)
    return list(db.session.scalars(found))


def test_everybody_is_where_their_story_says(site: Flask) -> None:
    with site.app_context():
        assert db.session.get(DatabaseMark, DEMO) is not None
        rows_by_email = {person.email: person for person in db.session.scalars(sa.select(Person))}
        assert set(rows_by_email) == {person.email for person in EVERYBODY}
        for person in people.PEOPLE:
            everywhere = {it.role for it in rows_by_email[person.email].roles if not it.scope_id}
            assert everywhere == set(person.roles)
        assert attempts_of("maya") == []
        assert [one.state for one in attempts_of("klara")] == [AttemptState.OPEN]
        results = {
            login: [
                (found.passed, found.critical_count)
                for one in attempts_of(login)
                if (found := db.session.get(Result, one.id))
            ]
            for login in ("zoe", "ben", "dimitris")
        }
        assert results == {
            "zoe": [(True, 0), (True, 0)],
            "ben": [(False, 1)],
            "dimitris": [(False, 0), (True, 0)],
        }
        ben = db.session.get_one(Result, attempts_of("ben")[0].id)
        assert ben.score > Fraction(3, 4), "spoilt by the act alone"


def test_omar_looks_after_a_school_and_opens_his_profile(demo: Database, clock: MovedClock) -> None:
    app = create_app(settings(demo, demo=True))
    omar = Visitor(app)
    omar.get("/sign-in")
    omar.submit(
        {"email": "omar@demo.example", "password": people.EVERYBODYS_LOGIN}, action="/sign-in"
    )
    assert f'href="/schools/{school.SCHOOL.slug}"' in omar.get("/profile").html
    queue = omar.get(f"/schools/{school.SCHOOL.slug}").text
    assert school.SCHOOL.name in queue
    assert "3 of 12 have passed" in queue
    assert "Who is late Maya Okafor" in queue, "Ben was granted a later date"
    page = omar.get(f"/schools/{school.SCHOOL.slug}/people").text
    names = {person.login: person.name for person in people.PEOPLE}
    belong = {login for login, name in names.items() if name in page}
    assert belong == {teaching.COORDINATOR, *school.STUDENTS}
    omar.get("/people", status=403)
    disconnect(app)


def test_somebody_has_read_and_not_yet_tried(site: Flask) -> None:
    with site.app_context():
        maya = db.session.scalars(
            sa.select(Person).where(Person.email == "maya@demo.example")
        ).one()
        read = (
            sa.select(sa.func.count())
            .select_from(SectionReading)
            .join(Enrolment, Enrolment.id == SectionReading.enrolment_id)
        )
        of_maya = read.where(Enrolment.subject == maya.subject, _OF_SHIPPED_COURSE)
        assert db.session.scalar(of_maya) == 1
        assert maya.licenses


def test_a_case_waits_for_its_reviewer(site: Flask) -> None:
    with site.app_context():
        (draft,) = db.session.scalars(sa.select(Draft).where(Draft.state != DraftState.STANDING))
        is_open = ReviewRequest.state == RequestState.OPEN
        (request,) = db.session.scalars(sa.select(ReviewRequest).where(is_open))
        ravi = db.session.scalars(
            sa.select(Person).where(Person.email == "ravi@demo.example")
        ).one()
        assert (draft.path, request.reviewer.subject) == ("cases/rosalind-visit.md", ravi.subject)


def test_the_certificates_are_genuine_and_say_that_they_are_a_demonstration(site: Flask) -> None:
    with site.app_context():
        codes = list(db.session.scalars(sa.select(Certificate.code)))
        assert len(codes) == 10
        snapshots = [json.loads(one) for one in db.session.scalars(sa.select(Certificate.snapshot))]
        said = {one["demonstration"] for one in snapshots}
        assert said == {"Demonstration: not valid for credit"}
        claims = {
            one["authority"]: (one["name"], one["marker"], one["course"])
            for one in snapshots
            if one["authority"] != "none"
        }
        assert claims == {
            "ncbtmb": ("Zoë Marsh", "0.05 CE", TITLE),
            "florida": ("Maya Okafor", "0.12 hours", TITLE),
        }
        for code in codes:
            found = verification.find_and_check_certificate(db.session(), code)
            assert found is not None
            assert found.verdict.is_genuine


def test_nothing_is_of_a_time_to_come(demo: Database) -> None:
    with connected(demo.url) as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if column.name.endswith("_at") and column.name not in TO_COME:
                    newest = connection.scalar(sa.select(sa.func.max(column)))
                    assert newest is None or newest <= NOW, f"{table.name}.{column.name}"


def test_they_sign_in_with_what_is_printed(site: Flask) -> None:
    lines = people.list_sign_in_lines()
    password = lines[-1].removeprefix("Password for all of them: ")
    for line in lines[:-1]:
        visitor = Visitor(site)
        visitor.get("/sign-in")
        visitor.submit({"email": line.split()[0], "password": password}, action="/sign-in")


def test_filling_it_again_changes_nothing(demo: Database, typed: Typed) -> None:
    with connected(demo.url) as connection:
        before = rows(connection)
    done = typed(demo, "demo", "fill")
    assert "revisions" not in said(done), "nothing is published either"
    assert said(done).endswith("\n".join([*people.list_sign_in_lines(), ""]))
    with connected(demo.url) as connection:
        assert rows(connection) == before


def test_a_class_of_any_number_of_learners_is_added(demo: Database, typed: Typed) -> None:
    done = said(typed(demo, "demo", "--learners", "12"))
    assert "Adding 12 learners" in done
    app = create_app(settings(demo, demo=True))
    omar = Visitor(app)
    omar.get("/sign-in")
    omar.submit(
        {"email": "omar@demo.example", "password": people.EVERYBODYS_LOGIN}, action="/sign-in"
    )
    page = omar.get(done.rpartition(SITE)[2].strip()).text
    assert all(f"Learner {number:04}" in page for number in range(12))
    disconnect(app)


def test_control_the_demo_came_of_an_interrupted_run_and_another(demo: Database) -> None:
    """The fixture cuts the first run after two stories: all five are there none the less."""
    with connected(demo.url) as connection:
        own = sa.select(Enrolment.subject).where(Enrolment.context == OWN, _OF_SHIPPED_COURSE)
        subjects = connection.scalars(own).all()
    assert len(subjects) == len([person for person in people.PEOPLE if person.story]) == 5


def test_a_database_with_people_of_its_own_is_refused(database: Database, typed: Typed) -> None:
    said(typed(database, "worker", "--until-idle"))  # a first start, which registers the keys
    with connected(database.url) as connection:
        before = rows(connection)
    done = typed(database, "demo", "fill")
    assert done.exit_code == 1
    assert said(done) == "This database has real people, so no demo was added to it.\n"
    with connected(database.url) as connection:
        assert rows(connection) == before


# Never beyond this machine


def settings(database: Database, **changes: object) -> Settings:
    return Settings(**{**vars(settings_for(database)), **changes})


@pytest.mark.parametrize("changes", [{"public_url": BEYOND}, {"proxies": 1}], ids=str)
def test_a_demo_is_not_served_to_others(
    demo: Database, clock: MovedClock, changes: dict[str, object]
) -> None:
    app = create_app(settings(demo, **changes))
    with pytest.raises(SystemExit, match="This database holds a demo, whose passwords are public"):
        check_database_or_exit(settings_of_app(app))
    disconnect(app)


def test_a_demo_is_served_to_this_machine(site: Flask) -> None:
    check_database_or_exit(settings_of_app(site))


def test_control_a_database_without_its_mark_is_served_to_others(
    database: Database, clock: MovedClock
) -> None:
    app = create_app(settings(database, public_url=BEYOND, proxies=1))
    check_database_or_exit(settings_of_app(app))
    disconnect(app)
