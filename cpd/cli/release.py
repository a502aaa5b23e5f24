"""Which release and which commit of cpd this is."""

import subprocess
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_BUILT_FROM = _PACKAGE / "commit.txt"
"""Written into the wheel when it is built."""
UNKNOWN = "unknown"


def describe_release() -> str:
    """Return the release and the commit, as `cpd --version` prints them."""
    return f"cpd {version('cpd')}, commit {find_commit(_PACKAGE.parent)}"


def find_commit(checkout: Path) -> str:
    """Return the commit of a checkout, or the one that an installed wheel was built from."""
    if not (checkout / ".git").exists():
        return _BUILT_FROM.read_text().strip() if _BUILT_FROM.exists() else UNKNOWN
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"],  # noqa: S607 - the git on the PATH
            cwd=checkout, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):  # no git, or a folder of another user
        return UNKNOWN
    return done.stdout.strip()
