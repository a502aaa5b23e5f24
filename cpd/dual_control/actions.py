"""Requesting an act, answering the request as another person, and using the answer once.

A room that needs two people registers a `Purpose`, lets one person call `request_act` and another
`confirm_request`, and calls `complete_confirmed_request` before it acts, in the same unit of work.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import SYSTEM, Actor
from cpd.db import compare_and_set
from cpd.dual_control.hooks import purpose_named
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules.requests import (
    LONGEST_REASON,
    AlreadyAskedError,
    ExpiredError,
    MissingReasonError,
    NotOpenError,
    NotPermittedError,
    PayloadMismatchError,
    ReasonTooLongError,
    RequestState,
    SamePersonError,
)
from cpd.jobs import outbox
from cpd.kernel import canonical

EXPIRY_PURPOSE = "dual-control-expiry"
"""The purpose under which the outbox holds the expiry of a request."""
OPEN = (RequestState.ASKED, RequestState.CONFIRMED)


def request_act(
    session: Session,
    purpose_name: str,
    about: str,
    payload: Any,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> DualControlRequest:
    """Request an act on the object with the public id `about`; the payload says exactly what.

    Raises UnknownPurposeError, NotPermittedError, MissingReasonError, ReasonTooLongError, and
    AlreadyAskedError.
    """
    purpose = purpose_named(purpose_name)
    _refuse_without_permission(purpose_name, actor)
    reason = reason.strip()
    if not reason:
        raise MissingReasonError
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLongError
    same = (DualControlRequest.purpose == purpose.name, DualControlRequest.object == about)
    expire_due_requests(session, *same, now=now)
    request = DualControlRequest(
        purpose=purpose.name,
        object=about,
        payload_hash=canonical.hash_json(payload),
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
    outbox.enqueue_job(
        session, EXPIRY_PURPOSE, request.public_id, due_at=request.expires_at, now=now
    )
    _record_in_audit_trail(session, request, "ask", actor=actor, now=now)
    return request


def confirm_request(
    session: Session, request: DualControlRequest, *, actor: Actor, now: datetime
) -> DualControlRequest:
    """Confirm what another person asked for; of several calls at the same time only one succeeds.

    Raises NotPermittedError, SamePersonError, ExpiredError, and NotOpenError.
    """
    return _check_and_store_answer(
        session, request, RequestState.CONFIRMED, "confirm", actor=actor, now=now
    )


def reject_request(
    session: Session, request: DualControlRequest, *, actor: Actor, now: datetime
) -> DualControlRequest:
    """Refuse what another person asked for; raises as `confirm_request` does."""
    return _check_and_store_answer(
        session, request, RequestState.REFUSED, "refuse", actor=actor, now=now
    )


def complete_confirmed_request(
    session: Session, request: DualControlRequest, payload: Any, *, actor: Actor, now: datetime
) -> DualControlRequest:
    """Mark a confirmed request as done, once and for exactly what was confirmed.

    The caller then carries out the act in the same unit of work.

    Raises NotPermittedError, PayloadMismatchError, ExpiredError, and NotOpenError.
    """
    _refuse_without_permission(request.purpose, actor)
    if canonical.hash_json(payload) != request.payload_hash:
        raise PayloadMismatchError(request.public_id)
    values = {"state": RequestState.DONE, "done_at": now}
    if not _compare_and_set_request_state(
        session, request, RequestState.CONFIRMED, values, now=now
    ):
        raise _build_refusal_error(request, now=now)
    _record_in_audit_trail(session, request, "carry-out", actor=actor, now=now)
    return request


def expire_due_requests(session: Session, *which: sa.ColumnElement[bool], now: datetime) -> int:
    """Expire the requests whose time is up, optionally only `which`; return how many there were."""
    expired = session.scalars(
        sa.select(DualControlRequest)
        .where(DualControlRequest.state.in_(OPEN), DualControlRequest.expires_at <= now, *which)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for request in expired:
        request.state = RequestState.EXPIRED
        _record_in_audit_trail(session, request, "expire", actor=SYSTEM, now=now)
    session.flush()
    return len(expired)


def _refuse_without_permission(purpose: str, actor: Actor) -> None:
    if not (actor.is_signed_in and actor.may(purpose_named(purpose).permission)):
        raise NotPermittedError(purpose)


def _check_and_store_answer(
    session: Session,
    request: DualControlRequest,
    state: RequestState,
    action: str,
    *,
    actor: Actor,
    now: datetime,
) -> DualControlRequest:
    _refuse_without_permission(request.purpose, actor)
    if actor.subject == request.asked_by:
        raise SamePersonError(request.public_id)
    values = {"state": state, "answered_by": actor.subject, "answered_at": now}
    if not _compare_and_set_request_state(session, request, RequestState.ASKED, values, now=now):
        raise _build_refusal_error(request, now=now)
    _record_in_audit_trail(session, request, action, actor=actor, now=now)
    return request


def _compare_and_set_request_state(
    session: Session,
    request: DualControlRequest,
    from_state: RequestState,
    values: dict[str, Any],
    *,
    now: datetime,
) -> bool:
    """Change a request's state by compare-and-set; False if it has changed or has expired."""
    moved = compare_and_set(
        session,
        sa.update(DualControlRequest)
        .where(
            DualControlRequest.id == request.id,
            DualControlRequest.state == from_state,
            DualControlRequest.expires_at > now,
        )
        .values(values),
    )
    session.refresh(request)
    return moved


def _build_refusal_error(
    request: DualControlRequest, *, now: datetime
) -> ExpiredError | NotOpenError:
    is_past = request.state in OPEN and request.expires_at <= now
    if is_past or request.state is RequestState.EXPIRED:
        return ExpiredError(request.public_id)
    return NotOpenError(request.state)


def _record_in_audit_trail(
    session: Session, request: DualControlRequest, action: str, *, actor: Actor, now: datetime
) -> None:
    audit.add_audit_entry(
        session,
        actor,
        f"dual-control:request:{action}",
        now=now,
        to=request.public_id,
        purpose=request.purpose,
        object=request.object,
    )
