"""Reviews as stories: an author asks, reviewers answer blind, and what differs is settled."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.authoring.blind.models import Review
from cpd.authoring.drafts.models import Draft
from cpd.authoring.review import queries
from cpd.authoring.review.models import SentKey
from cpd.authoring.review.rules.approving import Reason
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories import accounts, reviews
from tests.factories.courses import SLUG
from tests.support.moved_clock import MovedClock
from tests.support.people import INES, RAVI
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FILES = f"/authoring/courses/{SLUG}"
CASE = "cases/quinn-dizzy.md"
GUEST = "gita@clinic.example"


def begin(visitor: Visitor, path: str = CASE) -> str:
    """Start a draft of a published file, or open it; return its address."""
    visitor.get(FILES)
    return str(visitor.post(f"{FILES}/drafts", {"path": path}).location).removesuffix("/text")


def row_of(app: Flask, address: str) -> Draft:
    public_id = address.rpartition("/")[2]
    return db.session.scalars(select(Draft).where(Draft.public_id == public_id)).one()


def edit(app: Flask, visitor: Visitor, address: str, old: str, new: str) -> None:
    """Change some words of a draft."""
    with app.app_context():
        text = row_of(app, address).text
    assert old in text
    visitor.get(f"{address}/text")
    visitor.submit({"text": text.replace(old, new)}, action=f"{address}/text")


def ask(visitor: Visitor, address: str, **fields: object) -> None:
    visitor.get(f"{address}/review")
    visitor.submit(fields, action=f"{address}/review")


def ask_ravi(visitor: Visitor, address: str) -> None:
    page = visitor.get(f"{address}/review").html
    found = re.search(r'name="reviewers" value="(per_\w+)"', page)
    assert found, "ravi is offered as a reviewer"
    visitor.submit({"reviewers": found[1]}, action=f"{address}/review")


def reason(app: Flask, address: str) -> Reason | None:
    with app.app_context():
        return queries.find_reason_against_approval(db.session(), row_of(app, address))


def open_as_guest(app: Flask, guest: Visitor, post: PostOffice) -> str:
    """Follow the invitation with a mailed code; return the address of the first case."""
    link = post.collect_one(app).path
    guest.get(link)
    guest.submit({}, action="/invitations/" + link.rpartition("/")[2])
    guest.follow()
    guest.submit({"code": post.collect_one(app).code}, action="/code")
    guest.follow()
    assert guest.answer is not None
    return guest.answer.path


def answer_blind(visitor: Visitor, address: str, decision: str, tell: str, why: str = "") -> None:
    """Answer both questions of the case and lock the answer; the visitor is on its page."""
    visitor.get(address)
    visitor.submit({"choice": decision}, action=address)
    visitor.follow()
    visitor.submit({"choice": tell, "decided_by": why}, action="/lock")
    visitor.follow()


def introduce(visitor: Visitor) -> None:
    visitor.follow()
    visitor.submit(
        {"name": "Gita Rao", "credentials": "neurologist", "disclosures": "none"},
        action="/introduction",
    )
    visitor.follow()


def sign(visitor: Visitor, verdict: str = "agree", text: str = "", *, status: int = 303) -> None:
    visitor.submit({"verdict": verdict, "text": text}, action="/opinion", status=status)


def test_a_guest_answers_blind_differs_is_convinced_and_signs(
    app: Flask, ada: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    draft = begin(ada)
    assert reason(app, draft) is Reason.NOT_SENT
    ask(ada, draft, addresses=GUEST, note="Thank you.")
    case = open_as_guest(app, stranger, post)  # open, send, type: the fourth action decides
    assert "Quinn is dizzy" in stranger.page.text
    assert "will never come up in an exam that you take" in stranger.page.text
    answer_blind(stranger, case, "emergency", "right", "She blacked out.")
    assert "Your answer and the author’s differ." in stranger.page.text
    assert "A faint today is for a doctor today." in stranger.page.text
    assert reason(app, draft) is Reason.DISSENT
    sign(stranger, "disagree", status=422)  # without a reason
    sign(stranger, "disagree", "A guideline says otherwise.")
    assert reason(app, draft) is Reason.DISSENT
    assert "She blacked out." in ada.get(f"{draft}/review").text
    assert "A guideline says otherwise." in ada.page.text
    stranger.get(f"{case}/key")
    sign(stranger, "change_answer", "The card of the course, rule 2.")
    stranger.follow()
    sign(stranger)
    introduce(stranger)
    assert reason(app, draft) is Reason.DISSENT
    sign(stranger, "agree", "Well put.")
    assert reason(app, draft) is None
    page = ada.get(f"{draft}/review").text
    assert "This text is approved." in page
    assert "neurologist: agrees and has signed" in page
    stranger.follow()
    stranger.submit({}, action="/hand-in")
    told = post.collect_one(app)
    assert told.to == ["ada@example.org"]
    assert f"{draft}/review" in told.text
    stranger.get(case, status=404)
    with app.app_context():
        acts = set(db.session.scalars(select(AuditEntry.action)))
    assert {f"authoring:review:{act}" for act in ("ask", "answer", "disagree", "agree")} <= acts


@on_sqlite
def test_wording_is_signed_again_and_another_key_needs_another_person(
    app: Flask, ada: Visitor, ravi: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    draft = begin(ada)
    ask(ada, draft, addresses=GUEST)
    case = open_as_guest(app, stranger, post)
    answer_blind(stranger, case, "same_day", "right")
    assert "Your answer and the author’s agree." in stranger.page.text
    sign(stranger)
    introduce(stranger)
    sign(stranger)
    assert reason(app, draft) is None

    edit(app, ada, draft, "The right ear, in time.", "The right person, in time.")
    assert reason(app, draft) is Reason.NOT_SENT
    ada.get(f"{draft}/review")
    ada.submit({}, action="/renewal")
    assert reason(app, draft) is Reason.NOT_SIGNED
    page = stranger.get(f"{case}/key").text
    assert "What changed since you answered" in page
    assert "The right person, in time." in page
    sign(stranger)
    assert reason(app, draft) is None

    edit(app, ada, draft, "grew dizzy in the queue", "grew dizzy at her desk")
    ada.get(f"{draft}/review")
    ada.submit({}, action="/renewal")
    assert reason(app, draft) is Reason.NO_BLIND_ANSWER
    page = stranger.get(f"{case}/key").text
    assert "The author changed the right answer or the facts." in page
    assert "sign this text as it is" not in page
    ask_ravi(ada, draft)
    ravi.get("/authoring/reviews")
    theirs = _only_review(ravi)
    answer_blind(ravi, theirs, "same_day", "right")
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    assert reason(app, draft) is None


@on_sqlite
def test_the_key_is_in_no_byte_before_the_answer_is_locked(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    draft = begin(ada)
    edit(app, ada, draft, "The right ear, in time.", "The right ear, planted-marker.")
    ask_ravi(ada, draft)
    with app.app_context():
        assert "planted-marker" in db.session.scalars(select(SentKey.text)).one()
    pages = [ravi.get("/authoring/reviews").html]
    theirs = _only_review(ravi)
    pages.append(ravi.get(f"{theirs}/key", status=303).html)
    pages.append(ravi.get(theirs).html)
    ravi.submit({"choice": "same_day"}, action=theirs)
    pages.append(ravi.follow().html)
    ravi.submit({"decided_by": "x"}, action="/lock", status=422)  # the last answer is missing
    pages.append(ravi.page.html)
    assert not any("planted-marker" in page for page in pages)
    ravi.submit({"choice": "right"}, action="/lock")
    assert "planted-marker" in ravi.follow().html  # the control: after it is locked


@on_sqlite
def test_whoever_wrote_in_a_file_cannot_review_it(app: Flask, ines: Visitor, ada: Visitor) -> None:
    draft = begin(ada)
    ask(ada, draft, addresses="ada@example.org")
    assert "wrote in these files or has seen their right answers" in ada.follow().text
    with app.app_context():
        assert db.session.scalars(select(Review)).all() == []


@on_sqlite
def test_an_old_dispute_ends_when_its_author_names_the_source(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    draft = begin(ada)
    ask_ravi(ada, draft)
    ravi.get("/authoring/reviews")
    theirs = _only_review(ravi)
    answer_blind(ravi, theirs, "proceed", "wrong-1")
    ada.get(f"{draft}/review")
    assert "Record the change and its source" not in ada.page.text
    edit(app, ada, draft, "blacked out for a moment", "blacked out for a minute")
    ada.get(f"{draft}/review")
    ada.submit({}, action="/renewal")
    assert reason(app, draft) is Reason.DISSENT
    ada.follow()
    ada.submit({"text": "A guideline of 2024."}, action="/resolution")
    assert reason(app, draft) is Reason.NO_BLIND_ANSWER


@on_sqlite
def test_a_card_is_signed_without_a_blind_answer_and_commented(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    draft = begin(ada, "hazards/fainting.md")
    ask_ravi(ada, draft)
    ravi.get("/authoring/reviews")
    theirs = _only_review(ravi)
    ravi.get(f"{theirs}/key")
    ravi.submit({"path": "line/2", "comment": "Name it better."}, action="/comments")
    ravi.follow()
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    assert reason(app, draft) is None
    assert "Name it better." in ada.get(f"{draft}/review").text
    ada.submit({}, action="/resolution")
    assert "resolved" in ada.follow().text
    edit(app, ada, draft, "title: ", "title: The ")
    assert reason(app, draft) is Reason.NOT_SENT


@on_sqlite
def test_a_case_is_handed_back_and_a_request_withdrawn(
    app: Flask, ada: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    draft = begin(ada)
    ask(ada, draft, addresses=GUEST)
    case = open_as_guest(app, stranger, post)
    stranger.submit({}, action="/return")
    assert "given back" in stranger.follow().text
    assert "not their field" in ada.get(f"{draft}/review").text
    ada.submit({}, action="/withdrawal")
    stranger.get(case, status=404)


@on_sqlite
def test_an_invitation_lets_nobody_in_without_its_newest_code(
    app: Flask, ada: Visitor, stranger: Visitor, post: PostOffice, clock: MovedClock
) -> None:
    draft = begin(ada)
    ask(ada, draft, addresses=GUEST)
    link = post.collect_one(app).path
    stranger.get(link[:-1] + ("0" if link[-1] != "0" else "1"), status=404)
    stranger.get(link)
    stranger.submit({}, action="/invitations/" + link.rpartition("/")[2])
    stranger.follow()
    code = post.collect_one(app).code
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        stranger.submit({"code": wrong}, action="/code", status=422)
    stranger.submit({"code": code}, action="/code", status=422)  # guessed too often
    for _ in range(4):
        stranger.submit({"code": wrong}, action="/code", status=422)
    stranger.submit({"code": wrong}, action="/code", status=429)
    clock.advance(days=61)
    stranger.get(link, status=404)


@on_sqlite
def test_an_answer_stands_in_a_later_draft_of_the_file(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    draft = begin(ada)
    ask_ravi(ada, draft)
    ravi.get("/authoring/reviews")
    answer_blind(ravi, _only_review(ravi), "same_day", "right")
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    ada.get(f"{draft}/text")
    ada.submit({}, action="/discard")
    later = begin(ada)
    assert reason(app, later) is None  # the same text, signed
    edit(app, ada, later, "The right ear, in time.", "The right person, in time.")
    assert reason(app, later) is Reason.NOT_SENT
    ask_ravi(ada, later)
    ravi.get("/authoring/reviews")
    links = [url for url in ravi.page.links().values() if "/reviews/rvu_" in url]
    page = ravi.follow(ravi.get(links[-1], status=303)).text
    assert "The right person, in time." in page
    assert "What changed since you answered" in page
    sign(ravi)
    assert reason(app, later) is None


@on_sqlite
def test_an_answer_to_an_older_text_is_not_taken(app: Flask, ada: Visitor, ravi: Visitor) -> None:
    draft = begin(ada)
    ask_ravi(ada, draft)
    ravi.get("/authoring/reviews")
    case = _only_review(ravi)
    ravi.get(case)
    edit(app, ada, draft, "blacked out for a moment", "sat down for a moment")
    ada.get(f"{draft}/review")
    ada.submit({}, action="/renewal")
    page = ravi.submit({"choice": "same_day"}, action=case, status=422).text
    assert "The author has changed this case since you opened it." in page
    assert "sat down for a moment" in page
    ravi.submit({"choice": "same_day"}, action=case)
    ravi.follow()
    ravi.submit({}, action="/restart")
    assert "What do you decide about today's session?" in ravi.follow().text


@on_sqlite
def test_a_request_names_somebody_and_a_text_without_faults(app: Flask, ada: Visitor) -> None:
    draft = begin(ada)
    ada.get(f"{draft}/review")
    page = ada.submit({}, action=f"{draft}/review", status=422).text
    assert "Choose a reviewer, or enter the email address of a guest." in page
    page = ada.submit({"addresses": "gita"}, action=f"{draft}/review", status=422).text
    assert "“gita” is not an email address." in page
    edit(app, ada, draft, "key: same_day", "key: perhaps")
    ada.get(f"{draft}/review")
    page = ada.submit({"addresses": GUEST}, action=f"{draft}/review", status=422).text
    assert re.search(r"Fix the faults in “[^”]+” first", page)
    assert reason(app, draft) is Reason.NOT_SENT


@on_sqlite
def test_an_author_who_is_asked_answers_before_they_see_the_key(
    app: Flask, ada: Visitor, ines: Visitor
) -> None:
    draft = begin(ada)
    other = begin(ada, "cases/leo-as-usual.md")
    ines.get(f"{other}/text")  # the control: nobody asks about this file
    with app.app_context(), unit_of_work() as session:
        reviewer = Grant(Role.REVIEWER)
        people.grant_role(
            session, accounts.row_of(INES).id, reviewer, actor=SYSTEM, now=clock.now()
        )
    page = ada.get(f"{draft}/review").html
    found = re.search(r'name="reviewers" value="(per_\w+)">\s*<span>Inês', page)
    assert found
    ada.submit({"reviewers": found[1]}, action=f"{draft}/review")
    for page_of_draft in ("text", "history", "review"):
        case = ines.get(f"{draft}/{page_of_draft}", status=303).location
        assert "/authoring/reviews/rvu_" in case
    answer_blind(ines, case, "same_day", "right")
    ines.get(f"{draft}/text")


@on_sqlite
def test_pages_need_as_many_queries_for_many_reviews_as_for_one(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    draft = begin(ada)
    ask_ravi(ada, draft)
    counts = [_count_queries(app, ada, ravi, draft)]
    for number in range(3):
        ask(ada, draft, addresses=f"guest-{number}@clinic.example")
        reviews.ask(app, RAVI)
    counts.append(_count_queries(app, ada, ravi, draft))
    assert counts[0] == counts[1]


def _count_queries(app: Flask, ada: Visitor, ravi: Visitor, draft: str) -> tuple[int, int]:
    with asked(app) as by_author:
        ada.get(f"{draft}/review")
    with asked(app) as by_reviewer:
        ravi.get("/authoring/reviews")
    return len(by_author), len(by_reviewer)


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"


@on_sqlite
def test_what_anybody_writes_stays_inert(
    app: Flask, ada: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    """Each page is checked for anything that runs as it is fetched."""
    draft = begin(ada)
    ask(ada, draft, addresses=GUEST, note=HOSTILE)
    case = open_as_guest(app, stranger, post)
    answer_blind(stranger, case, "same_day", "right", HOSTILE)
    stranger.submit({"path": "", "comment": HOSTILE}, action="/comments")
    pages = [stranger.follow().html]
    sign(stranger, "agree", HOSTILE, status=422)
    sign(stranger)
    stranger.follow()
    fields = {"name": f"Gita {HOSTILE}"[:100], "credentials": "x", "disclosures": HOSTILE}
    stranger.submit(fields, action="/introduction")
    pages.append(stranger.follow().html)
    sign(stranger, "agree", HOSTILE)
    pages.append(stranger.follow().html)
    pages.append(ada.get(f"{draft}/review").html)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
    assert "&lt;script&gt;alert(1)" in pages[-1]


def _only_review(visitor: Visitor) -> str:
    """Return the address of the only review on the page."""
    (found,) = {url for url in visitor.page.links().values() if "/reviews/rvu_" in url}
    return found
