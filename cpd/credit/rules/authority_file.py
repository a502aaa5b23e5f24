"""authorities/<slug>.yaml: one authority and its rules, each with its sources."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from cpd.content.file_schema import FileModel, Line, Share, Slug, Slugs, build_schema_error
from cpd.credit.rules.formulas import FormulaName

_PAGE = re.compile(r"https?://[^\s\"<>]+")


def _validate_page(value: str) -> str:
    if not _PAGE.fullmatch(value):
        raise build_schema_error(
            f"'{value}' is not the address of a page.", "Write the page on which this was read."
        )
    return value


def _require_sources(values: list[str]) -> list[str]:
    if not values:
        raise build_schema_error(
            "There is a rule without a source.", "Name at least one key of 'sources'."
        )
    return values


Page = Annotated[str, AfterValidator(_validate_page)]
SourceKeys = Annotated[Slugs, AfterValidator(_require_sources)]
PositiveInteger = Annotated[int, Field(gt=0)]

Role = Literal["regulator", "certifier", "association", "register"]
Count = Literal["hours", "units", "points", "reflection"]
FieldName = Literal[
    "name",
    "license-number",
    "course-title",
    "course-number",
    "subjects",
    "completion-date",
    "place",
    "course-type",
    "hours",
    "provider-name",
    "provider-number",
    "provider-contact",
    "provider-signature",
]
Mode = Literal["hands-on", "online", "self-study", "one-activity"]
Anchor = Literal["fixed-date", "license", "membership", "calendar-year"]
Keeper = Literal["provider", "holder"]
Approved = Literal["provider", "course", "sponsor"]


class SourceFile(FileModel):
    """A page on which rules were read."""

    title: Line
    page: Page
    official: bool = True
    """Whether it is the authority's own page, or the text of its law or rule."""
    as_of: date | None = None
    """The day up to which the page itself says that it is current."""


class Statement(FileModel):
    """One rule in a sentence, with where it was read. Subclasses hold what it means in numbers."""

    text: Line
    sources: SourceKeys
    confidence: Literal["stated", "second-hand"] = "stated"
    """Whether the authority says so itself, or somebody else says it about the authority."""
    since: date | None = None
    until: date | None = None
    """The last day on which it holds."""

    @property
    def subject(self) -> str:
        """What it is about; statements of one topic about the same subject contradict each other.

        The statements of a topic that holds one rule all have the same.
        """
        return ""

    def is_in_force(self, today: date) -> bool:
        """Tell whether it holds on a day."""
        return (self.since is None or self.since <= today) and (
            self.until is None or today <= self.until
        )


class Note(Statement):
    """A rule that nothing is calculated from."""

    @property
    def subject(self) -> str:
        """Notes stand beside each other and contradict nothing."""
        return self.text


class Unit(Statement):
    """What the authority counts in, and how long one of it is."""

    label: Line
    """As a certificate writes it after a number."""
    hours: Share | None = None
    """How many hours one unit is; none where a unit is no length of time."""
    hour_minutes: PositiveInteger | None = None
    """How many minutes an hour has there; none where no source says it."""
    never: list[Line] = Field(default_factory=list)
    """Words that a certificate must not use for it."""


class FormulaRule(Statement):
    """The formula by which the authority counts self-paced courses."""

    formula: FormulaName


class Rounding(Statement):
    """The step to which the authority rounds down."""

    step: Share


class Wording(Statement):
    """What the document that proves a course that ended with a test must be called."""

    title: Line


class Fields(Statement):
    """What the certificate must carry."""

    fields: list[FieldName]


class Quota(Statement):
    """At least or at most so many units of something in one cycle."""

    at_least: Share | None = None
    at_most: Share | None = None

    @model_validator(mode="after")
    def _require_bound(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise build_schema_error(
                "There is a quota without a number.", "Add 'at_least' or 'at_most', or use a note."
            )
        return self


class Category(Quota):
    """A subject of which the authority wants so many units."""

    name: Line

    @property
    def subject(self) -> str:
        """The category."""
        return self.name


class Cap(Quota):
    """A way of learning of which the authority counts only so much."""

    mode: Mode
    is_share: bool = Field(default=False, alias="share")
    """Whether the numbers are parts of the whole rather than units."""

    @property
    def subject(self) -> str:
        """The way of learning."""
        return self.mode


class Cycle(Statement):
    """How much is due in which time."""

    amount: Share | None = None
    """Units in each cycle; none where nothing is counted."""
    months: PositiveInteger | None = None
    """The length of a cycle; none where the amount must be held at all times."""
    anchor: Anchor | None = None
    group: Line | None = None
    """The holders for whom it is meant, where the amount differs between groups."""

    @property
    def subject(self) -> str:
        """The group of holders."""
        return self.group or ""


class Approval(Statement):
    """Who or what must be approved before a course counts."""

    approved: list[Approved]


class Retention(Statement):
    """How long someone must keep the evidence."""

    keeper: Keeper
    years: PositiveInteger

    @property
    def subject(self) -> str:
        """The one who keeps it."""
        return self.keeper


class Reporting(Statement):
    """Who tells the authority that a course was completed, where, and how soon."""

    reporter: Keeper
    channel: Literal["ce-broker", "renewal", "on-request"]
    days: PositiveInteger | None = None
    """How many days after completion; none where no source says it."""
    agreement: bool = False
    """Whether its holder must have agreed to it."""

    @property
    def subject(self) -> str:
        """The one who reports."""
        return self.reporter


class Rules(FileModel):
    """The rules by topic; a topic without a statement is not known."""

    unit: list[Unit] = Field(default_factory=list)
    formula: list[FormulaRule] = Field(default_factory=list)
    rounding: list[Rounding] = Field(default_factory=list)
    cycle: list[Cycle] = Field(default_factory=list)
    categories: list[Category] = Field(default_factory=list)
    caps: list[Cap] = Field(default_factory=list)
    approval: list[Approval] = Field(default_factory=list)
    exam: list[Note] = Field(default_factory=list)
    fields: list[Fields] = Field(default_factory=list)
    wording: list[Wording] = Field(default_factory=list)
    retention: list[Retention] = Field(default_factory=list)
    reporting: list[Reporting] = Field(default_factory=list)
    first_cycle: list[Note] = Field(default_factory=list)
    carry_over: list[Note] = Field(default_factory=list)
    notes: list[Note] = Field(default_factory=list)

    def list_topics(self) -> list[tuple[str, list[Statement]]]:
        """Return the statements of each topic, in the order of the topics."""
        return [(name, list(getattr(self, name))) for name in type(self).model_fields]


class AuthorityFile(FileModel):
    """One authority."""

    slug: Slug
    name: Line
    short_name: Line
    place: Line
    role: Role
    counts: Count
    checked: date
    """The day on which all of its sources were last read."""
    sources: dict[Slug, SourceFile]
    rules: Rules

    def iterate_statements(self) -> Iterator[Statement]:
        """Yield every statement."""
        for _, statements in self.rules.list_topics():
            yield from statements

    @model_validator(mode="after")
    def _check_sources(self) -> Self:
        used: set[str] = set()
        for statement in self.iterate_statements():
            used.update(statement.sources)
            _refuse_unknown_sources(statement, self.sources)
        if unused := sorted(set(self.sources) - used):
            raise build_schema_error(
                f"The source '{unused[0]}' is used by no rule.", "Remove it, or name it in a rule."
            )
        return self


def _refuse_unknown_sources(statement: Statement, known: dict[str, SourceFile]) -> None:
    """Raise an error unless a statement's sources are known and bear out its confidence."""
    for key in statement.sources:
        if key not in known:
            raise build_schema_error(
                f"'{key}' is not among the sources.", "Add it to 'sources', or correct the key."
            )
    if statement.confidence == "stated" and not any(known[k].official for k in statement.sources):
        raise build_schema_error(
            f"Only others say this: {statement.text}",
            "Name an official source, or write 'confidence: second-hand'.",
        )
