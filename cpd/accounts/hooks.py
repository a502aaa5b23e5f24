"""What this room asks of higher ones."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.models import Person
from cpd.joints.questions import Question, Slot

describe_unprintable: Question[[str], str | None] = Question("accounts.unprintable")
"""Says in a sentence what the file of a certificate cannot show of a text; None if nothing."""

person_panels: Slot[[Session, Actor, Person], Markup] = Slot()
"""Parts of the page that shows a person to administrators: courses, attempts, certificates."""
