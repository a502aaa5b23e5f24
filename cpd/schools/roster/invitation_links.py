"""The links in invitations; needs the secret key of the site.

A link names its entry and is signed with the address, so that nothing is stored that would let
somebody in, an email sent twice has the same link, and a corrected address makes old links useless.
"""

from hmac import compare_digest

from cpd.accounts.tokens import hash_with_secret_key
from cpd.schools.roster.models import RosterEntry

_KIND = "invitation"


def make_invitation_token(entry: RosterEntry) -> str:
    """Return what the link in an invitation ends with."""
    return f"{entry.public_id}.{_sign(entry)}"


def find_entry_id_in_token(token: str) -> str:
    """Return which entry a token claims to be about."""
    return token.partition(".")[0]


def is_token_of_entry(token: str, entry: RosterEntry) -> bool:
    """Tell whether a token is from an invitation to exactly this address."""
    return compare_digest(token.encode(), make_invitation_token(entry).encode())


def _sign(entry: RosterEntry) -> str:
    return hash_with_secret_key(_KIND, f"{entry.public_id}:{entry.email}")
