"""What a person's own cycles add to the pages of other rooms."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.credit.cycles.queries import find_own_license_reports
from cpd.kernel import clock
from cpd.web.markup import render_markup


def render_cycles_panel(session: Session, actor: Actor) -> Markup:
    """Return where the cycle of each license stands, and the way to the activities."""
    today = clock.now().date()
    licenses = find_own_license_reports(session, actor, today=today)
    return render_markup("credit/cycles/_panel.html", licenses=licenses)
