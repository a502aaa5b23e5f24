"""Tries what the browser tests and the HTML checker depend on, in the way that they use it.

`scripts/ensure-chromium` runs it. It reports on stderr what does not work, and prints the Debian
packages that fix it. It exits with 0 only if everything works.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import Error, sync_playwright

from tests.support import browser
from tests.support.html_validate import NODE

FONTS = ("fonts-dejavu-core", "fonts-liberation")
TEXT = '<span style="font: 100px Arial">text</span>'
WIDTH = 161
"""The width of the text in Arial and compatible fonts; in wider ones sheets print too long."""
LIBRARY = re.compile(r"loading shared libraries: (lib[^\s:]+)\.so(?:\.(\d+))?")
"""What the loader reports about the first library that it cannot find."""


@dataclass(frozen=True)
class Fault:
    """What does not work, and the Debian packages that fix it, if known."""

    said: str
    packages: Sequence[str] = ()


def find_all_faults() -> list[Fault]:
    """Return everything that is wrong; a page is opened only if what it needs works."""
    parts = [
        *find_program_faults("The HTML checker's Node", [str(NODE), "--version"]),
        *find_program_faults(
            "The browser's driver", [sys.executable, "-m", "playwright", "--version"]
        ),
        *find_browser_faults(),
    ]
    return parts or list(find_page_faults())


def find_program_faults(name: str, command: Sequence[str]) -> Iterator[Fault]:
    """Check that a program starts."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        message = done.stderr.strip()
        yield Fault(
            f"{name} does not start: {message or f'exit {done.returncode}'}",
            package_of_missing_library(message),
        )


def find_browser_faults() -> Iterator[Fault]:
    """Look for a browser."""
    if not browser.found():
        yield Fault("No Chromium that starts was found on PATH.", ("chromium", *FONTS))


def find_page_faults() -> Iterator[Fault]:
    """Open a page through the driver; the width of its text shows which font it uses."""
    try:
        with sync_playwright() as driver, driver.chromium.launch(**browser.launch_options()) as one:
            page = one.new_page()
            page.set_content(TEXT)
            box = page.locator("span").bounding_box()
    except Error as fault:
        yield Fault(
            f"{browser.found()} opens no page: {fault.message}",
            package_of_missing_library(fault.message),
        )
    else:
        if not box or round(box["width"]) != WIDTH:
            yield Fault("The browser found no font as wide as Arial, such as Liberation.", FONTS)


def package_of_missing_library(message: str) -> Sequence[str]:
    """Return the package of the missing library, named as Debian's policy requires."""
    match = LIBRARY.search(message)
    if not match:
        return ()
    name, version = match[1].lower().replace("_", "-"), match[2] or ""
    return (f"{name}-{version}" if version and name[-1].isdigit() else f"{name}{version}",)


def main() -> int:
    """Report what is wrong, and print what fixes it."""
    problems = find_all_faults()
    for fault in problems:
        print(fault.said, file=sys.stderr)
    print(*dict.fromkeys(package for fault in problems for package in fault.packages))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
