"""What a browser keeps of a sign-up in its cookie; reads and writes the request's session."""

from flask import session

VERIFICATION, GRANT, NEXT = "claim", "grant", "next"
"""The cookie's entries for the open verification, the grant, and where to go afterwards."""


def keep_grant_in_cookie(grant: str, *, location: str | None = None) -> None:
    """Let this browser, and no other, choose a name and a password for the proven address.

    `location` is where to go once the account is open.
    """
    session.pop(VERIFICATION, None)
    session[GRANT] = grant
    if location is not None:
        session[NEXT] = location
