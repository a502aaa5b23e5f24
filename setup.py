"""Puts into the wheel what is not part of the package in a checkout: migrations and the commit."""

import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent


class BuildWithMigrations(build_py):
    """Builds the package, and adds the migrations and the name of the commit."""

    def run(self) -> None:
        """Build, and add them; an editable installation has them where they are."""
        super().run()
        if self.editable_mode:
            return
        package = Path(self.build_lib) / "cpd"
        shutil.copytree(
            HERE / "migrations", package / "shipped" / "migrations",
            ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True,
        )  # fmt: skip
        commit = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"],  # noqa: S607 - the git on the PATH
            cwd=HERE, capture_output=True, text=True, check=False,
        )  # fmt: skip
        (package / "commit.txt").write_text(commit.stdout or "unknown\n")


setup(cmdclass={"build_py": BuildWithMigrations})
