"""Finding the authority in the address of a page, or 404."""

from flask import abort

from cpd.credit.authority_loading import load_authorities
from cpd.kernel import clock
from cpd.reporting.rules.duties import Duty, build_duty

WRONG, CONFLICT = 422, 409


def duty_or_404(slug: str) -> Duty:
    """Return the duty to report to an authority through CE Broker."""
    authority = load_authorities().get(slug) or abort(404)
    duty = build_duty(authority, clock.now().date())
    return duty if duty.is_through_ce_broker else abort(404)
