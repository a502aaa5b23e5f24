"""One document of an application, for a page that shows it alone."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from cpd.applications.archives import course_documents as about_course
from cpd.applications.archives.application_loading import Application, load_cases
from cpd.applications.archives.credit_document import build_worksheet
from cpd.applications.rules.documents import ApplicationDocument
from cpd.cases.scales import Pool
from cpd.credit.rules.authority_file import DocumentName

_FROM_APPLICATION: Mapping[DocumentName, Callable[[Application], ApplicationDocument]] = {
    "description": about_course.build_description,
    "outline": about_course.build_outline,
    "references": about_course.build_references,
    "worksheet": build_worksheet,
    "instructors": about_course.build_instructors,
    "evaluation-form": about_course.build_evaluation_form,
    "policies": about_course.build_policies,
    "price": about_course.build_price,
}
SHOWN: tuple[DocumentName, ...] = (
    *("description", "objectives", "outline", "references", "worksheet"),
    *("instructors", "evaluation-form", "policies", "price"),
)
"""The documents that have such a page: the exam has pages of its own, the certificate is a file."""


def find_document(
    session: Session, application: Application, name: str
) -> ApplicationDocument | None:
    """Return a document by its name; None for one that has no such page."""
    if name == "objectives":
        cases = load_cases(session, application.course.revision, Pool.EXAM)
        return about_course.build_objectives(application, cases)
    build = next((build for key, build in _FROM_APPLICATION.items() if key == name), None)
    return build(application) if build else None
