"""The tables whose rows are never deleted and change in few columns or none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FrozenTable:
    """A table whose rows are never deleted, and change only in the named columns."""

    table: str
    movable: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    """The allowed changes of `state`; the database refuses all others."""


FROZEN = (
    FrozenTable("revisions"),
    FrozenTable("revision_parts"),
    FrozenTable("ledger_entries"),
    FrozenTable("publish_entries", movable=("base_hash",)),
    FrozenTable("sources"),
    FrozenTable("media"),
    FrozenTable("case_keys"),
    FrozenTable("enrolment_disclosures"),
    FrozenTable("section_readings"),
    FrozenTable("practice_answers"),
    FrozenTable(
        "attempts",
        movable=(
            "state",
            "closed_at",
            "deadline_at",
            "deadline_inputs",
            "last_sequence",
            "last_receipt",
        ),
        moves=(
            ("open", "submitted"),
            ("open", "expired"),
            ("submitted", "graded"),
            ("expired", "graded"),
            ("open", "void"),
            ("submitted", "void"),
            ("expired", "void"),
            ("graded", "void"),
            ("expired", "open"),
            ("graded", "open"),
            ("void", "open"),
        ),
    ),
    FrozenTable("attempt_items"),
    FrozenTable("answer_events"),
    FrozenTable("attempt_moves"),
    FrozenTable("grade_events"),
    FrozenTable("statements"),
    FrozenTable(
        "certificates",
        movable=("state", "ended_at", "successor_id"),
        moves=(("valid", "superseded"), ("valid", "revoked")),
    ),
    FrozenTable("certificate_endings"),
    FrozenTable("certificate_files"),
    FrozenTable("credit_decisions"),
    FrozenTable("signing_keys"),
    FrozenTable("host_keys"),
    FrozenTable("evaluations"),
    FrozenTable("evaluation_ratings"),
    FrozenTable("audit_entries"),
    FrozenTable("accommodations", movable=("ended_by", "ended_at")),
    FrozenTable("extensions", movable=("ended_by", "ended_at")),
    FrozenTable("excuses", movable=("ended_by", "ended_at")),
    FrozenTable("hand_grades", movable=("ended_by", "ended_at")),
    FrozenTable("agreements", movable=("withdrawn_at",)),
    FrozenTable("approvals", movable=("withdrawn_by", "withdrawn_at")),
    FrozenTable(
        "report_batches",
        movable=("state", "closed_by", "closed_at"),
        moves=(("made", "sent"), ("made", "abandoned"), ("sent", "abandoned")),
    ),
    FrozenTable("report_files"),
    FrozenTable("report_receipts"),
    FrozenTable(
        "report_rows",
        movable=(
            "state",
            "reference",
            "message",
            "answered_at",
            "correction",
            "settled_by",
            "settled_at",
        ),
        moves=(
            ("claimed", "accepted"),
            ("claimed", "refused"),
            ("claimed", "released"),
            ("claimed", "taken-back"),
            ("accepted", "taken-back"),
        ),
    ),
    FrozenTable("report_agreements"),
    FrozenTable(
        "dual_control_requests",
        movable=("state", "answered_by", "answered_at", "done_at"),
        moves=(
            ("asked", "confirmed"),
            ("asked", "refused"),
            ("asked", "expired"),
            ("confirmed", "done"),
            ("confirmed", "expired"),
        ),
    ),
)
"""All frozen tables; a test compares the list with the triggers after every migration."""
