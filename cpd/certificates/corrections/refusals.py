"""Why a certificate is not corrected, in sentences that say what its holder can do."""

from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.certificates.corrections.rules.limits import MAX_CORRECTIONS, CorrectionRefusal


def describe_correction_refusal(refusal: CorrectionRefusal, *, contact: str) -> str:
    """Return why a certificate cannot be corrected, and what its holder can do."""
    ask = _("Write to the provider: %(contact)s.", contact=contact)
    messages = {
        CorrectionRefusal.ENDED: _("This certificate was already replaced or withdrawn."),
        CorrectionRefusal.NO_DIFFERENCE: _(
            "This certificate says what your profile says. Change your profile first."
        ),
        CorrectionRefusal.NO_NAME: _("Your profile has no name to print. Enter it there first."),
        CorrectionRefusal.REVOCATION_ASKED: _(
            "This certificate cannot be corrected at the moment. %(ask)s", ask=ask
        ),
        CorrectionRefusal.TOO_MANY: ngettext(
            "A certificate can be corrected only once here. %(ask)s",
            "A certificate can be corrected only %(num)s times here. %(ask)s",
            MAX_CORRECTIONS,
            ask=ask,
        ),
        CorrectionRefusal.OTHER_NAME: _(
            "The name in your profile has no word in common with the one on the certificate, so "
            "it cannot be corrected here. %(ask)s",
            ask=ask,
        ),
    }
    return str(messages[refusal])
