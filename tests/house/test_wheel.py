"""A wheel holds all that a site needs, so that nothing depends on a checkout."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from cpd import migrate
from cpd.cli import release
from tests.support.house import ROOT, name_of, tracked

MADE = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that was built from what is committed or staged."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    subprocess.run(["git", "checkout-index", "--all", f"--prefix={source}/"], cwd=ROOT, check=True)
    build = "from setuptools.build_meta import build_wheel; build_wheel('..')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_a_wheel_holds_every_file_of_the_package_and_the_migrations(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if Path(name).name not in MADE}
    names = {name_of(path) for path in tracked()}
    package = {name for name in names if name.startswith("cpd/")}
    migrations = {f"cpd/shipped/{name}" for name in names if name.startswith("migrations/")}
    assert held == package | migrations | {"cpd/commit.txt"}


def test_installed_it_finds_its_migrations_and_its_app(wheel: Path, tmp_path: Path) -> None:
    """Isolated from the checkout, whose modules have the same names."""
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    lines = (
        "import sys; sys.path.insert(0, 'installed')",
        "from cpd import migrate; from cpd.cli.release import find_commit, _PACKAGE",
        "migrate.run('sqlite:///new.sqlite')",
        "import importlib.util; assert importlib.util.find_spec('cpd.wsgi').origin",
        "from cpd.web import gunicorn_conf; assert gunicorn_conf.preload_app",
        "print(migrate.MIGRATIONS); print(find_commit(_PACKAGE.parent))",
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", "\n".join(lines)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    migrations = tmp_path / "installed/cpd/shipped/migrations"
    assert done.stdout.splitlines() == [str(migrations), release.UNKNOWN]
    assert migrate.MIGRATIONS == ROOT / "migrations", "the control: here they are another folder"


def test_a_checkout_names_its_commit(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@clinic.example")
        done = subprocess.run(
            ["git", *who, *words], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init")
    assert release.find_commit(tmp_path) == release.UNKNOWN
    (tmp_path / "one").touch()
    git("add", "one")
    git("commit", "--message", "one")
    commit = git("rev-parse", "HEAD")
    found = release.find_commit(tmp_path)
    assert len(found) >= 12
    assert commit.startswith(found)
    (tmp_path / "one").write_text("changed")
    assert release.find_commit(tmp_path) == f"{found}-dirty"
