"""Limits on guessing codes to join with; reads the request."""

from datetime import datetime
from functools import partial

from cpd.access.guard import current_actor
from cpd.accounts.sign_in.rules.throttling import ThrottleScope
from cpd.accounts.sign_in.throttle import Throttled, ThrottleKey, run_check_within_limits
from cpd.accounts.tokens import hash_request_network, hash_with_secret_key
from cpd.db import unit_of_work
from cpd.schools.joining import queries
from cpd.schools.joining.models import JoinCode


def find_code_within_limits(code: str, *, now: datetime) -> JoinCode | Throttled | None:
    """Return a code, if people can join with it; one that never existed counts as a guess."""
    with unit_of_work() as session:
        check = partial(queries.find_code, session, code)
        found = run_check_within_limits(
            session, _build_throttle_key(), check, scope=ThrottleScope.JOIN_CODE, now=now
        )
    if found is None or isinstance(found, Throttled):
        return found
    return found if queries.is_usable(found, now=now) else None


def _build_throttle_key() -> ThrottleKey:
    """Return where an attempt comes from; strangers in one network count as one account."""
    network, actor = hash_request_network(), current_actor()
    if not actor.is_signed_in:
        return ThrottleKey(network, network)
    return ThrottleKey(hash_with_secret_key("account", actor.subject), network)
