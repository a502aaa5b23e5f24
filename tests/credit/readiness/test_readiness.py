"""What is missing before credit may be claimed, by the same rules as certificates."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from cpd.credit.readiness.queries import find_course_before_credit
from cpd.credit.rules.authority_file import FieldName
from cpd.credit.rules.issue_checks import Answer, Refusal
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import current
from tests.factories import credit, passes, pilots
from tests.factories.courses import SLUG, course_of
from tests.support.people import MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = f"/before-credit/{SLUG}"


@pytest.fixture(autouse=True)
def _forget_provider(app: Flask) -> Iterator[None]:
    """Let no test read the provider that another one stored."""
    yield
    current.init_app(app)


def check(app: Flask) -> dict[str, tuple[Answer, set[Refusal], frozenset[FieldName]]]:
    """Return what is missing for each authority."""
    with app.app_context():
        found = find_course_before_credit(db.session(), SLUG, today=clock.now().date())
        assert found is not None
        return {
            it.authority.slug: (it.answer, set(it.refusals), it.lacking) for it in found.authorities
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
    answer, reasons, lacking = check(app)["ncbtmb"]
    assert answer is Answer.DOES_NOT
    assert sorted(lacking) == ["provider-contact", "provider-signature"]
    assert reasons >= {Refusal.NOT_REVIEWED, Refusal.FIELD_MISSING}
    assert "nobody signs for you yet" in page.text
    assert "cmto" not in check(app)
    assert check(app)["florida"][2] == frozenset()
    with app.app_context(), unit_of_work() as session:
        passes.review(session, course_of(MAYA).revision)
        passes.set_provider(session, app, passes.Setting())
    credit.approve(app, credit.PROVIDER, credit.COURSE)
    with app.app_context():
        current.reload_provider()
    assert check(app)["ncbtmb"] == (Answer.COUNTS, set(), frozenset())
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
