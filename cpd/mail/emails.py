"""Emails as rows of the outbox, enqueued in the transaction of what they report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from sqlalchemy.orm import Session

from cpd.config import current_settings
from cpd.jobs import outbox
from cpd.kernel import addresses
from cpd.kernel.ids import new_public_id
from cpd.provider import current

PURPOSE = "letter"
"""Names emails in the outbox."""
LASTS = timedelta(days=3)
"""An email that could not be sent for this long is given up."""


@dataclass(frozen=True)
class Email:
    """What to send to whom; the first line that the template renders is the subject."""

    to: str
    template: str
    values: Mapping[str, Any]
    stop_url: str = ""
    """Where a mail program, on its reader's behalf, stops further emails of this kind."""


class _UnfoldedHeader(UnstructuredHeader, BaseHeader):
    """A header on one line: folding would encode a long URL, which mail programs do not undo."""

    def fold(self, *, policy: Policy) -> str:
        """Return it as it is."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _UnfoldedHeader)
_POLICY = EmailPolicy(header_factory=_HEADERS)


def site_sends_emails() -> bool:
    """Tell whether this site sends emails at all."""
    return current_settings().sends_email


def enqueue_email(session: Session, email: Email, *, now: datetime, key: str = "") -> None:
    """Add an email to the outbox, once for each key; nothing on a site that sends no emails."""
    if not site_sends_emails():
        return
    payload = {"to": email.to, "template": email.template, "values": dict(email.values)}
    outbox.enqueue_job(
        session, PURPOSE, key or new_public_id("let"), due_at=now, now=now, payload=payload
    )


def build_site_url(endpoint: str, **values: str | None) -> str:
    """Return an absolute URL of the site, under the host in its settings, not that of a request.

    Values that are None are left out.
    """
    public = urlsplit(current_settings().public_url)
    urls = current_app.url_map.bind(public.netloc, url_scheme=public.scheme)
    return urls.build(endpoint, values, force_external=True)


def compose_email_message(email: Email, *, key: str, now: datetime) -> EmailMessage:
    """Render an email; the same key gives the same Message-ID at every attempt to send it."""
    settings = current_settings()
    provider = current.current_provider()
    text = render_template(
        email.template, site=settings, provider=provider, page=build_site_url, **email.values
    )
    subject, _, body = text.strip().partition("\n")
    letters = addresses.encode_address(f"letters@{settings.host}")
    message = EmailMessage(_POLICY)
    message["From"] = Address(
        display_name=provider.name,
        addr_spec=settings.mail_from or letters,
    )
    message["To"] = addresses.encode_address(email.to)
    message["Subject"] = subject.strip()
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{letters.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if email.stop_url:  # https://www.rfc-editor.org/rfc/rfc8058
        message["List-Unsubscribe"] = f"<{email.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body.strip() + "\n", cte="quoted-printable")
    return message
