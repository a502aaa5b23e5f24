"""The blueprint of this room; its pages are in the topics."""

from flask import Blueprint

bp = Blueprint("schools", __name__, url_prefix="/schools", template_folder="templates")
