"""The long test that no answer gets lost: many answers, and many killed processes.

Serves a copy of the tests' template database with gunicorn as `cpd serve` does, lets four browsers
answer without a pause, kills every web process repeatedly, and exits with 1 if an acknowledged
answer is missing or stored twice.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from cpd.app import create_app
from tests.factories import courses
from tests.quizzes import exam_visitor
from tests.support import hammer
from tests.support.databases import Stores
from tests.support.prepared import prepare, settings_for
from tests.support.server import serving

CASES = 6
WRITERS = 4
EACH = 1000
"""Answers per learner: more than anyone gives, but few enough to stay fast to read."""


def main() -> int:
    """Run the test, and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=50, help="how often to kill all processes")
    options = parser.parse_args()
    stores = Stores(prepare)
    try:
        database = stores[options.engine].copy("soak")
        app = create_app(settings_for(database))
        with tempfile.TemporaryDirectory() as folder:
            slug = courses.publish(app, exam_visitor.pocket(Path(folder)))
        people = WRITERS * max(1, options.answers // (WRITERS * EACH))
        attempts = list(hammer.learners(app, people, slug).items())
        with serving(database) as server:
            tables = [
                [
                    seat
                    for email, attempt in attempts[writer::WRITERS]
                    for seat in hammer.sit_down(server, email, attempt, CASES)
                ]
                for writer in range(WRITERS)
            ]
            done = hammer.Hammer(server).run(tables, answers=options.answers, kills=options.kills)
        faults = list(hammer.faults(app, done))
    finally:
        stores.close()
    print(done)
    print("\n".join(faults) or "Nothing was lost or stored twice.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
