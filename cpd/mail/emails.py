"""Emails as rows of the outbox, written in the transaction of what they tell of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from sqlalchemy.orm import Session

from cpd.config import current_settings
from cpd.jobs import outbox
from cpd.kernel.ids import new_public_id
from cpd.provider import current

PURPOSE = "letter"
"""Names emails in the outbox."""
LASTS = timedelta(days=3)
"""An email that could not be handed over for so long is given up."""


@dataclass(frozen=True)
class Email:
    """What is written to whom; the first line of the template's text is the subject."""

    to: str
    template: str
    values: Mapping[str, Any]


def are_sent() -> bool:
    """Tell whether this site can write to people at all."""
    return current_settings().sends_email


def enqueue(session: Session, email: Email, *, now: datetime, key: str = "") -> None:
    """Promise an email; with a key it is promised once. Where no emails are sent, nothing is."""
    if not are_sent():
        return
    payload = {"to": email.to, "template": email.template, "values": dict(email.values)}
    outbox.enqueue(
        session, PURPOSE, key or new_public_id("let"), due_at=now, now=now, payload=payload
    )


def link(endpoint: str, **values: str) -> str:
    """Return a whole address of the site as its settings name it, whatever a request says."""
    public = urlsplit(current_settings().public_url)
    here = current_app.url_map.bind(public.netloc, url_scheme=public.scheme)
    return here.build(endpoint, values, force_external=True)


def write(email: Email, *, key: str, now: datetime) -> EmailMessage:
    """Return the email as it travels; the same key gives the same Message-ID at every try."""
    settings = current_settings()
    known = current.provider()
    text = render_template(email.template, site=settings, provider=known, page=link, **email.values)
    subject, _, body = text.strip().partition("\n")
    message = EmailMessage()
    message["From"] = Address(
        display_name=known.name,
        addr_spec=settings.mail_from or f"letters@{settings.host}",
    )
    message["To"] = _in_ascii(email.to)
    message["Subject"] = subject.strip()
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{settings.host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.strip() + "\n", cte="quoted-printable")
    return message


def _in_ascii(address: str) -> str:
    """Write the domain as every mail server knows it: few take letters beyond those of ASCII."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.encode('idna').decode()}"
