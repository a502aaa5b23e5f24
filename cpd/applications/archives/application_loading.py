"""Everything from which the documents of an application are made, read from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from cpd.applications.policies.queries import find_policies
from cpd.applications.readable_cases import ReadableCase, find_readable_cases
from cpd.applications.resumes.queries import find_resumes
from cpd.applications.rules.readiness import Missing, Stock, find_missing
from cpd.cases.scales import Pool
from cpd.certificates.samples import can_build_samples
from cpd.content.readability import extract_plain_text
from cpd.courses.models import Revision
from cpd.courses.queries import Course, find_course_in_version
from cpd.credit.authority_loading import load_authorities
from cpd.credit.course_worksheets import build_course_worksheet
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.worksheets import Worksheet
from cpd.provider.current import current_provider
from cpd.provider.rules.profile import Profile
from cpd.web.provider import render_text_of_page

PRICE_PAGE = "cost"
"""The page of the provider that says what the course costs."""


@dataclass(frozen=True)
class Application:
    """One version of a course as it is submitted to one authority."""

    course: Course
    authority: Authority
    today: date
    worksheet: Worksheet
    resumes: Sequence[str]
    """The authors whose résumés are on file, in the order of the course."""
    policies: Mapping[str, str]
    price: str
    provider: Profile

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the documents lack, whether or not this authority asks for them."""
        front = self.course.outline.course.front
        line = self.worksheet.find_line(self.authority.slug)
        return find_missing(
            Stock(
                authors=[(author.name, author.credentials) for author in front.authors],
                resumes=self.resumes,
                policies=self.policies.keys(),
                has_sources=bool(self.course.outline.references),
                has_amount=line is not None and line.amount is not None,
                makes_pdf=can_build_samples(),
            )
        )


def load_application(
    session: Session, revision: Revision, authority: Authority, *, today: date
) -> Application:
    """Read all but the cases, which are many."""
    course = find_course_in_version(session, revision)
    authors = [author.name for author in course.outline.course.front.authors]
    stored = find_resumes(session, authors)
    return Application(
        course=course,
        authority=authority,
        today=today,
        worksheet=build_course_worksheet(
            revision, course.outline, today=today, authorities=[authority]
        ),
        resumes=[name for name in dict.fromkeys(authors) if name in stored],
        policies=find_policies(session),
        price=extract_plain_text(render_text_of_page(PRICE_PAGE)),
        provider=current_provider(),
    )


def load_cases(session: Session, revision: Revision, pool: Pool) -> Sequence[ReadableCase]:
    """Return all cases of a pool, with their keys."""
    found = find_readable_cases(session, revision, pool)
    return found.rows if found else ()


def find_authority(slug: str) -> Authority | None:
    """Return an authority by the name in an address."""
    return load_authorities().get(slug)
