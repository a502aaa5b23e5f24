"""Measures coverage of cpd, line and branch, when COVERAGE names a file for the report.

SlipCover marks the code once, where a tracer follows each line, also of libraries. It sees what is
imported after this; pytest reads this file before any other.
"""

import json
import os
import sys
from pathlib import Path

import slipcover

REPORT = Path(os.environ["COVERAGE"]) if "COVERAGE" in os.environ else None

HANDS_OUT = (
    "-n" in sys.argv
    and sys.argv[sys.argv.index("-n") + 1 :][:1] != ["0"]
    and "PYTEST_XDIST_WORKER" not in os.environ
)
"""Whether this process only hands out tests: its workers mark the code, and it joins the parts."""

if REPORT:
    measured = slipcover.Slipcover(branch=True, source=None if HANDS_OUT else ["cpd"])
    if not HANDS_OUT:
        slipcover.ImportManager(measured, slipcover.FileMatcher(sources=["cpd"])).__enter__()


def pytest_sessionfinish() -> None:
    """Write what this process covered; the one that ends last joins what its workers wrote."""
    if not REPORT:
        return
    covered = measured.get_coverage()
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        REPORT.with_suffix(f".{worker}.json").write_text(json.dumps(covered))
        return
    for part in REPORT.parent.glob(f"{REPORT.stem}.gw*.json"):
        slipcover.merge_coverage(covered, json.loads(part.read_text()))
        part.unlink()
    REPORT.write_text(json.dumps(covered))
