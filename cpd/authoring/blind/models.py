"""Reviewers, what they are asked about, their blind answers, and what they say; no key."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.drafts.models import Draft
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column


class Reviewer(Base):
    """Somebody who reviews: an account, or a guest who was invited by email."""

    __tablename__ = "reviewers"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("rvw")
    subject: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """That of the account; a guest without one gets an id of their own."""
    email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    """Normalized; empty for whoever is asked through their account."""
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    credentials: Mapped[str] = mapped_column(sa.String(200), default="")
    disclosures: Mapped[str] = mapped_column(sa.Text, default="")
    """Asked once, before the first signature, like the two columns before it."""

    @property
    def is_introduced(self) -> bool:
        """Whether they have said who signs."""
        return bool(self.name and self.credentials and self.disclosures)


class RequestState(enum.StrEnum):
    """Whether a reviewer can still act on what they were asked."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    WITHDRAWN = "withdrawn"


class ReviewRequest(Base):
    """One reviewer asked about some drafts; a guest gets a link that opens it on any device."""

    __tablename__ = "review_requests"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("rrq")
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewers.id"), index=True)
    is_guest: Mapped[bool]
    """Whether it opens by a link and mailed codes instead of an account."""
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    """What the author wants to say to the reviewer."""
    asked_by: Mapped[Subject]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    link_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the link; empty before the first email is sent."""
    code_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    """Keyed; of the newest mailed code, empty once it is used or was guessed too often."""
    code_expires_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)

    reviewer: Mapped[Reviewer] = relationship(lazy="joined", innerjoin=True)
    reviews: Mapped[list["Review"]] = relationship(back_populates="request", order_by="Review.id")

    def is_open(self, now: datetime) -> bool:
        """Tell whether the reviewer can still act on it."""
        return self.state is RequestState.OPEN and now < self.expires_at


class ReviewVisit(Base):
    """A browser in which a guest typed a mailed code."""

    __tablename__ = "review_visits"

    id: Mapped[PrimaryKey]
    request_id: Mapped[int] = mapped_column(ForeignKey("review_requests.id"), index=True)
    grant_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime]


class SentText(Base):
    """The text of a draft as reviewers see it before they have answered."""

    __tablename__ = "sent_texts"
    __table_args__ = (UniqueConstraint("draft_id", "text_hash"),)

    id: Mapped[PrimaryKey]
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    key_hash: Mapped[str] = mapped_column(sa.String(64))
    """What a blind answer is about; for a file without a key, the hash of its text."""
    front: Mapped[dict[str, Any]]
    """The case without its key; empty for a file without one."""
    sent_at: Mapped[datetime]

    draft: Mapped[Draft] = relationship(lazy="joined", innerjoin=True)

    @property
    def has_key(self) -> bool:
        """Whether it is a case, which is answered blind before it is signed."""
        return bool(self.front)


class Review(Base):
    """One reviewer's review of one draft."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("reviewer_id", "draft_id"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("rvu")
    request_id: Mapped[int] = mapped_column(ForeignKey("review_requests.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewers.id"))
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"), index=True)
    sent_text_id: Mapped[int] = mapped_column(ForeignKey("sent_texts.id"))
    """The text that they are asked about."""
    answered_text_id: Mapped[int | None] = mapped_column(ForeignKey("sent_texts.id"))
    """The case that they answered blind, in this draft or an earlier one of the file."""
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By step, each saved as it is given."""
    decided_by: Mapped[str] = mapped_column(sa.Text, default="")
    """What decided it for them."""
    opened_at: Mapped[datetime | None]
    """When the answer was locked and the key opened, or a file without a key was opened."""
    answered_alike: Mapped[bool] = mapped_column(default=False)
    handed_back_at: Mapped[datetime | None]
    """It is not their field."""

    request: Mapped[ReviewRequest] = relationship(lazy="joined", innerjoin=True)
    sent_text: Mapped[SentText] = relationship(
        lazy="joined", innerjoin=True, foreign_keys=[sent_text_id]
    )
    answered_text: Mapped[SentText | None] = relationship(
        lazy="joined", foreign_keys=[answered_text_id]
    )
    opinions: Mapped[list["ReviewOpinion"]] = relationship(order_by="ReviewOpinion.id")
    comments: Mapped[list["ReviewComment"]] = relationship(order_by="ReviewComment.id")

    @property
    def draft(self) -> Draft:
        """The draft under review."""
        return self.sent_text.draft


class ReviewOpinion(Base):
    """A verdict about one text; only added."""

    __tablename__ = "review_opinions"

    id: Mapped[PrimaryKey]
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    sent_text_id: Mapped[int] = mapped_column(ForeignKey("sent_texts.id"))
    verdict: Mapped[Verdict]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    """The comment, or the reason and its source."""
    given_by: Mapped[Subject]
    given_at: Mapped[datetime]
    signed_name: Mapped[str] = mapped_column(sa.String(120), default="")
    signed_credentials: Mapped[str] = mapped_column(sa.String(200), default="")
    signed_disclosures: Mapped[str] = mapped_column(sa.Text, default="")
    """As they were when it was signed."""

    sent_text: Mapped[SentText] = relationship(lazy="joined", innerjoin=True)


class ReviewComment(Base):
    """A remark of a reviewer that hangs on one value of the file."""

    __tablename__ = "review_comments"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("rcm")
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    path: Mapped[str] = mapped_column(sa.String(200))
    """Of the value, such as `steps/decide/options/proceed`; empty for the file as a whole."""
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
    resolved_by: Mapped[str | None] = mapped_column(sa.String(40))
    resolved_at: Mapped[datetime | None]
