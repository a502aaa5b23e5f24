from pathlib import Path

import pytest

from tests.support.courses import CourseFolder


@pytest.fixture
def small(tmp_path: Path) -> CourseFolder:
    """A copy of the tiny course that the test may change."""
    return CourseFolder(tmp_path)
