"""An act of the tests that takes two people: both need to be learners."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.dual_control import actions
from cpd.dual_control.hooks import purposes
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules.requests import Purpose
from cpd.joints.registry import EXTENSION

PURPOSE = Purpose("tests:thing:do", Permission.COURSE_STUDY, timedelta(days=3))
PAYLOAD = {"certificate": "crt_one", "marks": 3}


def let_in(app: Flask) -> None:
    """Let the act be asked for in an app of the test's own."""
    slot_parts, slot, acts = filling(app)
    slot_parts[slot] = acts


def filling(app: Flask) -> tuple[dict[object, Any], object, list[Callable[[], Purpose]]]:
    """Return what lets a shared app ask for it during a test: `monkeypatch.setitem(*...)`."""
    return app.extensions[EXTENSION].slot_parts, purposes, [lambda: PURPOSE]


def ask(
    session: Session, *, actor: Actor, now: datetime, about: str = "crt_one", **changes: Any
) -> DualControlRequest:
    """Ask for the act; what is changed takes the place of what is usual."""
    facts = {"reason": "A typing error.", **changes}
    return actions.request_act(session, PURPOSE.name, about, PAYLOAD, actor=actor, now=now, **facts)
