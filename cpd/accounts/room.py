"""What this room is to the others: it knows who is asking, and in which zone they live."""

from typing import Any

from flask import Flask, Request
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user

from cpd.access import guard
from cpd.access.guard import current_actor
from cpd.access.permissions import Permission
from cpd.accounts import emails, hooks, proofs, sessions, views
from cpd.accounts.queries import SignedIn
from cpd.accounts.rules.sessions import ABSOLUTE
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import NavItem, Room


def _open(app: Flask) -> None:
    app.config["PERMANENT_SESSION_LIFETIME"] = ABSOLUTE
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.after_request(sessions.note_use)
    _join_flask_login(app)


def _join_flask_login(app: Flask) -> None:
    """Give templates and extensions `current_user`; the session table alone says who that is.

    Flask-Login's own session entries and its remember-me cookie are not used, so `init_app`, which
    would read them on every response, is not called.
    """
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_load)
    app.config["REMEMBER_COOKIE_NAME"] = "\0"  # a name that no request can send
    app.extensions["login_manager"] = manager
    # Flask-Login looks for it there, on an attribute that Flask does not declare.
    app.login_manager = manager  # type: ignore[attr-defined]
    app.context_processor(_for_templates)


def _load(_request: Request) -> SignedIn | None:
    return sessions.signed_in()


def _for_templates() -> dict[str, Any]:
    return {"current_user": current_user}


def _somebody() -> bool:
    return current_actor().is_signed_in


def _nobody() -> bool:
    return not current_actor().is_signed_in


def _lists_people() -> bool:
    return current_actor().may(Permission.PERSON_LIST)


def _own_name() -> str:
    return sessions.myself().name


ROOM = Room(
    blueprint=views.bp,
    navigation=(
        NavItem(_l("People"), "accounts.people.index", order=80, is_shown=_lists_people),
        NavItem(_l("Sign in"), "accounts.sign_in", order=90, is_shown=_nobody),
        NavItem(_own_name, "accounts.profile.show", order=90, is_shown=_somebody),
        NavItem(_l("Sign out"), "accounts.sign_out", order=95, place="foot", is_shown=_somebody),
    ),
    asks=(hooks.unprintable,),
    answers=(
        guard.who_is_asking.answered_by(sessions.actor),
        guard.recently_authenticated.answered_by(sessions.recently_authenticated),
        guard.reader_zone.answered_by(sessions.zone),
    ),
    emails={
        proofs.EMAIL: emails.prove_address,
        emails.RESET: emails.reset_password,
    },
    on_start=_open,
    personal=(
        PersonalData(
            "persons",
            (
                "subject",
                "email",
                "password_hash",
                "name",
                "legal_name",
                "without_licence",
                "time_zone",
            ),
            Erasure.DELETE,
            retention="as long as the account",
        ),
        PersonalData(
            "licences",
            ("person_id", "authority", "number"),
            Erasure.DELETE,
            retention="until its holder removes it, or as long as the account",
        ),
        PersonalData(
            "role_assignments",
            ("person_id", "role", "scope_type", "scope_id", "granted_by"),
            Erasure.DELETE,
            retention="as long as the account: what a person was allowed, and when",
        ),
        PersonalData(
            "sign_in_sessions",
            ("person_id", "token_hash", "browser"),
            Erasure.DELETE,
            retention="until the first sign-in 30 days after it began, for its owner to look back",
        ),
        PersonalData(
            "second_factors",
            ("person_id", "sealed_key"),
            Erasure.DELETE,
            retention="until it is switched off, or as long as the account",
            is_exported=False,
        ),
        PersonalData(
            "recovery_codes",
            ("person_id", "code_hash"),
            Erasure.DELETE,
            retention="until others are made, or as long as the account",
            is_exported=False,
        ),
        PersonalData(
            "password_links",
            ("person_id", "token_hash", "made_by"),
            Erasure.DELETE,
            retention="as long as the account",
            is_exported=False,
        ),
        PersonalData(
            "address_proofs",
            ("email", "person_id"),
            Erasure.DELETE,
            retention="until the next claim once it is a day past its end",
            is_exported=False,
        ),
        PersonalData(
            "sign_in_tries",
            ("account", "source", "device"),
            Erasure.DELETE,
            retention="until the next try at the same door after an hour: codes against guessing",
            is_exported=False,
        ),
    ),
)
