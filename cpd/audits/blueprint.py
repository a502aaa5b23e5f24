"""The blueprint of this room, which the pages of its topics share."""

from flask import Blueprint

bp = Blueprint("audits", __name__, template_folder="templates")
