"""What this room adds to the site: the pages of schools, and what a school grants at an exam."""

from cpd.courses import hooks as course_hooks
from cpd.courses.events import Enrolled
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room, build_subscriber_in_transaction
from cpd.quizzes.exams import hooks as exam_hooks
from cpd.quizzes.weak_spots import hooks as weak_spot_hooks
from cpd.schools import hooks, links, sweeps
from cpd.schools import views as _school
from cpd.schools.accommodations import queries as accommodations
from cpd.schools.assignment_pages import copy_views as _copies
from cpd.schools.assignment_pages import home_panel
from cpd.schools.assignment_pages import views as _assignments
from cpd.schools.blueprint import bp
from cpd.schools.boards import board_panels as boards
from cpd.schools.boards import views as _boards
from cpd.schools.class_pages import views as _classes
from cpd.schools.exports import views as _exports
from cpd.schools.files import hooks as file_hooks
from cpd.schools.files import views as _files
from cpd.schools.gradebook import gradebook_links
from cpd.schools.gradebook import learner_views as _graded_learners
from cpd.schools.gradebook import views as _gradebook
from cpd.schools.joining import code_views as _codes
from cpd.schools.joining import role_views as _roles
from cpd.schools.joining import views as _joining
from cpd.schools.learner_pages import grant_views as _grants
from cpd.schools.learner_pages import views as _learners
from cpd.schools.lessons import class_panel
from cpd.schools.lessons import edit_views as _lesson_edits
from cpd.schools.lessons import live_views as _live
from cpd.schools.lessons import views as _lessons
from cpd.schools.messages import actions as messages
from cpd.schools.messages import class_link, emails, jobs
from cpd.schools.messages import views as _messages
from cpd.schools.own_assignments import actions as own_assignment_actions
from cpd.schools.own_assignments import queries as own_assignments
from cpd.schools.own_assignments import start_notes
from cpd.schools.own_assignments import views as _own_assignments
from cpd.schools.roster import emails as roster_emails
from cpd.schools.roster import invitation_views as _invitations
from cpd.schools.roster import queries as roster
from cpd.schools.roster import roster_panels
from cpd.schools.roster import views as _roster
from cpd.schools.roster.entries import INVITATION
from cpd.schools.starting import views as _starting

PAGES = (
    _assignments,
    _boards,
    _classes,
    _codes,
    _copies,
    _exports,
    _files,
    _gradebook,
    _graded_learners,
    _grants,
    _invitations,
    _joining,
    _learners,
    _lesson_edits,
    _lessons,
    _live,
    _messages,
    _own_assignments,
    _roles,
    _roster,
    _school,
    _starting,
)
"""The modules that add pages to the blueprint."""

_TAUGHT = "forever: a school must be able to say who was taught by whom, and when"
_FAIR = "as long as the results, because it says on what terms they were earned"
_AGREED = "as long as the results, because it says who was allowed to see them, and when"
_GRANTED = ("subject", "granted_by", "ended_by")

ROOM = Room(
    blueprint=bp,
    fills=(
        *(
            hooks.school_links.filled_by(link, order=place)
            for place, link in enumerate(links.LINKS, start=1)
        ),
        hooks.home_panels.filled_by(home_panel.render_due_panel, order=10),
        hooks.class_panels.filled_by(class_panel.render_lessons_panel, order=40),
        hooks.assignment_panels.filled_by(gradebook_links.render_gradebook_links, order=10),
        hooks.class_panels.filled_by(roster_panels.render_class_panel, order=10),
        hooks.learner_panels.filled_by(roster_panels.render_learner_panel, order=90),
        hooks.home_panels.filled_by(boards.render_practice_panel, order=20),
        hooks.assignment_panels.filled_by(boards.render_report_link, order=20),
        hooks.learner_panels.filled_by(boards.render_learner_topics, order=20),
        course_hooks.start_notes.filled_by(start_notes.render_start_note, order=10),
        course_hooks.assigned_courses.filled_by(own_assignments.find_assigned_course, order=10),
        hooks.class_panels.filled_by(class_link.render_class_link, order=90),
    ),
    asks=(file_hooks.listed_members,),
    answers=(
        file_hooks.listed_members.answered_by(roster.find_listed_members),
        exam_hooks.exam_terms.answered_by(accommodations.find_exam_terms),
        weak_spot_hooks.assigned_weak_spots.answered_by(accommodations.find_assigned_weak_spots),
    ),
    subscribes=(
        build_subscriber_in_transaction(
            Enrolled, "ask-confidence", own_assignment_actions.ask_confidence_if_assigned
        ),
    ),
    jobs={sweeps.PURPOSE: jobs.sweep_for_messages},
    repeating=(sweeps.enqueue_next_sweep,),
    emails={INVITATION: roster_emails.send_invitation, messages.PURPOSE: emails.send_school_email},
    personal=(
        PersonalData("cohort_members", ("membership_id",), Erasure.KEEP, retention=_TAUGHT),
        PersonalData("cohort_instructors", ("subject",), Erasure.KEEP, retention=_TAUGHT),
        PersonalData("assignments", ("created_by",), Erasure.KEEP, retention=_FAIR),
        PersonalData("lessons", ("created_by",), Erasure.KEEP, retention=_TAUGHT),
        PersonalData(
            "accommodations",
            (*_GRANTED, "time_factor", "has_timer", "extra_attempts"),
            Erasure.KEEP,
            retention=_FAIR,
        ),
        PersonalData("extensions", (*_GRANTED, "until_at"), Erasure.KEEP, retention=_FAIR),
        PersonalData(
            "hand_grades",
            ("subject", "given_by", "ended_by", "score"),
            Erasure.KEEP,
            retention=_FAIR,
        ),
        PersonalData("excuses", _GRANTED, Erasure.KEEP, retention=_FAIR),
        PersonalData(
            "agreements", ("subject", "given_at", "withdrawn_at"), Erasure.KEEP, retention=_AGREED
        ),
        PersonalData(
            "file_pairs",
            ("membership_id", "confirmed_by"),
            Erasure.KEEP,
            retention="until somebody pairs the row differently; what the file says is not kept",
        ),
        PersonalData(
            "roster_entries",
            ("number", "name", "email", "membership_id", "added_by"),
            Erasure.KEEP,
            retention="until the school takes the person off its list; then name and address go",
        ),
        PersonalData("join_codes", ("made_by",), Erasure.KEEP, retention=_TAUGHT),
        PersonalData(
            "grant_reasons",
            ("subject", "text"),
            Erasure.DELETE,
            retention="as long as the account, or until the school deletes it",
        ),
        PersonalData(
            "announcements",
            ("subject", "title", "text"),
            Erasure.KEEP,
            retention="as long as the class: it says what its people were told",
        ),
        PersonalData(
            "message_stops",
            ("subject", "topic"),
            Erasure.DELETE,
            retention="until the person wants these emails again, or as long as the account",
        ),
    ),
    impersonal=("cohorts", "lesson_answers", "lesson_runs", "roster_layouts", "roster_places"),
)
