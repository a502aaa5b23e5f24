"""The links in emails that stop them without signing in: signed, and good for nothing else."""

from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from cpd.mail.emails import build_site_url
from cpd.schools.messages.rules.timing import MessageTopic


@dataclass(frozen=True)
class StopLink:
    """Whom a link is for, and what it stops."""

    subject: str
    topic: MessageTopic


def build_stop_url(link: StopLink) -> str:
    """Return the absolute URL; it works as long as the account exists."""
    token = _build_link_signer().dumps([link.subject, link.topic.value])
    return build_site_url("schools.ask_to_stop", token=token)


def parse_stop_token(token: str) -> StopLink | None:
    """Read what `build_stop_url` wrote; None for anything else."""
    try:
        subject, topic = _build_link_signer().loads(token)
    except BadData:
        return None
    return StopLink(subject, MessageTopic(topic))


def _build_link_signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="cpd.school-emails")
