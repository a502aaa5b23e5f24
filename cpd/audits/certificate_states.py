"""The states of certificates in the words of tables."""

from collections.abc import Callable, Mapping

import flask_babel

from cpd.certificates.models import CertificateState

_: Callable[..., str] = flask_babel.gettext

_WORDS: Mapping[CertificateState, Callable[[], str]] = {
    CertificateState.VALID: lambda: _("valid"),
    CertificateState.SUPERSEDED: lambda: _("replaced"),
    CertificateState.REVOKED: lambda: _("withdrawn"),
}


def format_state(state: CertificateState) -> str:
    """Return the word for a state."""
    return _WORDS[state]()
