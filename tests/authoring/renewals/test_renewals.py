"""The courses that are due to be reviewed again."""

import pytest

from tests.factories.courses import SLUG
from tests.support.visitor import Visitor


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_course_is_listed_before_its_review_is_due(ada: Visitor, ravi: Visitor) -> None:
    assert "Review is due: Massage on a hot day" in ravi.get("/").text
    assert "Courses whose review is due" in ravi.get("/authoring/reviews").text
    assert "“Massage on a hot day” is due for review." in ada.get("/").text
    links = ada.page.links()
    assert links["Courses to review again"] == "/authoring/renewals"
    page = ada.get("/authoring/renewals")
    assert "due by" in page.text
    assert f"/authoring/courses/{SLUG}" in page.page.links().values()
