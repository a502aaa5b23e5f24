"""ledger.yaml: what was learned about a document after it was written; entries are only added."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cpd.authoring.files.reference import build_pattern_validator
from cpd.content.file_schema import FileModel, Line, build_schema_error

About = Annotated[
    str,
    build_pattern_validator(
        r"(?:course|exam|section|case|hazard|tool|figure|reference|glossary|list|marks):[a-z0-9-]+",
        "This does not name a file of the course.",
        "Write it as reference:<id> or case:<id>.",
    ),
]
Hash = Annotated[
    str,
    build_pattern_validator(
        r"[0-9a-f]{64}", "This is not a hash.", "Copy the one that is printed."
    ),
]
EntryType = Literal[
    "status",
    "sign-off",
    "objection",
    "blind-answer",
    "retirement",
    "pause",
    "resumption",
    "withdrawal",
]
EvidenceStatus = Literal["checked", "unchecked", "superseded", "retracted", "does-not-support"]


class LedgerEntryFile(FileModel):
    """One finding: when, by whom, and about what."""

    on: date
    by: Line
    type: EntryType
    of: About
    status: EvidenceStatus | None = None
    hash: Hash | None = None
    """The content hash of the exact text; a signature needs it."""
    note: Line | None = None

    @model_validator(mode="after")
    def _refuse_inconsistent_entry(self) -> "LedgerEntryFile":
        if (self.type == "status") is not (self.status is not None):
            raise build_schema_error(
                "An entry has a status if its type is status, and only then.",
                "Add 'status: checked' (or another), or correct the type.",
            )
        if self.type == "status" and not self.of.startswith("reference:"):
            raise build_schema_error(
                "Only a reference has an evidence status.", "Name it as reference:<id>."
            )
        is_of_version = self.hash is not None and self.of.startswith("course:")
        if self.type in ("pause", "resumption") and not is_of_version:
            raise build_schema_error(
                "A pause is about one version of the course.",
                "Name it as course:<id>, with 'hash: ...' of that version.",
            )
        if self.type in ("sign-off", "objection", "blind-answer") and self.hash is None:
            raise build_schema_error(
                "A signature applies to one exact text.",
                "Add 'hash: ...' as `cpd content check --hashes` prints it.",
            )
        return self


class LedgerFile(FileModel):
    """The list of entries, oldest first."""

    entries: list[LedgerEntryFile] = Field(default_factory=list)
