"""The emails of a demo, as its mailbox page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path

from flask import request

from cpd.config import current_settings
from cpd.kernel import addresses

_MOST_SHOWN = 50


@dataclass(frozen=True)
class ReceivedEmail:
    """An email in the mailbox."""

    to: str
    subject: str
    sent_at: datetime
    paragraphs: Sequence[Sequence[str]]
    """Each paragraph as its lines."""


def read_mailbox_emails(folder: Path) -> Sequence[ReceivedEmail]:
    """Return the emails of a folder, the newest first."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_parse_email(path.read_bytes()) for path in paths[:_MOST_SHOWN]]


def _parse_email(data: bytes) -> ReceivedEmail:
    message = message_from_bytes(data, policy=policy.default)
    text = str(message.get_content()).strip()
    return ReceivedEmail(
        to=addresses.decode_address(str(message["To"])),
        subject=str(message["Subject"]),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        paragraphs=[part.splitlines() for part in text.split("\n\n")],
    )


def request_may_read_mailbox() -> bool:
    """Tell whether this request may read the emails: only in a demo, and from the same machine."""
    settings = current_settings()
    return bool(settings.has_mailbox) and _is_loopback_address(request.remote_addr)


def _is_loopback_address(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
