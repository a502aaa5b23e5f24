"""Email addresses on their way to be verified, at sign-up or for a change of address."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey, PublicId, current_time_default, public_id_column


class EmailVerification(Base):
    """An address that someone claims, verified once by a code or a link from an email to it.

    The code and the link are made when the email is sent, and stored as hashes. Nothing here lets
    anyone in, and there is no account before the address is verified.
    """

    __tablename__ = "address_proofs"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("adr")
    email: Mapped[str] = mapped_column(sa.String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """Who wants it as their new address; None at sign-up."""
    made_at: Mapped[datetime] = mapped_column(default=current_time_default)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    """Keyed, because six digits are soon guessed; empty before the email is sent and once used."""
    wrong_codes: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the link."""
    grant_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the cookie of the one browser that has verified the address."""
    used_at: Mapped[datetime | None]
