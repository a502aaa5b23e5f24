"""Publishing a course after one case of it was edited."""

import re
import shutil
import time
from functools import partial
from pathlib import Path

from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.authoring.publish import actions, rerendering
from cpd.authoring.sources.disk import LIBRARY
from cpd.authoring.sources.loading import clear_course_caches, load_course_folder
from cpd.content import render
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from scripts.bench.learners import COURSE
from scripts.bench.measuring import Line

REASON = re.compile(r"^( +rationale: \w.*\.)$", re.MULTILINE)
"""A rationale on one line, to which a word is added."""
TIMES = 5


def measure_publishing_after_one_edit(app: Flask, folder: Path, bare_ms: float) -> Line:
    """Edit a case and publish, several times; return the median without the first."""
    clear_course_caches()
    copy = folder / COURSE
    shutil.copytree(LIBRARY / COURSE, copy)
    case = next(path for path in sorted(copy.glob("cases/*.md")) if REASON.search(path.read_text()))
    first, *taken = [_edit_publish_and_time(app, copy, case) for _ in range(TIMES + 1)]
    seconds, cpu = sorted(taken)[TIMES // 2]
    return Line(
        "publishing after one edit",
        cpu_ms=cpu * 1000,
        bare_pages=cpu * 1000 / bare_ms,
        seconds=seconds,
        says=f"{first[0]:.2f} s if the process has not read the course before",
        limits={"seconds": 1},
    )


def _edit_publish_and_time(app: Flask, folder: Path, case: Path) -> tuple[float, float]:
    case.write_text(REASON.sub(r"\1 Again.", case.read_text(), count=1))
    render.close_renderer()  # starting it is part of what is measured
    began, cpu = time.perf_counter(), time.process_time()
    with app.app_context():
        loaded = load_course_folder(
            folder, stored_texts=partial(rerendering.find_rendered_texts, db.session())
        )
        if loaded.bundle is None:
            raise ValueError(loaded.faults)
        with unit_of_work() as session:
            report = actions.publish_course(
                session, loaded.bundle, actor=SYSTEM, now=clock.now(), reason="One edit."
            )
    taken = time.perf_counter() - began, time.process_time() - cpu
    changed = {one.name.partition(":")[0] for one in report.published}
    if changed != {"case", "course"}:
        raise ValueError(changed)
    return taken
