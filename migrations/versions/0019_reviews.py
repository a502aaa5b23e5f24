"""Reviewers, what they are asked about, and what they answer and sign."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BESIDE = "0017"
"""The releases before do not use these tables."""

ABOVE = {"requests for review": "review_requests"}


def upgrade() -> None:
    """Add the tables of reviewers and reviews, and of the texts and keys that they were sent."""
    op.create_table(
        "reviewers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("credentials", sa.String(length=200), nullable=False),
        sa.Column("disclosures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reviewers_public_id")),
        sa.UniqueConstraint("subject", name=op.f("uq_reviewers_subject")),
    )
    op.create_index(op.f("ix_reviewers_email"), "reviewers", ["email"])

    op.create_table(
        "review_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.id"], name=op.f("fk_review_requests_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_requests")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_review_requests_link_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_requests_public_id")),
    )
    op.create_index(op.f("ix_review_requests_reviewer_id"), "review_requests", ["reviewer_id"])

    op.create_table(
        "review_visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("grant_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["review_requests.id"], name=op.f("fk_review_visits_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_visits")),
        sa.UniqueConstraint("grant_hash", name=op.f("uq_review_visits_grant_hash")),
    )
    op.create_index(op.f("ix_review_visits_request_id"), "review_visits", ["request_id"])

    op.create_table(
        "sent_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("front", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_sent_texts_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_texts")),
        sa.UniqueConstraint("draft_id", "text_hash", name=op.f("uq_sent_texts_draft_id_text_hash")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("sent_text_id", sa.Integer(), nullable=False),
        sa.Column("answered_text_id", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_alike", sa.Boolean(), nullable=False),
        sa.Column("handed_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_text_id"], ["sent_texts.id"], name=op.f("fk_reviews_answered_text_id")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_reviews_draft_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["review_requests.id"], name=op.f("fk_reviews_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.id"], name=op.f("fk_reviews_reviewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["sent_text_id"], ["sent_texts.id"], name=op.f("fk_reviews_sent_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reviews_public_id")),
        sa.UniqueConstraint(
            "reviewer_id", "draft_id", name=op.f("uq_reviews_reviewer_id_draft_id")
        ),
    )
    op.create_index(op.f("ix_reviews_draft_id"), "reviews", ["draft_id"])
    op.create_index(op.f("ix_reviews_request_id"), "reviews", ["request_id"])

    op.create_table(
        "sent_keys",
        sa.Column("sent_text_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sent_text_id"], ["sent_texts.id"], name=op.f("fk_sent_keys_sent_text_id")
        ),
        sa.PrimaryKeyConstraint("sent_text_id", name=op.f("pk_sent_keys")),
    )
    op.create_table(
        "review_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by", sa.String(length=40), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_comments_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_comments_public_id")),
    )
    op.create_index(op.f("ix_review_comments_review_id"), "review_comments", ["review_id"])

    op.create_table(
        "review_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("sent_text_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_by", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_name", sa.String(length=120), nullable=False),
        sa.Column("signed_credentials", sa.String(length=200), nullable=False),
        sa.Column("signed_disclosures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_opinions_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["sent_text_id"], ["sent_texts.id"], name=op.f("fk_review_opinions_sent_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_opinions")),
    )
    op.create_index(op.f("ix_review_opinions_review_id"), "review_opinions", ["review_id"])


def downgrade() -> None:
    """Take the tables away, unless somebody was asked for a review."""
    refuse_rows(ABOVE)
    for table in (
        *("review_opinions", "review_comments", "sent_keys", "reviews", "sent_texts"),
        *("review_visits", "review_requests", "reviewers"),
    ):
        op.drop_table(table)
