"""The email about a certificate: once, to its holder, with nothing that they do not need."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.accounts.models import Person
from cpd.certificates.rules.codes import format_code
from cpd.config import settings_of_app
from cpd.db import db
from cpd.jobs.models import OutboxItem
from tests.certificates.test_actions import run
from tests.factories import certificates
from tests.support.people import MAYA
from tests.support.post import PostOffice

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def queued(app: Flask) -> list[OutboxItem]:
    with app.app_context():
        return list(
            db.session.scalars(sa.select(OutboxItem).where(OutboxItem.purpose.contains("certif")))
        )


def test_it_comes_once_with_the_link_and_the_code(
    app: Flask, post: PostOffice, holder: Person
) -> None:
    issued = certificates.issue(app, holder)
    (item,) = queued(app)
    assert item.payload == {}, "nothing of it is stored"
    email = post.collect_one(app)
    assert (email.to, email.subject) == ([MAYA.email], "Your certificate")
    code = format_code(issued.code)
    for words in (
        "“Massage in hot weather” has been issued. For study; no CE credit.",
        f"http://localhost/certificates/{issued.public_id}",
        f"http://localhost/verify/{code}",
        f"    {code}",
    ):
        assert words in email.text
    told = email.text.replace(code, "").replace(issued.public_id, "")  # random, so they may hold 91
    for secret in ("Maya Chidinma", "91", holder.subject):
        assert secret not in told
    assert post.collect(app) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE certificates SET state = 'revoked', ended_at = issued_at",
        "UPDATE persons SET disabled_at = created_at",
        "UPDATE persons SET subject = 'sub_erased' WHERE email = 'maya@example.org'",
    ],
)
def test_it_is_not_sent_when_it_would_be_untrue_or_reach_nobody(
    app: Flask, post: PostOffice, holder: Person, change: str
) -> None:
    certificates.issue(app, holder)
    run(app, change)
    assert post.collect(app) == []


def test_a_site_without_email_stores_none(
    app: Flask, holder: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CPD", replace(settings_of_app(app), mail_server=None))
    certificates.issue(app, holder)
    assert queued(app) == []
