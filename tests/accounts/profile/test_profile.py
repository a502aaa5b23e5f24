"""One's own account: what is kept, what is refused with a sentence, and that it is one's own."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from cpd.access import permissions
from cpd.access.audit import AuditEntry
from cpd.access.permissions import Actor, Role
from cpd.accounts.models import License
from cpd.accounts.profile import actions
from cpd.accounts.profile.actions import LicenseRefusal
from cpd.accounts.profile.forms import ProfileForm
from cpd.accounts.rules.zones import UTC
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_in import password_hashing
from cpd.accounts.sign_in.models import EndReason, SignInAttempt, SignInSession
from cpd.accounts.sign_in.rules.throttling import LIMITS, CountedBy, ThrottleScope
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from tests.factories import accounts, organisations
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, OMAR, PASSWORD, ZOE, Person
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

NEW = "five blue doors by the sea"


def actor_of(named: Person) -> Actor:
    row = accounts.row_of(named)
    return Actor(person_id=row.id, subject=row.subject)


def trail(app: Flask) -> list[tuple[str, dict[str, object]]]:
    with app.app_context():
        found = db.session.scalars(
            select(AuditEntry).where(AuditEntry.actor != "system").order_by(AuditEntry.id)
        )
        return [(it.action, it.detail) for it in found]


# Names and zone


def test_a_profile_is_changed(app: Flask, maya: Visitor) -> None:
    maya.get("/profile")
    maya.submit(
        {"name": " Maya ", "legal_name": "Maya Adaeze  Okafor", "time_zone": "America/Chicago"},
        action="/profile",
    )
    assert "Your profile is saved." in maya.follow().text
    with app.app_context():
        row = accounts.row_of(MAYA)
        assert (row.name, row.legal_name, row.time_zone) == (
            "Maya",
            "Maya Adaeze Okafor",
            "America/Chicago",
        )
    assert trail(app) == [
        ("accounts:profile:change", {"fields": ["name", "legal_name", "time_zone"]})
    ]


def test_who_came_to_fill_in_the_name_goes_back(maya: Visitor) -> None:
    maya.get("/profile?next=/courses/ms/exam")
    maya.submit({"legal_name": ""}, action="/profile", status=302)
    assert maya.answer is not None
    assert maya.answer.location == "/courses/ms/exam"


def test_nobody_is_led_elsewhere(maya: Visitor) -> None:
    assert "evil.example" not in maya.get("/profile?next=//evil.example").html
    sent = {"name": "Maya", "legal_name": "", "time_zone": UTC, "next": "//evil.example"}
    assert maya.post("/profile", sent).header("Location") == "/profile"


def test_the_trail_holds_no_names(app: Flask, maya: Visitor) -> None:
    maya.post("/profile", {"name": "Maya", "legal_name": "Secret Name", "time_zone": UTC})
    assert "Secret" not in str(trail(app))


def test_what_does_not_change_leaves_no_trace(app: Flask, maya: Visitor) -> None:
    maya.get("/profile")
    maya.submit(action="/profile")
    assert trail(app) == []


def test_the_legal_name_may_wait(maya: Visitor) -> None:
    maya.post("/profile", {"name": "Maya", "legal_name": "", "time_zone": UTC})


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Enter the name"),
        ("name", "N" * 121, "Use at most 120 characters; this has 121."),
        ("name", "\u3164", "(hangul filler)"),
        ("legal_name", "Maya \u202eofakO", "(right-to-left override)"),
        ("legal_name", "Maya\r\nBcc: all@example.org", "cannot be seen or printed"),
        ("legal_name", "\u17b4\u17b5", "(khmer vowel inherent aq)"),
        ("legal_name", "42", "Use at least one letter."),
        ("legal_name", "Z" + "\u0301" * 9, "more accents"),
        ("time_zone", "Mars/Olympus", "Choose one of the answers"),
        ("time_zone", "", "Choose a time zone."),
    ],
)
def test_what_is_not_taken_is_said_and_nothing_typed_is_lost(
    app: Flask, maya: Visitor, field: str, value: str, said: str
) -> None:
    given = {"name": "Maya!", "legal_name": "Maya Okafor-Hill", "time_zone": "Europe/Paris"}
    maya.get("/profile")
    answer = maya.submit(given | {field: value}, action="/profile", status=422)
    assert said in answer.text
    assert answer.page.title.startswith("One mistake: ")
    kept = next(form for form in answer.page.forms if form.action == "/profile")
    for name, typed in (given | {field: value}).items():
        if name != "time_zone" or typed == "Europe/Paris":
            assert (kept.value(name) or "").split() == typed.split()
    assert trail(app) == []


def test_fields_of_the_account_cannot_be_slipped_in(app: Flask, maya: Visitor) -> None:
    given = {"name": "Maya", "legal_name": "", "time_zone": UTC}
    for foreign in ("role", "roles", "email", "person_id", "subject", "password_hash", "id"):
        maya.post("/profile", given | {foreign: "administrator"}, status=400)
    assert trail(app) == []


def test_a_zone_with_an_older_name_is_kept(app: Flask) -> None:
    with app.test_request_context("/"):
        form = ProfileForm(data={"time_zone": "US/Central"}, zone="US/Central")
        assert 'selected value="US/Central"' in str(form.time_zone())
        other = ProfileForm(data={"time_zone": "America/Chicago"}, zone="America/Chicago")
        assert "US/Central" not in str(other.time_zone())


def test_pages_show_times_in_the_readers_zone(maya: Visitor) -> None:
    assert "23 Nov 2026, 10:00 (UTC)" in maya.get("/profile/sessions").text
    maya.post("/profile", {"name": "Maya", "legal_name": "", "time_zone": "Asia/Tokyo"})
    assert "23 Nov 2026, 19:00 (Tokyo)" in maya.get("/profile/sessions").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_name_kept_before_stays_until_its_owner_changes_it(app: Flask, maya: Visitor) -> None:
    with app.app_context(), unit_of_work():
        accounts.row_of(MAYA).name = accounts.row_of(MAYA).legal_name = "Ma\u034fya"
    add_licence(maya)
    assert "Ma\u034fya" in maya.get("/profile").html
    assert "(combining grapheme joiner)" in maya.submit(action="/profile", status=422).text
    with app.app_context():
        assert accounts.row_of(MAYA).legal_name == "Ma\u034fya"


# Licences


def add_licence(visitor: Visitor, number: str = "MT-12345", *, status: int = 302) -> str:
    visitor.get("/profile")
    return visitor.submit(
        {"authority": "Texas Department of Licensing", "number": number},
        action="/profile/licences",
        status=status,
    ).html


def licence_ids(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(License.public_id).order_by(License.id)))


def test_a_licence_is_added_and_removed(app: Flask, maya: Visitor) -> None:
    add_licence(maya)
    assert "MT-12345" in maya.follow().text
    (licence,) = licence_ids(app)
    maya.submit(action=f"/profile/licences/{licence}/removal")
    assert "MT-12345" not in maya.follow().text
    assert [action for action, _ in trail(app)] == [
        "accounts:licence:add",
        "accounts:licence:remove",
    ]
    assert "Texas" not in str(trail(app))


def test_a_licence_stands_once(app: Flask, maya: Visitor) -> None:
    add_licence(maya)
    assert "is already in your profile" in add_licence(maya, status=422)
    assert "is already in your profile" in add_licence(maya, " MT-12345 ", status=422)
    assert len(licence_ids(app)) == 1


def test_twenty_licences_are_enough(app: Flask, maya: Visitor) -> None:
    with app.app_context():
        actor = actor_of(MAYA)
        with unit_of_work() as session:
            said = [
                actions.add_license(session, authority="Board", number=str(n), actor=actor, now=NOW)
                for n in range(21)
            ]
    assert [number for number, one in enumerate(said) if one is LicenseRefusal.TOO_MANY] == [20]
    assert "at most 20 licenses" in add_licence(maya, status=422)


def state_licence(visitor: Visitor, number: str, *, status: int = 302) -> str:
    said = {"authority": "Texas Board", "number": number} if number else {"without": "y"}
    visitor.get("/profile/printed")
    sent = {"legal_name": "Maya Okafor", "authority": "", "number": "", "without": "", **said}
    return visitor.submit(sent, status=status).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_licence_put_right_replaces_the_one_that_was_shown(app: Flask, maya: Visitor) -> None:
    def held() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(select(License.number).order_by(License.id)))

    state_licence(maya, "MT-1")
    state_licence(maya, "MT-2")
    state_licence(maya, "MT-2")
    assert held() == ["MT-2"]
    assert [action for action, _ in trail(app) if "licence" in action] == [
        "accounts:licence:add",
        "accounts:licence:change",
    ]
    add_licence(maya, "MT-3")  # the control: in the profile one stands beside the other
    assert held() == ["MT-2", "MT-3"]
    warned = state_licence(maya, "", status=422)
    assert "Your profile has 2 licenses." in warned
    assert held() == ["MT-2", "MT-3"]
    sent = {"authority": "", "number": "", "without": "y", "removes": "y"}
    maya.submit(sent, status=302)
    assert held() == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_licence_that_no_file_can_show_is_added_with_a_warning(maya: Visitor) -> None:
    maya.get("/profile")
    maya.submit({"authority": "𒀀𒀁", "number": "1"}, action="/profile/licences")
    said = maya.follow().text
    assert "The license is added." in said
    assert "lack 𒀀 𒀁, so your certificate file will be available later." in said
    maya.submit({"legal_name": "𒀀 Maya"}, action="/profile")
    assert "lack 𒀀, so your certificate file" in maya.follow().text


def test_what_is_to_be_printed_leads_nowhere_else(maya: Visitor) -> None:
    maya.get("/profile/printed")
    sent = {"legal_name": "Maya Okafor", "without": "y", "time_zone": UTC, "next": "//x.example/"}
    assert maya.post("/profile/printed", sent, status=302).location == "/profile"


def test_a_licence_needs_both_parts(maya: Visitor) -> None:
    maya.get("/profile")
    answer = maya.submit({"authority": "", "number": "1" * 61}, action="/licences", status=422)
    assert "Enter who issued the license" in answer.text
    assert "Use at most 60 characters; this has 61." in answer.text


def test_a_strangers_licence_is_none_at_all(app: Flask, maya: Visitor, zoe: Visitor) -> None:
    add_licence(maya)
    (licence,) = licence_ids(app)
    hers = zoe.post(f"/profile/licences/{licence}/removal", status=404).bare
    absent = zoe.post("/profile/licences/lic_absent/removal", status=404).bare
    assert hers == absent
    assert licence_ids(app) == [licence]


def test_removing_checks_the_owner_again(app: Flask, maya: Visitor) -> None:
    add_licence(maya)
    with app.app_context():
        row = db.session.scalars(select(License)).one()
        actor = actor_of(ZOE)
        with unit_of_work() as session:
            actions.remove_license(session, row.id, actor=actor, now=NOW)
    assert len(licence_ids(app)) == 1


# Password


def change_password(visitor: Visitor, present: str = PASSWORD, **more: int) -> str:
    visitor.get("/profile/password")
    sent = {"present": present, "password": NEW, "again": NEW}
    return visitor.submit(sent, status=more.get("status", 302)).html


def test_a_password_is_changed(app: Flask, maya: Visitor) -> None:
    change_password(maya)
    assert "Other browsers are signed out." in maya.follow().text
    with app.app_context():
        stored = accounts.row_of(MAYA).password_hash
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 0
    assert password_hashing.password_matches_hash(NEW, stored)
    assert trail(app) == [("accounts:password:change", {})]


def test_this_browser_stays_signed_in_and_others_do_not(app: Flask, maya: Visitor) -> None:
    phone = accounts.let_in(Visitor(app, "phone"), MAYA)
    change_password(maya)
    maya.get("/profile")
    phone.get("/profile", status=302)


def test_the_present_password_must_be_right(app: Flask, maya: Visitor) -> None:
    assert "This is not your current password." in change_password(
        maya, "a wrong walk before breakfast", status=422
    )
    assert trail(app) == []


def test_guessing_at_the_present_password_is_limited(
    app: Flask, maya: Visitor, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever found an open browser must not try passwords for ever."""
    usual = LIMITS[ThrottleScope.SIGN_IN]
    two = replace(usual, maximum={**usual.maximum, CountedBy.DEVICE: 2})
    monkeypatch.setattr(
        "cpd.accounts.sign_in.rules.throttling.LIMITS", {**LIMITS, ThrottleScope.SIGN_IN: two}
    )
    for _ in range(2):
        change_password(maya, "a wrong walk before breakfast", status=422)
    assert "too many failed attempts" in change_password(maya, status=429)
    other = accounts.let_in(Visitor(app, "maya elsewhere"), MAYA)
    change_password(other)


def test_a_busy_moment_changes_nothing(maya: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        password_hashing, "gate", password_hashing.Gate(at_once=1, places=1, patience=0)
    )
    with password_hashing.gate.hold_turn():
        assert "in a few seconds" in change_password(maya, status=503)


def test_a_new_password_is_judged(maya: Visitor) -> None:
    maya.get("/profile/password")
    weak = "maya okafor maya okafor"
    answer = maya.submit({"present": PASSWORD, "password": weak, "again": weak}, status=422)
    assert "easy to guess" in answer.text


def test_a_password_that_changed_meanwhile_is_not_overwritten(
    maya: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = password_hashing.password_matches_hash

    def slow(password: str, stored: str) -> bool:
        good = real(password, stored)
        with unit_of_work() as session:
            accounts.row_of(MAYA).password_hash = "changed"
            session.flush()
        return good

    monkeypatch.setattr(password_hashing, "password_matches_hash", slow)
    assert "not your current password" in change_password(maya, status=422)


# Sessions


def test_sessions_are_listed_and_ended(app: Flask, maya: Visitor, clock: MovedClock) -> None:
    phone = accounts.let_in(Visitor(app, "phone"), MAYA)
    clock.advance(minutes=7)
    page = maya.get("/profile/sessions")
    assert page.text.count("Firefox, Linux") >= 2
    assert page.text.count("This browser") == 1
    with app.app_context():
        other = db.session.scalars(
            select(SignInSession.public_id).order_by(SignInSession.id.desc())
        ).first()
    maya.submit(action=f"/profile/sessions/{other}/ending")
    assert "That browser is signed out." in maya.follow().text
    phone.get("/profile", status=302)
    maya.post(f"/profile/sessions/{other}/ending", status=404)


def test_all_others_are_ended_at_once(app: Flask, maya: Visitor) -> None:
    phones = [accounts.let_in(Visitor(app, "phone"), MAYA) for _ in range(2)]
    maya.get("/profile/sessions")
    maya.submit(action="/profile/sessions/ending")
    assert "Signed out of 2 browsers." in maya.follow().text
    for phone in phones:
        phone.get("/profile", status=302)
    maya.post("/profile/sessions/ending")
    assert "You were not signed in anywhere else." in maya.follow().text


def test_ending_this_session_leads_to_the_sign_in(app: Flask, maya: Visitor) -> None:
    with app.app_context():
        mine = db.session.scalars(select(SignInSession.public_id)).one()
    answer = maya.post(f"/profile/sessions/{mine}/ending")
    assert answer.location == "/sign-in?next=/profile/sessions"


def test_a_strangers_session_is_none_at_all(app: Flask, maya: Visitor, zoe: Visitor) -> None:
    with app.app_context():
        person_id = accounts.row_of(MAYA).id
        hers = db.session.scalars(
            select(SignInSession.public_id).where(SignInSession.person_id == person_id)
        ).one()
    found = zoe.post(f"/profile/sessions/{hers}/ending", status=404).bare
    assert found == zoe.post("/profile/sessions/ses_absent/ending", status=404).bare
    maya.get("/profile")


def test_ended_sessions_are_not_listed(app: Flask, maya: Visitor) -> None:
    accounts.session_token(app, MAYA)
    with app.app_context():
        person_id = accounts.row_of(MAYA).id
        with unit_of_work() as session:
            credentials.end_sessions_of_person(
                session,
                person_id,
                reason=EndReason.ENDED_BY_PERSON,
                now=kernel_clock.now(),
            )
    maya.get("/profile/sessions", status=302)


@pytest.mark.parametrize("named", [MAYA, OMAR], ids=lambda named: named.name)
def test_everybody_has_a_profile(app: Flask, named: Person) -> None:
    visitor = accounts.let_in(Visitor(app, named.name), named)
    assert named.email in visitor.get("/profile").text


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.LEARNER])
def test_a_role_in_one_school_opens_ones_own_account(app: Flask, role: Role) -> None:
    nell = _only_in_a_school(app, role)
    for path in ("/profile/sessions", "/profile/second-factor", "/profile"):
        nell.get(path)
    nell.submit({"name": "Nell Reyes"}, action="/profile")
    assert "Nell Reyes" in nell.follow().text


def test_control_without_the_rule_a_school_admin_cannot_open_their_profile(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permissions, "OWN_ACCOUNT", frozenset())
    _only_in_a_school(app, Role.SCHOOL_ADMIN).get("/profile", status=403)


def test_a_profile_leads_to_ones_schools(app: Flask) -> None:
    """With no more queries than the profile of somebody without a school."""
    found = {}
    for named in (MAYA, OMAR):
        visitor = accounts.let_in(Visitor(app, named.name), named)
        with asked(app) as statements:
            page = visitor.get("/profile")
        found[named] = "Your schools" in page.text, len(statements)
    school = organisations.school(app)
    organisations.grant(app, OMAR, Role.SCHOOL_ADMIN, school)
    omar = accounts.let_in(Visitor(app, "omar"), OMAR)
    with asked(app) as statements:
        page = omar.get("/profile")
    assert 'href="/schools/harbour-school"' in page.html
    assert found == {MAYA: (False, len(statements)), OMAR: (False, len(statements))}
    organisations.grant(app, MAYA, Role.LEARNER, school)
    assert "Your schools" not in accounts.let_in(Visitor(app, "maya"), MAYA).get("/profile").text


def _only_in_a_school(app: Flask, role: Role) -> Visitor:
    """Return somebody whose one role holds in one school."""
    with app.app_context(), unit_of_work() as session:
        row = accounts.add_person(session, email="nell@example.org", roles=())
        accounts.turn_codes_on(session, row.id)
    nell = Person("nell", "Nell", "looks after a school")
    organisations.grant(app, nell, role, organisations.school(app))
    return accounts.let_in(Visitor(app, "nell"), nell)


def test_signing_out_of_this_browser_leads_to_the_page_that_clears_it(maya: Visitor) -> None:
    """Only its script removes kept courses and what was filled in on sheets."""
    for path in ("/profile", "/profile/sessions"):
        page = maya.get(path).page
        assert [a.get("href") for a in page.all("a")].count("/sign-out") == 2  # one in the foot
        assert not [it for it in page.forms if "sign-out" in it.action or "ending" in it.action]
