"""What this room is to the others: it knows who is asking, and in which zone they live."""

from typing import Any

from flask import Flask, Request
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user

from cpd.access import guard
from cpd.access.guard import current_actor
from cpd.access.permissions import Permission
from cpd.accounts.sign_up import emails, actions as proofs
from cpd.accounts import hooks
from cpd.accounts.sign_in import sessions
from cpd.accounts.sign_in.views import sign_in as views
from cpd.accounts.sign_in.queries import SignedIn
from cpd.accounts.sign_in.rules.sessions import ABSOLUTE
from cpd.joints.personal import Erasing, Personal
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
        NavItem(_l("People"), "accounts.people.index", order=80, shown=_lists_people),
        NavItem(_l("Sign in"), "accounts.sign_in", order=90, shown=_nobody),
        NavItem(_own_name, "accounts.profile.show", order=90, shown=_somebody),
        NavItem(_l("Sign out"), "accounts.sign_out", order=95, place="foot", shown=_somebody),
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
    opens=_open,
    personal=(
        Personal(
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
            Erasing.DELETE,
            keeps="as long as the account",
        ),
        Personal(
            "licences",
            ("person_id", "authority", "number"),
            Erasing.DELETE,
            keeps="until its holder removes it, or as long as the account",
        ),
        Personal(
            "role_assignments",
            ("person_id", "role", "scope_type", "scope_id", "granted_by"),
            Erasing.DELETE,
            keeps="as long as the account: what a person was allowed, and when",
        ),
        Personal(
            "sign_in_sessions",
            ("person_id", "token_hash", "browser"),
            Erasing.DELETE,
            keeps="until the first sign-in 30 days after it began, so that its owner can look back",
        ),
        Personal(
            "second_factors",
            ("person_id", "sealed_key"),
            Erasing.DELETE,
            keeps="until it is switched off, or as long as the account",
            is_exported=False,
        ),
        Personal(
            "recovery_codes",
            ("person_id", "code_hash"),
            Erasing.DELETE,
            keeps="until others are made, or as long as the account",
            is_exported=False,
        ),
        Personal(
            "password_links",
            ("person_id", "token_hash", "made_by"),
            Erasing.DELETE,
            keeps="as long as the account",
            is_exported=False,
        ),
        Personal(
            "address_proofs",
            ("email", "person_id"),
            Erasing.DELETE,
            keeps="until the next claim once it is a day past its end",
            is_exported=False,
        ),
        Personal(
            "sign_in_tries",
            ("account", "source", "device"),
            Erasing.DELETE,
            keeps="until the next try at the same door after an hour: codes against guessing",
            is_exported=False,
        ),
    ),
)
