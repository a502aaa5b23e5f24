"""Answers in a real browser: kept as they are given, never lost, never overwritten unseen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from cpd.access.permissions import SYSTEM
from cpd.accounts.people import actions as people
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.attempts import delivery
from cpd.quizzes.rules.answers import AnswerEvent, EventType, Outcome
from tests.factories.accounts import row_of
from tests.journeys.conftest import Walks
from tests.journeys.walking import Walker, asks_before_locking, is_flat_decision
from tests.support.people import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
SAVED = re.compile(r"Saved \d\d:\d\d:\d\d")
EVENTS = "**/attempts/*/events"
LISTEN = """() => {
  globalThis.heard = [];
  const line = document.querySelector("[data-spoken]");
  new MutationObserver(() => heard.push(line.textContent)).observe(line, { childList: true });
}"""
FIRST, SECOND, THIRD = "postpone", "same_day", "modify"


def state(page: Page) -> Locator:
    """Return the line that says whether the answer is held."""
    return page.locator(".bar .save")


def radio(page: Page, value: str) -> Locator:
    """Return the field of an answer."""
    return page.locator(f"#case input[value='{value}']")


def kept(maya: Walker, position: int) -> list[AnswerEvent]:
    """Return what the server holds for a case, in the order in which it arrived."""
    with maya.learner.app.app_context():
        attempt = maya.learner.attempt(maya.attempt)
        case = attempt.items[position - 1].revision.front["id"]
        return [e for e in delivery.find_answer_events(db.session(), attempt.id) if e.case == case]


def said(events: list[AnswerEvent]) -> list[tuple[str, str]]:
    """Return answers with what became of them."""
    return [(str((e.answer or {}).get("choice")), e.outcome.value) for e in events]


def at_a_decision(walk: Walks, page: Page) -> Walker:
    """Let maya sit before a case with one decision."""
    maya = walk(page).sit_down()
    maya.go_to(is_flat_decision)
    return maya


def test_an_answer_is_kept_although_no_button_is_pressed(walk: Walks, phone: Page) -> None:
    maya = at_a_decision(walk, phone)
    expect(state(phone)).to_have_text("No answer yet")
    radio(phone, FIRST).check()
    expect(state(phone)).to_have_text(SAVED)
    expect(phone.locator("[data-spoken]")).to_have_text(SAVED)
    here, context = phone.url, phone.context
    phone.close()
    again = Walker(context.new_page(), maya.learner)
    again.page.goto(here)
    expect(radio(again.page, FIRST)).to_be_checked()
    expect(state(again.page)).to_have_text(SAVED)
    assert said(kept(again, again.position)) == [(FIRST, "accepted")]


def test_two_tabs_show_both_answers_and_lose_none(walk: Walks, phone: Page) -> None:
    maya = at_a_decision(walk, phone)
    other = phone.context.new_page()
    other.goto(phone.url)
    radio(phone, FIRST).check()
    expect(state(phone)).to_have_text(SAVED)

    with other.expect_response(EVENTS) as answer:
        radio(other, SECOND).click()  # the page may be gone before it could be seen to be checked
    assert answer.value.status == 409
    shows_both(other)
    assert said(kept(maya, maya.position)) == [(FIRST, "accepted"), (SECOND, "conflicting")]

    radio(other, SECOND).check()
    expect(state(other)).to_have_text(SAVED)
    expect(other.locator("#two")).to_have_count(0)
    other.reload()
    expect(other.locator("#two")).to_have_count(0)
    assert said(kept(maya, maya.position))[-1] == (SECOND, "accepted")


def test_two_tabs_without_script_too(walk: Walks, phone_without_script: Page) -> None:
    page = phone_without_script
    maya = at_a_decision(walk, page)
    other = page.context.new_page()
    here = maya.position
    other.goto(page.url)
    radio(page, FIRST).check()
    maya.go_on()

    radio(other, SECOND).check()
    with other.expect_response(re.compile(r"/cases/\d+$")) as answer:
        other.locator(".bar button").click()
    assert answer.value.status == 409
    shows_both(other)
    radio(other, SECOND).check()
    Walker(other, maya.learner).go_on()
    other.goto(answer.value.url)
    expect(radio(other, SECOND)).to_be_checked()
    expect(other.locator("#two")).to_have_count(0)
    assert said(kept(Walker(other, maya.learner), here)) == [
        (FIRST, "accepted"),
        (SECOND, "conflicting"),
        (SECOND, "accepted"),
    ]


def test_going_on_sends_only_what_the_server_has_not_taken(walk: Walks, phone: Page) -> None:
    maya = at_a_decision(walk, phone)
    here, position = phone.url, maya.position
    pages: list[str] = []  # how they were asked for, apart from what the script sends
    phone.on("request", lambda one: pages.extend([one.method] * one.is_navigation_request()))
    phone.route(EVENTS, lambda route: route.fulfill(status=422, json={"message": "Not taken."}))
    radio(phone, FIRST).check()
    expect(state(phone)).to_have_text("Not taken.")
    maya.go_on()
    assert pages == ["POST", "GET"]
    assert said(kept(maya, position)) == [(FIRST, "accepted")]

    phone.unroute(EVENTS)
    phone.goto(here)
    pages.clear()
    radio(phone, SECOND).check()
    expect(state(phone)).to_have_text(SAVED)
    radio(phone, THIRD).check()
    maya.go_on()  # whether or not the newest has arrived already
    assert pages == ["GET"]
    assert said(kept(maya, position))[1:] == [(SECOND, "accepted"), (THIRD, "accepted")]


def shows_both(page: Page) -> None:
    """Check that both answers stand there to choose from; the first one counts until then."""
    two = page.locator("#two")
    expect(two).to_contain_text("Which one counts?")
    expect(two).to_contain_text("Counts for now: Not today: reschedule")
    expect(two).to_contain_text("Also given elsewhere: Not today: medical advice today")
    expect(two).to_be_focused()
    expect(radio(page, FIRST)).to_be_checked()


def test_a_browser_of_2021_answers_and_leaves_while_the_answer_is_on_its_way(
    walk: Walks, phone: Page
) -> None:
    """What Safari 15 lacks; without it, the first press on the button did nothing."""
    phone.add_init_script(WITHOUT_WHAT_CAME_LATER)
    faults: list[str] = []
    phone.on("pageerror", lambda fault: faults.append(str(fault)))
    maya = at_a_decision(walk, phone)
    position, under_way = maya.position, list[Route]()

    def hold(route: Route) -> None:
        under_way.append(route)

    phone.route(EVENTS, hold)
    with phone.expect_request(EVENTS):
        radio(phone, FIRST).click()
    phone.locator(".bar button").click()
    assert maya.position == position, "nothing leaves the page before the answer is kept"
    before = phone.url
    under_way[0].continue_()
    phone.wait_for_url(lambda url: url != before)
    assert said(kept(maya, position)) == [(FIRST, "accepted")]
    phone.unroute(EVENTS)
    maya.go_to(asks_before_locking)
    expect(phone.locator("#ask")).to_be_hidden()
    radio(phone, FIRST).check()
    expect(state(phone)).to_have_text(SAVED)
    maya.press(phone.locator(".bar button"))
    maya.h1("Continue with this answer?")
    assert faults == []


WITHOUT_WHAT_CAME_LATER = """
delete HTMLFormElement.prototype.requestSubmit;
delete SubmitEvent.prototype.submitter;
delete Array.prototype.at;
delete String.prototype.at;
delete HTMLDialogElement.prototype.showModal;
delete Crypto.prototype.randomUUID;
"""


def test_a_flag_is_kept_at_once_and_seen_on_another_device(walk: Walks, phone: Page) -> None:
    maya = at_a_decision(walk, phone)
    here = phone.locator(f".map a[data-position='{maya.position}']")
    with phone.expect_response(re.compile(r"/cases/\d+$")):
        phone.get_by_label("Flag this case").check()
    expect(here).to_have_class(re.compile("flag"))
    expect(phone.get_by_text("corner: flagged")).to_be_visible()
    phone.wait_for_function("document.querySelector('[name=was_flagged]').value === '1'")
    phone.reload()
    expect(phone.get_by_label("Flag this case")).to_be_checked()
    expect(here).to_have_class(re.compile("flag"))
    radio(phone, FIRST).check()
    expect(state(phone)).to_have_text(SAVED)
    phone.context.set_offline(True)
    phone.get_by_label("Flag this case").uncheck()
    phone.context.set_offline(False)
    position = maya.position
    maya.go_on()  # and so sends what could not be sent
    maya.open_case(position)
    expect(phone.get_by_label("Flag this case")).not_to_be_checked()
    assert said(kept(maya, position)) == [(FIRST, "accepted")]


def test_answers_given_without_a_network_are_sent_in_order(walk: Walks, phone: Page) -> None:
    phone.clock.install()
    maya = at_a_decision(walk, phone)
    phone.evaluate(LISTEN)
    here = phone.locator(f".map a[data-position='{maya.position}']")
    phone.context.set_offline(True)
    for value in (FIRST, SECOND, THIRD):
        radio(phone, value).check()
    expect(state(phone)).to_have_text("Not sent yet. Kept on this device.")
    expect(here).to_have_class(re.compile("held"))
    expect(phone.get_by_text("dashed: on this device only")).to_be_visible()
    phone.locator(".bar button").click()
    expect(radio(phone, THIRD)).to_be_checked()  # no leaving for an error page
    assert kept(maya, maya.position) == []
    phone.clock.fast_forward("05:00")  # tries again meanwhile, and says nothing new
    expect(state(phone)).to_have_text("Not sent yet. Kept on this device.")

    phone.context.set_offline(False)
    expect(state(phone)).to_have_text(SAVED)
    expect(here).not_to_have_class(re.compile("held"))
    once, then = phone.evaluate("heard")
    assert once == "Not sent yet. Kept on this device."
    assert SAVED.fullmatch(then)
    assert said(kept(maya, maya.position)) == [
        (FIRST, "accepted"),
        (SECOND, "accepted"),
        (THIRD, "accepted"),
    ]
    position = maya.position
    maya.go_on()
    phone.go_back()
    assert len(kept(maya, position)) == 3


def test_what_waits_survives_a_reload_and_other_pages(walk: Walks, phone: Page) -> None:
    maya = at_a_decision(walk, phone)
    position, here = maya.position, phone.url
    phone.context.route(EVENTS, lambda route: route.abort())
    radio(phone, FIRST).check()
    expect(state(phone)).to_have_text("Not sent yet. Kept on this device.")
    phone.reload()
    expect(radio(phone, FIRST)).to_be_checked()
    expect(state(phone)).to_have_text("Not sent yet. Kept on this device.")
    maya.open_case(position % 6 + 1)
    expect(state(phone)).to_have_text(
        f"Not sent yet. Kept on this device; case {position} goes first."
    )
    phone.get_by_role("link", name="All decisions in one list").click()
    expect(phone.locator("main .save")).to_contain_text("Not sent yet")
    listed = phone.locator(".tally > li").nth(position - 1)
    expect(listed).to_contain_text("on this device only")
    expect(phone.get_by_text("on this device only").filter(visible=True)).to_have_count(1)

    phone.context.unroute(EVENTS)
    phone.reload()
    expect(listed.get_by_text("on this device only")).to_be_hidden()
    expect(listed).to_contain_text("Not today: reschedule")
    expect(phone.locator("main .save")).to_be_hidden()
    phone.goto(here)
    assert said(kept(maya, position)) == [(FIRST, "accepted")]


def sessions_ended(maya: Walker) -> None:
    """Sign maya out everywhere, as she could from another browser."""
    learner = maya.learner
    with learner.app.app_context():
        person = row_of(learner.named).id
        with unit_of_work() as session:
            people.sign_out_person(session, person, actor=SYSTEM, now=clock.now())


def cookies_gone(maya: Walker) -> None:
    """Let the browser forget who maya is, on a network so slow that a second try could overtake."""
    maya.page.context.clear_cookies()
    delay(maya.page, milliseconds=800)


def delay(page: Page, *, milliseconds: int) -> None:
    """Delay every answer to a page."""
    limits = {"offline": False, "latency": milliseconds, "downloadThroughput": -1}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", limits | {"uploadThroughput": -1})


@pytest.mark.parametrize("end", [sessions_ended, cookies_gone])
def test_nothing_is_lost_when_the_session_ends(
    walk: Walks, phone: Page, end: Callable[[Walker], None]
) -> None:
    maya = at_a_decision(walk, phone)
    here = phone.url
    end(maya)
    radio(phone, FIRST).click()  # the page may be gone before it could be seen to be checked
    maya.h1("Sign in")
    expect(phone.locator("main")).to_contain_text("Your answer is kept on this device")
    delay(phone, milliseconds=0)
    phone.get_by_label("Email address").fill(maya.learner.named.email)
    phone.get_by_label("Password").first.fill(PASSWORD)
    maya.press(phone.get_by_role("button", name="Sign in"))
    expect(phone).to_have_url(here)
    expect(radio(phone, FIRST)).to_be_checked()
    expect(state(phone)).to_have_text(SAVED)
    assert said(kept(maya, maya.position)) == [(FIRST, "accepted")]


@pytest.mark.parametrize("end", [sessions_ended, cookies_gone])
def test_without_script_the_refused_answer_is_offered_again(
    walk: Walks, phone_without_script: Page, end: Callable[[Walker], None]
) -> None:
    page = phone_without_script
    maya = at_a_decision(walk, page)
    here, position = page.url, maya.position
    radio(page, FIRST).check()
    end(maya)
    maya.press(page.locator(".bar button"))
    maya.h1("Sign in")
    expect(page.locator("main")).to_contain_text("You were signed out. Your answer is kept:")
    assert kept(maya, position) == []
    page.get_by_label("Email address").fill(maya.learner.named.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    maya.press(page.get_by_role("button", name="Sign in"))
    assert page.url.startswith(here)
    expect(page.locator("#unsaved")).to_contain_text("Not saved yet.")
    expect(page.locator("#unsaved")).to_be_focused()
    expect(radio(page, FIRST)).to_be_checked()
    maya.go_on()
    assert said(kept(maya, position)) == [(FIRST, "accepted")]


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
def test_a_step_that_locks_asks_once(
    walk: Walks, phone: Page, phone_without_script: Page, *, has_script: bool
) -> None:
    page = phone if has_script else phone_without_script
    maya = walk(page).sit_down()
    maya.go_to(asks_before_locking)
    here, step = maya.position, maya.step.id
    expect(page.get_by_text("We will ask once before it does.")).to_be_visible()
    radio(page, FIRST).check()
    page.locator(".bar button").click()
    asked = page.get_by_role("dialog", name="Continue with this answer?")
    if has_script:
        expect(asked.get_by_role("heading")).to_be_focused()
        expect(asked).to_contain_text("You decided Not today: reschedule")
        asked.get_by_role("button", name="Change the answer first").click()
        expect(asked).to_be_hidden()
    else:
        maya.h1("Continue with this answer?")
        expect(page.locator("main")).to_contain_text("You decided Not today: reschedule")
        maya.press(page.get_by_role("link", name="Change the answer first"))
    radio(page, SECOND).check()
    maya.lock()

    expect(page.locator("#case .given")).to_contain_text("Not today: medical advice today")
    expect(page.locator("#case .given")).to_contain_text("locked when you moved on")
    expect(page.locator("#question")).to_be_focused()
    assert maya.step.id != step
    last = kept(maya, here)[-1]
    assert (last.type, last.outcome, last.step) == (EventType.REVEAL, Outcome.ACCEPTED, step)
    maya.decide()
    if here == 6:
        maya.h1("Your decisions, before you submit")
    else:
        assert maya.position == here + 1


def test_the_bar_covers_nothing_that_has_the_focus(walk: Walks, phone: Page) -> None:
    at_a_decision(walk, phone)
    phone.context.set_offline(True)
    radio(phone, FIRST).check()  # the longest message: the bar is at its highest
    expect(state(phone)).to_contain_text("Not sent yet")
    phone.set_viewport_size({"width": 320, "height": 560})
    phone.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    covered, met = [], set()
    for _ in range(40):
        phone.keyboard.press("Tab")
        met.add(phone.evaluate("document.activeElement.outerHTML"))
        covered += [found] if (found := phone.evaluate(COVERED)) else []
    assert len(met) > 10
    assert not covered


def test_the_bar_is_one_row_and_leaves_room_to_read(walk: Walks, phone: Page) -> None:
    """Held sideways, and with text of twice the size, it waits at the end of the page."""
    at_a_decision(walk, phone)
    radio(phone, FIRST).check()
    expect(state(phone)).to_have_text(SAVED)
    assert phone.evaluate(BAR) == {"is_one_row": True, "is_in_sight": True, "overflow": 0}
    phone.set_viewport_size({"width": 844, "height": 390})
    assert phone.evaluate(BAR) == {"is_one_row": True, "is_in_sight": False, "overflow": 0}
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    large = phone.evaluate(BAR)
    assert (large["is_in_sight"], large["overflow"]) == (False, 0)


BAR = """() => {
  scrollTo(0, 0);
  const [words, action] = [...document.querySelector(".bar > div").children]
    .map((part) => part.getBoundingClientRect());
  return {
    is_one_row: words.right <= action.left && words.top < action.bottom,
    is_in_sight: action.top < innerHeight,
    overflow: document.documentElement.scrollWidth - innerWidth,
  };
}"""


COVERED = """() => {
  const focused = document.activeElement;
  const bar = document.querySelector(".bar");
  if (!focused || focused === document.body || bar.contains(focused)) return "";
  const row = focused.closest("label") || focused;
  const [at, over] = [row.getBoundingClientRect(), bar.getBoundingClientRect()];
  return at.bottom > over.top + 1 && at.top < over.bottom - 1 ? row.outerHTML.slice(0, 120) : "";
}"""
