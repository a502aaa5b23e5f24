"""What the pages that grant something to a learner begin and end with."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.accounts.queries import find_names_by_subject
from cpd.db import db
from cpd.organisations.models import Membership
from cpd.schools.accommodations import actions
from cpd.schools.accommodations.actions import GrantRefusal
from cpd.schools.learner_pages.forms import (
    GrantForm,
)
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    find_learner_or_404,
    render_school_page,
)
from cpd.web.forms import Form


def redirect_to_learner(slug: str, public_id: str, said: str) -> ResponseReturnValue:
    """Lead back to the page of a learner, which says what was done."""
    flash(said, "good")
    return redirect(url_for(".show_learner", slug=slug, public_id=public_id), 303)


def render_grant_form(what: str, form: Form, member: Membership) -> str:
    """Return the page of a form about a learner."""
    names = find_names_by_subject(db.session(), [member.subject])
    return render_school_page(
        "schools/learners/grant.html",
        member.school,
        what=what,
        form=form,
        member=member,
        name=names.get(member.subject) or _("Someone whose account was deleted"),
    )


def render_grant_refusal(
    what: str, form: GrantForm, public_id: str, refusal: actions.NotGranted
) -> ResponseReturnValue:
    """Say why nothing was granted; 404 if the learner or the assignment is not in reach."""
    if refusal is GrantRefusal.CANCELED:
        form.form_errors.append(_("This assignment was canceled."))
        return render_grant_form(what, form, find_learner_or_404(public_id)), CONFLICT
    if isinstance(refusal, GrantRefusal):
        abort(404)
    form.add_faults(refusal)
    return render_grant_form(what, form, find_learner_or_404(public_id)), INVALID
