"""What this room asks of higher ones, which own the certificates."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from cpd.credit.rules.counting import IssuedCredit
from cpd.joints.questions import Question

issued_credit: Question[[Session, str], Sequence[IssuedCredit]] = Question("credit.issued_credit")
"""The credit that somebody's valid certificates claim, by their subject."""
