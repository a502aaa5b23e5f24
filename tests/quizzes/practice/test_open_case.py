"""The open case: anybody may decide it, and nothing of that is kept anywhere."""

from pathlib import Path

import pytest
from flask import Flask

from tests.access.asking import written
from tests.factories import courses
from tests.factories.courses import altered
from tests.quizzes.exam_visitor import in_order
from tests.support.courses import CourseFolder
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_stranger_decides_it_to_its_end_and_nothing_is_written(
    app: Flask, stranger: Visitor
) -> None:
    with written(app) as writes:
        page = stranger.get("/try").page
        assert "You need no account, and nothing is stored." in page.text
        assert "Right: full marks" not in page.html
        stranger.submit({"choice": "proceed"}, status=200)
        assert in_order(
            stranger.page.text.replace("\xa0", " "),
            "Go ahead Your answer",
            "Not careful enough: no marks.",
            "Right: full marks.",
            "Whom do you tell, and by when?",
        )
        stranger.submit({"choice": "right"}, status=200)
        text = stranger.page.text
        assert in_order(text, "Your decision, and why", "Go ahead", "The right ear, in time.")
        assert "Decide it again" not in text
    assert writes == []


def test_the_first_page_asks_it_too(stranger: Visitor) -> None:
    page = stranger.get("/").page
    assert "Quinn is dizzy" in page.text
    stranger.submit({"choice": "same_day"}, action="/try#answer-quinn-dizzy", status=200)
    assert "Right: full marks." in stranger.page.text.replace("\xa0", " ")


def test_without_a_choice_it_says_so(stranger: Visitor) -> None:
    stranger.get("/try")
    stranger.submit({"step": "decide"}, status=422)
    assert "Choose one of the five decisions." in stranger.page.text
    stranger.submit({"choice": "proceed"}, status=200)
    assert "Your answer" in stranger.page.text


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"step": "decide", "choice": "kill"}, 422, "not one of the answers"),
        ({"step": "decide", "choice": ["proceed", "modify"]}, 422, "takes one answer"),
        ({"step": "decide", "choice": ["proceed", "proceed"]}, 400, "twice"),
        ({"choice": "proceed"}, 400, "is missing"),
        ({"step": "nowhere", "choice": "proceed"}, 400, "could not be followed"),
        ({"step": "tell", "choice": "right"}, 400, "could not be followed"),
        ({"step": "tell", "choice": "right", "given-decide": "kill"}, 400, "could not be"),
        ({"step": "tell", "choice": "x", "given-decide": "proceed"}, 422, "not one of the"),
        (
            {"step": "gone", "given-decide": "proceed", "given-tell": "right"},
            400,
            "has no such question",
        ),
        ({"step": "decide", "choice": "proceed", "given-nowhere": "1"}, 400, "does not belong"),
        ({"step": "decide", "choice": "proceed", "role": "admin"}, 400, "does not belong"),
    ],
)
def test_what_no_page_sends_is_refused_with_a_sentence(
    stranger: Visitor, fields: dict[str, object], status: int, said: str
) -> None:
    stranger.get("/try")
    assert said in stranger.post("/try", fields, status=status).text


def test_it_needs_a_token_like_every_form(stranger: Visitor) -> None:
    stranger.get("/try")
    stranger.post("/try", {"step": "decide", "choice": "proceed"}, csrf=False, status=400)


def test_who_is_signed_in_may_try_it_too_and_nothing_is_kept(app: Flask, maya: Visitor) -> None:
    maya.get("/try")
    with written(app) as writes:
        maya.submit({"choice": "same_day"}, status=200)
    assert writes == []


def test_without_an_open_case_there_is_no_page_and_no_card(
    app: Flask, stranger: Visitor, tmp_path: Path
) -> None:
    folder = CourseFolder(tmp_path)
    folder.drop("cases/quinn-dizzy.md", "open")
    courses.publish(app, folder.path)
    stranger.get("/try", status=404)
    stranger.post("/try", {}, csrf=False, status=400)
    assert not stranger.get("/").page.forms


def test_a_course_page_leads_to_the_open_case_of_its_own_course(
    app: Flask, stranger: Visitor, tmp_path: Path
) -> None:
    changes = {"cases/quinn-dizzy.md": ("title: Quinn is dizzy", "title: Zora is dizzy")}
    courses.publish(app, courses.altered(tmp_path, changes, slug="other-course"))
    for slug, title in (("small-course", "Quinn"), ("other-course", "Zora")):
        path = stranger.get(f"/courses/{slug}").page.links()["Decide one case"]
        assert f"{title} is dizzy" in stranger.get(path).text
        stranger.submit({"choice": "same_day"}, status=200)
        assert f"{title} is dizzy" in stranger.page.text
    stranger.get("/try?course=no-such-course", status=404)


def test_it_asks_little_of_the_database(app: Flask, stranger: Visitor) -> None:
    stranger.get("/try")
    with asked(app) as statements:
        stranger.submit({"choice": "proceed"}, status=200)
    assert len(statements) <= 4


def test_a_mark_in_a_reason_is_explained_and_shown_with_the_answer_only(
    app: Flask, stranger: Visitor, tmp_path: Path
) -> None:
    case = "cases/quinn-dizzy.md"
    reason = (courses.FOLDER / case).read_text().partition("rationale: ")[2].partition("\n")[0]
    courses.publish(app, altered(tmp_path, {case: (reason, f"{reason} [awaiting review]")}))
    explained = "Awaiting review: no clinician has checked this statement yet."
    assert explained not in stranger.get("/try").text
    stranger.submit({"choice": "proceed"}, status=200)
    assert stranger.page.text.count(explained) == 1
    assert 'class="awaiting"' in stranger.page.html
