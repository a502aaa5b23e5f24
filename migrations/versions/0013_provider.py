"""The provider, dual control, the audit trail in one grammar, disclosures as lines, the window."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release
from migrations.refusing import refuse_rows

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BESIDE = "0013"
"""The oldest release that may run beside this schema; migrations 0008 to 0013 move columns."""

ABOVE = {
    "changed provider profiles": "provider_profiles WHERE version > 1",
    "requests under dual control": "dual_control_requests",
}

ACTIONS = {
    "accounts.address.asked": "accounts:address:ask",
    "accounts.address.changed": "accounts:address:change",
    "accounts.licence.added": "accounts:licence:add",
    "accounts.licence.removed": "accounts:licence:remove",
    "accounts.password-link.made": "accounts:password-link:make",
    "accounts.password.changed": "accounts:password:change",
    "accounts.password.set": "accounts:password:set",
    "accounts.person.created": "accounts:person:create",
    "accounts.person.disabled": "accounts:person:disable",
    "accounts.person.enabled": "accounts:person:enable",
    "accounts.profile.changed": "accounts:profile:change",
    "accounts.recovery-codes.made": "accounts:recovery-codes:make",
    "accounts.role.granted": "accounts:role:grant",
    "accounts.role.removed": "accounts:role:remove",
    "accounts.second-factor.off": "accounts:second-factor:disable",
    "accounts.second-factor.on": "accounts:second-factor:enable",
    "accounts.sessions.ended": "accounts:session:end",
    "courses.enrol": "courses:enrolment:start",
    "hosts.secret.replaced": "hosts:secret:replace",
    "remarks.remark.erased": "remarks:remark:erase",
}
"""What actions in the audit trail were called below, and what they are called from here on."""

REWRITTEN = {"audit_entries": {"action"}}
"""Columns whose values have another form below; going up again brings each back."""

_BATCH = 1_000
"""Rows that are read at once."""


def upgrade() -> None:
    """Make the new tables, and bring old rows into the new forms."""
    _make_window()
    _make_provider()
    _make_dual_control()
    _rename_actions(ACTIONS)
    _keep_lines()


def downgrade() -> None:
    """Put the old forms back."""
    refuse_rows(ABOVE)
    _keep_text()
    _rename_actions({new: old for old, new in ACTIONS.items()})
    release("dual_control_requests")
    op.drop_table("dual_control_requests")
    op.drop_table("provider_profiles")
    op.drop_table("schema_windows")


def _make_window() -> None:
    op.create_table(
        "schema_windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oldest", sa.String(length=12), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_schema_windows_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schema_windows")),
    )


def _make_provider() -> None:
    op.create_table(
        "provider_profiles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("complaints", sa.Text(), nullable=False),
        sa.Column("postal", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("logo", sa.String(length=64), nullable=True),
        sa.Column("signatories", sa.JSON(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_provider_profiles_one_row")),
        sa.ForeignKeyConstraint(["logo"], ["media.sha256"], name=op.f("fk_provider_profiles_logo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_profiles")),
    )


def _make_dual_control() -> None:
    op.create_table(
        "dual_control_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("object", sa.String(length=60), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answered_by <> asked_by", name=op.f("ck_dual_control_requests_two_people")
        ),
        sa.CheckConstraint(
            "(state IN ('asked', 'expired'))"
            " OR (answered_by IS NOT NULL AND answered_at IS NOT NULL)",
            name=op.f("ck_dual_control_requests_answer_known"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)",
            name=op.f("ck_dual_control_requests_done_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dual_control_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dual_control_requests_public_id")),
    )
    open_ones = sa.text("state IN ('asked', 'confirmed')")
    op.create_index(
        "uq_dual_control_requests_open",
        "dual_control_requests",
        ["purpose", "object"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
    protect(
        "dual_control_requests",
        movable=("state", "answered_by", "answered_at", "done_at"),
        moves=(
            ("asked", "confirmed"),
            ("asked", "refused"),
            ("asked", "expired"),
            ("confirmed", "done"),
            ("confirmed", "expired"),
        ),
    )


def _rename_actions(names: Mapping[str, str]) -> None:
    entries = sa.table("audit_entries", sa.column("action", sa.String()))
    renamed = sa.case(dict(names), value=entries.c.action)
    release("audit_entries")
    op.execute(sa.update(entries).where(entries.c.action.in_(names)).values(action=renamed))
    protect("audit_entries")


def _keep_lines() -> None:
    """Take each kept disclosure apart; its hash stays, being over the same words."""
    release("enrolment_disclosures")
    with op.batch_alter_table("enrolment_disclosures") as batch:
        batch.add_column(sa.Column("lines", sa.JSON(), nullable=True))
    _convert("lines", sa.JSON(), lambda row: lines_of(row.text, _objectives(row.front)))
    with op.batch_alter_table("enrolment_disclosures") as batch:
        batch.alter_column("lines", existing_type=sa.JSON(), nullable=False)
        batch.drop_column("text")
    protect("enrolment_disclosures")


def _keep_text() -> None:
    release("enrolment_disclosures")
    with op.batch_alter_table("enrolment_disclosures") as batch:
        batch.add_column(sa.Column("text", sa.Text(), nullable=True))
    _convert("text", sa.Text(), lambda row: text_of(row.lines))
    # The triggers below name the columns in this order.
    in_order: list[tuple[str, ...]] = [("id", "enrolment_id", "text", "text_hash", "accepted_at")]
    with op.batch_alter_table("enrolment_disclosures", partial_reordering=in_order) as batch:
        batch.alter_column("text", existing_type=sa.Text(), nullable=False)
        batch.drop_column("lines")
    protect("enrolment_disclosures")


def _convert(column: str, kind: sa.types.TypeEngine[Any], made: Callable[[Any], Any]) -> None:
    """Fill a new column from what each row holds, and from the course version it tells of."""
    connection = op.get_bind()
    kept = sa.table(
        "enrolment_disclosures",
        *(sa.column(name) for name in ("id", "enrolment_id")),
        sa.column("text", sa.Text()),
        sa.column("lines", sa.JSON()),
    )
    enrolments = sa.table("enrolments", sa.column("id"), sa.column("course_revision_id"))
    revisions = sa.table("revisions", sa.column("id"), sa.column("front", sa.JSON()))
    rows = (
        sa.select(kept.c.id, kept.c["text" if column == "lines" else "lines"], revisions.c.front)
        .join(enrolments, enrolments.c.id == kept.c.enrolment_id)
        .join(revisions, revisions.c.id == enrolments.c.course_revision_id)
        .order_by(kept.c.id)
        .limit(_BATCH)
    )
    changed = sa.update(kept).where(kept.c.id == sa.bindparam("row"))
    changed = changed.values({column: sa.bindparam("made", type_=kind)})
    last = 0
    while found := connection.execute(rows.where(kept.c.id > last)).all():
        connection.execute(changed, [{"row": row.id, "made": made(row)} for row in found])
        last = found[-1].id


def lines_of(text: str, objectives: list[str]) -> list[dict[str, Any]]:
    """Take a disclosure apart as it was joined: a line is a label, a colon and what is told."""
    found: list[dict[str, Any]] = []
    for line in text.split("\n"):
        label, colon, told = line.partition(": ")
        if label and colon:
            found.append({"label": label, "text": told, "items": []})
        elif found:  # a text of several lines
            found[-1]["text"] += f"\n{line}"
        else:
            found.append({"label": "", "text": line, "items": []})
    for one in found:
        one["items"] = objectives if one["text"] == " ".join(objectives) else []
    return found


def text_of(lines: list[dict[str, Any]]) -> str:
    """Join it again, word for word."""
    return "\n".join(f"{it['label']}: {it['text']}" if it["label"] else it["text"] for it in lines)


def _objectives(front: Mapping[str, Any]) -> list[str]:
    """Return what the page listed: one line of a disclosure was shown as a list."""
    texts = [one["text"].rstrip(".;") for one in front.get("objectives", [])]
    return [*(f"{text};" for text in texts[:-1]), *(f"{text}." for text in texts[-1:])]
