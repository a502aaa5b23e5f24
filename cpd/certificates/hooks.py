"""What certificates ask of higher rooms, which report them to authorities."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from cpd.certificates.models import Certificate
from cpd.credit.rules.reporting import Report
from cpd.joints.questions import Slot

reports: Slot[[Session, Sequence[Certificate]], Mapping[int, Report]] = Slot()
"""What became of the reports of these certificates, by certificate id.

A certificate that nobody has reported is left out; its authority's file says what must happen.
"""
