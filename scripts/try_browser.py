"""Tries what the browser tests and the HTML checker stand on, in the way that they use it.

`scripts/ensure-chromium` runs it. What does not work is said on stderr; the Debian packages that
mend it are the output. Ends with 0 only when all of it works.
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
"""Of the text in Arial, and in fonts made to its measure: in wider ones sheets print too long."""
LIBRARY = re.compile(r"loading shared libraries: (lib[^\s:]+)\.so(?:\.(\d+))?")
"""What the loader says of the first library that it does not find."""


@dataclass(frozen=True)
class Fault:
    """What does not work, and the Debian packages that mend it, where that is known."""

    said: str
    packages: Sequence[str] = ()


def faults() -> list[Fault]:
    """Return all that is wrong; a page is opened when what it needs is there."""
    parts = [
        *of_program("The HTML checker's Node", [str(NODE), "--version"]),
        *of_program("The browser's driver", [sys.executable, "-m", "playwright", "--version"]),
        *of_name(),
    ]
    return parts or list(of_page())


def of_program(name: str, command: Sequence[str]) -> Iterator[Fault]:
    """Start a program."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip()
        yield Fault(f"{name} does not start: {said or f'exit {done.returncode}'}", owner_of(said))


def of_name() -> Iterator[Fault]:
    """Look for a browser."""
    if not browser.found():
        yield Fault("No Chromium that starts was found on PATH.", ("chromium", *FONTS))


def of_page() -> Iterator[Fault]:
    """Open a page in the browser by its driver: the width of its text tells the font."""
    try:
        with sync_playwright() as driver, driver.chromium.launch(**browser.launch_options()) as one:
            page = one.new_page()
            page.set_content(TEXT)
            box = page.locator("span").bounding_box()
    except Error as fault:
        yield Fault(f"{browser.found()} opens no page: {fault.message}", owner_of(fault.message))
    else:
        if not box or round(box["width"]) != WIDTH:
            yield Fault("The browser found no font of Arial's measure, such as Liberation.", FONTS)


def owner_of(said: str) -> Sequence[str]:
    """Return the package of the library that was not found, as Debian's policy names packages."""
    found = LIBRARY.search(said)
    if not found:
        return ()
    name, version = found[1].lower().replace("_", "-"), found[2] or ""
    return (f"{name}-{version}" if version and name[-1].isdigit() else f"{name}{version}",)


def main() -> int:
    """Say what is wrong, and what mends it."""
    found = faults()
    for fault in found:
        print(fault.said, file=sys.stderr)
    print(*dict.fromkeys(package for fault in found for package in fault.packages))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
