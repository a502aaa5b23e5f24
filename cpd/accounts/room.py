"""What this room adds to the site: it knows who is asking, and their time zone."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Request, request
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user

from cpd.access import guard
from cpd.access.guard import current_actor
from cpd.accounts import blueprint, hooks
from cpd.accounts.sign_in import emails as sign_in_emails
from cpd.accounts.sign_in import sessions
from cpd.accounts.sign_in.queries import SignedInPerson
from cpd.accounts.sign_in.rules.sessions import ABSOLUTE
from cpd.accounts.sign_up import actions as sign_up
from cpd.accounts.sign_up import emails as sign_up_emails
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import NavItem, Room


def _prepare_sessions_of_app(app: Flask) -> None:
    app.config["PERMANENT_SESSION_LIFETIME"] = ABSOLUTE
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.after_request(sessions.record_session_use)
    _init_flask_login(app)


def _init_flask_login(app: Flask) -> None:
    """Give templates and extensions `current_user`; the session table alone says who that is.

    Flask-Login's own session entries and its remember-me cookie are not used, so `init_app`, which
    would read them on every response, is not called.
    """
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_find_signed_in_person)
    app.config["REMEMBER_COOKIE_NAME"] = "\0"  # a name that no request can send
    app.extensions["login_manager"] = manager
    # Flask-Login looks for it there; Flask declares no such attribute.
    app.__dict__["login_manager"] = manager
    app.context_processor(_build_template_context)


def _find_signed_in_person(_request: Request) -> SignedInPerson | None:
    return sessions.find_signed_in_person()


def _build_template_context() -> dict[str, Any]:
    return {"current_user": current_user}


def _reader_is_signed_in() -> bool:
    return current_actor().is_signed_in


def _reader_is_signed_out() -> bool:
    return not current_actor().is_signed_in


def _build_link_back() -> Mapping[str, str]:
    """Lead from the link to sign in back to the page on which it is, unless that is about it."""
    if request.method != "GET" or request.blueprint is None or request.path == "/":
        return {}
    is_about_accounts = request.blueprint.partition(".")[0] == blueprint.bp.name
    return {} if is_about_accounts else {"next": guard.read_requested_path()}


def _reader_name() -> str:
    return sessions.current_person().name


def _build_personal_data(table: str, *columns: str, retention: str) -> PersonalData:
    return PersonalData(table, columns, Erasure.DELETE, retention=retention)


def _build_unexported_personal_data(table: str, *columns: str, retention: str) -> PersonalData:
    """Declare data that would let someone in, or names nobody without this site's secret key."""
    return PersonalData(table, columns, Erasure.DELETE, retention=retention, is_exported=False)


ROOM = Room(
    blueprint=blueprint.bp,
    navigation=(
        NavItem(
            _l("Sign in"),
            "accounts.sign_in.show_form",
            order=90,
            is_shown=_reader_is_signed_out,
            values=_build_link_back,
        ),
        NavItem(_reader_name, "accounts.profile.show", order=90, is_shown=_reader_is_signed_in),
        NavItem(
            _l("Sign out"),
            "accounts.sign_in.ask_sign_out",
            order=95,
            place="foot",
            is_shown=_reader_is_signed_in,
        ),
    ),
    asks=(hooks.describe_unprintable,),
    answers=(
        guard.who_is_asking.answered_by(sessions.current_actor),
        guard.recently_authenticated.answered_by(sessions.is_recently_authenticated),
        guard.reader_zone.answered_by(sessions.reader_zone),
        guard.reader_country.answered_by(sessions.reader_country),
    ),
    emails={
        sign_up.PURPOSE: sign_up_emails.make_code_and_send_verification_email,
        sign_in_emails.PURPOSE: sign_in_emails.make_link_and_send_reset_email,
    },
    on_start=_prepare_sessions_of_app,
    personal=(
        _build_personal_data(
            "persons",
            "subject",
            "email",
            "password_hash",
            "name",
            "legal_name",
            "without_licence",
            "time_zone",
            "country",
            retention="as long as the account",
        ),
        _build_personal_data(
            "licences",
            "person_id",
            "authority",
            "number",
            retention="until its holder removes it, or as long as the account",
        ),
        _build_personal_data(
            "role_assignments",
            "person_id",
            "role",
            "scope_type",
            "scope_id",
            "granted_by",
            retention="as long as the account: what a person was allowed, and when",
        ),
        _build_personal_data(
            "sign_in_sessions",
            "person_id",
            "token_hash",
            "browser",
            retention="until the first sign-in 30 days after it began, for its owner to look back",
        ),
        _build_personal_data(
            "data_requests",
            "person_id",
            "kind",
            "done_by",
            retention="as long as the account, so that its owner sees what was done",
        ),
        _build_unexported_personal_data(
            "second_factors",
            "person_id",
            "sealed_key",
            retention="until it is switched off, or as long as the account",
        ),
        _build_unexported_personal_data(
            "recovery_codes",
            "person_id",
            "code_hash",
            retention="until others are made, or as long as the account",
        ),
        _build_unexported_personal_data(
            "password_links",
            "person_id",
            "token_hash",
            "made_by",
            retention="as long as the account",
        ),
        _build_unexported_personal_data(
            "address_proofs",
            "email",
            "person_id",
            retention="until the next request for an email once it has been expired for a day",
        ),
        _build_unexported_personal_data(
            "sign_in_tries",
            "account",
            "source",
            "device",
            retention="until the next attempt of its kind after an hour at most; limits guessing",
        ),
    ),
)
