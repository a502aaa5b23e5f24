"""Random tokens that let someone in, and keyed hashes of what must not be stored in the clear."""

import hashlib
import hmac
import secrets
from ipaddress import IPv4Address, ip_address

from flask import current_app, request

_BYTES = 32
"""256 random bits."""


def make_random_token() -> str:
    """Return a token to hand out; only its hash is stored."""
    return secrets.token_urlsafe(_BYTES)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token; a fast hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_with_secret_key(kind: str, value: str) -> str:
    """Return a hash of a value under this installation's secret key."""
    return compute_hmac(str(current_app.secret_key), kind, value)


def compute_hmac(key: str, kind: str, value: str) -> str:
    """Return a hash from which nobody can guess the value without the key."""
    return hmac.new(key.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def hash_request_network() -> str:
    """Return a keyed hash of the network from which this request comes."""
    return hash_with_secret_key("source", parse_network(request.remote_addr))


def parse_network(address: str | None) -> str:
    """Return the network of one household or host: the IPv4 address, or the first 64 bits."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped) if ip.ipv4_mapped else ip.exploded[:19]
