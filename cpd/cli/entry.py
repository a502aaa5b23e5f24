"""The program `cpd`: says where it runs, or runs."""

import sys
from importlib.util import find_spec

UNIX_ONLY = ("fcntl", "pwd", "resource")


def main() -> None:
    """Run the command, or exit where the system cannot."""
    if not all(map(find_spec, UNIX_ONLY)):
        sys.exit(
            "cpd needs Linux, macOS or another Unix, even to check courses. On Windows, "
            "install and run it in WSL, the Windows Subsystem for Linux."
        )
    from cpd.cli.main import cli

    cli()
