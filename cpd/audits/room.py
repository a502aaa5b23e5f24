"""What this room adds to the site."""

from cpd.accounts.hooks import person_panels
from cpd.audits.archives import actions, jobs
from cpd.audits.archives import views as _archives
from cpd.audits.blueprint import bp
from cpd.audits.records import views as records
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room

_VIEWS = (_archives, records)
"""Imported for their routes."""

ROOM = Room(
    blueprint=bp,
    fills=(person_panels.filled_by(records.render_link_to_record, order=10),),
    jobs={
        actions.MAKE_PURPOSE: jobs.make_part,
        actions.EXPIRY_PURPOSE: jobs.expire_archive,
    },
    personal=(
        PersonalData(
            "audit_archives",
            ("asked_by", "reason"),
            Erasure.KEEP,
            retention="forever: it shows who downloaded the records of a period, and why",
        ),
        PersonalData(
            "audit_archive_parts",
            ("content",),
            Erasure.KEEP,
            retention="seven days after the archive is complete, then it is deleted",
            is_exported=False,
        ),
    ),
)
