"""What an authority's file says on a day: what is settled, in conflict, unknown or stale."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

from cpd.credit.rules.authority_file import AuthorityFile, DocumentName, Statement, Unit
from cpd.credit.rules.formulas import FORMULAS, Formula
from cpd.credit.rules.units import HUNDREDTH

CURRENT_FOR = timedelta(days=366)
"""How long after its sources were read a file is taken to be right."""

StatementType = TypeVar("StatementType", bound=Statement)


@dataclass(frozen=True)
class Topic:
    """What is known about one topic on a day."""

    name: str
    statements: tuple[Statement, ...]
    """Those in force, and those that have yet to come into force."""
    conflicts: tuple[Statement, ...]
    """Those in force that contradict another one."""


@dataclass(frozen=True)
class Authority:
    """One authority, as its file describes it."""

    file: AuthorityFile
    version: str
    """Identifies the contents of the file: a worksheet names it."""

    @property
    def slug(self) -> str:
        """Its name in URLs and in stored rows."""
        return self.file.slug

    def is_stale(self, today: date) -> bool:
        """Tell whether its sources were last read too long ago."""
        return today - self.file.checked > CURRENT_FOR

    def list_topics(self, today: date) -> tuple[Topic, ...]:
        """Return what is known by topic; a topic without statements is unknown."""
        return tuple(
            Topic(
                name,
                tuple(one for one in statements if one.until is None or today <= one.until),
                find_conflicts(statements, today),
            )
            for name, statements in self.file.rules.list_topics()
        )

    def has_conflicts(self, today: date) -> bool:
        """Tell whether its sources contradict each other on any topic."""
        return any(topic.conflicts for topic in self.list_topics(today))

    def find_unit(self, today: date) -> Unit | None:
        """Return what it counts in, unless that is unknown or its sources contradict each other."""
        return find_settled(self.file.rules.unit, today)

    def find_formula(self, today: date) -> Formula | None:
        """Return the formula by which it counts self-paced courses, if that is settled."""
        rule = find_settled(self.file.rules.formula, today)
        return FORMULAS[rule.formula] if rule else None

    def find_step(self, today: date) -> Fraction | None:
        """Return the step to which it rounds down; None where that is not settled."""
        rule = find_settled(self.file.rules.rounding, today)
        return rule.step if rule else None

    def find_step_or_hundredth(self, today: date) -> Fraction:
        """Return the step to which it rounds down, or a hundredth where that is not settled."""
        return self.find_step(today) or HUNDREDTH

    def find_document_title(self, today: date) -> str | None:
        """Return what it wants the document for a course with a test to be called, if settled."""
        rule = find_settled(self.file.rules.wording, today)
        return rule.title if rule else None

    def list_documents(self, today: date) -> frozenset[DocumentName]:
        """Return the documents that it asks to see, as far as that is known."""
        return frozenset(
            document
            for rule in self.file.rules.documents
            if rule.is_in_force(today)
            for document in rule.documents
        )


def find_settled(statements: Sequence[StatementType], today: date) -> StatementType | None:
    """Return the only statement in force; None where there is none, or more than one."""
    current = [one for one in statements if one.is_in_force(today)]
    return current[0] if len(current) == 1 else None


def find_conflicts(statements: Sequence[Statement], today: date) -> tuple[Statement, ...]:
    """Return the statements in force that contradict another one of their topic."""
    current = [one for one in statements if one.is_in_force(today)]
    subjects = Counter(one.subject for one in current)
    return tuple(one for one in current if subjects[one.subject] > 1)


def guess_authority(issuer: str, known: Iterable[Authority]) -> Authority | None:
    """Return the authority that the words on a license name; None for none or several."""
    words = f" {' '.join(issuer.casefold().replace(',', ' ').split())} "
    named = [
        one
        for one in known
        if f" {one.file.short_name.casefold()} " in words or one.file.name.casefold() in words
    ]
    return named[0] if len(named) == 1 else None
