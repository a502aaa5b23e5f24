"""The provider in the database: kept once, changed by hand, known to every worker."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM
from cpd.certificates import signing
from cpd.certificates.models import Certificate
from cpd.certificates.rules.codes import format_code
from cpd.db import db, unit_of_work
from cpd.provider import actions, current, first_start, queries
from cpd.provider.rules.profile import Profile
from tests.certificates.test_views import _pdf_text
from tests.factories import accounts
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

COURSE = f"/courses/{SLUG}"
MakeApp = Callable[..., Flask]


def site(make_app: MakeApp, name: str = "Harbour Education", **facts: Any) -> Flask:
    """Start an app as a command does: the first start keeps the provider."""
    app = make_app(provider_name=name, **facts)
    first_start.store_or_compare_provider(app)
    return app


def change(app: Flask, **changes: Any) -> list[str]:
    """Change the provider as another process does: this app is told nothing."""
    with app.app_context(), unit_of_work() as session:
        return actions.change_profile(session, changes, actor=SYSTEM, now=NOW)


def kept(app: Flask) -> Profile | None:
    with app.app_context():
        return queries.find_profile(db.session())


def trail(app: Flask) -> list[tuple[str, dict[str, Any]]]:
    with app.app_context():
        own = AuditEntry.action.startswith("provider:")
        entries = db.session.scalars(sa.select(AuditEntry).where(own).order_by(AuditEntry.id))
        return [(entry.action, entry.detail) for entry in entries]


def learner(app: Flask) -> Visitor:
    return accounts.let_in(Visitor(app, "maya"), MAYA)


# Kept once


def test_the_first_start_keeps_what_the_settings_say(make_app: MakeApp) -> None:
    app = make_app(provider_name="Harbour", provider_contact="courses@harbour.example")
    assert kept(app) is None
    assert first_start.store_or_compare_provider(app) is None
    assert kept(app) == Profile("Harbour", contact="courses@harbour.example", version=1)
    assert trail(app) == [("provider:profile:keep", {"name": "Harbour"})]


def test_hosts_that_start_at_once_keep_one_provider(make_app: MakeApp) -> None:
    hosts = [make_app(provider_name=f"Harbour {letter}") for letter in "ABC"]
    with ThreadPoolExecutor(len(hosts)) as threads:
        list(threads.map(first_start.store_or_compare_provider, hosts))
    assert len(trail(hosts[0])) == 1
    names = set()
    for app in hosts:
        with app.app_context():
            names.add(current.current_provider().name)
    assert len(names) == 1


def test_a_later_start_keeps_nothing_and_says_what_counts(make_app: MakeApp) -> None:
    app = site(make_app, "Harbour Education")
    other = make_app(provider_name="Pier & Sons", provider_contact="a@pier.example")
    assert first_start.store_or_compare_provider(other) == (
        "The database differs from CPD_PROVIDER_NAME and CPD_PROVIDER_CONTACT, and the database "
        "wins: settings count at the first start only (see: cpd provider show). Unset them, or "
        "change the database with: cpd provider set name='Pier & Sons' contact=a@pier.example"
    )
    same = make_app(provider_name="Harbour Education")
    assert first_start.store_or_compare_provider(same) is None
    assert first_start.store_or_compare_provider(make_app()) is None, "what is not set says nothing"
    assert kept(app) == kept(other)
    assert len(trail(app)) == 1


def test_a_change_is_a_version_and_a_line_in_the_audit_trail(make_app: MakeApp) -> None:
    app = site(make_app)
    assert change(app, name="Pier", contact="a@pier.example", number="") == ["contact", "name"]
    assert change(app, name="Pier") == []
    assert kept(app) == Profile("Pier", contact="a@pier.example", version=2)
    detail = {"fields": ["contact", "name"], "was": {"name": "Harbour Education"}}
    assert trail(app)[1:] == [("provider:profile:change", detail)]


def test_nothing_is_changed_before_the_first_start(make_app: MakeApp) -> None:
    with pytest.raises(actions.NoProviderError):
        change(make_app(), name="Pier")


# Known to every worker


def test_a_signed_in_page_shows_the_newest_and_asks_nothing_more(make_app: MakeApp) -> None:
    worker, other = site(make_app), make_app()
    maya = learner(worker)
    maya.get(COURSE)
    with asked(worker) as before:
        assert "Harbour Education" in maya.get(COURSE).text
    assert not any(
        "FROM provider_profiles" in one and "sign_in_sessions" not in one for one in before
    )
    change(other, name="Pier", number="451-88")
    with asked(worker) as after:
        assert "Pier, provider number 451-88" in maya.get(COURSE).text
    assert len(after) == len(before) + 1, "the row, once"
    with asked(worker) as later:
        maya.get(COURSE)
    assert len(later) == len(before)


def test_a_visitors_page_asks_nothing_more_and_follows_in_seconds(
    make_app: MakeApp, clock: MovedClock
) -> None:
    worker, other = site(make_app), make_app()
    visitor = Visitor(worker)
    visitor.get(COURSE)
    change(other, name="Pier")
    with asked(worker) as before:
        assert "Harbour Education" in visitor.get(COURSE).text
    assert not any("provider_profiles" in one for one in before)
    clock.advance(seconds=current.MAX_AGE.total_seconds())
    with asked(worker) as after:
        assert "Pier" in visitor.get(COURSE).text
    assert len(after) == len(before) + 1
    with asked(worker) as later:
        visitor.get(COURSE)
    assert len(later) == len(before)


def test_control_without_the_version_a_worker_shows_what_was(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, other = site(make_app), make_app()
    maya = learner(worker)
    monkeypatch.setattr(current, "reload_provider_if_changed", lambda _version: None)
    change(other, name="Pier")
    assert "Harbour Education" in maya.get(COURSE).text


def test_the_pages_follow_too(make_app: MakeApp) -> None:
    worker, other = site(make_app), make_app()
    maya = learner(worker)
    assert "Harbour Education" in maya.get("/provider/contact").text
    change(other, pages={"contact": "Knock at {postal}, or quote {number}."}, postal="Pier 4")
    assert "Knock at Pier 4, or quote ." in maya.get("/provider/contact").text
    assert "What is stored" in maya.get("/provider/privacy").text, "the others stay"


def test_the_logo_stands_on_the_providers_pages(make_app: MakeApp) -> None:
    app = site(make_app, "Harbour <b>")
    visitor = Visitor(app)
    assert 'class="logo"' not in visitor.get("/provider/contact").html
    assert change(app, logo=b"a boat") == ["logo"]
    assert change(app, logo=b"a boat") == []
    with app.app_context():
        current.reload_provider()
    old = sha256(b"a boat").hexdigest()
    shown = f'<img class="logo" src="/provider/logo/{old}" alt="Harbour &lt;b&gt;">'
    assert shown in visitor.get("/provider/contact").html
    sent = visitor.get(f"/provider/logo/{old}")
    assert (sent.body, sent.header("Content-Type")) == (b"a boat", "image/png")
    assert "immutable" in sent.header("Cache-Control")
    change(app, logo=b"a ship")
    visitor.get(f"/provider/logo/{old}", status=404)
    change(app, logo=b"")
    assert kept(app) == Profile("Harbour <b>", version=4)
    assert trail(app)[-2][1] == {"fields": ["logo"], "was": {"logo": old}}


# Certificates keep what they were issued with


def test_an_older_certificate_still_names_the_provider_that_issued_it(make_app: MakeApp) -> None:
    app = site(make_app)
    Learner(app, MAYA).pass_exam()
    change(app, name="Pier Four", contact="a@pier.example")
    with app.app_context():
        current.reload_provider()
    Learner(app, ZOE).pass_exam()
    with app.app_context():
        old, new = db.session.scalars(sa.select(Certificate).order_by(Certificate.id))
        assert signing.current_issuer().provider.name == "Pier Four"
    maya = learner(app)
    for answer in (
        maya.get(f"/certificates/{old.public_id}"),
        Visitor(app).get(f"/verify/{format_code(old.code)}"),
    ):
        assert "Harbour Education" in answer.page.text
        assert "Pier Four" not in answer.page.text
    pdf = _pdf_text(maya.get(f"/certificates/{old.public_id}/certificate.pdf").body)
    assert "Harbour Education" in pdf
    assert "Pier Four" not in pdf
    assert "Pier Four" in Visitor(app).get(f"/verify/{format_code(new.code)}").page.text
