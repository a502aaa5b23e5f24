"""Pages that show every macro and layout; they exist only in the tests and in their pictures."""

from datetime import UTC, datetime
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # stubs lag
from wtforms.validators import InputRequired, Length, Optional, Regexp

from cpd.access.guard import public

bp = Blueprint("gallery", __name__, url_prefix="/gallery", template_folder="templates")

PAGES = ("parts", "reader", "exam", "result", "home", "form", "sheet", "certificate", "verify")


class SignUpForm(Form):
    """One field of each sort."""

    after = HiddenField()
    name = StringField(
        "Name on certificates",
        [InputRequired("Enter your name.")],
        description="Exactly as on your licence. You can correct it later.",
    )
    email = EmailField(
        "Email address",
        [Regexp(".+@.+", message="Add the part after the name, such as @clinic.example.")],
    )
    password = PasswordField(
        "Password",
        [InputRequired("Enter a password."), Length(min=15, message="Use 15 characters or more.")],
        description="15 characters or more. Three or four words work well.",
        render_kw={"autocomplete": "new-password"},
    )
    zone = SelectField(
        "Time zone",
        choices=[SelectChoice("UTC", "UTC"), SelectChoice("America/Chicago", "Chicago")],
    )
    role = RadioField(
        "I am",
        choices=[SelectChoice("t", "a therapist"), SelectChoice("s", "a student")],
        default="t",
    )
    about = TextAreaField("Anything we should know", [Optional()])
    agree = BooleanField("This is my own work", [InputRequired("Tick the box to go on.")])


SOURCES = [
    SimpleNamespace(number=number, key=key, status=status, title=title, source=source, **rest)
    for number, (key, status, title, source, rest) in enumerate(
        [
            (
                "nice-ng220",
                "checked",
                "MS in adults: management",
                "NICE NG220, 2022",
                {
                    "authors": "",
                    "url": "https://www.nice.org.uk/guidance/ng220",
                    "note": "Guideline.",
                },
            ),
            ("signs", "unchecked", "Emergency signs", "Wording that awaits sign-off", {}),
            ("cg186", "superseded", "NICE CG186", "Replaced by NG220 in 2022", {}),
            (
                "gone-2001",
                "retracted",
                "A withdrawn paper",
                "2001",
                {"authors": "Nobody and others"},
            ),
            (
                "field-2005",
                "does-not-support",
                "Cortisol decreases",
                "2005",
                {
                    "authors": "Field and others",
                    "url": "https://doi.org/10.1080/x",
                    "note": "Not in MS.",
                },
            ),
        ],
        start=1,
    )
]


BAD = {"email": "maya.okafor", "zone": "UTC", "role": "t"}


def facts() -> dict[str, Any]:
    """Return what the pages show."""
    return {
        "sources": SOURCES,
        "counts": {"safe": 9, "overcautious": 1, "suboptimal": 1, "critical": 1},
        "objectives": [
            {"label": "Recognise signs that stop a session", "value": "4 of 5", "share": 80},
            {
                "label": "Adapt pressure, heat and position",
                "value": "3½ of 4",
                "share": Fraction(175, 2),
            },
            {"label": "Consent and record", "value": "1 of 3", "share": Fraction(100, 3)},
        ],
        "now": datetime(2026, 11, 21, 14, 31, 8, tzinfo=UTC),
        "page_url": lambda number: f"?page={number}",
    }


@bp.get("/<any(parts, reader, exam, result, home, sheet, certificate, verify):page>")
@public
def page(page: str) -> ResponseReturnValue:
    """Show a page."""
    if page == "parts":
        flash("Saved. The name on new certificates is Maya Chidinma Okafor.", "good")
    return render_template(f"gallery/{page}.html", **facts())


@bp.route("/form", methods=["GET", "POST"])
@public
def form() -> ResponseReturnValue:
    """Show a form; `?bad` shows it with mistakes."""
    bad = "bad" in request.args or request.method == "POST"
    sent = request.form if request.method == "POST" else MultiDict(BAD) if bad else None
    filled = SignUpForm(sent)
    if bad:
        filled.validate()
    return render_template("gallery/form.html", form=filled), 422 if bad else 200
