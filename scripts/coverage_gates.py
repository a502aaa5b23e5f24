"""Check the coverage gates: every branch where a mistake could harm people, 95 % elsewhere."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COMPLETE = (
    "cpd/cases/",
    "cpd/quizzes/rules/",
    "cpd/certificates/rules/",
    "cpd/access/",
    "cpd/schools/files/rules/",
)
REST = 95.0


def coverage_shortfalls(files: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what falls short, as sentences; `files` comes from SlipCover's report."""
    shortfalls = []
    covered = possible = 0
    for name, report in sorted(files.items()):
        done = len(report["executed_lines"]) + len(report["executed_branches"])
        wanted = done + len(report["missing_lines"]) + len(report["missing_branches"])
        if not name.startswith(COMPLETE):
            covered, possible = covered + done, possible + wanted
        elif done < wanted:
            lines = _join_first_places([str(line) for line in report["missing_lines"]])
            branches = _join_first_places([f"{a}->{b}" for a, b in report["missing_branches"]])
            missing = "; ".join(filter(None, [lines and f"lines {lines}", branches]))
            shortfalls.append(f"{name} must be covered completely; missing: {missing}")
    rest = 100 * covered / possible if possible else 100.0
    if rest < REST:
        shortfalls.append(f"the other files are covered to {rest:.1f}%, less than {REST:.0f}%")
    return shortfalls


def _join_first_places(places: list[str]) -> str:
    most = 12
    return ", ".join(places[:most]) + (" ..." if len(places) > most else "")


def main(path: str) -> int:
    """Print what falls short and return the exit code."""
    report = json.loads(Path(path).read_text())
    shortfalls = coverage_shortfalls(report["files"])
    if shortfalls:
        print("Coverage falls short:", *shortfalls, sep="\n- ", file=sys.stderr)
        return 1
    print(f"Coverage {report['summary']['percent_covered']:.1f}%: the gates hold.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
