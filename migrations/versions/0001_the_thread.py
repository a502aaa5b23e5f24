"""Everything the first release stores: people, content, attempts, certificates, the outbox."""

import sqlalchemy as sa
from alembic import op

from migrations.earned import require_earned
from migrations.frozen import protect, release

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FROZEN = (
    "revisions",
    "revision_parts",
    "ledger_entries",
    "publish_entries",
    "sources",
    "case_keys",
    "enrolment_disclosures",
    "section_readings",
    "practice_answers",
    "attempts",
    "attempt_items",
    "answer_events",
    "attempt_moves",
    "grade_events",
    "statements",
    "certificates",
    "certificate_files",
    "signing_keys",
    "audit_entries",
)


def upgrade() -> None:
    """Create all tables and freeze those that are records."""
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("public_id", name=op.f("uq_audit_entries_public_id")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("course", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("course", "type", "slug", name=op.f("uq_documents_course_type_slug")),
        sa.UniqueConstraint("public_id", name=op.f("uq_documents_public_id")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("course", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("course", "position", name=op.f("uq_ledger_entries_course_position")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ledger_entries_public_id")),
    )
    op.create_index(op.f("ix_ledger_entries_about"), "ledger_entries", ["about"], unique=False)
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    op.create_table(
        "outbox_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_items")),
        sa.UniqueConstraint("purpose", "about", name=op.f("uq_outbox_items_purpose_about")),
    )
    op.create_index("ix_outbox_items_due", "outbox_items", ["done_at", "due_at"], unique=False)
    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("legal_name", sa.String(length=120), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("email", name=op.f("uq_persons_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_persons_public_id")),
        sa.UniqueConstraint("subject", name=op.f("uq_persons_subject")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tries")),
    )
    op.create_index("ix_sign_in_tries_account_at", "sign_in_tries", ["account", "at"], unique=False)
    op.create_index("ix_sign_in_tries_device_at", "sign_in_tries", ["device", "at"], unique=False)
    op.create_index("ix_sign_in_tries_source_at", "sign_in_tries", ["source", "at"], unique=False)
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
        sa.UniqueConstraint("key_id", name=op.f("uq_signing_keys_key_id")),
    )
    op.create_table(
        "licences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_licences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licences")),
        sa.UniqueConstraint(
            "person_id", "authority", "number", name=op.f("uq_licences_person_id_authority_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_licences_public_id")),
    )
    op.create_index(op.f("ix_licences_person_id"), "licences", ["person_id"], unique=False)
    op.create_table(
        "password_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_password_links_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_links_token_hash")),
    )
    op.create_index(
        op.f("ix_password_links_person_id"), "password_links", ["person_id"], unique=False
    )
    op.create_table(
        "person_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_person_roles_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_roles")),
        sa.UniqueConstraint(
            "person_id", "role", "school_id", name=op.f("uq_person_roles_person_id_role_school_id")
        ),
    )
    op.create_index(op.f("ix_person_roles_person_id"), "person_roles", ["person_id"], unique=False)
    op.create_index(
        "uq_person_roles_everywhere",
        "person_roles",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("school_id IS NULL"),
        postgresql_where=sa.text("school_id IS NULL"),
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("front", sa.JSON(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_revisions_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_revisions_document_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_revisions_public_id")),
    )
    op.create_index(op.f("ix_revisions_content_hash"), "revisions", ["content_hash"], unique=False)
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(24), nullable=True),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_sign_in_sessions_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sign_in_sessions_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    op.create_index(
        op.f("ix_sign_in_sessions_person_id"), "sign_in_sessions", ["person_id"], unique=False
    )
    op.create_table(
        "case_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_case_keys_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_keys")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_case_keys_revision_id")),
    )
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("course_revision_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["documents.id"], name=op.f("fk_enrolments_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["course_revision_id"], ["revisions.id"], name=op.f("fk_enrolments_course_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_enrolments_public_id")),
    )
    op.create_index(op.f("ix_enrolments_course_id"), "enrolments", ["course_id"], unique=False)
    op.create_index(
        "uq_enrolments_active",
        "enrolments",
        ["subject", "course_id"],
        unique=True,
        sqlite_where=sa.text("state != 'ended'"),
        postgresql_where=sa.text("state != 'ended'"),
    )
    op.create_table(
        "publish_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("replaced_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["replaced_id"], ["revisions.id"], name=op.f("fk_publish_entries_replaced_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_publish_entries_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publish_entries")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_publish_entries_revision_id")),
    )
    op.create_table(
        "revision_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_revision_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_revision_id"],
            ["revisions.id"],
            name=op.f("fk_revision_parts_course_revision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["revisions.id"], name=op.f("fk_revision_parts_part_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_parts")),
        sa.UniqueConstraint(
            "course_revision_id",
            "position",
            name=op.f("uq_revision_parts_course_revision_id_position"),
        ),
    )
    op.create_index(op.f("ix_revision_parts_part_id"), "revision_parts", ["part_id"], unique=False)
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_sources_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_sources_revision_id")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("exam_revision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_inputs", sa.JSON(), nullable=False),
        sa.Column("gate", sa.JSON(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("last_receipt", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'void') OR closed_at IS NOT NULL",
            name=op.f("ck_attempts_closed_at_known"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_attempts_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["documents.id"], name=op.f("fk_attempts_exam_id")),
        sa.ForeignKeyConstraint(
            ["exam_revision_id"], ["revisions.id"], name=op.f("fk_attempts_exam_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attempts_public_id")),
        sa.UniqueConstraint(
            "subject", "exam_id", "number", name=op.f("uq_attempts_subject_exam_id_number")
        ),
    )
    op.create_index(op.f("ix_attempts_enrolment_id"), "attempts", ["enrolment_id"], unique=False)
    op.create_index(
        "uq_attempts_open",
        "attempts",
        ["subject", "exam_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "enrolment_disclosures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_enrolment_disclosures_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_disclosures")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_enrolment_disclosures_enrolment_id")),
    )
    op.create_table(
        "practice_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("is_last_step", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["documents.id"], name=op.f("fk_practice_answers_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_practice_answers_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_practice_answers_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_answers")),
    )
    op.create_index(
        op.f("ix_practice_answers_enrolment_id"), "practice_answers", ["enrolment_id"], unique=False
    )
    op.create_table(
        "section_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("passage", sa.String(length=160), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_section_readings_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_section_readings_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["documents.id"], name=op.f("fk_section_readings_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_readings")),
    )
    op.create_index(
        op.f("ix_section_readings_enrolment_id"), "section_readings", ["enrolment_id"], unique=False
    )
    op.create_index(
        "uq_section_readings_ended",
        "section_readings",
        ["enrolment_id", "section_id"],
        unique=True,
        sqlite_where=sa.text("passage = ''"),
        postgresql_where=sa.text("passage = ''"),
    )
    op.create_table(
        "answer_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=40), nullable=False),
        sa.Column("previous_receipt", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_answer_events_attempt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_events")),
        sa.UniqueConstraint(
            "attempt_id", "event_id", name=op.f("uq_answer_events_attempt_id_event_id")
        ),
        sa.UniqueConstraint(
            "attempt_id", "sequence", name=op.f("uq_answer_events_attempt_id_sequence")
        ),
    )
    op.create_table(
        "attempt_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("option_order", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_items_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["documents.id"], name=op.f("fk_attempt_items_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_attempt_items_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_items")),
        sa.UniqueConstraint(
            "attempt_id", "case_id", name=op.f("uq_attempt_items_attempt_id_case_id")
        ),
        sa.UniqueConstraint(
            "attempt_id", "position", name=op.f("uq_attempt_items_attempt_id_position")
        ),
    )
    op.create_table(
        "attempt_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=40), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_moves_attempt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_moves")),
        sa.UniqueConstraint(
            "attempt_id", "number", name=op.f("uq_attempt_moves_attempt_id_number")
        ),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_certificates_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_certificates_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["certificates.id"], name=op.f("fk_certificates_successor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_certificates_public_id")),
    )
    op.create_index(
        op.f("ix_certificates_attempt_id"), "certificates", ["attempt_id"], unique=False
    )
    op.create_index(op.f("ix_certificates_subject"), "certificates", ["subject"], unique=False)
    op.create_index(
        "uq_certificates_live",
        "certificates",
        ["enrolment_id", "authority"],
        unique=True,
        sqlite_where=sa.text("state = 'valid'"),
        postgresql_where=sa.text("state = 'valid'"),
    )
    op.create_table(
        "grade_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("policy", sa.String(length=24), nullable=False),
        sa.Column("is_manual", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=40), nullable=False),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score_num", sa.Integer(), nullable=False),
        sa.Column("score_den", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_grade_events_attempt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_events")),
        sa.UniqueConstraint("attempt_id", "number", name=op.f("uq_grade_events_attempt_id_number")),
    )
    op.create_table(
        "printed_names",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_printed_names_attempt_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_printed_names")),
    )
    op.create_table(
        "results",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("grade_number", sa.Integer(), nullable=False),
        sa.Column("score_num", sa.Integer(), nullable=False),
        sa.Column("score_den", sa.Integer(), nullable=False),
        sa.Column("pass_num", sa.Integer(), nullable=False),
        sa.Column("pass_den", sa.Integer(), nullable=False),
        sa.Column("critical_count", sa.Integer(), nullable=False),
        sa.Column("gate_met", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT passed OR (critical_count = 0 AND gate_met"
            " AND score_num * pass_den >= pass_num * score_den)",
            name=op.f("ck_results_passed_is_earned"),
        ),
        sa.CheckConstraint(
            "score_den > 0 AND score_num >= 0 AND score_num <= score_den",
            name=op.f("ck_results_score"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_results_attempt_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_results")),
    )
    op.create_table(
        "statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_statements_attempt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
    )
    op.create_index(op.f("ix_statements_attempt_id"), "statements", ["attempt_id"], unique=False)
    op.create_table(
        "certificate_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=24), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_files_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_files")),
        sa.UniqueConstraint(
            "certificate_id", "format", name=op.f("uq_certificate_files_certificate_id_format")
        ),
    )
    protect("revisions")
    protect("revision_parts")
    protect("ledger_entries")
    protect("publish_entries")
    protect("sources")
    protect("case_keys")
    protect("enrolment_disclosures")
    protect("section_readings")
    protect("practice_answers")
    protect(
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
    )
    protect("attempt_items")
    protect("answer_events")
    protect("attempt_moves")
    protect("grade_events")
    protect("statements")
    protect(
        "certificates",
        movable=("state", "ended_at", "successor_id"),
        moves=(("valid", "superseded"), ("valid", "revoked")),
    )
    require_earned()
    protect("certificate_files")
    protect("signing_keys")
    protect("audit_entries")


def downgrade() -> None:
    """Drop all tables, frozen ones included."""
    for table in FROZEN:
        release(table)
    op.drop_table("certificate_files")
    op.drop_index(op.f("ix_statements_attempt_id"), table_name="statements")
    op.drop_table("statements")
    op.drop_table("results")
    op.drop_table("printed_names")
    op.drop_table("grade_events")
    op.drop_index(
        "uq_certificates_live",
        table_name="certificates",
        sqlite_where=sa.text("state = 'valid'"),
        postgresql_where=sa.text("state = 'valid'"),
    )
    op.drop_index(op.f("ix_certificates_subject"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_attempt_id"), table_name="certificates")
    op.drop_table("certificates")
    op.drop_table("attempt_moves")
    op.drop_table("attempt_items")
    op.drop_table("answer_events")
    op.drop_index(
        "uq_section_readings_ended",
        table_name="section_readings",
        sqlite_where=sa.text("passage = ''"),
        postgresql_where=sa.text("passage = ''"),
    )
    op.drop_index(op.f("ix_section_readings_enrolment_id"), table_name="section_readings")
    op.drop_table("section_readings")
    op.drop_index(op.f("ix_practice_answers_enrolment_id"), table_name="practice_answers")
    op.drop_table("practice_answers")
    op.drop_table("enrolment_disclosures")
    op.drop_index(
        "uq_attempts_open",
        table_name="attempts",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_attempts_enrolment_id"), table_name="attempts")
    op.drop_table("attempts")
    op.drop_table("sources")
    op.drop_index(op.f("ix_revision_parts_part_id"), table_name="revision_parts")
    op.drop_table("revision_parts")
    op.drop_table("publish_entries")
    op.drop_index(
        "uq_enrolments_active",
        table_name="enrolments",
        sqlite_where=sa.text("state != 'ended'"),
        postgresql_where=sa.text("state != 'ended'"),
    )
    op.drop_index(op.f("ix_enrolments_course_id"), table_name="enrolments")
    op.drop_table("enrolments")
    op.drop_table("case_keys")
    op.drop_index(op.f("ix_sign_in_sessions_person_id"), table_name="sign_in_sessions")
    op.drop_table("sign_in_sessions")
    op.drop_index(op.f("ix_revisions_content_hash"), table_name="revisions")
    op.drop_table("revisions")
    op.drop_index(
        "uq_person_roles_everywhere",
        table_name="person_roles",
        sqlite_where=sa.text("school_id IS NULL"),
        postgresql_where=sa.text("school_id IS NULL"),
    )
    op.drop_index(op.f("ix_person_roles_person_id"), table_name="person_roles")
    op.drop_table("person_roles")
    op.drop_index(op.f("ix_password_links_person_id"), table_name="password_links")
    op.drop_table("password_links")
    op.drop_index(op.f("ix_licences_person_id"), table_name="licences")
    op.drop_table("licences")
    op.drop_table("signing_keys")
    op.drop_index("ix_sign_in_tries_source_at", table_name="sign_in_tries")
    op.drop_index("ix_sign_in_tries_device_at", table_name="sign_in_tries")
    op.drop_index("ix_sign_in_tries_account_at", table_name="sign_in_tries")
    op.drop_table("sign_in_tries")
    op.drop_table("persons")
    op.drop_index("ix_outbox_items_due", table_name="outbox_items")
    op.drop_table("outbox_items")
    op.drop_table("marks")
    op.drop_index(op.f("ix_ledger_entries_about"), table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_table("documents")
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_frozen()")
        op.execute("DROP FUNCTION IF EXISTS refuse_unearned()")
