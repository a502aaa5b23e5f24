"""Ids that people and URLs may show."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o, u. https://www.crockford.com/base32.html"""


def generate_base32_text(bits: int) -> str:
    """Return random base-32 text with at least `bits` bits of entropy."""
    return "".join(ALPHABET[byte % 32] for byte in secrets.token_bytes(-(-bits // 5)))


def new_public_id(prefix: str) -> str:
    """Return an id such as `att_7f...`: a prefix naming the thing and 130 random bits."""
    return f"{prefix}_{generate_base32_text(128)}"
