"""What the coordinator and the instructor of the demo's school do over the term."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from cpd.cases.scales import Decision
from cpd.cli.demo.classmates import CLASSMATES, EVENING, WEEKEND, Classmate, Work
from cpd.cli.demo.course import SLUG
from cpd.cli.demo.term import Scene, Term, expect, expect_done
from cpd.courses.models import CourseRow
from cpd.courses.queries import find_course_row
from cpd.db import db
from cpd.kernel.ids import new_public_id
from cpd.schools.accommodations.actions import (
    excuse_learner,
    grant_accommodation,
    grant_extension,
)
from cpd.schools.accommodations.models import Accommodation, Excuse, Extension
from cpd.schools.accommodations.rules.granting import Allowance
from cpd.schools.assignments.actions import NewAssignment, assign_course
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import AssignmentTerms, Purpose
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.class_pages.actions import add_instructors, add_learners
from cpd.schools.cohorts.actions import create_cohort
from cpd.schools.cohorts.models import Cohort
from cpd.schools.files.rules.layouts import guess_layout
from cpd.schools.files.rules.people import read_people
from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.joining.actions import join_by_code, make_code
from cpd.schools.joining.models import JoinCode
from cpd.schools.lessons import actions as lessons
from cpd.schools.lessons.models import Lesson, LessonRun
from cpd.schools.lessons.queries import find_lesson_cases, find_newest_revision
from cpd.schools.lessons.rules.tallies import Phase
from cpd.schools.messages.actions import NewAnnouncement, announce_to_class
from cpd.schools.messages.models import Announcement
from cpd.schools.roster.actions import ReadList, update_class_list
from cpd.schools.roster.queries import compute_titles_digest, find_known
from cpd.schools.roster.rules.planning import Plan, plan_update

COORDINATOR, INSTRUCTOR = "omar", "dimitris"
LATECOMERS = (
    ("maya", EVENING, Work.EVENING_PRACTICE),
    ("zoe", EVENING, Work.EVENING_PRACTICE),
    ("klara", WEEKEND, Work.WEEKEND_EXAM),
)
FIRST_SECTIONS = ("introduction", "fatigue", "spasticity", "pain", "mood")
REFRESHER = ("flare-ups", "safety", "devices-and-medicines")
LESSON_TOPICS = ("clot", "stroke")
HANDS = (
    Decision.SAME_DAY,
    Decision.SAME_DAY,
    Decision.MODIFY,
    Decision.SAME_DAY,
    Decision.EMERGENCY,
    Decision.POSTPONE,
    Decision.SAME_DAY,
    Decision.MODIFY,
)
"""What the phones of the class decided in the case of the first lesson."""


def start_classes(term: Term, now: datetime) -> None:
    """Make the classes, and put who is there already into the evening class."""
    omar = term.find_actor(COORDINATOR)
    for name in (EVENING, WEEKEND):
        expect(Cohort, create_cohort(db.session(), term.reach, name, actor=omar, now=now))
    evening = term.find_cohort(EVENING).public_id
    ben = [term.find_member("ben")]
    expect_done(add_learners(db.session(), term.reach, evening, ben, actor=omar, now=now))
    teaching = [term.find_member(INSTRUCTOR)]
    expect_done(add_instructors(db.session(), term.reach, evening, teaching, actor=omar, now=now))


# Lists and joining


def paste_first_lists(term: Term, now: datetime) -> None:
    """Paste the lists of both classes; one person on them never joins."""
    for name in (EVENING, WEEKEND):
        mates = [mate for mate in CLASSMATES if mate.class_name == name and mate.joins_on_day == 1]
        rows = [_build_list_row(mate) for mate in mates]
        if name == EVENING:
            rows.append("Noah Bennett\tnoah@demo.example\t2612")
        _paste_list(term, name, rows, now)


def paste_second_list(term: Term, now: datetime) -> None:
    """Paste the newer list of the evening class: a longer name, and somebody new."""
    mates = [mate for mate in CLASSMATES if mate.class_name == EVENING]
    rows = [_build_list_row(mate).replace("Grace Kimani", "Grace Wanjiru Kimani") for mate in mates]
    _paste_list(term, EVENING, rows, now)


def _build_list_row(mate: Classmate) -> str:
    return f"{mate.name}\t{mate.person.email}\t{mate.number}"


def _paste_list(term: Term, name: str, rows: Sequence[str], now: datetime) -> None:
    table = read_table("\n".join(["Name\tEmail\tStudent number", *rows]).encode())
    layout = guess_layout(table)
    people = read_people(table, layout)
    cohort, session = term.find_cohort(name), db.session()
    plan = plan_update(people, find_known(session, term.reach, cohort))
    titles = compute_titles_digest(table, layout)
    given = ReadList(people, plan.digest, titles, layout.columns)
    omar = term.find_actor(COORDINATOR)
    done = update_class_list(session, term.reach, cohort.public_id, given, actor=omar, now=now)
    expect(Plan, done)


def let_classmates_join(term: Term, now: datetime) -> None:
    """Let those join whose day it is, with a code that was handed out."""
    for name in (EVENING, WEEKEND):
        _let_join(term, [mate for mate in CLASSMATES if mate.class_name == name], now)


def _let_join(term: Term, mates: Sequence[Classmate], now: datetime) -> None:
    joining = [mate for mate in mates if term.at(mate.joins_on_day, now.hour).date() == now.date()]
    if not joining:
        return
    cohort = term.find_cohort(joining[0].class_name)
    code = expect(
        JoinCode,
        make_code(
            *(db.session(), term.reach, cohort.public_id),
            seats=12,
            lasts=timedelta(days=21),
            actor=term.find_actor(COORDINATOR),
            now=now,
        ),
    )
    for number, mate in enumerate(joining):
        actor, at = term.find_actor(mate.login), now + timedelta(minutes=number)
        expect(Cohort, join_by_code(db.session(), code.code, actor=actor, now=at))


def welcome_latecomers(term: Term, now: datetime) -> None:
    """Put three more people into the classes; what was due before does not concern them."""
    omar, session = term.find_actor(COORDINATOR), db.session()
    for login, name, work in LATECOMERS:
        member, cohort = term.find_member(login), term.find_cohort(name)
        expect_done(
            add_learners(session, term.reach, cohort.public_id, [member], actor=omar, now=now)
        )
        session.flush()
        _excuse(term, work, login, "Joined the class after this work was due.", now)


# Assignments


def assign_first_work(term: Term, now: datetime) -> None:
    """Let the evening class practice, and assign the whole course to the weekend class."""
    practice = AssignmentTerms(Purpose.PRACTICE, required_sections=FIRST_SECTIONS)
    assign_to_class(
        term, EVENING, Window(term.local_time(28), None, term.local_time(35)), practice, now
    )
    whole = Window(term.local_time(49), None, term.local_time(63))
    assign_to_class(term, WEEKEND, whole, AssignmentTerms(), now)


def assign_exam(term: Term, now: datetime) -> None:
    """Assign the whole course to the evening class."""
    window = Window(term.local_time(82), None, term.local_time(96))
    assign_to_class(term, EVENING, window, AssignmentTerms(), now)
    _extend(term, Work.EVENING_EXAM, "ben", 89, "He was away for a week and told us.", now)
    _extend(term, Work.EVENING_EXAM, "luis", 91, "His shifts changed this month.", now)
    _excuse(term, Work.EVENING_EXAM, "sofia", "On leave until the next term.", now)


def assign_refresher(term: Term, now: datetime) -> None:
    """Assign practice to the weekend class, which opens in a few days."""
    window = Window(term.local_time(108), term.local_time(87), term.local_time(122))
    practice = AssignmentTerms(Purpose.PRACTICE, required_sections=REFRESHER)
    assign_to_class(term, WEEKEND, window, practice, now)


def assign_to_class(
    term: Term, name: str, window: Window, terms: AssignmentTerms, now: datetime
) -> Assignment:
    """Assign the course to a class, by its name."""
    course, cohort = expect(CourseRow, find_course_row(db.session(), SLUG)), term.find_cohort(name)
    new = NewAssignment(course.id, window, terms)
    omar = term.find_actor(COORDINATOR)
    made = assign_course(db.session(), term.reach, cohort.public_id, new, actor=omar, now=now)
    return expect(Assignment, made)


# What single people are granted


def grant_more_time(term: Term, now: datetime) -> None:
    """Grant two people double time in every exam."""
    for login in ("ben", "fatima"):
        granted = grant_accommodation(
            *(db.session(), term.school.scope, term.find_member(login)),
            Allowance(time_factor=Fraction(2)),
            "A letter from the disability office is on file.",
            actor=term.find_actor(COORDINATOR),
            now=now,
        )
        expect(Accommodation, granted)


def extend_for_yuki(term: Term, now: datetime) -> None:
    """Let somebody hand in later after two tries."""
    _extend(term, Work.WEEKEND_EXAM, "yuki", 60, "Asked for another week to read it again.", now)


def _extend(term: Term, work: Work, login: str, day: int, reason: str, now: datetime) -> None:
    granted = grant_extension(
        *(db.session(), term.reach, term.find_assignment(work).public_id),
        *(term.find_member(login), term.local_time(day), reason),
        actor=term.find_actor(COORDINATOR),
        now=now,
    )
    expect(Extension, granted)


def _excuse(term: Term, work: Work, login: str, reason: str, now: datetime) -> None:
    granted = excuse_learner(
        *(db.session(), term.reach, term.find_assignment(work).public_id),
        *(term.find_member(login), reason),
        actor=term.find_actor(COORDINATOR),
        now=now,
    )
    expect(Excuse, granted)


# Messages and lessons


def announce(term: Term, now: datetime) -> None:
    """Write to the evening class."""
    new = NewAnnouncement(
        new_public_id("ann"),
        "Thursday is for questions",
        "The exam is due next week. On Thursday we go through whatever is unclear.\n\n"
        "Bring one case that you were unsure about.",
    )
    cohort, dimitris = term.find_cohort(EVENING), term.find_actor(INSTRUCTOR)
    sent = announce_to_class(
        db.session(), term.reach, cohort.public_id, new, actor=dimitris, now=now
    )
    expect(Announcement, sent)


def teach_first_lesson(term: Term, now: datetime) -> None:
    """Prepare a lesson of one case, teach it, and let the phones of the class answer."""
    lesson = _prepare_lesson(term, "A case to begin with", 1, now)
    session = db.session()
    run = expect(LessonRun, lessons.start_run(session, term.reach, lesson.public_id, now=now))
    for number, decision in enumerate(HANDS):
        expect_done(
            lessons.save_first_decision(session, run.code, f"{number:064}", 1, decision, now=now)
        )
    lessons.show_place(session, term.reach, run.public_id, 1, Phase.ANSWER)
    lessons.end_run(session, term.reach, run.public_id, now=now + timedelta(minutes=25))


def prepare_next_lesson(term: Term, now: datetime) -> None:
    """Prepare the lesson that the instructor can start now."""
    _prepare_lesson(term, "Clots and strokes", 4, now)


def _prepare_lesson(term: Term, title: str, count: int, now: datetime) -> Lesson:
    session = db.session()
    course = expect(CourseRow, find_course_row(session, SLUG))
    cases = find_lesson_cases(session, find_newest_revision(session, course.id))
    about = [text.front.id for text in cases if set(text.front.hazards) & set(LESSON_TOPICS)]
    return expect(
        Lesson,
        lessons.prepare_lesson(
            *(session, term.reach, term.find_cohort(EVENING).public_id, course.id),
            *(title, about[:count]),
            actor=term.find_actor(INSTRUCTOR),
            now=now,
        ),
    )


SCENES = (
    Scene(1, 10, start_classes),
    Scene(1, 11, paste_first_lists),
    Scene(1, 17, let_classmates_join),
    Scene(1, 19, assign_first_work),
    Scene(2, 10, grant_more_time),
    Scene(20, 10, paste_second_list),
    Scene(21, 17, let_classmates_join),
    Scene(48, 10, extend_for_yuki),
    Scene(66, 10, welcome_latecomers),
    Scene(72, 10, assign_exam),
    Scene(74, 19, teach_first_lesson),
    Scene(76, 12, announce),
    Scene(80, 10, assign_refresher),
    Scene(82, 12, prepare_next_lesson),
)
