"""What this room adds to the site."""

from datetime import datetime

from flask import Blueprint
from sqlalchemy.orm import Session

from cpd.access.guard import public
from cpd.jobs.models import OutboxItem
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import (
    NavItem,
    Room,
    build_subscriber_in_transaction,
    build_subscriber_in_worker,
)
from tests.support.bell.events import Rang
from tests.support.bell.hooks import echoes, who_rings
from tests.support.bell.models import rings

bp = Blueprint("bell", __name__)

heard: list[str] = []
"""What was done about the rings, in order; a test that reads it empties it."""


@bp.get("/bell")
@public
def show() -> str:
    """Say who rings."""
    return who_rings("door")


def _open_door(session: Session, event: Rang, now: datetime) -> None:
    del session
    heard.append(f"opened {event.identity_key} at {now:%H:%M}")


def _tell_everybody(session: Session, event: Rang, now: datetime) -> None:
    del session
    heard.append(f"told of {event.identity_key} at {now:%H:%M}")


def _polish(item: OutboxItem, now: datetime) -> None:
    heard.append(f"polished {item.about} at {now:%H:%M}")


ROOM = Room(
    blueprint=bp,
    navigation=(NavItem("Bell", "bell.show", order=15),),
    asks=(who_rings,),
    answers=(who_rings.answered_by(lambda bell: f"Somebody is at the {bell}."),),
    fills=(
        echoes.filled_by(str.upper, order=20),
        echoes.filled_by(str.title, order=10),
    ),
    subscribes=(
        build_subscriber_in_transaction(Rang, "open-door", _open_door),
        build_subscriber_in_worker(Rang, "tell", _tell_everybody),
    ),
    jobs={"polish": _polish},
    personal=(
        PersonalData(rings.name, ("subject",), Erasure.DELETE, retention="a day, to ring back"),
    ),
)
