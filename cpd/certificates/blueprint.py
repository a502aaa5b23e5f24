"""The blueprint of this room; some of its pages are in the topics."""

from flask import Blueprint

bp = Blueprint("certificates", __name__, template_folder="templates")
