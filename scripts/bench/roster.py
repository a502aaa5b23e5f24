"""A class list of five thousand rows, imported in one transaction."""

import time

from flask import Flask

from scripts.bench.measuring import Line
from tests.factories import organisations, schools

ROWS = 5_000
MOST_SECONDS = 20


def measure_import(app: Flask) -> Line:
    """Read and import a list of people who are all new."""
    cohort = schools.cohort(app, organisations.school(app, "Bench School of Lists"))
    rows = [f"Learner {n:04}\tlisted-{n}@bench.example\t{n}" for n in range(ROWS)]
    began = time.monotonic()
    schools.update_list(app, cohort, "\n".join(["Name\tEmail\tStudent number", *rows]))
    return Line(
        f"a class list of {ROWS:,} rows",
        seconds=time.monotonic() - began,
        limits={"seconds": MOST_SECONDS},
    )
