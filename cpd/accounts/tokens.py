"""Random tokens that let somebody in, and the keyed hashes by which tries are counted."""

import hashlib
import hmac
import secrets
from ipaddress import ip_address

_BYTES = 32
"""256 random bits."""


def new_token() -> str:
    """Return a token to hand out; only its hash is stored."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> str:
    """Return the SHA-256 of a token; a fast hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed(key: str, kind: str, value: str) -> str:
    """Return a hash of a value that nobody can guess back without the key."""
    return hmac.new(key.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def network_of(address: str | None) -> str:
    """Return the network of one household or host: the IPv4 address, or the first 64 bits."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if ip.version == 4:  # noqa: PLR2004 - its name
        return str(ip)
    return str(ip.ipv4_mapped) if ip.ipv4_mapped else ip.exploded[:19]
