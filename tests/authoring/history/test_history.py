"""The pages of versions show keys, so whoever is asked to answer blind does that first."""

import pytest
from flask import Flask

from cpd.authoring.asking import actions
from cpd.authoring.asking.reviewers import Invitee
from cpd.authoring.review.preparing import PreparedText, prepare_text_or_faults
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.authoring.review.test_review import CASE, begin, row_of
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.support.people import ADA, INES
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@on_sqlite
def test_who_is_asked_to_answer_blind_sees_no_earlier_key(
    app: Flask, ada: Visitor, ines: Visitor
) -> None:
    version, draft = f"/authoring/courses/{SLUG}/versions/1/{CASE}", begin(ada)
    assert "proceed" in ines.get(version.replace(CASE, "cases/leo-as-usual.md")).text
    with app.app_context():
        prepared = prepare_text_or_faults(db.session(), row_of(app, draft))
        assert isinstance(prepared, PreparedText)
        asked = Invitee(person=accounts.row_of(INES))
        actor, now = courses.actor_of(ADA), clock.now()
        with unit_of_work() as session:
            actions.ask_for_review(session, [prepared], [asked], note="", actor=actor, now=now)
    for page in (version, f"{draft}/differences"):
        assert "/authoring/reviews/" in ines.get(page, status=303).location
    ada.get(version)
