"""Every page in every state: axe and the HTML checker find nothing, and nothing scrolls sideways.

A route that answers GET and has no example here fails. What a screen reader is told of an exam is
kept as text beside this file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, FilePayload, Page, Response, ViewportSize
from werkzeug.routing import Rule

from cpd.authoring.sources.archive_writing import pack_archive
from cpd.config import settings_of_app
from cpd.schools.messages.rules.timing import MessageTopic
from cpd.schools.messages.stop_links import StopLink, build_stop_url
from cpd.web.provider import PAGES as PAGES_OF_PROVIDER
from cpd.web.static import build_asset_url
from tests.factories import accounts
from tests.factories.courses import SLUG
from tests.journeys import site as made
from tests.journeys.site import (
    BEGINNER,
    BUSY,
    CRITICAL,
    EARLIER,
    ENDS,
    FLAT,
    FORGED,
    GUARDED,
    HARMED,
    HEAD,
    LATE,
    LOCKED_OUT,
    MULTIPLE,
    PAUSED,
    PENDING,
    READER,
    READY,
    REPLACED,
    SINGLE,
    SITTER,
    SIX,
    TAUGHT,
    TIMED,
    TWO_STEPS,
    UNPRINTED,
    UNSEEN,
    UPDATED,
    WITHDRAWN,
    Site,
)
from tests.support.browser import axe_faults
from tests.support.databases import Stores
from tests.support.html_validate import HtmlValidator
from tests.support.people import ADA, INES, MAYA, OMAR, PASSWORD, RAVI, ZOE, Person
from tests.support.prepared import disconnect
from tests.support.server import LiveServer, serving
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}
COURSE = f"/courses/{SIX}"
SUBMITTED = f"/applications/courses/{SLUG}"

Do: TypeAlias = Callable[[Page], object]


def press(name: str) -> Do:
    """Press a button, and be answered with another page at the same address or another one."""

    def act(page: Page) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=name).first.click()

    return act


def part(anchor: str) -> Do:
    """Show another part of the page."""
    return lambda page: page.evaluate("anchor => { location.hash = anchor }", anchor)


def open_dialog(name: str) -> Do:
    """Press a button that asks something on the page."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        page.get_by_role("dialog").wait_for()

    return act


def tick(value: str) -> Do:
    """Choose an answer."""
    return lambda page: page.locator(f"main input[name=choice][value='{value}']").first.check()


def choose(value: str, then: str) -> Do:
    """Choose an answer, then press a button."""

    def act(page: Page) -> None:
        tick(value)(page)
        press(then)(page)

    return act


def fill(label: str, text: str, then: str) -> Do:
    """Fill in a field, then press a button."""

    def act(page: Page) -> None:
        page.get_by_label(label).first.fill(text)
        press(then)(page)

    return act


claim = fill("Email address", "nora@example.org", "Send the code")


def new_address(page: Page) -> None:
    """Ask for another address."""
    page.get_by_label("Current password").fill(PASSWORD)
    fill("New email address", "rita@clinic.example", "Send the email")(page)


def half_signed_in(page: Page) -> None:
    """Enter the password of somebody of whom a code is asked besides."""
    page.get_by_label("Email address").fill(GUARDED.email)
    fill("Password", PASSWORD, "Sign in")(page)


def confirmation(site: Site) -> str:
    """Return the address behind the link of an email."""
    return f"/sign-up/confirmation/{site.ids['claim']}"


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('main details').forEach((it) => (it.open = true))")


def every_other_answer(page: Page) -> None:
    """Decide the open case to its end."""
    choose("proceed", "Decide, and see why")(page)
    choose("right", "Decide, and see why")(page)
    unfold(page)


@dataclass(frozen=True)
class State:
    """One page in one state: where it is, who looks, and what they do there."""

    endpoint: str
    name: str
    path: str | Callable[[Site], str]
    who: Person | None = None
    status: int = 200
    do: tuple[Do, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.name}"


def of(person: Person, rest: str = "") -> Callable[[Site], str]:
    """Return the address of somebody's attempt."""
    return lambda site: f"/attempts/{site.ids[person.name + ' attempt']}{rest}"


def case(person: Person, slug: str, rest: str = "") -> Callable[[Site], str]:
    """Return the address of a case in somebody's attempt."""
    return lambda site: site.case(f"{person.name} attempt", slug) + rest


def certificate(person: Person) -> Callable[[Site], str]:
    """Return the address of somebody's certificate."""
    return lambda site: f"/certificates/{site.ids[person.name + ' certificate']}"


def code(person: Person) -> Callable[[Site], str]:
    """Return the address at which anybody checks somebody's certificate."""
    return lambda site: f"/verify/{site.ids[person.name + ' code']}"


def report_file(name: str) -> Callable[[Site], str]:
    """Return the address of a file for CE Broker."""
    return lambda site: f"/reporting/files/{site.ids[name]}"


def reading(page: str) -> Callable[[Site], str]:
    """Return the address of a page that a reviewer of an authority reads."""
    return lambda site: f"/reading/{site.ids['reading']}{page}"


def account(person: Person) -> Callable[[Site], str]:
    """Return the address of somebody's account."""
    return lambda site: f"/people/{site.ids[person.name]}"


SECTION = f"{COURSE}/sections/noticing"
ANEW = f"/courses/{UPDATED}"
COURSES = [
    State("courses.home", "a stranger's", "/"),
    State("courses.home", "a learner's", "/", READER),
    State("courses.home", "with a certificate", "/", MAYA),
    State("courses.home", "exam open", "/", SITTER),
    State("courses.home", "with something assigned", "/", TAUGHT),
    State("courses.home", "a coordinator's", "/", OMAR),
    State("courses.home", "an author's", "/", ADA),
    State("courses.home", "a reviewer's", "/", RAVI),
    State("courses.home", "an administrator's", "/", INES),
    State("courses.home", "of every area", "/", BUSY),
    State("courses.catalog", "a stranger's", "/courses"),
    State("courses.catalog", "begun", "/courses", READER),
    State("courses.course", "a stranger's", COURSE, do=(unfold,)),
    State("courses.course", "not begun", f"/courses/{TIMED}", ZOE),
    State("courses.course", "begun", COURSE, READER, do=(unfold,)),
    State("courses.course", "no learner's", COURSE, INES),
    State("courses.course", "exam open", COURSE, SITTER),
    State("courses.course", "passed", COURSE, MAYA),
    State("courses.section", "a stranger's", SECTION),
    State("courses.section", "read, one case decided", SECTION, READER, do=(unfold,)),
    State("courses.section", "read along", f"{COURSE}/sections/adapting", ADA),
    State("courses.section", "not read", f"{COURSE}/sections/adapting", READER),
    State("courses.section", "a stranger's, closed", f"{COURSE}/sections/adapting", status=403),
    State("courses.tool", "closed", f"/courses/{TIMED}/tools/room-check", ZOE, 403),
    State("courses.section", "nothing chosen", f"{COURSE}/sections/adapting", READER,
          do=(press("Decide, and see why"),)),
    State("courses.section", "read again", f"{SECTION}?again=stop-signs", HARMED),
    State("courses.section", "decide again", f"{SECTION}?again-case=rosa-stumbles", HARMED),
    State("courses.glossary", "", f"{COURSE}/glossary"),
    State("courses.hazard", "", f"{COURSE}/safety/heat-stroke"),
    State("courses.corrections", "", f"{COURSE}/corrections"),
    State("courses.course_changes", "", f"{ANEW}/changes", EARLIER),
    State("courses.course", "updated since, and stopped", ANEW, EARLIER),
    State("courses.section", "updated since, and stopped", f"{ANEW}/sections/noticing", EARLIER),
    State("courses.section", "the newest text", f"{ANEW}/sections/noticing?newest=1", EARLIER),
    State("courses.hazard", "updated since, and stopped", f"{ANEW}/safety/sunburn", EARLIER),
    State("courses.hazard", "the newest text", f"{ANEW}/safety/sunburn?newest=1", EARLIER),
    State("courses.tool", "the newest text", f"{ANEW}/tools/room-check?newest=1", EARLIER),
    State("courses.glossary", "the newest text", f"{ANEW}/glossary?newest=1", EARLIER),
    State("courses.references", "", f"{COURSE}/references"),
    State("courses.outline", "", f"{COURSE}/outline"),
    State("credit.list_authorities", "", "/authorities"),
    State("credit.authority", "sources disagree", "/authorities/illinois"),
    State("credit.authority", "counts nothing", "/authorities/cmto"),
    State("credit.ask_license", "", "/record/licenses/new", READER),
    State("credit.add_license", "nothing filled in", "/record/licenses/new", READER, 422,
          do=(press("Add this license"),)),
    State("credit.course_credit", "", f"{COURSE}/credit"),
    State("credit.worksheet", "", f"{COURSE}/credit-worksheet"),
    State("credit.ask_need", "", f"{COURSE}/credit-need", READY),
    State("credit.list_approvals", "", "/approvals", INES),
    State("credit.list_approvals", "none to renew", "/approvals?show=to-renew", INES),
    State("credit.ask_approval", "", "/approvals/new", INES),
    State("credit.enter_approval", "nothing filled in", "/approvals/new", INES, 422,
          do=(press("Put it on file"),)),
    State("credit.show_approval", "", lambda site: f"/approvals/{site.ids['approval']}", INES),
    State("credit.withdraw_approval", "no reason",
          lambda site: f"/approvals/{site.ids['approval']}", INES, 422,
          do=(press("Withdraw this approval"),)),
    State("applications.list_courses", "", "/applications", INES),
    State("applications.show_course", "", SUBMITTED, INES),
    State("applications.show_application", "much is missing", f"{SUBMITTED}/for/ncbtmb", INES),
    State("applications.show_application", "asks for nothing known", f"{SUBMITTED}/for/cnhc", INES),
    State("applications.ask_policies", "", "/applications/policies", INES),
    State("applications.list_instructors", "one résumé", f"{SUBMITTED}/instructors", INES),
    State("applications.store_resume", "nothing chosen", f"{SUBMITTED}/instructors", INES, 422,
          do=(press("Save the résumé"),)),
    State("applications.list_readers", "", f"{SUBMITTED}/readers", INES),
    State("applications.ask_reader", "", f"{SUBMITTED}/readers/new", INES),
    State("applications.open_reading", "nothing filled in", f"{SUBMITTED}/readers/new", INES, 422,
          do=(press("Invite them"),)),
    State("applications.show_reading", "", reading(""), ZOE),
    State("applications.read_course", "", reading("/course#all"), ZOE),
    State("applications.read_cases", "exam", reading("/exam"), ZOE),
    State("applications.read_cases", "practice", reading("/practice"), ZOE),
    State("applications.read_document", "a wide table", reading("/documents/objectives"), ZOE),
    State("applications.read_document", "", reading("/documents/worksheet"), ZOE),
    State("credit.list_pilots", "", "/pilots", INES),
    State("credit.ask_pilot", "", "/pilots/new", INES),
    State("credit.start_pilot", "nothing chosen", "/pilots/new", INES, 422,
          do=(press("Start it"),)),
    State("credit.show_pilot", "finished", "/pilots/pil_piloted", INES),
    State("credit.show_pilot", "under way", lambda site: f"/pilots/{site.ids['pilot']}", INES),
    State("credit.finish_pilot", "too few", lambda site: f"/pilots/{site.ids['pilot']}", INES, 409,
          do=(press("Finish it and make the report"),)),
    State("courses.course", "in a pilot group",
          lambda site: f"{COURSE}/for/{site.ids['pilot']}", LATE),
    State("courses.course", "of a finished pilot group", f"{COURSE}/for/pil_piloted", LATE),
    State("credit.list_courses_before_credit", "", "/before-credit", INES),
    State("credit.show_course_before_credit", "", f"/before-credit/{SIX}", INES),
    State("credit.worksheet", "measured", f"{COURSE}/credit-worksheet", READER),
    State("credit.show_cycles", "", "/record/cycles", READER),
    State("credit.show_cycles", "nothing yet", "/record/cycles", LATE),
    State("credit.show_cycle", "", lambda site: f"/record/cycles/{site.ids['license']}", READER),
    State("credit.ask_cycle_dates", "", lambda site: f"/record/cycles/{site.ids['license']}/dates",
          READER),
    State("credit.ask_activity", "", "/record/activities/new", READER),
    State("credit.add_activity", "nothing entered", "/record/activities/new", READER, 422,
          do=(press("Add the activity"),)),
    State("credit.show_activity", "", lambda site: f"/record/activities/{site.ids['activity']}",
          READER),
    State("credit.add_evidence", "no file",
          lambda site: f"/record/activities/{site.ids['activity']}", READER, 422,
          do=(press("Add the file"),)),
    State("courses.tool", "", f"{COURSE}/tools/room-check", READER),
    State("courses.tool", "a stranger's, open", f"{COURSE}/tools/heat-card"),
    State("courses.whole_course", "", f"{COURSE}/whole", READER),
    State("courses.whole_course", "all parts", f"{COURSE}/whole", READER, do=(part("all"),)),
    State("courses.whole_course", "the kept copy", f"{COURSE}/whole?kept", READER,
          do=(part("section-noticing"),)),
    State("courses.kept_copies", "nothing kept", "/kept"),
    State("dashboard.learner_record", "nothing yet", "/record", LATE),
    State("dashboard.learner_record", "under way", "/record", READER),
    State("dashboard.learner_record", "exam open", "/record", SITTER),
    State("dashboard.learner_record", "with a certificate", "/record", MAYA),
    State("quizzes.show_weak_spots", "", f"{COURSE}/practice", READER),
    State("quizzes.show_weak_spots", "sure and dangerous", f"{COURSE}/practice", HARMED,
          do=(unfold,)),
    State("quizzes.show_practice_case", "not decided", f"{COURSE}/practice/rosa-stumbles", READER),
    State("quizzes.show_practice_case", "nothing chosen",
          f"{COURSE}/practice/rosa-stumbles?again=1", HARMED, do=(press("Decide, and see why"),)),
    State("quizzes.show_practice_case", "decided", f"{COURSE}/practice/rosa-stumbles", HARMED),
    State("quizzes.show_open_case", "", "/try"),
    State("quizzes.show_feedback_on_open_case", "nothing chosen", "/try", status=422,
          do=(press("Decide, and see why"),)),
    State("quizzes.show_feedback_on_open_case", "decided", "/try", do=(every_other_answer,)),
]  # fmt: skip

EXAM = f"{COURSE}/exam"
EXAMS = [
    State("quizzes.exam", "to be read first", EXAM, READER),
    State("quizzes.exam", "may start", EXAM, READY),
    State("quizzes.exam", "open", EXAM, SITTER),
    State("quizzes.exam", "to be put right", EXAM, HARMED),
    State("quizzes.exam", "a pause", EXAM, PAUSED),
    State("quizzes.exam", "passed", EXAM, MAYA),
    State("quizzes.exam", "being graded", EXAM, PENDING),
    State("quizzes.exam", "the time is over", f"/courses/{TIMED}/exam", UNSEEN),
    State("quizzes.exam", "the version is paused", f"{ANEW}/exam", EARLIER),
    State("quizzes.exam", "course not started", f"/courses/{UPDATED}/exam", READER),
    State("quizzes.go_to_unfinished_case", "leads to the first one", of(SITTER), SITTER),
    State("quizzes.case", "a decision", case(SITTER, CRITICAL), SITTER),
    State("quizzes.case", "with a timer",
          lambda site: f"/attempts/{site.ids['timed attempt']}/cases/1", TAUGHT),
    State("quizzes.decisions", "with a timer",
          lambda site: f"/attempts/{site.ids['timed attempt']}/decisions", TAUGHT),
    State("quizzes.submission", "with a timer",
          lambda site: f"/attempts/{site.ids['timed attempt']}/submission", TAUGHT),
    State("quizzes.case", "one answer", case(SITTER, SINGLE), SITTER),
    State("quizzes.case", "several answers, given", case(SITTER, MULTIPLE), SITTER),
    State("quizzes.case", "answered, will lock", case(SITTER, TWO_STEPS), SITTER),
    State("quizzes.case", "two answers", case(SITTER, FLAT), SITTER),
    State("quizzes.case", "the story has ended", case(SITTER, ENDS), SITTER),
    State("quizzes.answer_case", "nothing chosen", case(BEGINNER, TWO_STEPS), BEGINNER, 422,
          do=(press("Save and continue"),)),
    State("quizzes.case", "asks before it locks", case(SITTER, TWO_STEPS), SITTER,
          do=(open_dialog("Save and continue"),)),
    State("quizzes.ask_before_locking", "", case(SITTER, TWO_STEPS, "/move-on"), SITTER),
    State("quizzes.lock_current_answer", "the next question", case(BEGINNER, TWO_STEPS), BEGINNER,
          do=(tick("same_day"), open_dialog("Save and continue"), press("Lock it and continue"))),
    State("quizzes.decisions", "", of(SITTER, "/decisions"), SITTER),
    State("quizzes.submission", "open", of(SITTER, "/submission"), SITTER),
    State("quizzes.submit_own_attempt", "nothing ticked", of(SITTER, "/submission"), SITTER, 422,
          do=(press("Submit now"),)),
    State("quizzes.submission", "closed by time", of(LATE, "/submission"), LATE),
    State("quizzes.result", "the time is over", of(UNSEEN, "/result"), UNSEEN),
    State("quizzes.result", "passed", of(MAYA, "/result"), MAYA, do=(unfold,)),
    State("quizzes.result", "passed, not stated", of(LATE, "/result"), LATE),
    State("quizzes.result", "critical", of(HARMED, "/result"), HARMED, do=(unfold,)),
    State("quizzes.result", "too few marks, a pause", of(PAUSED, "/result"), PAUSED),
    State("quizzes.result", "an old one", lambda site: f"/attempts/{site.ids['first low']}/result",
          PAUSED),
    State("quizzes.result", "being graded", of(PENDING, "/result"), PENDING),
    State("quizzes.result", "does not count", of(ZOE, "/result"), ZOE),
    State("quizzes.review", "", of(MAYA, "/review"), MAYA, do=(unfold,)),
]  # fmt: skip

CERTIFICATES = [
    State("certificates.certificate", "valid", certificate(MAYA), MAYA),
    State("certificates.certificate", "replaced", certificate(REPLACED), REPLACED),
    State("certificates.certificate", "withdrawn", certificate(WITHDRAWN), WITHDRAWN),
    State("certificates.certificate", "no font for the name", certificate(UNPRINTED), UNPRINTED),
    State("certificates.verify", "", "/verify"),
    State("certificates.verify", "a code that is none", "/verify?code=abc", status=422),
    State("certificates.show_correction", "nothing to correct",
          lambda site: f"/certificates/{site.ids['maya certificate']}/correction", MAYA),
    State("certificates.ask_where_else", "no license", lambda s: certificate(MAYA)(s) + "/credit",
          MAYA),
    State("certificates.list_refusals", "", "/certificates/refusals", INES),
    State("certificates.refusal", "cannot be set aside",
          lambda site: f"/certificates/refusals/{site.ids['refused license']}", INES),
    State("certificates.list_revocations", "", "/certificates/withdrawals", INES),
    State("certificates.ask_code_list", "", "/verify/list"),
    State("certificates.verify_code_list", "no code", "/verify/list", status=422,
          do=(press("Verify them"),)),
    State("certificates.verify_code", "genuine", code(MAYA), do=(unfold,)),
    State("certificates.verify_code", "replaced", code(REPLACED)),
    State("certificates.verify_code", "withdrawn", code(WITHDRAWN)),
    State("certificates.verify_code", "not genuine", code(FORGED)),
    State("certificates.verify_code", "mistyped", "/verify/ABC", status=404),
]  # fmt: skip

ACCOUNTS = [
    State("accounts.sign_in.show_form", "", "/sign-in"),
    State("accounts.sign_in.sign_in", "nothing filled in", "/sign-in", status=422,
          do=(press("Sign in"),)),
    State("accounts.sign_in.ask_sign_out", "", "/sign-out", READER),
    State("accounts.sign_up.show_form", "", "/sign-up"),
    State("accounts.sign_up.request_code_email", "no address", "/sign-up", status=422,
          do=(fill("Email address", "nora", "Send the code"),)),
    State("accounts.sign_up.ask_code", "the email is on its way", "/sign-up", do=(claim,)),
    State("accounts.sign_up.enter_code", "a wrong code", "/sign-up", status=422,
          do=(claim, fill("Code", "000 000", "Continue"))),
    State("accounts.sign_up.show_confirm_button", "", confirmation),
    State("accounts.sign_up.show_confirm_button", "a spent link", "/sign-up/confirmation/x",
          status=404),
    State("accounts.sign_up.ask_account", "", confirmation, do=(press("Yes, continue"),)),
    State("accounts.sign_up.open_account", "nothing filled in", "/sign-up/account", status=422,
          do=(press("Open the account"),)),
    State("accounts.password.ask_reset", "", "/reset-password"),
    State("accounts.password.reset_sent", "", "/reset-password/sent"),
    State("mail.show_mailbox", "", "/mailbox"),
    State("accounts.password.ask_new_password", "",
          lambda site: f"/set-password/{site.ids['link']}"),
    State("accounts.password.set_password", "too short",
          lambda site: f"/set-password/{site.ids['link']}", status=422,
          do=(fill("New password", "short", "Set the password"),)),
    State("accounts.password.ask_new_password", "a spent link", "/set-password/spent", status=404),
    State("accounts.profile.show", "with a licence", "/profile", MAYA),
    State("accounts.profile.show", "without one", "/profile", READER),
    State("accounts.profile.change_profile", "no name", "/profile", READER, 422,
          do=(fill("Name", "", "Save"),)),
    State("accounts.password.ask_password_change", "", "/profile/password", READER),
    State("accounts.password.change_password", "nothing filled in", "/profile/password", READER,
          422, do=(press("Change the password"),)),
    State("accounts.profile.ask_certificate_details", "", "/profile/printed", READER),
    State("accounts.profile.ask_certificate_details", "nothing told yet", "/profile/printed", OMAR),
    State("accounts.profile.save_certificate_details", "no license and no zone",
          "/profile/printed", OMAR, 422, do=(press("Save"),)),
    State("accounts.country.ask", "", "/country"),
    State("accounts.country.choose", "nothing chosen", "/country", status=422,
          do=(press("Save"),)),
    State("accounts.address.show_form", "", "/profile/address", READER),
    State("accounts.address.ask_code", "the email is on its way", "/profile/address", READER,
          do=(new_address,)),
    State("accounts.address.show_confirm_button", "", lambda site:
          f"/profile/address/confirmation/{site.ids['new address']}", MAYA),
    State("accounts.mfa.show_settings", "off", "/profile/second-factor", READER),
    State("accounts.mfa.offer_app_key", "the key", "/profile/second-factor", READER,
          do=(fill("Current password", PASSWORD, "Set up an app"),)),
    State("accounts.mfa.turn_on", "a wrong code", "/profile/second-factor", READER, 422,
          do=(fill("Current password", PASSWORD, "Set up an app"),
              fill("Code", "000000", "Turn it on"))),
    State("accounts.mfa.show_settings", "on", "/profile/second-factor", GUARDED),
    State("accounts.mfa.renew_recovery_codes", "", "/profile/second-factor", GUARDED,
          do=(fill("Current password", PASSWORD, "Make new recovery codes"),)),
    State("accounts.mfa.ask_code", "", "/sign-in", do=(half_signed_in,)),
    State("accounts.reauthentication.show_form", "", "/sign-in/again?next=/people/new", READER),
    State("accounts.reauthentication.reauthenticate", "nothing filled in",
          "/sign-in/again", READER, 422, do=(press("Continue"),)),
    State("accounts.sessions.index", "", "/profile/sessions", READER),
    State("accounts.data_requests.show_own", "nothing asked", "/profile/data", READER),
    State("accounts.data_requests.show_own", "a request waits", "/profile/data", MAYA),
    State("accounts.data_requests.show_own", "a copy is ready", "/profile/data", SITTER),
    State("accounts.data_requests.index", "", "/people/requests", INES),
    State("accounts.people.index", "", "/people", INES),
    State("accounts.people.index", "nobody found", "/people?q=nobody+here", INES),
    State("accounts.people.new", "", "/people/new", INES),
    State("accounts.people.create", "nothing filled in", "/people/new", INES, 422,
          do=(press("Create the account"),)),
    State("accounts.people.show", "a learner's", account(MAYA), INES),
    State("accounts.people.show", "locked", account(LOCKED_OUT), INES),
    State("accounts.people.show", "one's own", account(INES), INES),
    State("accounts.people.make_new_password_link", "", account(OMAR), INES,
          do=(press("Make a link to set a password"),)),
]  # fmt: skip

REMARKS = [
    State("remarks.show_remark_form", "of a section", f"/remarks/new?page={SECTION}"),
    State("remarks.show_remark_form", "signed in, of the site", "/remarks/new", READER),
    State("remarks.send_remark", "nothing written", f"/remarks/new?page={SECTION}", status=422,
          do=(press("Send"),)),
    State("remarks.thank_for_remark", "", f"/remarks/sent?page={SECTION}"),
    State("remarks.list_remarks", "open", "/remarks", INES),
    State("remarks.list_remarks", "none in it", "/remarks?state=closed", ADA),
    State("remarks.show_remark", "a learner's, answered",
          lambda site: f"/remarks/{site.ids['remark 1']}", INES, do=(unfold,)),
    State("remarks.show_remark", "a visitor's",
          lambda site: f"/remarks/{site.ids['remark 2']}", ADA),
    State("remarks.list_own_remarks", "one with an answer", "/remarks/mine", MAYA),
    State("remarks.list_own_remarks", "none", "/remarks/mine", INES),
    State("remarks.answer_remark", "nothing written",
          lambda site: f"/remarks/{site.ids['remark 4']}", ADA, 422,
          do=(press("Send the answer"),)),
    State("remarks.change_remark_state", "nothing written",
          lambda site: f"/remarks/{site.ids['remark 3']}", ADA, 422, do=(press("Save the note"),)),
]  # fmt: skip


def evaluation(person: Person) -> Callable[[Site], str]:
    """Return the address where somebody is asked what they think of the course."""
    return lambda site: certificate(person)(site) + "/evaluation"


EVALUATIONS = [
    State("evaluations.show_evaluation_form", "", evaluation(MAYA), MAYA),
    State("evaluations.show_evaluation_form", "given", evaluation(REPLACED), REPLACED),
    State(
        "evaluations.save_evaluation",
        "nothing answered",
        evaluation(MAYA),
        MAYA,
        422,
        do=(press("Send"),),
    ),
    State("evaluations.list_evaluated_courses", "", "/evaluations", ADA),
    State("evaluations.show_course_evaluations", "", f"/evaluations/{SIX}", ADA, do=(unfold,)),
    State("evaluations.show_course_evaluations", "nothing said yet", f"/evaluations/{TIMED}", INES),
    State("evaluations.show_summary", "", f"/evaluations/{SIX}/summary", ADA),
    State("evaluations.show_summary", "nothing to show", f"/evaluations/{TIMED}/summary", INES),
    State(
        "evaluations.show_summary",
        "one day is missing",
        f"/evaluations/{SIX}/summary?first_day=2026-01-01",
        ADA,
        422,
    ),
]

AUDITS = [
    State("audits.list_archives", "", "/audits", INES),
    State("audits.ask_archive", "", "/audits/new", INES),
    State(
        "audits.request_archive",
        "nothing filled in",
        "/audits/new",
        INES,
        422,
        do=(press("Make the archive"),),
    ),
    State("audits.show_archive", "", lambda site: f"/audits/{site.ids['archive']}", INES),
    State(
        "audits.show_archive",
        "being made",
        lambda site: f"/audits/{site.ids['archive being made']}",
        INES,
    ),
    State(
        "audits.show_archive", "deleted", lambda site: f"/audits/{site.ids['old archive']}", INES
    ),
    State("audits.find_learner", "", "/records?q=maya", INES),
    State("audits.find_learner", "nobody found", "/records?q=nobody+here", INES),
    State(
        "audits.ask_purpose",
        "",
        lambda site: f"/records/of/{account(MAYA)(site).rpartition('/')[2]}",
        INES,
    ),
    State(
        "audits.open_record",
        "no purpose",
        lambda site: f"/records/of/{account(MAYA)(site).rpartition('/')[2]}",
        INES,
        422,
        do=(press("Open the record"),),
    ),
    State("audits.show_record", "", lambda site: f"/records/{site.ids['opened record']}", INES),
]


def draft(rest: str = "", name: str = "draft") -> Callable[[Site], str]:
    """Return the address of a draft of ada's."""
    return lambda site: f"/authoring/drafts/{site.ids[name]}{rest}"


def choose_file(name: str, content: bytes) -> Callable[[Page], None]:
    """Return what uploads a file and shows what it would change."""

    def choose(page: Page) -> None:
        file: FilePayload = {"name": name, "mimeType": "text/plain", "buffer": content}
        page.get_by_label("Which file?").set_input_files(file)
        press("Show what would change")(page)

    return choose


def take_table(page: Page) -> None:
    """Ask for the table, and see which cases do not fit into it."""
    page.get_by_role("radio", name="as a table").check()
    press("Download")(page)


MINA = b"""---
id: mina
title: Mina
authors: null
source: A page
year: null
url: https://example.org/mina
type: charity
note: Read.
---
"""
ARCHIVE = pack_archive({"references/mina.md": MINA, "x.txt": b"x"})
SUNBURN = "hazards/sunburn.md"


def search_for_card(page: Page) -> None:
    """Search for what no card has, and say that none fits."""
    page.get_by_label("Which safety topic is it about?").fill("fainting")
    page.get_by_label("Which source supports your reason?").fill("keller")
    press("Search safety cards and sources")(page)
    page.get_by_role("radio", name="None of these").check()
    press("Search safety cards and sources")(page)


def paste(page: Page) -> None:
    """Paste a text that loses something, and see it converted."""
    page.get_by_label("Paste it here").fill("<h2>Heat</h2><ul><li><u>one</u></li></ul>")
    press("Convert")(page)


AUTHORING = [
    State("authoring.show_workbench", "", "/authoring", ADA),
    State("authoring.list_cases", "", "/authoring/cases", ADA, do=(unfold,)),
    State("authoring.list_cases", "none", "/authoring/cases?words=nowhere", ADA),
    State("authoring.list_course_files", "", f"/authoring/courses/{SLUG}", ADA),
    State("authoring.edit_draft", "a case", draft(), ADA, do=(unfold,)),
    State("authoring.edit_draft", "with faults", draft("", "unfinished draft"), ADA),
    State("authoring.edit_draft", "a source found", draft("?words=brand"), ADA),
    State("authoring.preview_draft", "a case", draft("/preview"), ADA, do=(unfold,)),
    State("authoring.preview_draft", "faults", draft("/preview", "unfinished draft"), ADA),
    State("authoring.edit_text", "", draft("/text"), ADA),
    State("authoring.choose_picture", "", draft("/picture"), ADA),
    State("authoring.choose_picture", "mistakes", draft("/picture"), ADA, 422,
          do=(press("Add the picture"),)),
    State("authoring.list_ideas", "", "/authoring/ideas", ADA),
    State("authoring.ask_for_short_case", "", f"/authoring/courses/{SLUG}/short", ADA),
    State(
        "authoring.ask_for_short_case",
        "cards and sources found",
        f"/authoring/courses/{SLUG}/short",
        ADA,
        do=(search_for_card,),
    ),
    State("authoring.ask_for_twin", "", f"/authoring/courses/{SLUG}/twins/quinn-dizzy", ADA),
    State("authoring.ask_for_new_file", "", f"/authoring/courses/{SLUG}/new-file", ADA),
    State("authoring.begin_file", "nothing filled in", f"/authoring/courses/{SLUG}/new-file", ADA,
          422, do=(press("Begin it"),)),
    State("authoring.ask_for_source", "", f"/authoring/courses/{SLUG}/sources", ADA),
    State("authoring.ask_for_paste", "", "/authoring/pasting", ADA),
    State("authoring.ask_for_paste", "converted", "/authoring/pasting", ADA, do=(paste,)),
    State("authoring.list_draft_versions", "", draft("/history", "unfinished draft"), ADA),
    State("authoring.show_draft_differences", "", draft("/differences", "unfinished draft"), ADA),
    State("authoring.choose_drafts_to_publish", "", f"/authoring/courses/{SLUG}/publication", ADA),
    State("authoring.list_file_versions", "", f"/authoring/courses/{UPDATED}/history/{SUNBURN}",
          ADA),
    State("authoring.show_file_version", "an older one",
          f"/authoring/courses/{UPDATED}/versions/1/{SUNBURN}", ADA, do=(unfold,)),
    State("authoring.list_course_versions", "", f"/authoring/courses/{UPDATED}/versions", RAVI,
          do=(unfold,)),
    State("authoring.pause_version", "no reason", f"/authoring/courses/{UPDATED}/versions", RAVI,
          422, do=(unfold, press("Pause it now"))),
    State("authoring.list_offers", "nothing new", f"/authoring/courses/{SLUG}/offers", ADA),
    State("authoring.ask_new_course", "", "/authoring/new-course", ADA),
    State("authoring.create_course", "nothing filled in", "/authoring/new-course", ADA, 422,
          do=(press("Begin the course"),)),
    State("authoring.ask_what_to_export", "", f"/authoring/courses/{SLUG}/export", ADA,
          do=(unfold,)),
    State("authoring.export_course", "a table", f"/authoring/courses/{SLUG}/export", ADA,
          do=(take_table,)),
    State("authoring.ask_for_upload", "", f"/authoring/import?course={SLUG}", ADA, do=(unfold,)),
    State("authoring.show_import_plan", "what is new and what is not kept",
          f"/authoring/import?course={SLUG}", ADA,
          do=(choose_file("course.zip", ARCHIVE),)),
    State("authoring.show_import_plan", "faults", f"/authoring/import?course={SLUG}", ADA, 422,
          do=(choose_file("cases.csv", b"title,client\nMina,\n"),)),
    State("authoring.ask_course_visibility", "", f"/authoring/courses/{SLUG}/visibility", ADA),
]  # fmt: skip

GRADES = """Student,SIS Login ID,Points
    Points Possible,,100
"Okafor, Maya",maya@example.org,
"Marsh, Zoë",zoe@private.example,55
"Stranger, Una",una@private.example,
"""


def bring(contents: str) -> Do:
    """Choose a file with these contents."""
    file = FilePayload(name="grades.csv", mimeType="text/csv", buffer=contents.encode())
    return lambda page: page.get_by_label("Which file?").set_input_files(file)


def grade_file(site: Site) -> str:
    """Return the address at which points are written into a file."""
    return f"/schools/harbour-school/assignments/{site.ids['assignment']}/fill"


def work_of_learner(site: Site) -> str:
    """Return the address of what the learner did under the late assignment."""
    ids = site.ids
    return f"{HILL}/assignments/{ids['late assignment']}/learners/{ids['learner']}"


SHOW = press("Show what would change")
HILL = "/schools/hill-school"


def in_school(path: str, name: str) -> Callable[[Site], str]:
    """Return the address of what belongs to the school with a class: `%s` stands for its id."""
    return lambda site: HILL + path % site.ids[name]


ROSTER = """Email\tName\tStudent number
zoe@example.org\tZoë Marsh\t102
new@example.org\tUna Stranger\t103
nora@example.org\tNora Fields\t104
nobody\tNo Body\t105
"""


def joining(name: str) -> Callable[[Site], str]:
    """Return the address of an invitation or of a code."""
    folder = "invitation/" if name == "invitation" else ""
    return lambda site: f"/schools/join/{folder}{site.ids[name]}"


def on_phone(name: str) -> Callable[[Site], str]:
    """Return the address of a lesson on phones."""
    return lambda site: f"/schools/live/{site.ids[name]}"


def topic_of_class(site: Site) -> str:
    """Return the address of who needs practice on heat stroke in a class."""
    return f"{HILL}/classes/{site.ids['class']}/topics/heat-stroke?course={SIX}"


def what_is_seen(site: Site) -> str:
    """Return the address at which a learner reads what their school sees."""
    return f"/schools/assigned/{site.ids['late assignment']}/seen"


def stop_link(site: Site) -> str:
    """Return the link in a reminder that stops further ones."""
    with site.app.app_context():
        link = StopLink(accounts.row_of(READER).subject, MessageTopic.REMINDERS)
        return urlsplit(build_stop_url(link)).path


SCHOOLS = [
    State("schools.ask_new_school", "", "/schools/new", READER),
    State("schools.create_school", "no name", "/schools/new", READER, 422,
          do=(press("Start it"),)),
    State("schools.show_school", "with nothing yet", "/schools/harbour-school", INES),
    State("schools.show_school", "with a queue", HILL, HEAD),
    State("schools.list_people", "", f"{HILL}/people", HEAD),
    State("schools.list_roles", "", f"{HILL}/roles", HEAD),
    State("schools.ask_settings", "of who looks after it", f"{HILL}/settings", HEAD),
    State("schools.ask_settings", "of administrators", f"{HILL}/settings", INES),
    State("schools.list_classes", "", f"{HILL}/classes", HEAD),
    State("schools.ask_new_class", "", f"{HILL}/classes/new", HEAD),
    State("schools.show_class", "", in_school("/classes/%s", "class"), HEAD),
    State("schools.ask_class_settings", "", in_school("/classes/%s/settings", "class"), HEAD),
    State("schools.choose_people", "", in_school("/classes/%s/people", "class"), HEAD),
    State("schools.list_assignments", "", f"{HILL}/assignments", HEAD),
    State("schools.ask_new_assignment", "which course", f"{HILL}/assignments/new", HEAD),
    State("schools.ask_new_assignment", "when",
          in_school(f"/assignments/new?course={SIX}&class=%s", "class"), HEAD),
    State("schools.create_assignment", "a time that does not occur", status=422, who=HEAD,
          path=in_school(f"/assignments/new?course={SIX}&class=%s", "class"),
          do=(fill("When is it due?", "2027-03-28T01:30", "Assign the course"),)),
    State("schools.show_assignment", "", in_school("/assignments/%s", "late assignment"), HEAD),
    State("schools.ask_assignment_changes", "before it opens",
          in_school("/assignments/%s/settings", "later assignment"), HEAD),
    State("schools.ask_assignment_changes", "open",
          in_school("/assignments/%s/settings", "late assignment"), HEAD),
    State("schools.ask_copy", "", in_school("/assignments/%s/copy", "late assignment"), HEAD),
    State("schools.show_learner", "for who may grant", in_school("/people/%s", "learner"), HEAD),
    State("schools.show_learner", "for others", in_school("/people/%s", "learner"), INES),
    State("schools.show_topics", "nobody yet", "/schools/harbour-school/topics", INES),
    State("schools.show_topics", "the exam", f"{HILL}/topics", HEAD),
    State("schools.show_topics", "practice", f"{HILL}/topics?answers=practice", HEAD),
    State("schools.show_topics_of_class", "", in_school("/classes/%s/topics", "class"), HEAD),
    State("schools.show_topic_of_class", "", topic_of_class, HEAD),
    State("schools.show_topic_of_class", "practice",
          lambda site: f"{topic_of_class(site)}&answers=practice", HEAD),
    State("schools.show_report", "", in_school("/assignments/%s/report", "late assignment"), HEAD),
    State("schools.show_what_is_seen", "", what_is_seen, TAUGHT),
    State("schools.ask_accommodation", "", in_school("/people/%s/accommodation", "learner"), HEAD),
    State("schools.ask_extension", "", in_school("/people/%s/extension", "learner"), HEAD),
    State("schools.ask_excuse", "", in_school("/people/%s/excuse", "learner"), HEAD),
    State("schools.ask_for_list", "", in_school("/classes/%s/list", "class"), HEAD),
    State("schools.show_list", "nothing pasted", in_school("/classes/%s/list", "class"), HEAD, 422,
          do=(SHOW,)),
    State("schools.show_list", "everything", in_school("/classes/%s/list", "class"), HEAD,
          do=(fill("Paste the list here", ROSTER, "Show what would change"), unfold)),
    State("schools.list_invitations", "", f"{HILL}/invitations", HEAD),
    State("schools.list_codes", "", in_school("/classes/%s/codes", "class"), HEAD),
    State("schools.make_code", "no number", in_school("/classes/%s/codes", "class"), HEAD, 422,
          do=(fill("How many people can use it?", "", "Create a code"),)),
    State("schools.show_poster", "", in_school("/codes/%s/poster", "code"), HEAD),
    State("schools.show_slips", "", in_school("/codes/%s/slips", "code"), HEAD),
    State("schools.ask_code", "", "/schools/join"),
    State("schools.enter_code", "no code", "/schools/join", status=422,
          do=(press("Continue"),)),
    State("schools.ask_to_join", "signed out", joining("join code")),
    State("schools.ask_to_join", "signed in", joining("join code"), INES),
    State("schools.show_invitation", "signed out", joining("invitation")),
    State("schools.show_invitation", "signed in", joining("invitation"), INES),
    State("schools.ask_to_leave", "", f"{HILL}/leaving", ZOE),
    State("schools.show_announcements", "", in_school("/classes/%s/announcements", "class"), HEAD),
    State("schools.send_announcement", "nothing written", status=422, who=HEAD,
          path=in_school("/classes/%s/announcements", "class"),
          do=(press("Send it to everyone in the class"),)),
    State("schools.ask_email_choices", "", "/schools/emails", READER),
    State("schools.ask_to_stop", "", stop_link),
    State("schools.stop_emails", "", stop_link, do=(press("Stop these emails"),)),
    State("schools.list_lessons", "", in_school("/classes/%s/lessons", "class"), HEAD),
    State("schools.ask_new_lesson", "which course",
          in_school("/classes/%s/lessons/new", "class"), HEAD),
    State("schools.ask_new_lesson", "which cases",
          in_school(f"/classes/%s/lessons/new?course={SIX}", "class"), HEAD),
    State("schools.create_lesson", "nothing chosen", status=422, who=HEAD,
          path=in_school(f"/classes/%s/lessons/new?course={SIX}", "class"),
          do=(press("Save the lesson"),)),
    State("schools.show_lesson", "", in_school("/lessons/%s", "lesson"), HEAD),
    State("schools.show_lesson", "at rest", in_school("/lessons/%s", "quiet lesson"), HEAD),
    State("schools.ask_lesson_change", "", in_school("/lessons/%s/settings", "quiet lesson"), HEAD),
    State("schools.show_class_page", "", in_school("/lessons/runs/%s", "lesson run"), HEAD),
    State("schools.show_class_page", "all unfolded", in_school("/lessons/runs/%s", "lesson run"),
          HEAD, do=(unfold,)),
    State("schools.ask_for_code", "", "/schools/live"),
    State("schools.ask_for_code", "no such lesson", "/schools/live?code=BBBBBB", status=404),
    State("schools.show_live_case", "asks", on_phone("lesson code")),
    State("schools.answer_live_case", "nothing chosen", on_phone("lesson code"), status=422,
          do=(press("Send my answer"),)),
    State("schools.show_live_case", "decided", on_phone("lesson code"),
          do=(choose("proceed", "Send my answer"),)),
    State("schools.show_live_case", "the result", on_phone("answered lesson code"), do=(unfold,)),
    State("schools.ask_for_file", "", grade_file, INES),
    State("schools.show_gradebook", "", in_school("/assignments/%s/gradebook", "late assignment"),
          HEAD),
    State("schools.show_work", "for who may grade", work_of_learner, HEAD),
    State("schools.ask_grade", "", lambda site: work_of_learner(site) + "/grade", HEAD),
    State("schools.ask_try_change", "", in_school("/tries/%s", "assigned attempt"), HEAD),
    State("schools.show_file", "no file", grade_file, INES, 422, do=(SHOW,)),
    State("schools.show_file", "a class list", grade_file, INES, do=(bring(GRADES), SHOW)),
    State("schools.show_file_again", "no number", grade_file, INES, 422,
          do=(bring(GRADES), SHOW,
              fill("How many points are possible?", "many", "Update the preview"))),
]  # fmt: skip

PROVIDER = [State("web.provider", name, f"/provider/{name}") for name in PAGES_OF_PROVIDER]

NOWHERE = "none"
ERRORS = [
    State(NOWHERE, "no such page", "/nothing/here", status=404),
    State("accounts.people.index", "no right to it", "/people", READER, 403),
]


def style(site: Site) -> str:
    """Return the address of the style sheet."""
    with site.app.test_request_context():
        return build_asset_url("cpd.css")


INVITATION = "/authoring/invitations/"
REVIEWS = [
    State("authoring.show_draft_review", "signed",
          lambda site: f"/authoring/drafts/{site.ids['signed draft']}/review", ADA),
    State("authoring.ask_for_review", "nobody chosen", status=422,
          path=lambda site: f"/authoring/drafts/{site.ids['signed draft']}/review", who=ADA,
          do=(press("Send the request"),)),
    State("authoring.list_texts_to_review", "", f"/authoring/courses/{SLUG}/reviews", ADA),
    State("authoring.ask_about_published_texts", "nothing chosen", status=422,
          path=f"/authoring/courses/{SLUG}/reviews", who=ADA, do=(press("Send the request"),)),
    State("authoring.list_renewals", "", "/authoring/renewals", ADA),
    State("authoring.list_requests", "", "/authoring/reviews", RAVI),
    State("authoring.show_request", "",
          lambda site: f"/authoring/review-requests/{site.ids['request']}", RAVI),
    State("authoring.show_introduction", "",
          lambda site: f"/authoring/review-requests/{site.ids['request']}/introduction", RAVI),
    State("authoring.decide_blind", "",
          lambda site: f"/authoring/reviews/{site.ids['open review']}", RAVI),
    State("authoring.lock_blind_answer", "nothing chosen", status=422,
          path=lambda site: f"/authoring/reviews/{site.ids['open review']}", who=RAVI,
          do=(press("Lock my answer and compare"),)),
    State("authoring.show_key", "",
          lambda site: f"/authoring/reviews/{site.ids['answered review']}/key", RAVI),
    State("authoring.show_invitation", "", lambda site: INVITATION + site.ids["review invitation"]),
    State("authoring.ask_visit_code", "",
          lambda site: INVITATION + site.ids["review invitation"] + "/code"),
    State("authoring.thank_reviewer", "", "/authoring/reviews/thanks"),
]  # fmt: skip

PLAIN = [
    State("web.alive", "", "/healthz"),
    State("web.ready", "", "/readyz"),
    State("web.static_file", "", style),
    State("web.offline_worker", "", "/offline.js"),
    State("web.logo", "", lambda site: f"/provider/logo/{site.ids['logo']}"),
    State("media.show_picture", "", lambda site: f"/media/{site.ids['picture']}.webp"),
    State("courses.figure", "", f"{COURSE}/figures/cool-down.svg"),
    State("certificates.download", "", lambda s: certificate(MAYA)(s) + "/certificate.pdf"),
    State("certificates.send_public_record", "", lambda site: code(MAYA)(site) + "/record.json"),
    State("accounts.data_requests.download_copy", "", "/profile/data/copy.json", SITTER),
    State("dashboard.download_cycles_as_csv", "", "/record/cycles.csv", READER),
    State("dashboard.download_cycles_as_pdf", "", "/record/cycles.pdf", READER),
    State("applications.download_resume", "", f"{SUBMITTED}/instructors/1/resume", INES),
    State("applications.download_sample", "", reading("/sample-certificate"), ZOE),
    State(
        "audits.download_transcript_as_csv",
        "",
        lambda s: f"/records/{s.ids['opened record']}/transcript.csv",
        INES,
    ),
    State(
        "audits.download_transcript_as_pdf",
        "",
        lambda s: f"/records/{s.ids['opened record']}/transcript.pdf",
        INES,
    ),
    State("credit.download_letter", "", lambda s: f"/approvals/{s.ids['approval']}/letter", INES),
    State(
        "credit.download_evidence",
        "",
        lambda s: f"/record/activities/{s.ids['activity']}/evidence/{s.ids['evidence']}",
        READER,
    ),
    State(
        "reporting.download_file",
        "",
        lambda s: f"{report_file('report file')(s)}/{s.ids['name of report file']}.xls",
        INES,
    ),
    State("certificates.publish_public_keys", "", "/verify/keys.json"),
    State("certificates.download_offline_check", "", "/verify/offline.html"),
    State("schools.show_live_state", "", lambda site: on_phone("lesson code")(site) + "/state"),
    State("schools.show_tally", "", lambda site: on_phone("lesson code")(site) + "/tally"),
    State("authoring.download_table_template", "", "/authoring/import-template.csv", ADA),
]
"""What answers GET with something else than a page."""

REPORTS = [
    State("reporting.show_overview", "", "/reporting", INES),
    State("reporting.show_queue", "to report", "/reporting/florida", INES),
    State("reporting.show_queue", "nothing entered", "/reporting/georgia", INES),
    State("reporting.show_queue", "refused", "/reporting/florida?show=refused", INES),
    State("reporting.show_queue", "files", "/reporting/florida?show=files", INES),
    State("reporting.show_queue", "to correct", "/reporting/florida?show=corrections", INES),
    State("reporting.settle_correction", "nothing chosen",
          "/reporting/florida?show=corrections", INES, 422, do=(press("Save"),)),
    State("reporting.show_numbers", "", "/reporting/florida/numbers", INES),
    State("reporting.store_numbers", "nothing filled in", "/reporting/georgia/numbers", INES, 422,
          do=(press("Save"),)),
    State("reporting.store_course_number", "nothing filled in", "/reporting/florida/numbers", INES,
          422, do=(press("Save the tracking number"),)),
    State("reporting.show_file", "answered", report_file("report file"), INES),
    State("reporting.show_file", "not sent", report_file("unsent report file"), INES),
    State("reporting.upload_receipt", "no file", report_file("unsent report file"), INES, 422,
          do=(press("Read it"),)),
    State("dashboard.learner_record", "reports that wait", "/record", UNPRINTED),
]  # fmt: skip

ROOMS = {
    "courses": COURSES,
    "exams": EXAMS,
    "certificates": CERTIFICATES,
    "accounts": ACCOUNTS,
    "remarks": REMARKS,
    "evaluations": EVALUATIONS,
    "audits": AUDITS,
    "authoring": AUTHORING,
    "schools": SCHOOLS,
    "provider": PROVIDER,
    "reviews": REVIEWS,
    "reports": REPORTS,
    "errors": ERRORS,
}
PAGES = [state for states in ROOMS.values() for state in states]


# What is looked at


@pytest.fixture(scope="module")
def site(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, LiveServer]]:
    """The filled site, with the real server on it."""
    database = stores["sqlite"].copy("every-page")
    filled = made.make(database, tmp_path_factory.mktemp("courses"))
    disconnect(filled.app)
    key = str(filled.app.secret_key)
    with serving(database, CPD_DEMO="1", CPD_SECRET_KEY=key) as server:
        yield filled, server
    stores["sqlite"].drop("every-page")


@dataclass
class Eyes:
    """A browser for each person, signed in once, with one page that goes from state to state."""

    site: Site
    server: LiveServer
    browser: Browser
    pages: dict[Person | None, Page] = field(default_factory=dict)
    answers: list[Response] = field(default_factory=list)
    """The documents that came since the last `show`."""
    said: list[str] = field(default_factory=list)
    """What the browser wrote to its console since then."""

    def page(self, who: Person | None) -> Page:
        """Return somebody's page, at phone width and in the light."""
        if who not in self.pages:
            self.pages[who] = self._open(who)
        page = self.pages[who]
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light", forced_colors="none", media="null")
        return page

    def _open(self, who: Person | None) -> Page:
        context = self.browser.new_context(base_url=self.server.url, viewport=PHONE)
        if who is not None:
            visitor = accounts.let_in(Visitor(self.site.app), who)
            settings = settings_of_app(self.site.app)
            made = visitor.client.get_cookie(settings.session_cookie)
            assert made is not None
            name = replace(settings, public_url=self.server.url).session_cookie
            context.add_cookies([{"name": name, "value": made.value, "url": self.server.url}])
        context.add_init_script(AXE_SCRIPT)  # sent once, and not again for every page
        page = context.new_page()
        page.on("console", lambda told: self.said.append(told.text))
        page.on("response", self._note)
        return page

    def _note(self, answer: Response) -> None:
        if answer.request.is_navigation_request():
            self.answers.append(answer)

    def show(self, state: State) -> tuple[Page, Response]:
        """Bring a page into its state, and return it with the answer that it came in."""
        page = self.page(state.who)
        self.answers.clear()
        self.said.clear()
        page.goto(self.path(state))
        for act in state.do:
            act(page)
        return page, self.answers[-1]

    def path(self, state: State) -> str:
        """Return the address of a state."""
        return state.path if isinstance(state.path, str) else state.path(self.site)


@pytest.fixture(scope="module")
def eyes(site: tuple[Site, LiveServer], browser: Browser) -> Iterator[Eyes]:
    """Opens pages in every state."""
    opened = Eyes(*site, browser)
    yield opened
    for page in opened.pages.values():
        page.context.close()


HOMES = [state for state in COURSES if state.endpoint == "courses.home"]
FIRST_ACTION = "main :is(a[href], button)"


@pytest.mark.parametrize("home", HOMES, ids=str)
def test_a_home_begins_with_its_first_action_below_one_row_of_links(
    home: State, eyes: Eyes
) -> None:
    page, _ = eyes.show(home)
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        assert page.locator(FIRST_ACTION).first.is_visible()
        end = page.locator(FIRST_ACTION).first.evaluate("it => it.getBoundingClientRect().bottom")
        assert end <= size["height"], f"{size}: the first action ends at {end}"
        assert not _sideways(page), size
        assert _rows_of_links(page) == 1, size
    page.set_viewport_size(PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert (_rows_of_links(page), _sideways(page)) == (1, 0), "text of 200%"


def test_control_links_in_two_rows_are_seen(eyes: Eyes) -> None:
    page, _ = eyes.show(next(home for home in HOMES if home.who is BUSY))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert _rows_of_links(page) == 1
    page.locator(".top nav").evaluate("it => { it.style.flexWrap = 'wrap' }")
    assert _rows_of_links(page) > 1


def _rows_of_links(page: Page) -> int:
    links = page.locator(".top a")
    middles = links.evaluate_all(
        "all => all.map(it => it.getBoundingClientRect()).map(it => (it.top + it.bottom) / 2)"
    )
    return len({round(middle / 10) for middle in middles})


def _sideways(page: Page) -> int:
    """Return by how much the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_found_on_any_page(room: str, eyes: Eyes, html_validator: HtmlValidator) -> None:
    found = [
        f"{state}\n{fault}"
        for state in ROOMS[room]
        for fault in faults(eyes, state, html_validator)
    ]
    assert not found, "\n\n".join(found)


def faults(eyes: Eyes, state: State, html_validator: HtmlValidator) -> Iterator[str]:
    """Yield everything that is wrong with a page in a state."""
    page, answer = eyes.show(state)
    if answer.status != state.status:
        yield f"answered {answer.status}, not {state.status}"
    yield from html_validator.faults(answer.text())
    yield from axe_faults(page)
    page.set_viewport_size(NARROW)
    yield from too_wide(page, "at 320 px")
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="dark")
    yield from axe_faults(page, only=["color-contrast"])  # nothing but colours differs in the dark
    yield from empty_half(page)
    yield from broken_words(page, "at 1280 px")
    yield from (words for words in eyes.said if "Content Security Policy" in words)
    page.set_viewport_size(PHONE)
    yield from broken_words(page, "at 390 px")
    page.evaluate(LONG_WORDS)
    yield from too_wide(page, "at 390 px with long words twice as large")


LONG_WORDS = r"""() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.parentElement.closest("svg, script, option, textarea, .vh")) continue;
    text.data = text.data.replace(/\p{L}{3,}/u, (word) => word.padEnd(70, "abcdefghij"));
  }
  document.documentElement.style.fontSize = "200%";
}"""
"""Makes the text twice as large, and a word of each piece as long as the longest name or code."""


def too_wide(page: Page, when: str) -> Iterator[str]:
    """Yield by how much a page is wider than the screen."""
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0:
        yield f"{over} px too wide {when}"


BROKEN_WORDS = r"""() => {
  const broken = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.parentElement.closest("svg, script, option, textarea, .vh")) continue;
    if (!text.parentElement.checkVisibility()) continue;
    for (const word of text.data.matchAll(/(?<!\S)\p{L}{2,14}(?=[.,:;?!]?(?!\S))/gu)) {
      const range = new Range();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) broken.push(`${word[0]} in ${text.parentElement.outerHTML.slice(0, 99)}`);
    }
  }
  return broken;
}"""
"""Words of usual length that a column is too narrow for."""


def broken_words(page: Page, when: str) -> Iterator[str]:
    """Yield the words that go on in another line, as in a column that was squeezed."""
    if broken := page.evaluate(BROKEN_WORDS):
        yield f"{len(broken)} words are broken {when}, such as {broken[0]}"


MARGINS = """() => {
  const holdsText = (it) => [...it.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
  const counts = (it) => it.matches("input, form, p:not(.runhead)") || holdsText(it);
  const boxes = [...document.querySelectorAll("main *")]
    .filter((it) => it.checkVisibility() && counts(it))
    .filter((it) => getComputedStyle(it).display !== "inline")
    .map((it) => it.getBoundingClientRect());
  const end = Math.max(...boxes.map((box) => box.right));
  return [Math.min(...boxes.map((box) => box.left)), innerWidth - end];
}"""
"""How far what is on a page stays from the start and from the end of a wide screen."""


def empty_half(page: Page) -> Iterator[str]:
    """Yield whether a wide screen stays empty at its end, and only there."""
    start, end = page.evaluate(MARGINS)
    if end - start > WIDE["width"] / 4:
        yield f"at {WIDE['width']} px, {end:.0f} px stay empty at the end, and {start:.0f} before"


# What a screen reader is told

TREES = Path(__file__).with_name("trees")
VARIES = (
    (r"\d\d:\d\d:\d\d", "TIME"),
    (r"\d{1,2} \w+ 20\d\d(, \d\d:\d\d)?", "DAY"),
    (r"\batt_\w+", "ATTEMPT"),
    (r"\bcer_\w+", "CERTIFICATE"),
)
TOLD = {
    "a-decision": "quizzes.case: a decision",
    "several-answers": "quizzes.case: several answers, given",
    "a-step-that-locks": "quizzes.case: answered, will lock",
    "two-answers": "quizzes.case: two answers",
    "decisions": "quizzes.decisions: ",
    "hand-in": "quizzes.submission: open",
    "passed": "quizzes.result: passed",
    "not-passed": "quizzes.result: critical",
}


def test_the_accessibility_tree_of_an_exam_is_the_one_in_the_file(eyes: Eyes) -> None:
    """To take a change over, delete its file, run this again, and read the difference."""
    states = {str(state): state for state in EXAMS}
    told = {name: tree_of(eyes, states[state]) for name, state in TOLD.items()}
    fresh = [name for name in told if not (TREES / f"{name}.yaml").exists()]
    for name in fresh:
        (TREES / f"{name}.yaml").write_text(told[name])
    assert not fresh, f"written, and to be read before they are kept: {', '.join(fresh)}"
    assert told == {name: (TREES / f"{name}.yaml").read_text() for name in TOLD}


def tree_of(eyes: Eyes, state: State) -> str:
    """Return the accessibility tree of the content, without what differs from run to run."""
    page, _ = eyes.show(state)
    tree = page.locator("main").aria_snapshot()
    if page.locator(".bar").count():
        tree += "\n" + page.locator(".bar").aria_snapshot()
    for varies, name in VARIES:
        tree = re.sub(varies, name, tree)
    return tree + "\n"


# However it is shown

SHOWN = (
    "courses.course: begun",
    "courses.section: read, one case decided",
    "courses.tool: ",
    "quizzes.case: a decision",
    "quizzes.decisions: ",
    "quizzes.result: critical",
    "certificates.certificate: valid",
    "accounts.sign_in.show_form: ",
)
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((it) => {
  if (it.matches(".vh, .vh *, svg, svg *, textarea, option") || !it.checkVisibility()) return false;
  if (![...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) return false;
  const box = it.getBoundingClientRect();
  if (box.right > innerWidth + 1 && !it.closest("table")) return true;
  const style = getComputedStyle(it);
  return (style.overflowX !== "visible" && it.scrollWidth > it.clientWidth + 1)
    || (style.overflowY !== "visible" && it.scrollHeight > it.clientHeight + 1);
}).map((it) => it.outerHTML.slice(0, 160))"""
UNSEEN_BUTTONS = """() => [...document.querySelectorAll(".btn")].filter((it) => {
  const style = getComputedStyle(it);
  return it.checkVisibility() && !style.textDecorationLine.includes("underline")
    && (style.borderTopStyle === "none" || !parseFloat(style.borderTopWidth));
}).map((it) => it.outerHTML.slice(0, 160))"""
PRINTED = """() => [...document.querySelectorAll("nav, .top, .foot, .bar, button:not(.cite)")]
  .filter((it) => it.checkVisibility()).map((it) => it.outerHTML.slice(0, 160))"""


def test_nothing_is_lost_with_wide_spacing_forced_colours_or_on_paper(eyes: Eyes) -> None:
    """At 400% (320 px), with the text spacing of WCAG 1.4.12, in forced colours, and printed."""
    states = {str(state): state for state in PAGES}
    lost = {}
    for name in SHOWN:
        page, _ = eyes.show(states[name])
        page.set_viewport_size(NARROW)
        page.evaluate(SPACED)
        cut_off = page.evaluate(CUT_OFF)
        page.emulate_media(forced_colors="active")
        unseen = page.evaluate(UNSEEN_BUTTONS)
        page.emulate_media(forced_colors="none", media="print")
        lost[name] = [*cut_off, *unseen, *page.evaluate(PRINTED)]
    assert lost == {name: [] for name in SHOWN}


def test_and_each_of_these_losses_would_be_found(eyes: Eyes) -> None:
    page, _ = eyes.show(next(state for state in EXAMS if str(state) == "quizzes.case: a decision"))
    page.set_viewport_size(NARROW)
    assert page.evaluate(CUT_OFF) == []
    page.evaluate(LONG_WORDS)
    assert list(too_wide(page, "now")) == []
    page.evaluate("document.body.style.overflowWrap = 'normal'")
    assert list(too_wide(page, "now")) != []
    page.reload()
    page.evaluate("document.querySelector('h1').style = 'block-size: .5em; overflow: hidden'")
    assert len(page.evaluate(CUT_OFF)) == 1
    page.evaluate("document.querySelector('.bar .btn').style = 'border: 0; text-decoration: none'")
    assert len(page.evaluate(UNSEEN_BUTTONS)) == 1
    assert page.evaluate(PRINTED) != []  # not on paper


def test_an_empty_half_would_be_found(eyes: Eyes) -> None:
    page = eyes.page(None)
    page.goto("/verify")
    page.set_viewport_size(WIDE)
    assert list(empty_half(page)) == []
    page.evaluate("document.querySelector('.cols').className = ''")
    assert list(empty_half(page)) != []


def test_a_broken_word_would_be_found(eyes: Eyes) -> None:
    page = eyes.page(None)
    page.goto(SECTION)
    page.set_viewport_size(WIDE)
    assert list(broken_words(page, "now")) == []
    page.evaluate("document.querySelector('.reader nav').style.display = 'flex'")
    assert list(broken_words(page, "now")) != []


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "desktop"])
def test_what_to_do_stands_in_the_first_screen(size: ViewportSize, eyes: Eyes) -> None:
    page = eyes.page(None)
    page.set_viewport_size(size)
    for path, seen in (("/", "main .btn"), (COURSE, "main .btn"), (COURSE, "#contents")):
        page.goto(path)
        assert page.locator("main .btn:not(.second, .plain)").count() == 1, "one primary button"
        box = page.locator(seen).first.bounding_box()
        assert box
        assert box["y"] + box["height"] <= size["height"], f"{seen} of {path}"


def test_a_certificate_fills_one_page_of_paper(eyes: Eyes) -> None:
    page = eyes.page(MAYA)
    page.goto(certificate(MAYA)(eyes.site))
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


# Nothing is forgotten


def test_every_route_that_answers_get_has_an_example(eyes: Eyes) -> None:
    forgotten = missing(eyes.site.app, {state.endpoint for state in [*PAGES, *PLAIN]})
    assert not forgotten, f"add examples of {forgotten} to this file"


def test_and_without_an_example_this_would_fail(eyes: Eyes) -> None:
    shown = {state.endpoint for state in [*PAGES, *PLAIN]}
    assert missing(eyes.site.app, shown - {"quizzes.review"}) == {"quizzes.review"}


def missing(app: Flask, shown: set[str]) -> set[str]:
    """Return the endpoints that answer GET and are not shown."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if answers_get(rule)} - shown


def answers_get(rule: Rule) -> bool:
    """Say whether a route can be fetched."""
    return rule.methods is not None and "GET" in rule.methods


def test_each_example_is_of_the_route_that_it_names(eyes: Eyes) -> None:
    routes = eyes.site.app.url_map.bind("localhost")
    for state in [*PAGES, *PLAIN]:
        path = eyes.path(state).partition("#")[0].partition("?")[0]
        wanted = {state.endpoint, *(() if not state.do else posted_from(eyes.site.app, path))}
        if state.endpoint != NOWHERE:
            assert routes.match(path)[0] in wanted, str(state)


def posted_from(app: Flask, path: str) -> set[str]:
    """Return the endpoint that shows the form of a page which was posted."""
    return {app.url_map.bind("localhost").match(path)[0]}


@pytest.mark.parametrize("state", PLAIN, ids=str)
def test_what_is_no_page_answers_too(eyes: Eyes, state: State) -> None:
    page = eyes.page(state.who or MAYA)
    assert page.request.get(eyes.path(state)).status == 200
