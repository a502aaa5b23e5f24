"""What is missing from the documents that an authority asks to see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cpd.credit.rules.authority_file import DocumentName


class PolicyName(StrEnum):
    """A written policy of the provider."""

    REGISTRATION = "registration"
    DEADLINES = "deadlines"
    FEES = "fees"
    CANCELLATION = "cancellation"
    REFUND = "refund"
    COPYRIGHT = "copyright"


class Lack(StrEnum):
    """What a document needs and does not have."""

    CREDENTIALS = "credentials"
    """An author is named without credentials."""
    RESUME = "resume"
    """The résumé of an author is not on file."""
    POLICY = "policy"
    """The provider has not written a policy."""
    SOURCES = "sources"
    """The course lists no sources."""
    AMOUNT = "amount"
    """No amount of credit can be computed."""
    PDF = "pdf"
    """This installation makes no PDF files."""


@dataclass(frozen=True)
class Missing:
    """One thing that a document lacks."""

    document: DocumentName
    lack: Lack
    about: str = ""
    """The name of the author or of the policy."""


@dataclass(frozen=True)
class Stock:
    """What there is to make the documents from."""

    authors: Sequence[tuple[str, str]]
    """Each author's name and credentials."""
    resumes: Collection[str]
    """The names of the authors whose résumés are on file."""
    policies: Collection[str]
    """The names of the policies that are written."""
    has_sources: bool
    has_amount: bool
    makes_pdf: bool


def find_missing(stock: Stock) -> tuple[Missing, ...]:
    """Return everything that is missing, whoever asks for it, in the order of the documents."""
    found = [
        *([] if stock.has_sources else [Missing("references", Lack.SOURCES)]),
        *([] if stock.has_amount else [Missing("worksheet", Lack.AMOUNT)]),
        *(
            Missing("instructors", Lack.CREDENTIALS, name)
            for name, credentials in stock.authors
            if not credentials
        ),
        *(
            Missing("instructors", Lack.RESUME, name)
            for name, _ in stock.authors
            if name not in stock.resumes
        ),
        *([] if stock.makes_pdf else [Missing("sample-certificate", Lack.PDF)]),
        *(
            Missing("policies", Lack.POLICY, name)
            for name in PolicyName
            if name not in stock.policies
        ),
    ]
    return tuple(found)
