"""What is known of the provider, in one version."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Signatory:
    """Somebody who signs for the provider."""

    name: str
    title: str


@dataclass(frozen=True)
class Profile:
    """Who offers the courses, as pages, letters and certificates name them."""

    name: str
    number: str = ""
    """The provider's number with its accreditor."""
    contact: str = ""
    complaints: str = ""
    """Where complaints go; empty: to the contact."""
    postal: str = ""
    colour: str = ""
    logo: str | None = None
    """The SHA-256 of a picture that is kept, in PNG."""
    signatories: tuple[Signatory, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    """The provider's own texts in Markdown, by the name of their page."""
    version: int = 0
    """Grows with each change; 0 before the first start has kept it in the database."""
