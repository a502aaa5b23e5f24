"""A real Chromium from PATH, and the checks that only a real browser can make."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@cache
def found() -> str | None:
    """Return the path of the first browser that starts: some commands only say how to get one."""
    paths = [path for name in NAMES if (path := shutil.which(name))]
    return next((path for path in paths if _starts(path)), None)


def _starts(path: str) -> bool:
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def chromium() -> str:
    """Return the path of the browser; fails, never skips, if there is none."""
    path = found()
    assert path, "browser tests need a Chromium: `make test` installs it, or says how"
    return path


def launch_options() -> dict[str, Any]:
    """Return the browser's options: quiet, and cut off from other machines."""
    arguments = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses to run for root
    return {"executable_path": chromium(), "args": arguments}


def axe_faults(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """Return what axe finds on the current page, by all rules or some, as sentences.

    The script is large, so it is sent once per page, and passed checks are not sent back.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = list(only)
    faults = page.evaluate("options => axe.run(options).then((told) => told.violations)", options)
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}\n    "
        + "\n    ".join(f"{node['target']}: {node['html'][:160]}" for node in fault["nodes"])
        for fault in faults
    ]
