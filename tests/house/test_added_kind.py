"""A folder and a line in the registry add a kind of answer that then works everywhere."""

import importlib.util
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask

from cpd.authoring.checks import output
from cpd.authoring.checks.lint.all_rules import apply_warning_rules
from cpd.authoring.files import case as case_file
from cpd.authoring.sources import loading, parsing
from cpd.cases.kinds.registry import KINDS
from cpd.quizzes.rules.marking import mark_case
from tests.factories import accounts, courses
from tests.support.courses import CourseFolder
from tests.support.odd_one_out.kind import odd_one_out
from tests.support.people import ADA, MAYA
from tests.support.visitor import Visitor

SLUG = "odd-course"
CASE = "cases/tess-room.md"
STEPS = """\
steps:
  - id: ready
    kind: odd_one_out
    prompt: Which does not belong?
    options:
      - id: water
        text: Puts out water
        rationale: Thirst is answered with water.
        basis: house-rule
      - id: blind
        text: Lets the blind down
        rationale: It keeps the sun out.
        basis: house-rule
      - id: pack
        text: Warms a pack
        correct: true
        rationale: It **adds** heat.
        basis: house-rule
---
"""


@pytest.fixture
def folder(tmp_path: Path) -> CourseFolder:
    """The small course with a question of the new kind."""
    made = CourseFolder(tmp_path, SLUG)
    head, _, rest = made.read(CASE).partition("steps:\n")
    made.write(CASE, head + STEPS + rest.partition("---\n")[2])
    return made


@pytest.fixture
def _added_kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add the line to the registry, and reread the schema of case files as a start would."""
    monkeypatch.setitem(KINDS, odd_one_out.name, odd_one_out)
    spec = importlib.util.spec_from_file_location("case_file_read_again", case_file.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(vars(parsing)["_FOLDERS"], "cases", ("case", module.CaseFile))
    loading.clear_course_caches()
    yield
    loading.clear_course_caches()  # later tests read cases with the usual schema again


def test_without_its_line_the_kind_is_unknown(folder: CourseFolder) -> None:
    messages = [message for _, _, message in folder.faults()]
    assert "The kind 'odd_one_out' is unknown." in messages


@pytest.mark.usefixtures("_added_kind")
def test_it_is_checked(folder: CourseFolder) -> None:
    bundle = folder.bundle()
    assert "Odd ones out: 1." in output.build_report_text(bundle, [])
    assert not [one for one in apply_warning_rules(bundle) if "odd one out" in one.message]
    line = folder.edit(CASE, "Warms a pack", "Warms a heat pack for the shoulders") - 1
    (warning,) = [one for one in apply_warning_rules(folder.bundle()) if "odd one" in one.message]
    assert (warning.line, warning.remedy) == (line, "Shorten it.")
    folder.edit(CASE, "        correct: true\n", "")
    assert "No option is the odd one out." in [message for _, _, message in folder.faults()]


@pytest.mark.usefixtures("_added_kind")
def test_it_is_graded(folder: CourseFolder) -> None:
    built = folder.bundle().built["tess-room"]
    for choice, score in (("pack", Fraction(1)), ("water", Fraction(0))):
        mark = mark_case(built.front, built.key, {"ready": {"choice": choice}})
        assert mark.score == score


@pytest.mark.usefixtures("_added_kind")
def test_it_is_published_asked_answered_and_reviewed(
    folder: CourseFolder, make_app: Callable[..., Flask]
) -> None:
    app = make_app()
    courses.publish(app, folder.path)
    courses.enrol(app, MAYA, slug=SLUG)
    maya = accounts.let_in(Visitor(app, "maya"), MAYA)
    page = f"/courses/{SLUG}/sections/adapting"
    assert "All but one belong together." in maya.get(page).text
    assert "The odd one out." not in maya.get(page).text
    maya.submit([("choice", "pack")], action="#answer-tess-room")
    explained = maya.follow().text
    assert "Warms a pack The odd one out. Safe" in explained
    assert "It adds heat." in explained


@pytest.mark.usefixtures("_added_kind")
def test_it_is_edited_by_a_form(folder: CourseFolder, make_app: Callable[..., Flask]) -> None:
    app = make_app()
    courses.publish(app, folder.path)
    ada = accounts.let_in(Visitor(app, "ada"), ADA)
    text = folder.read(CASE)
    ada.get("/authoring")
    begun = ada.post(f"/authoring/courses/{SLUG}/drafts", {"path": CASE}, status=303).location
    page = ada.get(begun).text
    assert "Ask for the odd one out" in page
    assert ada.page.forms[0].value("f.steps.0.prompt") == "Which does not belong?"
    ada.submit({"f.steps.0.options.2.text": "Chills a pack"}, action=begun)
    ada.get(f"{begun}/text")
    (form,) = [form for form in ada.page.forms if form.action.endswith("/text")]
    assert form.value("text") == text.replace("Warms a pack", "Chills a pack")
