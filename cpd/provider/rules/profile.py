"""The provider's profile, in one version."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Signatory:
    """A person who signs for the provider."""

    name: str
    title: str


@dataclass(frozen=True)
class Profile:
    """Who offers the courses, as pages, emails and certificates name them.

    The first start stores it from the settings; after that an administrator changes it.
    """

    name: str
    number: str = ""
    """The provider's number with its accreditor."""
    contact: str = ""
    complaints: str = ""
    """Where complaints go; if empty, they go to the contact."""
    postal: str = ""
    colour: str = ""
    logo: str | None = None
    """The SHA-256 of a stored PNG picture."""
    signatories: tuple[Signatory, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    """The provider's own texts in Markdown, by page name."""
    version: int = 0
    """Increases with each change; 0 before the first start has stored it in the database."""

    @property
    def charges_nothing(self) -> bool:
        """Whether all is free, as the page on cost says unless the provider wrote its own."""
        return "cost" not in self.pages
