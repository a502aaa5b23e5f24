"""The blueprint of this room; its views are in several topics."""

from flask import Blueprint

bp = Blueprint("reporting", __name__, template_folder="templates")
