"""The blueprint of the room; its pages are in the topics."""

from flask import Blueprint

bp = Blueprint("authoring", __name__, url_prefix="/authoring", template_folder="templates")
