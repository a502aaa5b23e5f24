"""From the pasted list to people who have agreed to join; without script."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.permissions import SYSTEM, Role
from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock as kernel_clock
from cpd.organisations import actions as organisation_actions
from cpd.organisations.models import School
from cpd.schools.cohorts.models import Cohort, CohortMember
from cpd.schools.roster.entries import INVITATION
from cpd.schools.roster.models import RosterEntry
from tests.factories import accounts, organisations, schools
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, OMAR, PASSWORD, ZOE
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Answer, Visitor

TITLES = "E-mail\tLast name\tFirst name\tStudent ID\n"
NORA = "nora@example.org\tField\tNora\t00201\n"
ZOES = "zoe@example.org\tMarsh\tZoë\t00202\n"
MAYAS = "maya@example.org\tOkafor\tMaya\t00203\n"


@pytest.fixture
def coordinator(app: Flask, harbour: School, evening: Cohort) -> Visitor:
    organisations.grant(app, OMAR, Role.SCHOOL_ADMIN, harbour)
    return accounts.let_in(Visitor(app, "omar"), OMAR)


def address(cohort: Cohort) -> str:
    return f"/schools/harbour-school/classes/{cohort.public_id}"


def paste(visitor: Visitor, cohort: Cohort, rows: str, *, status: int = 200) -> str:
    visitor.get(f"{address(cohort)}/list")
    data = {"csrf_token": visitor.token, "text": f"{TITLES}{rows}".replace("\n", "\r\n")}
    sent = visitor.send(
        "POST", f"{address(cohort)}/list", status=status, data=data,
        content_type="multipart/form-data",
    )  # fmt: skip
    return sent.text


def confirm(visitor: Visitor, *also: tuple[str, str], status: int = 303, **changed: str) -> Answer:
    """Press the button that does what the preview shows."""
    (form,) = (form for form in visitor.page.forms if form.action.endswith("/list/preview"))
    left_out = {"csrf_token", "leave[]", "move[]", *changed}
    sent = [(name, value) for name, value in form.fields if name not in left_out]
    path = form.action.replace("/preview", "/update")
    return visitor.post(path, [*sent, *also, *changed.items()], status=status)


def link_in(message: str) -> str:
    (found,) = re.findall(
        r"^http://localhost(/schools/join/invitation/\S+)$", message, re.MULTILINE
    )
    return str(found)


def entries(app: Flask) -> dict[str, RosterEntry]:
    with app.app_context():
        rows = db.session.scalars(select(RosterEntry).where(RosterEntry.removed_at.is_(None)))
        return {row.number: row for row in rows}


def names_in_class(app: Flask, cohort: Cohort) -> int:
    with app.app_context():
        present = select(CohortMember.id).where(
            CohortMember.cohort_id == cohort.id, CohortMember.until_at.is_(None)
        )
        return len(db.session.scalars(present).all())


def test_a_list_becomes_invitations_and_whoever_agrees_is_in_the_class(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice
) -> None:
    shown = paste(coordinator, evening, NORA + ZOES + MAYAS)
    assert "2 people are new and will be invited by email." in shown
    assert "One person has joined on their own and will be added to your list." in shown
    assert entries(app) == {}, "nothing is stored by looking"
    confirm(coordinator)
    assert coordinator.follow().text.count("2 people are invited and have not joined yet.") == 1
    assert sorted(entries(app)) == ["00201", "00202", "00203"]
    emails = {email.to[0]: email.text for email in post.collect(app)}
    assert sorted(emails) == ["nora@example.org", "zoe@example.org"]
    assert names_in_class(app, evening) == 1, "nobody joins without saying yes"

    nora = Visitor(app, "nora")
    page = nora.get(link_in(emails["nora@example.org"])).text
    assert "Harbour School invites you" in page
    assert "link opened" in coordinator.get("/schools/harbour-school/invitations").text
    nora.post(f"{link_in(emails['nora@example.org'])}/account", status=303)
    nora.follow()
    nora.submit({"name": "Nora Field", "password": PASSWORD, "again": PASSWORD}, status=303)
    nora.follow()
    nora.submit(action=link_in(emails["nora@example.org"]), status=303)
    assert post.collect(app) == [], "the link has proven the address; no code is needed"
    zoe = accounts.let_in(Visitor(app, "zoe"), ZOE)
    zoe.get(link_in(emails["zoe@example.org"]))
    zoe.submit(action=link_in(emails["zoe@example.org"]), status=303)
    assert names_in_class(app, evening) == 3
    assert all(entry.membership_id for entry in entries(app).values())
    zoe.get(link_in(emails["zoe@example.org"]), status=404)


def test_a_second_list_is_an_update(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice
) -> None:
    paste(coordinator, evening, NORA + MAYAS)
    confirm(coordinator)
    old = link_in(post.collect_one(app).text)
    shown = paste(coordinator, evening, "nora@new.example\t\t\t00201\n")
    assert "Email address: nora@new.example instead of nora@example.org" in shown
    assert "One person in the class is not on the list" in shown
    confirm(coordinator)
    assert names_in_class(app, evening) == 1, "nobody is removed without a tick"
    assert entries(app)["00201"].name == "Nora Field", "an empty cell overwrites nothing"
    assert post.collect_one(app).to == ["nora@new.example"]
    Visitor(app).get(old, status=404)
    assert "2 people stay the same." in paste(coordinator, evening, f"{MAYAS}\t\t\t00201\n")
    paste(coordinator, evening, "\t\t\t00201\n")
    maya = entries(app)["00203"].public_id
    confirm(coordinator, ("leave[]", maya))
    assert names_in_class(app, evening) == 0
    paste(coordinator, evening, MAYAS)
    confirm(coordinator, ("leave[]", entries(app)["00201"].public_id))
    assert "00201" not in entries(app), "an invitation without a class is withdrawn"
    assert names_in_class(app, evening) == 1


def test_nothing_else_than_what_was_shown_is_done(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice
) -> None:
    paste(coordinator, evening, NORA)
    schools.enter(app, ZOE, evening)
    assert "has changed since this page was shown" in confirm(coordinator, status=409).text
    assert entries(app) == {}
    for field in ("leave[]", "move[]"):
        paste(coordinator, evening, NORA)
        confirm(coordinator, (field, "mem_foreign"), status=404)
    paste(coordinator, evening, NORA)
    confirm(coordinator, status=404, **{"pair[]": "2:mem_foreign"})
    for field, value in (("contents", "?"), ("pair[]", "x:"), ("person_email", "x")):
        paste(coordinator, evening, NORA)
        confirm(coordinator, status=400, **{field: value})
    assert entries(app) == {}
    assert post.collect(app) == []


def test_who_joined_with_another_address_is_paired_once(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice
) -> None:
    school_address = "m.okafor@school.example\tOkafor\tMaya\t00203\n"
    with app.app_context():
        maya = schools.membership_of(db.session(), MAYA).public_id
    paste(coordinator, evening, school_address)
    coordinator.submit([("pair[]", f"2:{maya}")], action="/list/preview", status=200)
    assert "will be added to your list" in coordinator.page.text
    confirm(coordinator)
    assert post.collect(app) == []
    assert "One person stays the same." in paste(coordinator, evening, school_address)


def test_bad_rows_are_named_and_left_out(coordinator: Visitor, evening: Cohort) -> None:
    shown = paste(coordinator, evening, NORA + "nobody\tNo\tBody\t7\n" + NORA)
    assert "Row 3, column A: “nobody” is not an email address. Correct it." in shown
    assert "Row 4, column A: “nora@example.org” is also in row 2." in shown
    assert "2 rows are left out" in shown
    coordinator.get(f"{address(evening)}/list")
    assert "Paste the list" in coordinator.send(
        "POST", f"{address(evening)}/list", status=422, data={"csrf_token": coordinator.token},
        content_type="multipart/form-data",
    ).text  # fmt: skip


def test_columns_are_remembered(coordinator: Visitor, evening: Cohort, post: PostOffice) -> None:
    """What somebody chose holds for the next list with these titles."""
    paste(coordinator, evening, NORA)
    coordinator.submit({"person_number": ""}, action="/list/preview", status=200)
    confirm(coordinator)
    paste(coordinator, evening, NORA)
    (form,) = (form for form in coordinator.page.forms if form.action.endswith("/list/preview"))
    assert dict(form.fields)["person_number"] == ""


def test_a_school_without_seats_invites_nobody(
    app: Flask, coordinator: Visitor, harbour: School, evening: Cohort, post: PostOffice
) -> None:
    with app.app_context(), unit_of_work() as session:
        organisation_actions.change_seats(
            session, harbour.scope, 2, actor=SYSTEM, now=kernel_clock.now()
        )
    shown = paste(coordinator, evening, NORA + ZOES)
    assert "Your school has one free seat, and this list needs 2." in shown
    assert "does not have enough seats" in confirm(coordinator, status=409).text
    paste(coordinator, evening, NORA)
    confirm(coordinator)
    with app.app_context(), unit_of_work() as session:
        organisation_actions.change_seats(
            session, harbour.scope, None, actor=SYSTEM, now=kernel_clock.now()
        )
    paste(coordinator, evening, NORA + ZOES)
    confirm(coordinator)
    assert len(post.collect(app)) == 2


def test_other_addresses_of_the_same_people_are_invitations_too(
    app: Flask,
    coordinator: Visitor,
    harbour: School,
    evening: Cohort,
    post: PostOffice,
    clock: MovedClock,
) -> None:
    """So a school of few seats cannot write to any number of strangers."""
    with app.app_context(), unit_of_work() as session:
        organisation_actions.change_seats(
            session, harbour.scope, 2, actor=SYSTEM, now=kernel_clock.now()
        )
    for place in range(4):
        paste(coordinator, evening, f"nora@{place}.example\tField\tNora\t00201\n")
        confirm(coordinator)
    last = "nora@last.example\tField\tNora\t00201\n"
    paste(coordinator, evening, last)
    assert "has invited many people today" in confirm(coordinator, status=409).text
    assert entries(app)["00201"].email == "nora@3.example"
    clock.advance(days=1)
    paste(accounts.let_in(coordinator, OMAR), evening, last)
    confirm(coordinator)
    assert entries(app)["00201"].email == "nora@last.example"


def test_whoever_takes_an_address_of_the_list_is_not_added_to_it_again(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice
) -> None:
    """The list, not the account, says who its row is about."""
    row = "new@school.example\tOkafor\tMaya\t\n"
    paste(coordinator, evening, row)
    confirm(coordinator)
    with app.app_context(), unit_of_work():
        accounts.row_of(MAYA).email = "new@school.example"
    assert "One person stays the same." in paste(coordinator, evening, row)
    confirm(coordinator)


def test_an_invitation_that_bounces_is_shown_repeated_and_withdrawn(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice, clock: MovedClock
) -> None:
    paste(coordinator, evening, NORA)
    confirm(coordinator)
    post.answers["RCPT"] = ["550 no such user"]
    assert post.collect(app) == []
    page = "/schools/harbour-school/invitations"
    assert "could not be delivered" in coordinator.get(page).text
    coordinator.submit(action="/repetition", status=303)
    assert "less than an hour ago" in coordinator.follow().text
    clock.advance(hours=1)
    coordinator.submit(action="/repetition", status=303)
    link = link_in(post.collect_one(app).text)
    visitor = Visitor(app)
    visitor.get(link)
    visitor.submit(action="/refusal", status=303)
    assert "declined" in coordinator.get(page).text
    coordinator.submit(action="/withdrawal", status=303)
    assert "No invitations are waiting for an answer." in coordinator.follow().text
    visitor.get(link, status=404)
    with app.app_context():
        (row,) = db.session.scalars(select(RosterEntry))
        assert (row.name, row.email) == ("", "")


def test_an_invitation_ends(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice, clock: MovedClock
) -> None:
    paste(coordinator, evening, NORA)
    confirm(coordinator)
    link = link_in(post.collect_one(app).text)
    Visitor(app).get(link[:-1] + ("0" if link[-1] != "0" else "1"), status=404)
    clock.advance(days=60)
    Visitor(app).get(link, status=404)


def test_moving_leaves_the_other_class_only_with_a_tick(
    app: Flask, coordinator: Visitor, harbour: School, evening: Cohort, post: PostOffice
) -> None:
    morning = schools.cohort(app, harbour, "Morning class")
    paste(coordinator, evening, NORA + MAYAS)
    confirm(coordinator)
    shown = paste(coordinator, morning, NORA + MAYAS)
    assert "2 people whom your school already knows will be added to this class." in shown
    confirm(coordinator)
    assert (names_in_class(app, evening), names_in_class(app, morning)) == (1, 1)
    noon = schools.cohort(app, harbour, "Noon class")
    paste(coordinator, noon, NORA + MAYAS)
    keys = [row.public_id for row in entries(app).values()]
    confirm(coordinator, *[("move[]", key) for key in keys])
    assert (names_in_class(app, evening), names_in_class(app, noon)) == (0, 1)


def test_a_preview_asks_equally_often_for_any_number_of_people(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice
) -> None:
    def count(people: int) -> int:
        rows = "".join(f"p{n}@example.org\tNumber {n}\tPat\t1{n:04}\n" for n in range(people))
        with asked(app) as statements:
            paste(coordinator, evening, rows)
        return len(statements)

    few = count(2)
    confirm(coordinator)
    assert count(40) == few


@pytest.mark.soak
def test_5000_rows_are_one_transaction_whose_statements_do_not_grow_with_them(
    app: Flask, coordinator: Visitor, evening: Cohort, post: PostOffice
) -> None:
    rows = "".join(f"p{n}@example.org\tNumber {n}\tPat\t1{n:04}\n" for n in range(5000))
    shown = paste(coordinator, evening, rows)
    assert "5,000 people are new" in shown or "5000 people are new" in shown
    with asked(app) as statements:
        confirm(coordinator)
    assert len(statements) < 60
    assert len(entries(app)) == 5000
    with app.app_context():
        waiting = select(OutboxItem.id).where(OutboxItem.purpose == INVITATION)
        assert len(db.session.scalars(waiting).all()) == 5000
