"""The small course stands on every database, and maya can have studied it.

`pocket` and `timed` publish a smaller one besides, whose exams always have the same six cases.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import courses
from tests.factories.quizzes import Learner
from tests.quizzes import exam_visitor
from tests.quizzes.exam_visitor import TWO_STEPS, Exam
from tests.support.people import MAYA


@pytest.fixture
def maya_studies(app: Flask) -> Learner:
    """Maya, who has read everything and decided every practice case."""
    return Learner(app, MAYA).study()


@pytest.fixture(scope="session")
def pocket_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes the folder of the pocket course once for each name."""
    return cache(lambda slug: exam_visitor.pocket(tmp_path_factory.mktemp("courses"), slug))


@pytest.fixture
def pocket(app: Flask, pocket_folder: Callable[[str], Path]) -> str:
    """The name of the pocket course, published."""
    return courses.publish(app, pocket_folder(exam_visitor.POCKET))


@pytest.fixture
def timed(app: Flask, pocket_folder: Callable[[str], Path]) -> str:
    """The name of the pocket course with a time limit, published."""
    return courses.publish(app, pocket_folder(exam_visitor.TIMED))


@pytest.fixture
def exam(app: Flask, pocket: str) -> Exam:
    """Maya at the exam of the pocket course, with nothing answered yet."""
    return exam_visitor.begin(app, pocket)


@pytest.fixture
def older_pocket(app: Flask, pocket: str) -> str:
    """The pocket course as it could be once: a story ends at once where somebody treats."""
    front = courses.front_of(app, f"case:{TWO_STEPS}", pocket)
    decide, *later = front["steps"]
    routes = decide["routes"] | {"proceed": None, "modify": None}
    early = front | {"steps": [decide | {"routes": routes}, *later]}
    courses.publish_as_once(app, f"case:{TWO_STEPS}", early, pocket)
    return pocket


@pytest.fixture
def older_exam(app: Flask, older_pocket: str) -> Exam:
    """Maya at the exam of that course."""
    return exam_visitor.begin(app, older_pocket)


@pytest.fixture
def timed_exam(app: Flask, timed: str) -> Exam:
    """Maya at the exam with a time limit, just begun."""
    return exam_visitor.begin(app, timed)
