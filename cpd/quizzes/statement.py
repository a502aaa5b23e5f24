"""What a learner states on handing in; shown and kept from the same words."""

import hashlib

from flask_babel import gettext


def statement() -> str:
    """Return the statement in the language of this request."""
    return str(gettext("I answered these cases myself, without help from anyone."))


def statement_hash(text: str) -> str:
    """Return the SHA-256 of a statement as it was shown."""
    return hashlib.sha256(text.encode()).hexdigest()
