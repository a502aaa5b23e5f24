"""Whether a text has the form of a host name, an email address or a web address."""

import re
import unicodedata
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[^\s@<>\",;:]+@(?P<domain>[\w.-]+\w)")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]+(?<!-)", re.IGNORECASE)
_LONGEST = 253


def is_host(text: str) -> bool:
    """Tell whether this can be a host: a name, or an IP address."""
    with suppress(ValueError):
        return bool(ip_address(text))
    try:
        labels = text.encode("idna").decode().split(".")
    except UnicodeError:
        return False
    is_short = len(".".join(labels)) <= _LONGEST
    return is_short and not labels[-1].isdecimal() and all(map(_LABEL.fullmatch, labels))


def is_mail_address(text: str) -> bool:
    """Tell whether the whole text has the form of an email address."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and is_host(match["domain"])


def is_web_address(text: str) -> bool:
    """Tell whether this has the form of a web address."""
    with suppress(ValueError):
        return not re.search(r"\s", text) and is_host(urlsplit(text).hostname or "")
    return False


def is_one_line(text: str) -> bool:
    """Tell whether a text has no line breaks or other control characters."""
    return not any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text)
