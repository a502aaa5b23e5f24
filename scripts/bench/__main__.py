"""What the site costs, in multiples of a bare page, on a real server on this machine.

It serves a database with the shipped course with gunicorn, as `cpd serve` does, fetches pages as
browsers would, and prints a table and the same figures as JSON. It asserts nothing, because
machines differ.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cpd.app import create_app
from cpd.cli import offers
from cpd.db import db
from scripts.bench import (
    bare,
    classes,
    credit,
    drafts,
    learners,
    lessons,
    many,
    publishing,
    roster,
    weight,
    whole,
)
from scripts.bench.authors import Desk
from scripts.bench.classes import LargeClass
from scripts.bench.lines import PAGE, Measured
from scripts.bench.measuring import Line, Meter
from tests.support.databases import Database, Stores
from tests.support.prepared import disconnect, prepare, settings_for
from tests.support.server import serving

SITE = "scripts.bench.site:app"
MORE = 0.2
"""How much more each page may cost with a million attempts."""


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument(
        "--large", action="store_true", help="measure again with a million attempts"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cpd-bench-") as folder:  # on a disk, like a real site
        stores = Stores(prepare, Path(folder))
        try:
            lines = list(
                measure_and_print_everything(
                    stores[options.engine].copy("bench"), large=options.large
                )
            )
        finally:
            stores.close()
    print(json.dumps([line.to_json() for line in lines]))


def measure_and_print_everything(database: Database, *, large: bool) -> Iterator[Line]:
    """Measure everything, and print each line as soon as it is measured."""
    app = create_app(settings_for(database))
    with app.app_context():
        offers.publish_releases(
            offers.load_releases_to_publish()
        )  # as a start does, so that the next start has nothing to publish
        bare.ROWS.create(db.engine)
    learners.pass_one_exam(app)
    many.clone_attempts(app, 0, many.FEW)
    large_class = classes.add_large_class(app)
    print(HEAD)
    with serving(database, wsgi=SITE) as server:
        meter = Meter(server)
        site = Measured(app, meter, large_class)
        few = [print_line(line) for line in site.measure_everyday_requests()]
        sections = [path for path, _ in site.section_paths_and_words()]
        yield from few
        yield from map(print_line, Desk(app, meter).measure_requests_of_authors())
        yield print_line(weight.measure_first_visit(server.url, sections[0]))
        yield print_line(
            weight.measure_later_pages(site.readers[0], ["/", "/courses", PAGE, *sections])
        )
        yield print_line(lessons.measure_class_of_phones(app, server.url))
        yield print_line(roster.measure_import(app))
        paths = ["/", "/courses", PAGE, *sections[:2]]
        email = site.plain[0].learner.named.email
    disconnect(app)
    yield from map(print_line, whole.measure_whole_site(database, paths, email))
    page = statistics.median(meter.bare_ms)
    with tempfile.TemporaryDirectory() as folder:  # last, because the next start would publish too
        app = create_app(settings_for(database))
        yield print_line(publishing.measure_publishing_after_one_edit(app, Path(folder), page))
        yield print_line(drafts.measure_publishing_of_draft(app, page))
        yield from map(print_line, credit.measure_issuing(app, page))
        disconnect(app)
    if large:
        yield from map(print_line, measure_with_a_million_attempts(database, large_class, few))
    print(f"\nThe bare page of 20 kB takes {page:.2f} ms of CPU time.")


def measure_with_a_million_attempts(
    database: Database, large_class: LargeClass, few: Sequence[Line]
) -> Iterator[Line]:
    """Measure the same with a million attempts, and compare."""
    app = create_app(settings_for(database))
    many.clone_attempts(app, many.FEW, many.MANY)
    with serving(database, wsgi=SITE) as server:
        costs = Measured(app, Meter(server), large_class, first=1000).measure_everyday_requests()
        for before, line in zip(few, costs, strict=True):
            line.name = f"a million attempts: {line.name}"
            line.limits = {}
            if line.bare_pages and before.bare_pages:
                line.limits["change"] = MORE
                line.change = line.bare_pages / before.bare_pages - 1
            yield line
    disconnect(app)


COLUMNS = (
    ("CPU ms", "cpu_ms", "{:.2f}"),
    ("x bare", "bare_pages", "{:.1f}"),
    ("p50 1", "p50_one", "{:.1f}"),
    ("p99 1", "p99_one", "{:.1f}"),
    ("p50 4", "p50_four", "{:.1f}"),
    ("p99 4", "p99_four", "{:.1f}"),
    ("queries", "queries", "{}"),
    ("requests", "requests", "{:.0f}"),
    ("bytes", "bytes", "{}"),
    ("gzip", "gzip", "{}"),
    ("s", "seconds", "{:.2f}"),
    ("MB", "megabytes", "{:.0f}"),
    ("change", "change", "{:+.0%}"),
)
HEAD = "".join([f"{'':<44}", *(f"{title:>9}" for title, _, _ in COLUMNS)])


def print_line(line: Line) -> Line:
    """Print a line of the table, and each figure that exceeds its limit."""
    values = [(form, getattr(line, name)) for _, name, form in COLUMNS]
    cells = ["" if value is None else form.format(value) for form, value in values]
    verdict = "holds" if line.limits else ""
    if line.figures_over_limit:
        verdict = "FAILS: " + ", ".join(
            f"{name} {line.limits[name]:g}" for name in line.figures_over_limit
        )
    print("".join([f"{line.name:<44}", *(f"{cell:>9}" for cell in cells)]), f" {verdict}")
    if line.says:
        print(f"  {line.says}")
    return line


if __name__ == "__main__":
    main()
