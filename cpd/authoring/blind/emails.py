"""The emails of reviews: an invitation, a guest's code, and that a review is handed in.

The link and the code are made when they are sent, so no outbox row holds one.
"""

from datetime import datetime

import sqlalchemy as sa

from cpd.accounts import queries as people
from cpd.authoring.blind import actions
from cpd.authoring.blind.models import ReviewRequest
from cpd.authoring.blind.rules.invitations import estimate_minutes
from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.mail import emails, sending
from cpd.mail.emails import Email
from cpd.web.formatting import format_day

_FOLDER = "authoring/emails"


def send_invitation(item: OutboxItem, now: datetime) -> None:
    """Send a reviewer what they are asked, with a link that a guest can open on any device."""
    request = _find_open_request(item, now=now)
    to = _find_address(request) if request else ""
    if request is None or not to:
        return
    link = emails.build_site_url("authoring.list_requests")
    if request.is_guest:
        with unit_of_work() as session:
            token = actions.make_link_token(session, request)
        link = emails.build_site_url("authoring.show_invitation", token=token)
    asker = people.find_person_by_subject(db.session(), request.asked_by)
    values = {
        "asker": asker.name if asker else "",
        "count": len(request.reviews),
        "are_cases": all(review.sent_text.has_key for review in request.reviews),
        "minutes": estimate_minutes(review.sent_text.has_key for review in request.reviews),
        "note": request.note,
        "link": link,
        "until": format_day(request.expires_at, "UTC"),
        "is_guest": request.is_guest,
    }
    sending.send_or_give_up_email(Email(to, f"{_FOLDER}/invitation.txt", values), item, now=now)


def make_and_send_code(item: OutboxItem, now: datetime) -> None:
    """Send a guest a fresh code."""
    request = _find_open_request(item, now=now)
    if request is None:
        return
    with unit_of_work() as session:
        code = actions.make_code(session, request, now=now)
    values = {"code": f"{code[:3]} {code[3:]}"}
    email = Email(request.reviewer.email, f"{_FOLDER}/review_code.txt", values)
    sending.send_or_give_up_email(email, item, now=now)


def send_hand_in_notice(item: OutboxItem, now: datetime) -> None:
    """Tell whoever asked that a reviewer is done, with a link to each file."""
    request = _find_request(item)
    asker = people.find_person_by_subject(db.session(), request.asked_by) if request else None
    if request is None or asker is None:
        return
    values = {
        "name": request.reviewer.name or request.reviewer.email,
        "files": [
            (
                review.draft.path,
                emails.build_site_url(
                    "authoring.show_draft_review", public_id=review.draft.public_id
                ),
            )
            for review in request.reviews
        ],
    }
    email = Email(asker.email, f"{_FOLDER}/handed_in.txt", values)
    sending.send_or_give_up_email(email, item, now=now)


def _find_open_request(item: OutboxItem, *, now: datetime) -> ReviewRequest | None:
    request = _find_request(item)
    return request if request is not None and request.is_open(now) else None


def _find_request(item: OutboxItem) -> ReviewRequest | None:
    public_id = item.about.partition(".")[0]
    return db.session.scalar(sa.select(ReviewRequest).where(ReviewRequest.public_id == public_id))


def _find_address(request: ReviewRequest) -> str:
    if request.is_guest:
        return request.reviewer.email
    person = people.find_person_by_subject(db.session(), request.reviewer.subject)
    return person.email if person else ""
