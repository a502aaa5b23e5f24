"""The worker's part: making one part of an archive at a time, and deleting them after a week.

A part is one job, so that no job outlasts its lease. A worker that is killed leaves the parts that
are stored, and the one that it was making is made again.
"""

from datetime import datetime

from cpd.audits.archives import actions, queries
from cpd.audits.archives.part_contents import build_part
from cpd.authoring.sources.archive_writing import pack_archive
from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem


def make_part(item: OutboxItem, now: datetime) -> None:
    """Make the part that the job names, unless it is there."""
    public_id, _, number = item.about.partition("/")
    archive = queries.find_archive_to_make(db.session(), public_id)
    if archive is None or archive.made_count >= int(number):
        return
    content = pack_archive(build_part(db.session(), archive, int(number)))
    with unit_of_work() as session:
        actions.add_part(session, archive, int(number), content, now=now)


def expire_archive(item: OutboxItem, now: datetime) -> None:
    """Delete the files of an archive."""
    del now
    with unit_of_work() as session:
        actions.delete_parts(session, item.about)
