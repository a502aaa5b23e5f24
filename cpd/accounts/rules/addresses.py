"""Email addresses: one spelling for each, and only those to which an email can be sent."""

import re
import unicodedata

from cpd.kernel import addresses

LONGEST = 254
_LONGEST_LOCAL = 64
_PATTERN = re.compile(r"(?!.*=\?)[^\s@<>()\[\]\\,;:\"]+@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
"""Matches nothing that a mail header would read as two addresses, or as an encoded word."""


def normalize_address(address: str) -> str:
    """Return the one spelling in which an address is stored and looked up.

    Its domain is in ASCII: some browsers send `bücher.example` as `xn--bcher-kva.example`.
    """
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFC", address).strip().lower())
    return addresses.encode_address(lowered)


def is_plausible_address(address: str) -> bool:
    """Tell whether a normalized address looks valid; only sending an email can prove it."""
    return (
        len(address) <= LONGEST
        and address.isprintable()
        and len(address.partition("@")[0]) <= _LONGEST_LOCAL
        and _PATTERN.fullmatch(address) is not None
        and _has_possible_domain(address)
    )


def _has_possible_domain(address: str) -> bool:
    try:
        addresses.encode_domain(address.rpartition("@")[2])
    except UnicodeError:
        return False
    return True
