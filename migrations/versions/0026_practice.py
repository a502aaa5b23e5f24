"""Practice answers say whether they were the first and what they would have done; confidence."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release
from migrations.refusing import refuse_rows

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BESIDE = "0024"
"""What the releases before store is simply not called a first answer."""

ABOVE = {
    "practice cases that opened a section": "practice_answers WHERE opens <> ''",
    "answers to the question how sure somebody was": "practice_confidences",
    "people who are asked how sure they are": "confidence_requests",
}

REWRITTEN = {"practice_answers": {"is_first", "is_right", "danger"}}
"""Computed again from the answers and keys on the way up."""

_DANGERS = ("safe", "overcautious", "suboptimal", "unsafe", "critical")
_FIRST_ANSWERS = {
    "uq_practice_answers_first": ["enrolment_id", "case_id", "step"],
    "ix_practice_answers_first_choices": ["enrolment_id", "case_id", "is_right", "danger"],
}
"""Indexes of first answers: one keeps them single, the other has what boards count."""

_answers = sa.table(
    "practice_answers",
    sa.column("id", sa.Integer),
    sa.column("enrolment_id", sa.Integer),
    sa.column("case_id", sa.Integer),
    sa.column("revision_id", sa.Integer),
    sa.column("step", sa.String),
    sa.column("answer", sa.JSON),
    sa.column("is_first", sa.Boolean),
    sa.column("is_right", sa.Boolean),
    sa.column("danger", sa.String),
)
_keys = sa.table("case_keys", sa.column("revision_id", sa.Integer), sa.column("key", sa.JSON))


def upgrade() -> None:
    """Add the columns, fill them for what is there, and make the tables of confidence."""
    no, nothing = sa.false(), sa.text("''")
    release("practice_answers")
    for column in (
        sa.Column("is_first", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("is_right", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("danger", sa.String(length=24), nullable=True),
        sa.Column("opens", sa.String(length=80), server_default=nothing, nullable=False),
    ):
        op.add_column("practice_answers", column)
    _mark_first_answers()
    _mark_answers_by_their_keys()
    for name, columns in _FIRST_ANSWERS.items():
        op.create_index(
            name,
            "practice_answers",
            columns,
            unique=name.startswith("uq"),
            sqlite_where=sa.text("is_first = 1"),
            postgresql_where=sa.text("is_first"),
        )
    protect("practice_answers")
    op.create_table(
        "practice_confidences",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["practice_answers.id"], name=op.f("fk_practice_confidences_answer_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_practice_confidences")),
    )
    op.create_table(
        "confidence_requests",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_confidence_requests_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_confidence_requests")),
    )


def _mark_first_answers() -> None:
    """The first answer to a step under an enrollment is the one with the smallest number."""
    firsts = sa.select(sa.func.min(_answers.c.id)).group_by(
        _answers.c.enrolment_id, _answers.c.case_id, _answers.c.step
    )
    op.execute(sa.update(_answers).where(_answers.c.id.in_(firsts)).values(is_first=sa.true()))


def _mark_answers_by_their_keys() -> None:
    """Mark each different answer to a step once, by the key of the revision that was shown."""
    connection = op.get_bind()
    text = sa.cast(_answers.c.answer, sa.Text)
    given = sa.select(
        _answers.c.revision_id, _answers.c.step, text.label("text"), sa.func.min(_answers.c.id)
    ).group_by(_answers.c.revision_id, _answers.c.step, text)
    for revision_id, step, words, id_ in connection.execute(given).all():
        key = connection.scalar(sa.select(_keys.c.key).where(_keys.c.revision_id == revision_id))
        answer = connection.scalar(sa.select(_answers.c.answer).where(_answers.c.id == id_))
        (options,) = (each["options"] for each in (key or {})["steps"] if each["id"] == step)
        danger, is_right = _danger_and_rightness(options, answer or {})
        connection.execute(
            sa.update(_answers)
            .where(_answers.c.revision_id == revision_id, _answers.c.step == step, text == words)
            .values(danger=danger, is_right=is_right)
        )


def _danger_and_rightness(
    options: Sequence[Mapping[str, Any]], answer: Mapping[str, Any]
) -> tuple[str, bool]:
    """Return the worst danger of what was chosen or left out, and whether it earned full marks."""
    is_one_choice = "choice" in answer
    chosen = [answer["choice"]] if is_one_choice else answer["choices"]
    picked = [option for option in options if option["id"] in chosen]
    missed = [] if is_one_choice else [option for option in options if option not in picked]
    dangers = [each["danger"] for each in picked] + [each["danger_if_missed"] for each in missed]
    earned = sum((Fraction(option["marks"]) for option in picked), Fraction(0))
    return max(dangers, key=_DANGERS.index), earned == 1


def downgrade() -> None:
    """Take the tables and columns away, unless they hold what cannot be computed again."""
    refuse_rows(ABOVE)
    op.drop_table("confidence_requests")
    op.drop_table("practice_confidences")
    release("practice_answers")
    for name in _FIRST_ANSWERS:
        op.drop_index(name, "practice_answers")
    for column in ("opens", "danger", "is_right", "is_first"):
        op.drop_column("practice_answers", column)
    protect("practice_answers")
