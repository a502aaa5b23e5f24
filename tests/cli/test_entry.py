"""Where `cpd` cannot run, it says so, instead of a traceback."""

import subprocess
import sys

import pytest

from cpd.cli import entry
from tests.support.house import ROOT

START = "from cpd.cli.entry import main; sys.argv = ['cpd', 'content', 'check', '--help']; main()"


@pytest.mark.parametrize("missing", [*entry.UNIX_ONLY, None])
def test_on_a_system_that_is_no_unix_it_says_where_it_runs(missing: str | None) -> None:
    without = f"import sys; sys.modules[{missing!r}] = None; " if missing else "import sys; "
    done = subprocess.run(
        [sys.executable, "-c", without + START],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if missing:
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("cpd needs Linux, macOS or another Unix, even to check")
        assert done.stderr.count("\n") == 1
    else:
        assert done.returncode == 0, "the control"
