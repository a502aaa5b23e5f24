"""What this room adds to the site."""

from cpd.applications import labels
from cpd.applications.archives import views as _archives
from cpd.applications.blueprint import bp
from cpd.applications.policies import views as _policies
from cpd.applications.readers import emails, reading_views
from cpd.applications.readers import views as _readers
from cpd.applications.readers.actions import INVITATION_PURPOSE
from cpd.applications.resumes import views as _resumes
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room

_VIEWS = (_archives, _policies, _readers, _resumes, reading_views)
"""Imported for their routes."""

ROOM = Room(
    blueprint=bp,
    on_start=labels.add_labels_to_templates,
    emails={INVITATION_PURPOSE: emails.send_invitation},
    personal=(
        PersonalData(
            "provider_policies",
            ("changed_by",),
            Erasure.KEEP,
            retention="until someone replaces the text",
        ),
        PersonalData(
            "resumes",
            ("author", "content", "stored_by"),
            Erasure.KEEP,
            retention="until an administrator removes it or puts another in its place",
            is_exported=False,
        ),
        PersonalData(
            "course_readers",
            ("subject", "authority", "opened_by", "ended_by"),
            Erasure.KEEP,
            retention="as long as the course: it shows who outside this site has read its exam",
        ),
    ),
)
