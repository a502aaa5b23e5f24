import pytest
from flask import Flask

from cpd.cases import labels as case_labels
from cpd.courses import labels as course_labels
from cpd.web import labels
from tests.web.conftest import MakeShell
from tests.web.test_static import svg


@pytest.fixture
def app(make_shell: MakeShell) -> Flask:
    return make_shell()


def test_the_five_decisions_in_their_words_and_order(app: Flask) -> None:
    with app.test_request_context():
        said = [(code, str(it.words)) for code, it in case_labels.DECISIONS.items()]
    assert said == [
        ("proceed", "Go ahead"),
        ("modify", "Change the plan"),
        ("postpone", "Not today: reschedule"),
        ("same_day", "Not today: medical advice today"),
        ("emergency", "Emergency: call now"),
    ]
    assert [it.level for it in case_labels.DECISIONS.values()] == [1, 2, 3, 4, 5]


def test_every_decision_differs_without_its_color(app: Flask) -> None:
    with app.test_request_context():
        for part in ("words", "line", "short", "icon"):
            assert len({str(getattr(it, part)) for it in case_labels.DECISIONS.values()}) == 5


def test_dangers_from_safe_to_critical() -> None:
    assert list(case_labels.DANGERS) == ["safe", "overcautious", "suboptimal", "unsafe", "critical"]


def test_evidence_and_basis_cover_the_shared_words() -> None:
    assert set(course_labels.EVIDENCE) == {
        "checked",
        "unchecked",
        "superseded",
        "retracted",
        "does-not-support",
    }
    assert set(case_labels.BASIS) == {"evidence", "guideline", "expert-caution", "house-rule"}


def test_each_sign_is_drawn() -> None:
    drawn = {symbol.get("id") for symbol in svg("icons.svg").iter()}
    tables = (case_labels.DECISIONS, case_labels.DANGERS, course_labels.EVIDENCE, labels.SAVING)
    assert {it.icon for table in tables for it in table.values()} <= drawn
