"""What demo people reported about pages of the course."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from cpd.access.permissions import VISITOR
from cpd.cli.demo import course
from cpd.cli.demo.people import build_actor_of_person, find_people_by_login
from cpd.db import db, unit_of_work
from cpd.remarks import actions
from cpd.remarks.actions import NewRemark
from cpd.remarks.models import Remark, RemarkState


@dataclass(frozen=True)
class DemoRemark:
    """A remark about a page of the course, and what Ada did about it."""

    page: str
    text: str
    hours_ago: int
    login: str = ""
    email: str = ""
    state: RemarkState | None = None
    note: str = ""


REMARKS = (
    DemoRemark(
        "tools/pre-session-check",
        "On the phone, the table of what an answer means runs off the edge of the card I printed "
        "last month. Could it be one size smaller?",
        160,
        login="zoe",
        state=RemarkState.CLOSED,
        note="Since the last version it prints on one page.",
    ),
    DemoRemark(
        "sections/flare-ups",
        "Many of my clients have no MS team, only a family doctor two hours away. Whom do I tell "
        "then?",
        50,
        email="lena@practice.example",
        state=RemarkState.ANSWERED,
        note="Wrote back: the doctor who prescribes for them. The next version will say so.",
    ),
    DemoRemark(
        "sections/flare-ups",
        "I missed where “pseudo-relapse” is explained. Could the word link to it wherever it "
        "stands?",
        3,
        login="maya",
    ),
)


def add_remarks(*, now: datetime) -> None:
    """Add the remarks, unless there are any."""
    if db.session.scalar(select(func.count()).select_from(Remark)):
        return
    actors = {
        login: build_actor_of_person(person) for login, person in find_people_by_login().items()
    }
    for remark in REMARKS:
        made_at = now - timedelta(hours=remark.hours_ago)
        new = _build_remark_about_page(remark)
        with unit_of_work() as session:
            actor = actors.get(remark.login, VISITOR)
            row = actions.save_remark(session, new, actor=actor, now=made_at)
            if isinstance(row, Remark) and remark.state is not None:
                moved_at = min(made_at + timedelta(hours=20), now)
                actions.change_remark_state(
                    session, row, remark.state, remark.note, actor=actors["ada"], now=moved_at
                )


def _build_remark_about_page(remark: DemoRemark) -> NewRemark:
    shown = course.find_demo_course(VISITOR)
    slug = remark.page.rpartition("/")[2]
    part = shown.outline.section(slug) or shown.outline.tool(slug)
    return NewRemark(
        text=remark.text,
        page=f"/courses/{course.SLUG}/{remark.page}",
        email=remark.email,
        revision_id=part.revision_id if part else None,
        course_revision_id=shown.revision.id,
    )
