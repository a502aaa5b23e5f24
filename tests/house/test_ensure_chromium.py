"""If the browser or its driver does not work, `make test` fixes it, or says what to do.

Only the edges are fakes: the system's package manager and the current user. The driver, its
missing library, the browser and the page are real.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import playwright
import pytest

from scripts.try_browser import find_program_faults, package_of_missing_library
from tests.support import browser
from tests.support.house import ROOT

TOOLS = ("sh", "env", "dirname", "cat")
DRIVER = Path(playwright.__file__).with_name("driver") / "node"
FONTS = "<include>/etc/fonts/fonts.conf</include>"
WIDE_FONTS = "<dir>/usr/share/fonts/truetype/dejavu</dir>"
UPDATE, INSTALL = "-qq update", "-qq install -y --no-install-recommends"
WORKS = f'PATH="{os.environ["PATH"]}" exec "{browser.found()}" "$@"'
"""What `chromium` does if it is installed: it needs the real PATH to find its own tools."""


@dataclass(frozen=True)
class Machine:
    """A machine with nothing on PATH except what a test puts there."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> list[str]:
        """What the package manager was asked to do, and as which user."""
        log = self.folder / "asked"
        return log.read_text().splitlines() if log.exists() else []

    def put(self, name: str, does: str) -> None:
        """Put a program on PATH."""
        program = self.folder / "bin" / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)

    def lose(self, name: str) -> str:
        """Take a program off PATH; return the command that restores it."""
        there, away = self.folder / "bin" / name, self.folder / name
        there.rename(away)
        return f'{shutil.which("mv")} "{away}" "{there}"'

    def put_apt_get(self, installs: str, *, updates: str = ":") -> None:
        """Put a package manager on PATH that runs these commands when it installs or updates."""
        log = f'echo "${{BY:-}}$*" >>"{self.folder}/asked"'
        self.put("apt-get", f"{log}\ncase $2 in install) {installs} ;; update) {updates} ;; esac")

    def ensure(self) -> tuple[int, str]:
        """Run the script; return its status and its output."""
        done = subprocess.run(
            [ROOT / "scripts" / "ensure-chromium"],
            env={"PATH": str(self.folder / "bin"), "HOME": str(self.folder), **self.settings},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which the tests can run; its user is root."""
    (tmp_path / "bin").mkdir()
    made = Machine(tmp_path)
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    made.put("id", "echo 0")
    made.put("chromium", WORKS)
    made.put_apt_get("exit 1")
    return made


@pytest.fixture(scope="module")
def lacking_node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The driver's own Node, changed to need a library that no machine has, so it cannot load."""
    node = tmp_path_factory.mktemp("node") / "node"
    node.write_bytes(DRIVER.read_bytes().replace(b"libatomic.so.1\0", b"libabsent.so.1\0"))
    node.chmod(0o755)
    return node


@pytest.fixture
def without_library(machine: Machine, lacking_node: Path) -> str:
    """Take the library away from the machine's driver; return the command that its package runs."""
    libraries = machine.folder / "libraries"
    libraries.mkdir()
    machine.settings["PLAYWRIGHT_NODEJS_PATH"] = str(lacking_node)
    machine.settings["LD_LIBRARY_PATH"] = str(libraries)
    loader = subprocess.run(["ldd", DRIVER], capture_output=True, text=True, check=True).stdout
    (real,) = (line.split()[2] for line in loader.splitlines() if "libatomic.so.1" in line)
    return f'{shutil.which("ln")} -s "{real}" "{libraries}/libabsent.so.1"'


def test_where_all_of_it_works_nothing_is_said_or_installed(machine: Machine) -> None:
    assert machine.ensure() == (0, "")
    assert machine.asked == []


def test_what_the_driver_lacks_is_installed(machine: Machine, without_library: str) -> None:
    machine.put_apt_get(without_library)
    status, said = machine.ensure()
    assert "driver does not start" in said
    assert "libabsent.so.1: cannot open shared object file" in said
    assert "Installing libabsent1 with apt-get" in said
    assert machine.asked == [UPDATE, f"{INSTALL} libabsent1"]
    assert status == 0


def test_all_that_is_lacking_is_installed_at_once_with_sudo_where_that_asks_for_no_password(
    machine: Machine, without_library: str
) -> None:
    machine.put("id", "echo 1000")
    machine.put("sudo", '[ "$1" = -n ] && shift && [ "$1" != true ] && BY="sudo " exec "$@"; :')
    machine.put_apt_get(f"{without_library}; {machine.lose('chromium')}")
    status, said = machine.ensure()
    assert "No Chromium that starts was found on PATH." in said
    packages = "libabsent1 chromium fonts-dejavu-core fonts-liberation"
    assert machine.asked == [f"sudo {UPDATE}", f"sudo {INSTALL} {packages}"]
    assert status == 0


@pytest.mark.parametrize("sudo", ["", "exit 1"], ids=["no sudo", "sudo wants a password"])
def test_without_the_right_to_install_it_stops_and_names_the_packages(
    machine: Machine, without_library: str, sudo: str
) -> None:
    machine.put("id", "echo 1000")
    if sudo:
        machine.put("sudo", sudo)
    machine.lose("chromium")
    status, said = machine.ensure()
    assert status == 1
    assert "needs root, or sudo without a password" in said
    packages = "libabsent1 chromium fonts-dejavu-core fonts-liberation"
    assert f"sudo apt-get update && sudo apt-get install {packages}\n" in said
    assert machine.asked == []


def test_without_apt_get_it_stops_and_names_the_packages(
    machine: Machine, without_library: str
) -> None:
    machine.lose("apt-get")
    status, said = machine.ensure()
    assert status == 1
    assert "only with apt-get" in said
    assert "apt-get install libabsent1\n" in said
    assert "dnf install chromium libatomic" in said


def test_a_list_that_cannot_be_fetched_does_not_matter_where_the_others_suffice(
    machine: Machine,
) -> None:
    machine.put_apt_get(machine.lose("chromium"), updates="exit 100")
    status, said = machine.ensure()
    assert "Not every package list could be fetched" in said
    assert status == 0


def test_what_cannot_be_installed_stops_it(machine: Machine) -> None:
    machine.lose("chromium")
    status, said = machine.ensure()
    assert status == 1
    assert "apt-get could not install it" in said
    assert machine.asked == [UPDATE, f"{INSTALL} chromium fonts-dejavu-core fonts-liberation"]


def test_what_was_installed_and_does_not_help_stops_it(machine: Machine) -> None:
    machine.lose("chromium")
    machine.put_apt_get(":")
    status, said = machine.ensure()
    assert status == 1
    packages = "chromium fonts-dejavu-core fonts-liberation"
    assert f"apt-get has just installed {packages}, and that did not fix it" in said
    assert len(machine.asked) == 2, "and it does not retry forever"


def test_a_browser_that_opens_no_page_stops_it(machine: Machine) -> None:
    machine.put("chromium", '[ "$1" = --version ] || { echo "no room in memory" >&2; exit 1; }')
    status, said = machine.ensure()
    assert status == 1
    assert f"{machine.folder}/bin/chromium opens no page" in said
    assert "no room in memory" in said, "the browser's own message"
    assert "put another Chromium on PATH" in said
    assert machine.asked == [], "no package is known to fix it"


def test_a_name_that_stands_for_nothing_is_passed_over(machine: Machine) -> None:
    (machine.folder / "bin" / "chromium").rename(machine.folder / "bin" / "google-chrome")
    machine.put("chromium-browser", 'echo "install the snap" >&2; exit 1')
    assert machine.ensure() == (0, "")


@pytest.mark.parametrize("there", ["", WIDE_FONTS], ids=["no font", "only wide ones"])
def test_a_browser_without_a_font_of_the_right_width_gets_one(machine: Machine, there: str) -> None:
    fonts = machine.folder / "fonts.conf"
    fonts.write_text(f"<fontconfig>{there}</fontconfig>")
    machine.settings["FONTCONFIG_FILE"] = str(fonts)
    machine.put_apt_get(f'echo "<fontconfig>{FONTS}</fontconfig>" >"{fonts}"')
    status, said = machine.ensure()
    assert "found no font as wide as Arial" in said
    assert machine.asked == [UPDATE, f"{INSTALL} fonts-dejavu-core fonts-liberation"]
    assert status == 0


def test_a_node_that_does_not_start_is_found(lacking_node: Path) -> None:
    (fault,) = find_program_faults("The HTML checker's Node", [str(lacking_node), "--version"])
    assert fault.said.startswith("The HTML checker's Node does not start: ")
    assert list(find_program_faults("A Node", [str(DRIVER), "--version"])) == []


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libatomic.so.1", "libatomic1"),
        ("libnss3.so", "libnss3"),
        ("libX11.so.6", "libx11-6"),
        ("libgcc_s.so.1", "libgcc-s1"),
        ("libstdc++.so.6", "libstdc++6"),
        ("libgtk-3.so.0", "libgtk-3-0"),
    ],
)
def test_a_library_is_in_the_package_that_debian_names_after_it(library: str, package: str) -> None:
    said = f"node: error while loading shared libraries: {library}: cannot open shared object file"
    assert package_of_missing_library(said) == (package,)


def test_other_words_name_no_package() -> None:
    assert package_of_missing_library("error: libatomic.so.1 is old") == ()
