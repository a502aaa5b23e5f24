"""The checks work: each rule of ruff, lint-imports and the coverage gates is broken once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.coverage_gates import coverage_shortfalls
from tests.support.house import ROOT

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("path", "source", "code"),
    [
        ("cpd/quizzes/rules/x.py", "import datetime\n\nx = datetime.datetime.now()\n", "TID251"),
        ("cpd/quizzes/views.py", "import datetime\n\nx = datetime.date.today()\n", "TID251"),
        ("cpd/jobs/worker.py", "import time\n\nx = time.time()\n", "TID251"),
        ("cpd/content/render.py", "import urllib.request\n", "TID251"),
        ("tests/web/test_x.py", "from datetime import datetime\n\nx = datetime.now()\n", "DTZ005"),
        ("cpd/web/x.py", "from markupsafe import Markup\n\nx = Markup(open(__file__))\n", "S704"),
        ("cpd/web/x.py", "def show(x: int, full: bool) -> None: ...\n", "FBT001"),
    ],
)
def test_ruff_refuses(path: str, source: str, code: str) -> None:
    assert code in _ruff(path, source)


def test_the_clock_alone_may_ask_the_machine() -> None:
    source = '"""The clock."""\n\nfrom datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n'
    assert _ruff("cpd/kernel/clock.py", source) == ""
    assert "TID251" in _ruff("cpd/kernel/ids.py", source)


def _ruff(path: str, source: str) -> str:
    options = ["--quiet", "--output-format=concise", "--stdin-filename", path, "-"]
    done = subprocess.run(
        [BIN / "ruff", "check", *options],
        check=False, cwd=ROOT, input=source, capture_output=True, text=True,
    )  # fmt: skip
    assert not done.stderr
    said: str = done.stdout
    return said


BROKEN_HOUSE = {
    "Rooms depend one way": ("courses/queries.py", "import cpd.quizzes.keys"),
    "Inside a room imports go down": (
        "quizzes/grading/models.py",
        "import cpd.quizzes.grading.actions",
    ),
    "Rules, kinds, kernel, content, events and permissions are pure": (
        "quizzes/rules/draw.py",
        "import flask",
    ),
    "What serves an open attempt cannot reach a key": (
        "quizzes/attempts/delivery.py",
        "import cpd.quizzes.marking",
    ),
    "What lets a reviewer decide blind cannot reach a key": (
        "authoring/blind/deciding.py",
        "import cpd.authoring.review",
    ),
    "No cycle between rooms, topics or files": (
        "cases/kinds/single/__init__.py",
        "import cpd.cases.path",
    ),
}
WHOLE_HOUSE = (
    "authoring/asking/views.py",
    "authoring/blind/deciding.py",
    "authoring/drafts/queries.py",
    "authoring/files/part.py",
    "authoring/publish/queries.py",
    "authoring/review/queries.py",
    "authoring/sources/parsing.py",
    "cases/kinds/single/__init__.py",
    "cases/front.py",
    "cases/key.py",
    "cases/scales.py",
    "cases/mark_table.py",
    "cases/path.py",
    "cases/prover.py",
    "cases/html_replacement.py",
    "courses/queries.py",
    "courses/views.py",
    "quizzes/answering/views.py",
    "quizzes/attempts/delivery.py",
    "quizzes/exams/actions.py",
    "quizzes/grading/actions.py",
    "quizzes/grading/models.py",
    "quizzes/keys.py",
    "quizzes/practice/views.py",
    "quizzes/results/views.py",
    "quizzes/rules/draw.py",
    "quizzes/weak_spots/views.py",
)


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """A project with our layout and contracts that keeps all of them."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in WHOLE_HOUSE:
        path = tmp_path / "cpd" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        for folder in path.relative_to(tmp_path).parents:
            (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "cpd/quizzes/marking.py").write_text("import cpd.quizzes.keys\n")
    (tmp_path / "cpd/cases/path.py").write_text("import cpd.cases.kinds.single\n")
    return tmp_path


def _contracts(house: Path) -> dict[str, str]:
    done = subprocess.run(
        [BIN / "lint-imports", "--no-cache"],
        check=False, cwd=house, capture_output=True, text=True,
    )  # fmt: skip
    lines = [line.rsplit(" ", 1) for line in done.stdout.splitlines()]
    return {line[0]: line[1] for line in lines if line[-1] in {"KEPT", "BROKEN"}}


def test_the_import_contracts_are_kept_by_a_small_house(small_house: Path) -> None:
    assert _contracts(small_house) == dict.fromkeys(BROKEN_HOUSE, "KEPT")


def test_each_import_contract_is_broken_by_what_it_forbids(small_house: Path) -> None:
    for path, line in BROKEN_HOUSE.values():
        (small_house / "cpd" / path).write_text(f"{line}\n")
    assert _contracts(small_house) == dict.fromkeys(BROKEN_HOUSE, "BROKEN")


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("courses/queries.py", "import cpd.courses.views", "Inside a room imports go down"),
        (
            "quizzes/answering/views.py",
            "import cpd.quizzes.results.views",
            "What serves an open attempt cannot reach a key",
        ),
    ],
)
def test_wildcards_reach_rooms_and_topics(
    small_house: Path, path: str, line: str, contract: str
) -> None:
    (small_house / "cpd" / path).write_text(f"{line}\n")
    assert [name for name, kept in _contracts(small_house).items() if kept == "BROKEN"] == [
        contract
    ]


def test_a_room_that_is_in_no_contract_is_noticed(small_house: Path) -> None:
    (small_house / "cpd" / "billing").mkdir()
    (small_house / "cpd" / "billing" / "__init__.py").touch()
    assert _contracts(small_house)["Rooms depend one way"] == "BROKEN"


def _measured(lines: int, branches: int) -> dict[str, Any]:
    return {
        "executed_lines": [6] * lines,
        "missing_lines": [7] * (100 - lines),
        "executed_branches": [[6, 7]] * branches,
        "missing_branches": [[8, 9]] * (20 - branches),
    }


def test_the_coverage_gates_hold() -> None:
    assert (
        coverage_shortfalls(
            {"cpd/access/guard.py": _measured(100, 20), "cpd/db.py": _measured(96, 19)}
        )
        == []
    )


@pytest.mark.parametrize("folder", ["access", "quizzes/rules", "cases/kinds/single"])
def test_one_missing_branch_in_a_rule_is_noticed(folder: str) -> None:
    (said,) = coverage_shortfalls({f"cpd/{folder}/x.py": _measured(100, 19)})
    assert "missing: 8->9" in said


def test_too_little_elsewhere_is_noticed() -> None:
    (said,) = coverage_shortfalls(
        {"cpd/db.py": _measured(90, 20), "cpd/access/x.py": _measured(100, 20)}
    )
    assert said == "the other files are covered to 91.7%, less than 95%"


def test_a_branch_that_is_not_taken_is_measured_as_missing(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text("if __name__ == 'rule':\n    a = 1\nb = 2\n")
    run = [sys.executable, "-m", "slipcover", "--branch", "--json", "rule.py"]
    told = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    (said,) = coverage_shortfalls({"cpd/access/rule.py": json.loads(told)["files"]["rule.py"]})
    assert said.endswith("missing: lines 2; 1->2")
