"""Handing in: once, with a name and a statement, and nothing lost on the way."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Domain, get_babel
from sqlalchemy import select

from cpd.certificates.models import Certificate
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.quizzes.attempts.models import Attempt, AttemptMove, PrintedName, Statement
from cpd.quizzes.attempts.statements import hash_statement
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.models import GradeEvent, Result
from cpd.quizzes.rules.attempts import AttemptState
from migrations import frozen
from tests.quizzes.exam_visitor import MULTIPLE, SINGLE, TWO_STEPS, WELL, Exam, count_of
from tests.support.moved_clock import NOW, MovedClock
from tests.support.pages import Page, words

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MINE = "I answered these cases myself, without help from anyone."


@on_sqlite
def test_the_last_page_says_what_is_not_finished_and_asks_for_name_and_statement(
    exam: Exam,
) -> None:
    exam.answer_right(SINGLE, WELL)
    page = exam.visitor.get(f"{exam.base}/submission").page
    for sentence in (
        "2 cases are not finished. Unanswered questions earn nothing.",
        "After you submit, nothing can be changed.",
        "Your name, as the certificate will show it",
        MINE,
    ):
        assert sentence in page.text
    assert page.links()["Back to your decisions"] == f"{exam.base}/decisions"
    form = next(form for form in page.forms if "is_mine" in form.names)
    assert form.value("name") == "Maya Okafor"
    assert form.value("is_mine") is None, "nobody is made to state anything"
    assert "names your licence" not in page.text
    exam.visitor.get("/profile")
    said = {"authority": "Texas Board", "number": "MT 1"}
    exam.visitor.submit(said, action="/profile/licences")
    exam.answer_right()
    text = exam.visitor.get(f"{exam.base}/submission").text
    assert "All 6 cases are finished." in text
    assert "shows your license as it is in your profile: Texas Board: MT 1." in text


def test_handing_in_closes_grades_and_keeps_the_statement(app: Flask, exam: Exam) -> None:
    exam.answer_right()
    asked = exam.hand_in(name="Maya  N. Okafor", status=422).page
    assert "Your profile has “Maya Okafor”, and the certificate will show “Maya N. Okafor”" in (
        asked.text
    )
    assert exam.attempt().state is AttemptState.OPEN
    exam.visitor.submit({"name": "Maya P. Okafor"}, status=422)  # not the name it asked about
    exam.visitor.submit({"name": "Maya N. Okafor"}, status=422)
    assert exam.visitor.submit().location == f"{exam.base}/result"
    attempt = exam.attempt()
    assert (attempt.state, attempt.closed_at) == (AttemptState.GRADED, NOW)
    with app.app_context():
        statement = db.session.scalars(select(Statement)).one()
        name = db.session.get_one(PrintedName, attempt.id)
        assert (statement.text, name.name) == (MINE, "Maya N. Okafor")
        salted = f"{name.salt}{name.name}".encode()
        assert statement.name_hash == hashlib.sha256(salted).hexdigest()
        result = db.session.get_one(Result, attempt.id)
        assert (result.score_num, result.score_den, result.passed) == (1, 1, True)
        moves = db.session.scalars(select(AttemptMove).order_by(AttemptMove.number)).all()
        assert [move.move for move in moves] == ["start", "submit", "grade"]
        assert {move.on_behalf_of for move in moves} == {attempt.subject}
        assert [move.actor == attempt.subject for move in moves] == [True, True, False]
    assert count_of(app, Certificate) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"is_mine": ""}, "Check this box to submit", id="not stated"),
        pytest.param({"name": ""}, "Enter the name to print.", id="no name"),
        pytest.param({"name": "   "}, "Fill this in.", id="a blank name"),
        pytest.param({"name": "1234"}, "Use at least one letter.", id="no letter"),
        pytest.param({"name": "M" * 121}, "at most 120 characters; this has 121.", id="too long"),
        pytest.param({"name": "Maya\u202eOkafor"}, "(right-to-left override)", id="turned around"),
        pytest.param({"name": "\u3164"}, "(hangul filler)", id="nothing to see"),
    ],
)
def test_a_mistake_is_said_before_anything_is_closed(
    app: Flask, exam: Exam, changed: dict[str, str], said: str
) -> None:
    exam.answer_right(MULTIPLE)
    exam.visitor.get(f"{exam.base}/submission")
    fields = {"name": "Maya Okafor", "is_mine": "y", "shown": hash_statement(MINE)} | changed
    sent = {name: value for name, value in fields.items() if value}
    page = exam.visitor.post(f"{exam.base}/submission", sent, status=422).page
    assert said in page.text
    assert exam.attempt().state is AttemptState.OPEN
    assert count_of(app, Statement) == 0
    exam.learner.answer(exam.public_id, exam.positions[MULTIPLE])  # nothing is lost: it goes on
    assert exam.hand_in().location == f"{exam.base}/result"


@on_sqlite
def test_letters_of_no_font_keep_nobody_from_a_certificate(app: Flask, exam: Exam) -> None:
    exam.visitor.get("/profile/printed")
    exam.visitor.submit({"legal_name": "𒀀𒀁𒀂", "time_zone": "Asia/Taipei"})
    said = exam.visitor.follow().text
    assert "From now on, your certificates show this name" in said
    assert "The fonts of this site lack 𒀀 𒀁 𒀂, so your certificate file" in said
    assert "install" not in said
    exam.answer_right()
    exam.hand_in()
    with app.app_context():
        facts = db.session.scalars(select(Certificate.snapshot)).one()
    assert "𒀀𒀁𒀂" in facts


@on_sqlite
def test_what_was_typed_stays_after_a_mistake(exam: Exam) -> None:
    exam.visitor.get(f"{exam.base}/submission")
    sent = {"name": "Maya O.", "is_mine": ""}
    page = exam.visitor.submit({**sent, "is_mine": []}, status=422).page
    form = next(form for form in page.forms if "is_mine" in form.names)
    assert form.value("name") == "Maya O."


# What is frozen is what was shown

ANDERS = "Ich habe diese Fälle selbst beantwortet, ohne jede Hilfe."


@pytest.fixture
def language(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the language of the requests that follow; German has words for the statement alone."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    german = Catalog(locale="de")
    german.add(MINE, ANDERS)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, german)
    babel = get_babel(app)
    monkeypatch.setattr(babel.instance, "domain_instance", Domain(str(tmp_path)))

    def choose(name: str) -> None:
        monkeypatch.setattr(babel, "locale_selector", lambda: name)

    return choose


def shown_statement(page: Page) -> str:
    """Return the words beside the box that is to be ticked."""
    (label,) = [one for one in page.all("label") if one.get("class") == "check"]
    return words(label)


def statements(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Statement.text)))


@on_sqlite
@pytest.mark.parametrize(("name", "said"), [("en_GB", MINE), ("de", ANDERS)])
def test_what_is_kept_is_what_the_page_showed(
    app: Flask, exam: Exam, language: Callable[[str], None], name: str, said: str
) -> None:
    language(name)
    shown = shown_statement(exam.visitor.get(f"{exam.base}/submission").page)
    exam.visitor.submit({"is_mine": "y"})
    assert statements(app) == [shown] == [said]


@on_sqlite
def test_a_statement_whose_words_changed_meanwhile_is_shown_again_first(
    app: Flask, exam: Exam, language: Callable[[str], None]
) -> None:
    exam.visitor.get(f"{exam.base}/submission")
    language("de")
    again = exam.visitor.submit({"name": "Maya O.", "is_mine": "y"}, status=409).page
    assert "The statement changed since you opened the page, so it was not sent." in again.text
    assert (statements(app), exam.attempt().state) == ([], AttemptState.OPEN)
    form = next(form for form in again.forms if "is_mine" in form.names)
    assert (form.value("name"), form.value("is_mine")) == ("Maya O.", None)
    assert shown_statement(again) == ANDERS
    exam.visitor.submit({"name": "Maya Okafor", "is_mine": "y"})
    assert statements(app) == [ANDERS]


@on_sqlite
def test_a_page_that_does_not_say_what_it_showed_is_shown_again(app: Flask, exam: Exam) -> None:
    """Such as one that was open while the site was upgraded."""
    exam.visitor.get(f"{exam.base}/submission")
    fields = {"name": "Maya Okafor", "is_mine": "y"}
    exam.visitor.post(f"{exam.base}/submission", fields, status=409)
    assert statements(app) == []


@on_sqlite
@pytest.mark.parametrize(
    "odd",
    [
        [("score", "100")],
        [("passed", "1")],
        [("now", "2020-01-01T00:00:00+00:00")],
        [("name", "Somebody Else")],  # a second one
    ],
)
def test_other_fields_and_doubled_ones_are_refused(exam: Exam, odd: list[tuple[str, str]]) -> None:
    exam.visitor.get(f"{exam.base}/submission")
    whole = {"name": "Maya Okafor", "is_mine": "y", "shown": hash_statement(MINE)}
    fields = [*whole.items(), *odd]
    exam.visitor.post(f"{exam.base}/submission", fields, status=400)
    assert exam.attempt().state is AttemptState.OPEN


@on_sqlite
def test_handing_in_again_changes_nothing(app: Flask, exam: Exam, clock: MovedClock) -> None:
    exam.hand_in()
    clock.advance(minutes=5)
    for fields in ({"name": "Somebody Else", "is_mine": "y"}, {}):
        again = exam.visitor.post(f"{exam.base}/submission", fields)
        assert again.location == f"{exam.base}/result"
    assert exam.visitor.get(f"{exam.base}/submission", status=303).location.endswith("/result")
    assert exam.attempt().closed_at == NOW
    assert (count_of(app, Statement), count_of(app, GradeEvent)) == (1, 1)
    with app.app_context():
        assert db.session.scalars(select(PrintedName)).one().name == "Maya Okafor"


@on_sqlite
def test_after_handing_in_every_page_of_the_attempt_leads_to_its_result(exam: Exam) -> None:
    exam.choose(WELL, "proceed")
    exam.hand_in()
    for path in ("", "/decisions", "/cases/1", "/cases/1/move-on", "/submission"):
        assert exam.visitor.get(exam.base + path, status=303).location == f"{exam.base}/result"


@on_sqlite
def test_an_answer_after_handing_in_is_kept_and_said_not_to_count(exam: Exam) -> None:
    exam.open(WELL)
    exam.hand_in()
    before = exam.result().text
    told = exam.event(WELL, "proceed", status=410).json
    assert told["outcome"] == "late"
    assert (
        "arrived after the exam had closed. It is kept, but it does not count." in told["message"]
    )
    fields = {"step": "decide", "after": "", "event_id": "evt-form", "choice": "proceed"}
    assert exam.visitor.post(exam.path(WELL), fields).location == f"{exam.base}/result"
    assert "arrived after the exam had closed" in exam.visitor.follow().text
    going_on = {"step": "decide", "after": "", "event_id": "evt-on"}
    late = exam.visitor.post(f"{exam.path(TWO_STEPS)}/move-on", going_on)
    assert late.location == f"{exam.base}/result"
    assert {outcome for *_, outcome in exam.kept()} == {"late"}
    exam.result()  # says once more that it was late
    assert exam.result().text == before


@on_sqlite
def test_sending_again_after_handing_in_gives_the_first_receipt(exam: Exam) -> None:
    first = exam.event(WELL, "proceed", event_id="evt-1").json
    exam.hand_in()
    assert exam.event(WELL, "proceed", event_id="evt-1").json == first


@on_sqlite
def test_when_grading_fails_the_answers_are_safe_and_the_worker_grades_later(
    app: Flask, exam: Exam, clock: MovedClock
) -> None:
    exam.answer_right()
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(computing, "compute_exam_result", _fails)
        assert exam.hand_in().location == f"{exam.base}/result"
    text = exam.result().text
    assert "Submitted. Your exam is being graded." in text
    assert "All your answers are saved." in text
    assert exam.attempt().state is AttemptState.SUBMITTED
    assert count_of(app, Certificate) == 0
    assert "being graded" in exam.visitor.get(f"{exam.course}/exam").text
    assert "being graded" in exam.visitor.get("/record").text
    assert exam.visitor.post(f"{exam.course}/exam/attempts").location.endswith("/exam")

    clock.advance(minutes=10)
    with app.app_context():
        worker.run_all_due_jobs()
    assert exam.result().h1.startswith("Passed")
    assert (count_of(app, GradeEvent), count_of(app, Certificate)) == (1, 1)
    assert exam.attempt().closed_at == NOW


@on_sqlite
def test_without_the_reading_on_record_there_is_no_pass(app: Flask, exam: Exam) -> None:
    """No page starts such an attempt; here somebody wrote to the database itself."""
    exam.answer_right()
    with app.app_context(), unit_of_work() as session:
        for name in frozen.installed(session.connection(), "attempts"):
            session.execute(sa.text(f"DROP TRIGGER {name}"))
        session.execute(sa.update(Attempt).values(gate={"is_met": False}))
    exam.hand_in()
    assert exam.result().h1 == "Not passed this time."
    with app.app_context():
        result = db.session.get_one(Result, exam.attempt().id)
        assert result.score == 1
        assert not result.gate_met
        assert not result.passed
        assert result.detail["why_not"] == ["reading"]
    assert count_of(app, Certificate) == 0


def _fails(*_: object) -> None:
    raise RuntimeError("the grader is out of order")
