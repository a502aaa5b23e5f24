"""Asking for an act, answering as somebody else, and carrying it out once.

A room that needs two people fills in a `Purpose`, lets one person `ask`, and when another does
`confirm`, calls `carry_out` before it acts, in the same unit of work.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import SYSTEM, Actor
from cpd.db import compare_and_set
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.purposes import known
from cpd.dual_control.rules.requests import (
    LONGEST_REASON,
    AlreadyAskedError,
    ExpiredError,
    LongReasonError,
    MayNotError,
    NoReasonError,
    NotOpenError,
    OtherPayloadError,
    RequestState,
    SamePersonError,
)
from cpd.jobs import outbox
from cpd.kernel import canonical

EXPIRE = "dual-control-expiry"
"""Names the end of a request's time in the outbox."""
OPEN = (RequestState.ASKED, RequestState.CONFIRMED)


def ask(
    session: Session,
    purpose_name: str,
    about: str,
    payload: Any,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> DualControlRequest:
    """Ask for an act on the object with the public id `about`; the payload says what exactly.

    Raises UnknownPurposeError, MayNotError, NoReasonError, LongReasonError, and AlreadyAskedError.
    """
    purpose = known(purpose_name)
    _refuse_others(purpose_name, actor)
    reason = reason.strip()
    if not reason:
        raise NoReasonError
    if len(reason) > LONGEST_REASON:
        raise LongReasonError
    same = (DualControlRequest.purpose == purpose.name, DualControlRequest.object == about)
    expire(session, *same, now=now)
    request = DualControlRequest(
        purpose=purpose.name,
        object=about,
        payload_hash=canonical.digest(payload),
        reason=reason,
        asked_by=actor.subject,
        asked_at=now,
        expires_at=now + purpose.lasts,
    )
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError:
        raise AlreadyAskedError(about) from None
    outbox.enqueue(session, EXPIRE, request.public_id, due_at=request.expires_at, now=now)
    _record(session, request, "ask", actor=actor, now=now)
    return request


def confirm(
    session: Session, request: DualControlRequest, *, actor: Actor, now: datetime
) -> DualControlRequest:
    """Confirm what another person asked for; of several at once one does.

    Raises MayNotError, SamePersonError, ExpiredError, and NotOpenError.
    """
    return _answer(session, request, RequestState.CONFIRMED, "confirm", actor=actor, now=now)


def refuse(
    session: Session, request: DualControlRequest, *, actor: Actor, now: datetime
) -> DualControlRequest:
    """Refuse what another person asked for; raises as `confirm` does."""
    return _answer(session, request, RequestState.REFUSED, "refuse", actor=actor, now=now)


def carry_out(
    session: Session, request: DualControlRequest, payload: Any, *, actor: Actor, now: datetime
) -> DualControlRequest:
    """Use a confirmed request up, once, for exactly what was confirmed; then the caller acts.

    Raises MayNotError, OtherPayloadError, ExpiredError, and NotOpenError.
    """
    _refuse_others(request.purpose, actor)
    if canonical.digest(payload) != request.payload_hash:
        raise OtherPayloadError(request.public_id)
    values = {"state": RequestState.DONE, "done_at": now}
    if not _moved(session, request, RequestState.CONFIRMED, values, now=now):
        raise _why_not(request, now=now)
    _record(session, request, "carry-out", actor=actor, now=now)
    return request


def expire(session: Session, *which: sa.ColumnElement[bool], now: datetime) -> int:
    """End the requests whose time is over, all or `which`; return how many there were."""
    over = session.scalars(
        sa.select(DualControlRequest)
        .where(DualControlRequest.state.in_(OPEN), DualControlRequest.expires_at <= now, *which)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for request in over:
        request.state = RequestState.EXPIRED
        _record(session, request, "expire", actor=SYSTEM, now=now)
    session.flush()
    return len(over)


def _refuse_others(purpose: str, actor: Actor) -> None:
    if not (actor.is_signed_in and actor.may(known(purpose).permission)):
        raise MayNotError(purpose)


def _answer(
    session: Session,
    request: DualControlRequest,
    state: RequestState,
    action: str,
    *,
    actor: Actor,
    now: datetime,
) -> DualControlRequest:
    _refuse_others(request.purpose, actor)
    if actor.subject == request.asked_by:
        raise SamePersonError(request.public_id)
    values = {"state": state, "answered_by": actor.subject, "answered_at": now}
    if not _moved(session, request, RequestState.ASKED, values, now=now):
        raise _why_not(request, now=now)
    _record(session, request, action, actor=actor, now=now)
    return request


def _moved(
    session: Session,
    request: DualControlRequest,
    of: RequestState,
    values: dict[str, Any],
    *,
    now: datetime,
) -> bool:
    """Take a request further by compare-and-set; False when it has moved, or its time is over."""
    moved = compare_and_set(
        session,
        sa.update(DualControlRequest)
        .where(
            DualControlRequest.id == request.id,
            DualControlRequest.state == of,
            DualControlRequest.expires_at > now,
        )
        .values(values),
    )
    session.refresh(request)
    return moved


def _why_not(request: DualControlRequest, *, now: datetime) -> ExpiredError | NotOpenError:
    is_over = request.state in OPEN and request.expires_at <= now
    if is_over or request.state is RequestState.EXPIRED:
        return ExpiredError(request.public_id)
    return NotOpenError(request.state)


def _record(
    session: Session, request: DualControlRequest, action: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        actor,
        f"dual-control:request:{action}",
        now=now,
        to=request.public_id,
        purpose=request.purpose,
        object=request.object,
    )
