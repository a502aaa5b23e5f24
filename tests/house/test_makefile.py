"""A newcomer's first commands: `make` finds a working Python, and tries the browser early."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.house import ROOT

SHIM = "exit 127"
OLDER = "exit 1"
WORKS = f'exec "{sys.executable}" "$@"'


@dataclass(frozen=True)
class Checkout:
    """A folder with the Makefile, and two folders on PATH, searched in order."""

    folder: Path

    def put(self, name: str, does: str, *, on: str = "first") -> Path:
        """Put a program on PATH."""
        program = self.folder / on / name
        program.parent.mkdir(exist_ok=True, parents=True)
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)
        return program

    def make(self, *words: str) -> tuple[int, str]:
        """Run make; return its status and its output."""
        tool = shutil.which("make")
        assert tool
        path = os.pathsep.join(str(self.folder / on) for on in ("first", "second"))
        done = subprocess.run(
            [tool, "--no-print-directory", *words],
            cwd=self.folder, env={"PATH": path},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    def installed(self) -> None:
        """Make it look as if everything was installed a while ago."""
        for name in ("run.stamp", "dev.stamp"):
            (self.folder / ".venv" / name).touch()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout with nothing on PATH."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
        os.utime(tmp_path / name, (0, 0))
    return Checkout(tmp_path)


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        pytest.param({"python3.11": WORKS}, {"python3.12": WORKS}, "first/python3.11", id="usual"),
        pytest.param(
            {"python3.11": SHIM, "python3.12": WORKS}, {}, "first/python3.12", id="another name"
        ),
        pytest.param(
            {"python3.11": SHIM}, {"python3.11": WORKS}, "second/python3.11", id="further on"
        ),
        pytest.param({"python3": OLDER}, {"python3": WORKS}, "second/python3", id="older"),
        pytest.param({}, {"python3": WORKS}, "second/python3", id="the only one"),
    ],
)
def test_the_first_python_that_runs_and_is_new_enough_is_taken(
    checkout: Checkout, first: dict[str, str], second: dict[str, str], taken: str
) -> None:
    for name, does in first.items():
        checkout.put(name, does)
    for name, does in second.items():
        checkout.put(name, does, on="second")
    status, said = checkout.make("--dry-run", ".venv/bin/python")
    assert status == 0
    assert str(checkout.folder / taken) in said


def test_without_a_python_that_runs_it_says_what_to_do(checkout: Checkout) -> None:
    checkout.put("python3.11", SHIM)
    checkout.put("python3", OLDER)
    status, said = checkout.make("run")
    assert status != 0
    assert "cpd needs Python 3.11 or newer, and none on PATH runs." in said
    assert "make run PYTHON=/path/to/python3" in said


@pytest.mark.parametrize("does", [SHIM, OLDER])
def test_a_python_named_by_hand_is_tried_too(checkout: Checkout, does: str) -> None:
    checkout.put("python3.11", WORKS)
    named = checkout.put("mine", does)
    status, said = checkout.make("run", f"PYTHON={named}")
    assert status != 0
    assert f"{named} is older, or does not run" in said


@pytest.mark.parametrize(
    ("uv", "by"), [(SHIM, ".venv/bin/pip install"), ("exit 0", "first/uv pip install")]
)
def test_uv_is_used_where_it_runs(checkout: Checkout, uv: str, by: str) -> None:
    checkout.put("python3.11", WORKS)
    checkout.put("uv", uv)
    _, said = checkout.make("--dry-run", ".venv/run.stamp")
    assert f"{by} --quiet" in said


def test_an_environment_whose_python_has_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.put("python3.12", WORKS)
    (checkout.folder / ".venv/bin").mkdir(parents=True)
    there = checkout.folder / ".venv/bin/python"
    there.symlink_to(sys.executable)
    checkout.installed()
    assert "Installing" not in checkout.make("--dry-run", "run")[1], "the control: all is there"
    there.unlink()
    there.symlink_to(checkout.folder / "gone")
    said = checkout.make("--dry-run", "run")[1]
    assert "Creating .venv" in said
    assert "Installing what the site needs" in said, "whatever the old stamp says"


@pytest.mark.parametrize(
    ("tried", "ran"),
    [
        pytest.param(1, ["try_browser"], id="does not work"),
        pytest.param(0, ["try_browser", "npm", "pytest", "coverage_gates"], id="works"),
    ],
)
def test_the_browser_is_tried_before_all_that_takes_long(
    checkout: Checkout, tried: int, ran: list[str]
) -> None:
    (checkout.folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/ensure-chromium", checkout.folder / "scripts")
    checkout.put("chromium", "exit 127")
    for tool in ("cat", "dirname", "echo", "rm", "touch"):
        (checkout.folder / "first" / tool).symlink_to(shutil.which(tool) or "")
    log = f'echo "${{0##*/}} $*" >>"{checkout.folder}/ran"'
    tries = f'case "$*" in *try_browser) exit {tried} ;; esac'
    checkout.put("python", f"{log}\n{tries}", on=".venv/bin")
    checkout.put("pytest", log, on=".venv/bin")
    (checkout.folder / "package-lock.json").touch()
    (checkout.folder / "node_modules").mkdir()
    checkout.installed()
    status, said = checkout.make("test")
    assert bool(status) is bool(tried), said
    lines = (checkout.folder / "ran").read_text().splitlines()
    assert len(lines) == len(ran)
    assert all(word in line for word, line in zip(ran, lines, strict=True))
