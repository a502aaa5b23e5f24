"""Mail addresses: one spelling for each, and only such as a letter can be sent to."""

import re
import unicodedata

LONGEST = 254
_LONGEST_LOCAL = 64
_SHAPE = re.compile(r"(?!.*=\?)[^\s@<>()\[\]\\,;:\"]+@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
"""Nothing that a header would read as two addresses, or as an encoded word for something else."""


def normalise(address: str) -> str:
    """Return the one spelling under which an address is kept and found."""
    return unicodedata.normalize("NFC", address).strip().lower()


def is_plausible(address: str) -> bool:
    """Tell whether a normalised address has the form of one; only a letter can tell more."""
    return (
        len(address) <= LONGEST
        and address.isprintable()
        and len(address.partition("@")[0]) <= _LONGEST_LOCAL
        and _SHAPE.fullmatch(address) is not None
        and _has_ascii_domain(address)
    )


def _has_ascii_domain(address: str) -> bool:
    """Tell whether the domain can be written as mail servers need it."""
    try:
        address.rpartition("@")[2].encode("idna")
    except UnicodeError:
        return False
    return True
