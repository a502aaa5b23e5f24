"""The country whose numbers to call pages show: asked once, of visitors too, and changeable."""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, public, reader_country
from cpd.accounts.profile import actions
from cpd.accounts.profile.forms import CountryForm, PostponeForm
from cpd.accounts.rules.countries import POSTPONED
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.accounts.sign_in import country_cookie
from cpd.accounts.sign_in.form_checks import INVALID
from cpd.db import unit_of_work
from cpd.kernel import clock

bp = Blueprint("country", __name__, url_prefix="/country")


@bp.get("")
@public
def ask() -> ResponseReturnValue:
    """Ask for the country."""
    location = site_path_or_none(request.args.get("next")) or ""
    return _render_page(CountryForm(country=reader_country(), next=location))


@bp.post("")
@public
def choose() -> ResponseReturnValue:
    """Save the country: in the profile of someone who is signed in, in a visitor's cookie."""
    form, actor = CountryForm.from_request(), current_actor()
    if not form.validate():
        return _render_page(form), INVALID
    response = _redirect_back(form.next.data)
    if actor.is_signed_in:
        with unit_of_work() as session:
            actions.choose_country(session, form.country.data, actor=actor, now=clock.now())
    else:
        country_cookie.store_country(response, form.country.data)
    return response


@bp.post("/later")
@public
def postpone() -> ResponseReturnValue:
    """Ask no longer in this browser; sheets still say where to choose."""
    response = _redirect_back(PostponeForm.from_request().next.data)
    country_cookie.store_country(response, POSTPONED)
    return response


def _redirect_back(location: str | None) -> Response:
    return make_response(redirect(site_path_or_none(location) or "/", 303))


def _render_page(form: CountryForm) -> str:
    return render_template("accounts/profile/country.html", form=form)
