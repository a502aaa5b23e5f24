"""The words of pages for documents, and for what they lack."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.applications.rules.readiness import Lack, PolicyName
from cpd.credit.rules.authority_file import DocumentName

DOCUMENTS: Mapping[DocumentName, LazyString] = {
    "description": _l("Description of the course"),
    "objectives": _l("Objectives, and where each is taught and tested"),
    "outline": _l("Outline with minutes"),
    "references": _l("Sources"),
    "worksheet": _l("Credit worksheet"),
    "exam": _l("Exam with right answers and grading scale"),
    "instructors": _l("Instructors"),
    "sample-certificate": _l("Sample certificate"),
    "evaluation-form": _l("Evaluation form"),
    "policies": _l("Policies of the provider"),
    "price": _l("Price"),
}

POLICIES: Mapping[PolicyName, LazyString] = {
    PolicyName.REGISTRATION: _l("Registration"),
    PolicyName.DEADLINES: _l("Deadlines"),
    PolicyName.FEES: _l("Fees"),
    PolicyName.CANCELLATION: _l("Cancellation"),
    PolicyName.REFUND: _l("Refunds"),
    PolicyName.COPYRIGHT: _l("Copyright permissions"),
}

LACKS: Mapping[Lack, LazyString] = {
    Lack.CREDENTIALS: _l("The course names %(about)s without credentials."),
    Lack.RESUME: _l("The résumé of %(about)s is not on file."),
    Lack.POLICY: _l("The policy “%(about)s” has not been written."),
    Lack.SOURCES: _l("The course lists no sources."),
    Lack.AMOUNT: _l("No amount of credit can be computed for them. The worksheet says why."),
    Lack.PDF: _l("This site cannot make PDF files at the moment. Ask whoever runs it."),
}
"""What is missing; `about` is the name of a person or the label of a policy."""


def add_labels_to_templates(app: Flask) -> None:
    """Let the templates of this room use these labels."""
    app.jinja_env.globals.update(APPLICATION_DOCUMENTS=DOCUMENTS, POLICIES=POLICIES)
