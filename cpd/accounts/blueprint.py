"""The blueprint of this room, with the pages of all its topics."""

from flask import Blueprint

from cpd.accounts.data_requests import views as data_requests
from cpd.accounts.mfa import views as mfa
from cpd.accounts.people import views as people
from cpd.accounts.profile.views import address, country, profile
from cpd.accounts.sign_in.views import passwords, reauthentication, sessions, sign_in
from cpd.accounts.sign_up import views as sign_up

bp = Blueprint("accounts", __name__, template_folder="templates")
for _pages in (
    address,
    country,
    data_requests,
    mfa,
    passwords,
    people,
    profile,
    reauthentication,
    sessions,
    sign_in,
    sign_up,
):
    bp.register_blueprint(_pages.bp)
