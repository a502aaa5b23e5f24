"""What is missing before credit may be claimed, by the same rules as certificates."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from cpd.credit.readiness.queries import find_course_before_credit
from cpd.credit.rules.issue_checks import Answer, Refusal
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider.rules.profile import Profile, Signatory
from tests.factories import credit, passes, pilots
from tests.factories.courses import SLUG, course_of
from tests.support.people import MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = f"/before-credit/{SLUG}"
NAMED = Profile("Harbour", contact="a@b.example", signatories=(Signatory("Ines", "Director"),))


def check(app: Flask, profile: Profile) -> dict[str, tuple[Answer, set[Refusal], bool, bool]]:
    """Return what is missing for each authority."""
    with app.app_context():
        found = find_course_before_credit(db.session(), SLUG, profile, today=clock.now().date())
        assert found is not None
        return {
            it.authority.slug: (
                it.answer,
                set(it.refusals),
                it.lacks_contact,
                it.lacks_signatory,
            )
            for it in found.authorities
        }


def test_what_is_missing_is_named_until_nothing_is(app: Flask, ines: Visitor) -> None:
    page = ines.get(PAGE).page
    for said in (
        "No clinician has signed this version yet.",
        "cards, lists and marks are left",
        "No pilot group took this version",
        "We have no approval of this provider by them on file.",
        "Something is missing",
    ):
        assert said in page.text, said
    assert page.links()["See the reviews"] == f"/authoring/courses/{SLUG}/reviews"
    answer, reasons, contact, signatory = check(app, Profile("Harbour"))["ncbtmb"]
    assert (answer, contact, signatory) == (Answer.DOES_NOT, True, True)
    assert Refusal.NOT_REVIEWED in reasons
    assert "cmto" not in check(app, NAMED)
    with app.app_context(), unit_of_work() as session:
        passes.review(session, course_of(MAYA).revision, SLUG)
    credit.approve(app, credit.PROVIDER, credit.COURSE)
    assert check(app, NAMED)["ncbtmb"] == (Answer.COUNTS, set(), False, False)
    assert check(app, Profile("Harbour"))["ncbtmb"] == (Answer.DOES_NOT, set(), True, True)
    assert check(app, Profile("Harbour"))["florida"][2:] == (False, False)
    pilots.report(app, 50, 60, 70)
    text = ines.get(PAGE).text
    assert "All texts are signed." in text
    assert "The pilot group allows 1.20 hours." in text
    assert "Approved for 0.01, number C-1." in text


def test_the_page_asks_as_much_however_much_is_on_file(app: Flask, ines: Visitor) -> None:
    counts = []
    for year in (2030, 2031):
        for page in (PAGE, "/before-credit"):
            ines.get(page)
            with asked(app) as statements:
                ines.get(page)
            counts.append(len(statements))
        first, last = date(year, 1, 1), date(year, 12, 31)
        both = (credit.PROVIDER, credit.COURSE)
        credit.approve(app, *(replace(one, first_day=first, last_day=last) for one in both))
    assert counts[:2] == counts[2:]
