"""What administrators see at home while files wait for fonts."""

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.certificates.formats import extras
from cpd.certificates.waiting_files.queries import find_waiting_files
from cpd.certificates.waiting_files.rules.scripts import OTHER, group_letters_by_script
from cpd.web.markup import render_markup


def render_waiting_files_panel(session: Session, actor: Actor) -> Markup:
    """Return which letters are missing and what to install; nothing if no file waits."""
    waiting = find_waiting_files(session) if actor.may(Permission.CERTIFICATE_REVOKE) else None
    if waiting is None:
        return Markup("")
    scripts = group_letters_by_script(waiting.letters)
    return render_markup(
        "certificates/_waiting_files.html",
        count=waiting.count,
        scripts=[
            (_("other signs") if script == OTHER else script, " ".join(letters))
            for script, letters in scripts.items()
        ],
        remedy="" if extras.are_more_fonts_installed() else extras.FONTS_REMEDY,
    )
