"""An upload with where it should go, read from the request and planned."""

import base64
import binascii
from dataclasses import dataclass, replace

from flask import abort
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from cpd.access.guard import current_actor
from cpd.authoring.drafts.queries import find_written_course
from cpd.authoring.pages import find_names_of_people, send_to_blind_answer_if_asked
from cpd.authoring.sources.archive_reading import MARK
from cpd.authoring.transfers import queries
from cpd.authoring.transfers.archive_planning import plan_archive
from cpd.authoring.transfers.forms import ConfirmationForm, TargetForm, UploadForm
from cpd.authoring.transfers.plans import Plan, UploadFault
from cpd.authoring.transfers.table_planning import plan_table
from cpd.courses.models import CourseRow
from cpd.db import db
from cpd.media import encoding
from cpd.media.labels import REFUSALS
from cpd.media.queries import find_stored_pictures
from cpd.media.refusals import PictureRefusedError
from cpd.web.reading import MOST_CARRIED, read_uploaded_file


@dataclass(frozen=True)
class Upload:
    """What somebody uploaded, and where it should go."""

    raw: bytes
    course: CourseRow | None
    """None for a new course."""

    @property
    def is_archive(self) -> bool:
        """Whether it is an archive; everything else is read as a table."""
        return self.raw.startswith(MARK[:2])

    @property
    def encoded(self) -> str:
        """The file in the letters of a form."""
        return base64.urlsafe_b64encode(self.raw).decode()


def read_upload(form: UploadForm) -> Upload | None:
    """Return what was uploaded; None if the form now says what is wrong with it.

    404 for a course that the actor may not write for.
    """
    course, raw = _find_target_or_404(form), read_uploaded_file(form.file.name)
    is_valid = form.validate()
    if not raw:
        form.file.errors = [_("Choose a file that is not empty.")]
    elif len(raw) > MOST_CARRIED:
        form.file.errors = [_("The file has more than 700 kB. Split it.")]
    return Upload(raw, course) if is_valid and not form.file.errors else None


def read_upload_again(form: ConfirmationForm) -> Upload:
    """Return what was uploaded before, from the page that showed what it would change."""
    try:
        raw = base64.b64decode(form.contents.data, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("The file in the form is damaged. Go back and upload it again.") from None
    return Upload(raw, _find_target_or_404(form))


def _find_target_or_404(form: TargetForm) -> CourseRow | None:
    """Return the course to which the files go; None for a new one."""
    if not form.course.data:
        return None
    return find_written_course(db.session(), current_actor(), form.course.data) or abort(404)


def plan_upload(upload: Upload, form: TargetForm) -> Plan | None:
    """Plan an import; None if the form now says why there is none."""
    if upload.course is None:
        return _plan_new_course(upload, form)
    if form.slug.data:
        form.slug.errors = [_("Only a new course gets a name. Leave this empty.")]
        return None
    course = upload.course
    texts = queries.find_present_files(db.session(), course).texts
    if upload.is_archive:
        plan = plan_archive(upload.raw, texts, course=course.slug)
    else:
        subject = current_actor().subject
        author = find_names_of_people(subject)[subject]
        plan = plan_table(upload.raw, texts, author=author)
    known = [file.path for file in plan.files if file.before is not None]
    send_to_blind_answer_if_asked(course.id, *known)
    return _check_pictures(replace(plan, course=course.slug))


def _plan_new_course(upload: Upload, form: TargetForm) -> Plan | None:
    if not upload.is_archive:
        form.course.errors = [
            _("A table adds cases to a course. Choose one, or begin a course first.")
        ]
        return None
    name = form.slug.data or ""
    plan = plan_archive(upload.raw, {}, course=name, is_new_course=True)
    if plan.course and queries.is_course_name_taken(db.session(), plan.course):
        form.slug.errors = [
            _("Another course is called %(name)s. Choose another name.", name=plan.course)
        ]
        return None
    return _check_pictures(plan)


def _check_pictures(plan: Plan) -> Plan:
    """Leave out the photos that are stored already, and note a fault for each that is none."""
    paths = {path.removeprefix("media/").removesuffix(".webp"): path for path in plan.pictures}
    stored = find_stored_pictures(db.session(), paths)
    fresh = {path: plan.pictures[path] for name, path in paths.items() if name not in stored}
    faults = []
    for path, content in fresh.items() if not plan.faults else ():
        try:
            encoding.encode_picture(content)  # which reads it where it can be killed
        except PictureRefusedError as refused:
            message, remedy = str(REFUSALS[refused.reason]), _("Leave it out.")
            faults.append(UploadFault(path, 0, 1, "", message, remedy))
    return replace(plan, pictures=fresh, faults=(*plan.faults, *faults))
