"""Host names, email addresses and web addresses: their form, and the one spelling of a domain."""

import re
import unicodedata
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

import idna

_ADDRESS = re.compile(r"[^\s@<>\",;:]+@(?P<domain>[\w.-]+\w)")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_LONGEST = 253


def is_host(text: str) -> bool:
    """Tell whether this can be a host: a name, or an IP address."""
    with suppress(ValueError):
        return bool(ip_address(text))
    try:
        labels = (text if text.isascii() else encode_domain(text)).split(".")
    except UnicodeError:
        return False
    is_short = len(".".join(labels)) <= _LONGEST
    return is_short and not labels[-1].isdecimal() and all(map(_LABEL.fullmatch, labels))


def is_mail_address(text: str) -> bool:
    """Tell whether the whole text has the form of an email address."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and is_host(match["domain"])


def encode_domain(domain: str) -> str:
    """Return the one spelling of a domain in ASCII, as mail servers need it; raises UnicodeError.

    This is UTS 46 without its transition rules: `faß.de` is not `fass.de`. Python's own codec,
    which is older, takes them for one domain.
    """
    return idna.encode(domain, uts46=True, std3_rules=True).decode()


def encode_address(address: str) -> str:
    """Return an email address with its domain in ASCII; unchanged if that is impossible."""
    local, at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        return f"{local}{at}{encode_domain(domain)}"
    return address


def decode_address(address: str) -> str:
    """Return an email address as people read it: `ida@bücher.example`."""
    local, at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        return f"{local}{at}{idna.decode(domain)}"
    return address


def is_web_address(text: str) -> bool:
    """Tell whether this has the form of a web address."""
    with suppress(ValueError):
        return not re.search(r"\s", text) and is_host(urlsplit(text).hostname or "")
    return False


def is_one_line(text: str) -> bool:
    """Tell whether a text has no line breaks or other control characters."""
    return not any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text)
