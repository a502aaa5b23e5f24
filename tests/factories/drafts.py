"""Drafts of the small course, made by the real actions."""

from flask import Flask
from sqlalchemy import select

from cpd.authoring.drafts import actions
from cpd.authoring.drafts.models import Draft
from cpd.authoring.ideas import actions as ideas
from cpd.authoring.ideas.models import Idea
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.support.people import Person


def start(app: Flask, named: Person, path: str, text: str) -> Draft:
    """Start a draft of a file that is not published, or find the open one."""
    with app.app_context():
        row = db.session.scalars(select(CourseRow).where(CourseRow.slug == SLUG)).one()
        with unit_of_work() as session:
            return actions.start_draft(
                session,
                row,
                path,
                text,
                base=None,
                actor=courses.actor_of(named),
                now=clock.now(),
            )


def save(app: Flask, named: Person, draft: Draft, text: str) -> Draft:
    """Save a text over the one that the draft had when it was made or saved last."""
    with app.app_context(), unit_of_work() as session:
        return actions.save_draft(
            session,
            draft.id,
            text,
            begun_with=draft.text_hash,
            actor=courses.actor_of(named),
            now=clock.now(),
        ).draft


def take_down(app: Flask, named: Person, story: str) -> Idea:
    """Put a story into the ideas box."""
    with app.app_context(), unit_of_work() as session:
        return ideas.take_down_idea(session, story, actor=courses.actor_of(named), now=clock.now())
