"""The archive of an application: its documents as pages and as one PDF, with everything beside.

The same course, provider and day give the same bytes. Nothing here writes.
"""

import re
from collections.abc import Mapping, Sequence
from importlib import resources

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.applications.archives import course_documents as about_course
from cpd.applications.archives.application_loading import Application
from cpd.applications.archives.credit_document import build_worksheet
from cpd.applications.archives.exam_document import build_exam
from cpd.applications.archives.packets import Packet, build_packet_pdf
from cpd.applications.labels import LACKS, POLICIES
from cpd.applications.readable_cases import ReadableCase
from cpd.applications.resumes.queries import find_resume_files
from cpd.applications.rules.documents import ApplicationDocument, build_file_name
from cpd.applications.rules.readiness import Lack, Missing, PolicyName
from cpd.authoring.sources.archive_writing import pack_archive
from cpd.certificates.samples import build_sample_facts, build_sample_file, can_build_samples

PACKET = "application.pdf"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def build_documents(
    application: Application, exam_cases: Sequence[ReadableCase]
) -> Sequence[ApplicationDocument]:
    """Return all documents that are text, in their order."""
    return (
        about_course.build_description(application),
        about_course.build_objectives(application, exam_cases),
        about_course.build_outline(application),
        about_course.build_references(application),
        build_worksheet(application),
        build_exam(application, exam_cases),
        about_course.build_instructors(application),
        about_course.build_evaluation_form(application),
        about_course.build_policies(application),
        about_course.build_price(application),
    )


def build_sample(session: Session, application: Application) -> bytes:
    """Return the sample certificate; raises MissingExtraError, and RuntimeError while writing."""
    return build_sample_file(
        build_sample_facts(
            session,
            application.course.revision,
            application.course.outline,
            application.authority,
            application.worksheet,
            today=application.today,
        )
    )


def build_archive(
    session: Session, application: Application, cases: Sequence[ReadableCase], *, actor: Actor
) -> bytes:
    """Return the archive; raises RuntimeError inside a unit of work, because PDFs are slow."""
    documents = build_documents(application, cases)
    files = {build_file_name("worksheet", "json"): application.worksheet.encode()}
    resumes = find_resume_files(session, actor, application.resumes)
    for number, name in enumerate(sorted(resumes), start=1):
        files[_name_resume(number, name)] = resumes[name]
    if can_build_samples():
        files[build_file_name("sample-certificate", "pdf")] = build_sample(session, application)
        files[PACKET] = _build_packet(application, documents)
    for document in documents:
        page = render_template("applications/archives/file.html", document=document)
        files[build_file_name(document.name, "html")] = page.encode()
    files["style.css"] = _read_stylesheet()
    files["index.html"] = _render_index(application, documents, files).encode()
    return pack_archive({f"{_name_folder(application)}/{path}": it for path, it in files.items()})


def describe_missing(missing: Missing) -> str:
    """Return what is missing as a sentence."""
    is_policy = missing.lack is Lack.POLICY
    about = POLICIES[PolicyName(missing.about)] if is_policy else missing.about
    return str(LACKS[missing.lack]) % {"about": about} if about else str(LACKS[missing.lack])


def _read_stylesheet() -> bytes:
    folder = resources.files("cpd.applications").joinpath("templates/applications/archives")
    return folder.joinpath("style.css").read_bytes()


def _name_folder(application: Application) -> str:
    return f"{application.course.slug}-{application.authority.slug}"


def _name_resume(number: int, author: str) -> str:
    words = _NOT_IN_NAMES.sub("-", author.casefold()).strip("-")
    return f"resumes/{number:02}-{words or 'author'}.pdf"


def _build_packet(application: Application, documents: Sequence[ApplicationDocument]) -> bytes:
    revision = application.course.revision
    packet = Packet(
        title=_("Application: %(title)s", title=revision.stored_title),
        lines=_describe_application(application),
        documents=documents,
        left_out_note=_("marks letters that this file cannot show. The pages show them."),
    )
    return build_packet_pdf(packet, revision.published_at)


def _describe_application(application: Application) -> list[str]:
    revision = application.course.revision
    return [
        _("Submitted to: %(name)s", name=application.authority.file.name),
        _("Provider: %(name)s", name=application.provider.name),
        _("Course version: %(number)s (%(id)s)", number=revision.number, id=revision.public_id),
        _("SHA-256 of its content: %(hash)s", hash=revision.content_hash),
    ]


def _render_index(
    application: Application, documents: Sequence[ApplicationDocument], files: Mapping[str, bytes]
) -> str:
    pages = {build_file_name(document.name, "html"): document.title for document in documents}
    asked = application.authority.list_documents(application.today)
    return render_template(
        "applications/archives/index.html",
        title=_("Application: %(title)s", title=application.course.revision.stored_title),
        lines=_describe_application(application),
        pages=pages,
        others=sorted(path for path in files if path not in pages and path != "style.css"),
        missing=[describe_missing(it) for it in application.missing if it.document in asked],
    )
