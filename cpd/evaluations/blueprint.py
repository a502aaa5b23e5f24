"""The blueprint of this room, which the pages of its topic share."""

from flask import Blueprint

bp = Blueprint("evaluations", __name__, template_folder="templates")
