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

_SHOWN = 50


@dataclass(frozen=True)
class Received:
    """An email in the mailbox."""

    to: str
    subject: str
    at: datetime
    paragraphs: Sequence[Sequence[str]]
    """Each as its lines."""


def read(folder: Path) -> Sequence[Received]:
    """Return the emails of a folder, the newest first."""
    found = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_letter(path.read_bytes()) for path in found[:_SHOWN]]


def _letter(data: bytes) -> Received:
    message = message_from_bytes(data, policy=policy.default)
    text = str(message.get_content()).strip()
    return Received(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=parsedate_to_datetime(str(message["Date"])),
        paragraphs=[part.splitlines() for part in text.split("\n\n")],
    )


def is_open() -> bool:
    """Tell whether this request may read the emails."""
    settings = current_settings()
    return bool(settings.has_mailbox) and _is_loopback(request.remote_addr)


def _is_loopback(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
