"""Storing an uploaded picture, and putting it into the text of a draft."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.drafts.actions import SaveReport, save_draft
from cpd.authoring.drafts.models import Draft
from cpd.kernel import raster
from cpd.media import actions as media
from cpd.media import encoding


@dataclass(frozen=True)
class PreparedPicture:
    """A picture as it will be stored, and the line of Markdown that shows it."""

    content: bytes
    reference: str


def prepare_picture(upload: bytes, description: str) -> PreparedPicture:
    """Write an upload anew; slow, so it is done outside any write transaction.

    Without a description the picture is decorative. Raises PictureRefusedError.
    """
    content = encoding.encode_picture(upload)
    name = raster.build_picture_name(content)
    return PreparedPicture(content, raster.format_reference(name, description))


def store_picture(session: Session, picture: PreparedPicture, *, now: datetime) -> None:
    """Store a picture unless it is there already."""
    media.store_media(session, picture.content, raster.TYPE, now=now)


def add_picture_to_draft(
    session: Session,
    draft: Draft,
    picture: PreparedPicture,
    text: str,
    *,
    begun_with: str,
    actor: Actor,
    now: datetime,
) -> SaveReport:
    """Store a picture, and save the text of a draft that shows it.

    Raises what `save_draft` raises.
    """
    store_picture(session, picture, now=now)
    return save_draft(session, draft.id, text, begun_with=begun_with, actor=actor, now=now)
