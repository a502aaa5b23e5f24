"""An author writes a case with three steps, a guest reviews it on a phone, and learners decide it.

Then a course of two sections, from nothing to a certificate. All of it by the forms of the pages.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.authoring.editor.test_autosave import sign_in
from tests.authoring.review.test_review import answer_blind, ask_ravi, begin, introduce, sign
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.journeys.site import six_cases
from tests.journeys.walking import Walker
from tests.support.browser import DESKTOP, PHONE
from tests.support.counted import Counted
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA, MAYA, RAVI
from tests.support.post import PostOffice
from tests.support.server import LiveServer
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
NewContext = Callable[..., BrowserContext]
FILES = f"/authoring/courses/{SLUG}"
CASE = "cases/vera-stops-at-the-door.md"
GUEST = "gita@clinic.example"
MOST_TO_THE_FIRST_DECISION = 4
OK = 200
A_WHILE = 20_000
STEM = (
    "Vera, 61, walks here in the heat. She had to sit down on the way, and for a moment she was "
    "gone.\n\n**Plan:** 40 minutes, back and legs, light, face up."
)
BEFORE, AFTER = "for a moment she was gone", "for a minute she was gone"


@pytest.fixture
def live_server(mailing_server: LiveServer) -> LiveServer:
    """The server, with emails."""
    return mailing_server


@pytest.fixture
def ada(app: Flask, clock: MovedClock, live_server: LiveServer, new_context: NewContext) -> Counted:
    """The author at a desk, on the server, whose clock is the machine's."""
    clock.close()
    context = new_context(base_url=live_server.url, viewport=DESKTOP)
    sign_in(app, accounts.let_in(Visitor(app, "ada"), ADA), context, live_server)
    page = context.new_page()
    page.set_default_timeout(A_WHILE)
    return Counted(page)


def test_a_case_from_its_form_to_a_learner_and_on(
    app: Flask, ada: Counted, phone: Page, post: PostOffice, tmp_path: Path
) -> None:
    courses.publish(app, six_cases(tmp_path, SLUG))
    guest = Counted(phone)
    phone.set_default_timeout(A_WHILE)
    writes_a_case_of_three_steps(ada)
    is_stopped_by_the_checks(ada)
    mends_what_they_found(ada)
    asks_for_one_more_case_in_the_exam(ada)
    review = invites_a_guest(ada)
    follows_the_invitation(app, guest, post)
    decides_otherwise_and_disagrees(guest)
    is_answered_with_a_source(ada, review)
    is_convinced_and_signs_everything(guest)
    publishes(ada, "Vera’s case is new.", drafts=2)

    learner = Learner(app, MAYA).study()
    attempt = learner.start()
    reads_the_case_in_an_exam(app, phone, attempt)
    learner.answer_all(attempt)
    learner.hand_in(attempt)
    the_text_is_changed_later(app, ada)
    reads_what_was_decided(phone, attempt)


def open_file(ada: Counted, path: str) -> None:
    """Open the form of a file, whether or not it has a draft."""
    ada.page.goto(FILES)
    row = ada.page.get_by_role("listitem").filter(has_text=path)
    draft = row.get_by_role("link", name="Open the draft")
    ada.press("Open the draft" if draft.count() else "Edit", inside=row)


def step(ada: Counted, number: int) -> Locator:
    """Return the part of the form for a step."""
    return ada.page.get_by_role("group", name=re.compile(f"^Step {number}"))


def write_answers(ada: Counted, number: int, *answers: tuple[str, str]) -> None:
    """Write the answers to a question, each with its reason."""
    for position, (text, reason) in enumerate(answers):
        answer = ada.page.locator(f"#g-steps-{number - 1}-options-{position}")
        ada.fill("The answer", text, inside=answer)
        ada.fill("The reason, for the learner", reason, inside=answer)


def writes_a_case_of_three_steps(ada: Counted) -> None:
    """Begin a case the long way, and add a step of each kind, which the story then leads to."""
    ada.page.goto(FILES)
    ada.press("Add a section, a card or another file")
    ada.choose("What do you want to add?", "A case with questions of your own")
    ada.fill("What is it called?", "Vera stops at the door")
    ada.select("Which passage explains it?", "Noticing heat illness: Fainting")
    ada.press("Begin it")
    expect(ada.page.get_by_text("The case has no step.")).to_be_visible()
    ada.fill("The client", STEM)
    ada.choose("Which safety cards does it belong to?", "Fainting")
    ada.select("Does it have a warning sign?", "Yes")
    ada.press("Add a decision about today’s session")
    first = step(ada, 1)
    ada.fill("The question to the learner", "What do you decide?", inside=first)
    ada.select("What is the right decision?", "Not today: medical advice today", inside=first)
    ada.fill("A sentence to say to the client", "“You need to be seen today.”", inside=first)
    reasons = first.get_by_label("The reason, for the learner")
    for number in range(reasons.count()):
        reasons.nth(number).fill(f"She fainted today, which is why this is so (reason {number}).")
    ada.press("Add a question with one right answer")
    ada.fill("The question to the learner", "What must you not do now?", inside=step(ada, 2))
    write_answers(
        ada,
        2,
        ("Let her leave alone after that moment on the way", "She could faint again."),
        ("Sit with her", "Somebody is with her then."),
    )
    ada.press("Add a “choose all that apply” question")
    ada.fill("The question to the learner", "What do you write down?", inside=step(ada, 3))
    write_answers(
        ada,
        3,
        ("What she said", "Her words are what the doctor needs."),
        ("What you think it was", "A guess is no finding."),
    )


def is_stopped_by_the_checks(ada: Counted) -> None:
    """Save a story that goes round in a circle, asks for what not to do, and gives itself away."""
    page = ada.page
    ada.select("What comes next?", "Step 1: What do you decide?", inside=step(ada, 3).last)
    ada.press("Save")
    found = page.locator(".finding")
    expect(found.filter(has_text="Loop: this returns to step 1")).to_be_visible()
    expect(page.get_by_text("Not every path through the case can be scored yet.")).to_be_visible()
    expect(found.filter(has_text="The prompt is a negative question.")).to_be_visible()
    expect(found.filter(has_text="is only in the stem and in the right option")).to_be_visible()
    ada.press("Save and go to review")
    ada.fill("Guests, by email address", GUEST)
    ada.press("Send the request")
    expect(
        page.get_by_text("Fix the faults in “Vera stops at the door” first.").first
    ).to_be_visible()


def mends_what_they_found(ada: Counted) -> None:
    """Change what the checks named; the preview then shows the case as learners see it."""
    page = ada.page
    open_file(ada, CASE)
    ada.select("What comes next?", "The end of the case", inside=step(ada, 3).last)
    ada.fill("The question to the learner", "What do you do now?", inside=step(ada, 2))
    write_answers(
        ada,
        2,
        ("Stay with her", "Somebody is with her if it happens again."),
        ("Let her go", "She could faint again on her way."),
    )
    ada.press("Save and preview")
    story = page.get_by_role("list", name="The story")
    for words in (BEFORE, "Stay with her", "What do you write down?"):
        expect(story).to_contain_text(words)
    ada.press("Back to the form")
    expect(page.get_by_text("Every path through the case can be scored.")).to_be_visible()
    expect(page.get_by_text("No faults in this file.")).to_be_visible()
    expect(page.locator("#kept")).to_be_hidden()  # everything was saved


def asks_for_one_more_case_in_the_exam(ada: Counted) -> None:
    """Let the exam bring one more case, so that the new one is drawn."""
    open_file(ada, "exam.md")
    ada.fill("How many cases?", "7")
    ada.press("Save")


def invites_a_guest(ada: Counted) -> str:
    """Ask somebody without an account about both files; return the address of the review."""
    open_file(ada, CASE)
    ada.press("Save and go to review")
    ada.fill("Guests, by email address", GUEST)
    ada.choose("Other drafts of this course, in the same request", "Final cases")
    ada.press("Send the request")
    expect(ada.page.get_by_text("One reviewer was asked.")).to_be_visible()
    return ada.page.url


def follows_the_invitation(app: Flask, guest: Counted, post: PostOffice) -> None:
    """Come from the email to the first question, in four actions."""
    guest.page.goto(post.collect(app)[-1].path)
    guest.count += 1
    guest.press("Send me a code")
    guest.fill("Code", post.collect(app)[-1].code)
    guest.press("Open the review")
    expect(guest.page.get_by_role("group", name="What do you decide?")).to_be_visible()
    assert guest.count <= MOST_TO_THE_FIRST_DECISION


def decides_otherwise_and_disagrees(guest: Counted) -> None:
    """Decide the case without having seen its answer, and say why the author is wrong."""
    page = guest.page
    assert page.viewport_size == PHONE
    for question, answer in (("What do you decide?", "Emergency"), ("What do you do now?", "Stay")):
        guest.choose(question, answer)
        guest.press("Save and continue")
    guest.choose("What do you write down?", "What she said")
    guest.press("Lock my answer and compare")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your answer and the author’s differ."
    )
    guest.choose("Do you agree?", "I disagree")
    guest.fill("Comment, or reason and source", "Whoever was gone for a moment is an emergency.")
    guest.press("Save")


def is_answered_with_a_source(ada: Counted, review: str) -> None:
    """Cite what the right answer rests on, and send the reviewer the new text."""
    page = ada.page
    page.goto(review)
    expect(page.get_by_text("Whoever was gone for a moment is an emergency.")).to_be_visible()
    expect(page.get_by_text("this is not settled yet")).to_be_visible()
    open_file(ada, CASE)
    right = page.locator("#g-steps-0-options-same_day")
    cited = "Right. Whoever fainted and is well again sees a doctor today [@keller-2019]."
    ada.fill("The reason, for the learner", cited, inside=right)
    ada.select("What supports this reason?", "Guideline", inside=right)
    ada.fill("Who reviewed it?", "", inside=right)
    ada.press("Save and go to review")
    ada.press("Send the new text to the reviewers")


def is_convinced_and_signs_everything(guest: Counted) -> None:
    """See what changed, be convinced by the source, sign both files, and hand the review in."""
    page = guest.page
    guest.press("Vera stops at the door")
    expect(page.get_by_role("heading", name="What changed since you answered")).to_be_visible()
    expect(
        page.get_by_text("Whoever fainted and is well again sees a doctor today").first
    ).to_be_visible()
    guest.choose("Do you agree?", "I change my answer")
    guest.fill("Comment, or reason and source", "Keller 2019 says so.")
    guest.press("Save")
    guest.choose("Do you agree?", "I agree")
    guest.press("Save")
    guest.fill("Name", "Gita Rao")
    guest.fill("credentials", "neurologist")
    guest.fill("influence", "nothing")
    guest.press("Save")
    guest.choose("Do you agree?", "I agree")
    guest.press("Save")
    guest.press("Final cases")
    guest.choose("Do you agree?", "I agree")
    guest.press("Save")
    guest.press("Hand in my review")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you.")


def publishes(ada: Counted, reason: str, *, drafts: int) -> None:
    """Publish everything that is approved."""
    page = ada.page
    page.goto(FILES)
    ada.press("Publish drafts")
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(drafts)
    for box in boxes.all():
        box.check()
    ada.fill("Why is it published?", reason)
    ada.press("Publish the chosen drafts")
    expect(page.get_by_text(re.compile("is published|are published"))).to_be_visible()


def reads_the_case_in_an_exam(app: Flask, phone: Page, attempt: str) -> None:
    """Find the new case among those that were drawn."""
    Walker(phone, Learner(app, MAYA)).sign_in()
    for position in range(1, 8):
        phone.goto(f"/attempts/{attempt}/cases/{position}")
        if phone.get_by_text(BEFORE).count():
            break
    expect(phone.get_by_text(BEFORE)).to_be_visible()
    expect(phone.get_by_role("group", name="What do you decide?")).to_be_visible()


def the_text_is_changed_later(app: Flask, ada: Counted) -> None:
    """Change what the client tells; somebody who has not seen the answer decides it again."""
    open_file(ada, CASE)
    ada.fill("The client", STEM.replace(BEFORE, AFTER))
    ada.press("Save")
    author = accounts.let_in(Visitor(app, "ada"), ADA)
    ask_ravi(author, begin(author, CASE))
    ravi = accounts.let_in(Visitor(app, "ravi"), RAVI)
    page = ravi.get("/authoring/reviews").html
    found = re.search(r"/authoring/reviews/rvu_\w+", page)
    assert found
    ravi.get(found[0])
    ravi.submit({"choice": "same_day"}, action=found[0])
    answer_blind(ravi, found[0], "answer-1", "answer-1")
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    open_file(ada, CASE)
    ada.press("Save and go to review")
    ada.fill("What you changed, and the source for it", "Only the time: Keller 2019 stands.")
    ada.press("Record the change and its source")
    publishes(ada, "The time is said as she said it.", drafts=1)


def reads_what_was_decided(phone: Page, attempt: str) -> None:
    """Open the old review: it has the text that was decided, and says that it was changed."""
    phone.goto(f"/attempts/{attempt}/review")
    case = phone.locator("details[id]").filter(has_text="Vera stops at the door")
    case.locator("summary").first.click()
    expect(case).to_contain_text(BEFORE)
    expect(case).not_to_contain_text(AFTER)
    expect(case).to_contain_text("This case was changed on")
    expect(phone.get_by_text("This case was changed on")).to_have_count(1)


def test_a_course_from_nothing_to_a_certificate(
    app: Flask, ada: Counted, zoe: Visitor, phone: Page
) -> None:
    begins_a_course(ada)
    adds_a_section(ada)
    adds_a_short_case_with_its_card(ada)
    has_everything_signed(app, ada)
    publishes_the_first_version(ada)
    assert HOT not in zoe.get("/courses").html
    shows_the_course_to_everybody(ada)
    assert HOT in zoe.get("/courses").html
    learner = Walker(phone, Learner(app, MAYA, HOT), sections=("before-the-session", "the-room"))
    phone.set_default_timeout(A_WHILE)
    learner.sign_in()
    learner.begin_course()
    learner.study()
    learner.start_exam()
    learner.decide_all()
    learner.hand_in()
    learner.h1("Passed, with 100% and every client kept safe.")
    learner.press(phone.get_by_role("link", name="Your certificate"))
    expect(phone.locator(".cert .who")).to_have_text(MAYA.full_name)


HOT = "hot-day"
HOT_FILES = f"/authoring/courses/{HOT}"


def begins_a_course(ada: Counted) -> None:
    """Name the course; it has its first drafts then, and nobody else finds it."""
    ada.page.goto("/authoring")
    ada.press("Begin a course")
    ada.fill("Title", "A day of heat")
    ada.fill("Its short name in web addresses", HOT)
    ada.press("Begin the course")


def adds_a_section(ada: Counted) -> None:
    """Add a second section, which the course then lists, and write its text."""
    ada.press("Add a section, a card or another file")
    ada.choose("What do you want to add?", "A section to read")
    ada.fill("What is it called?", "The room")
    ada.fill("What is it about, in a sentence or two?", "How to cool a room.")
    ada.press("Begin it")
    expect(ada.page.get_by_text("it is the last one of the course")).to_be_visible()
    ada.fill(
        "The text to read",
        "## A cool room {#cool}\n\nOpen a window before the client comes, and offer water.",
    )
    ada.press("Save and preview")
    expect(ada.page.get_by_text("Open a window before the client comes")).to_be_visible()


def adds_a_short_case_with_its_card(ada: Counted) -> None:
    """Write a case the short way, on a topic of which the course has no card yet."""
    ada.page.goto(f"{HOT_FILES}/short")
    ada.fill("Who comes, and why?", "Ugo, 40, comes for his back.")
    ada.fill("What is today’s plan?", "We planned 40 minutes, back, light.")
    ada.fill("What do you see, hear or measure today?", "The room is warm, and he is well.")
    ada.choose("Which decision is right?", "Change the plan")
    ada.fill("Why is it right?", "A cooler room and water are enough.")
    ada.choose("Which wrong decision is tempting?", "Not today: reschedule")
    ada.fill("Why is it tempting, and why is it wrong?", "Heat sounds like a reason to stop.")
    ada.fill("Which safety topic is it about?", "warm room")
    ada.press("Search safety cards and sources")
    ada.fill("Which sign should everyone know?", "Flushed, and well")
    ada.fill("What is the rule?", "Cool the room first.")
    ada.fill("Who must be told, and by when?", "Nobody.")
    ada.select("Which passage explains it?", "The room: A cool room")
    ada.press("Create the draft")
    expect(ada.page.get_by_text("No faults in this file.")).to_be_visible()
    expect(ada.page.get_by_label("The client", exact=True)).to_have_value(
        re.compile("Plan:\\*\\* 40 minutes, back, light")
    )


def has_everything_signed(app: Flask, ada: Counted) -> None:
    """Ask somebody else about every draft at once; they decide the cases and sign all."""
    page = ada.page
    ada.press("Save and go to review")
    ada.choose("Reviewers", RAVI.full_name)
    others = page.get_by_role("group", name="Other drafts of this course")
    for box in others.get_by_role("checkbox").all():
        box.check()
    ada.press("Send the request")
    ravi = accounts.let_in(Visitor(app, "ravi"), RAVI)
    found = re.findall(r"/authoring/reviews/rvu_\w+", ravi.get("/authoring/reviews").html)
    assert len(found) == len(FIRST_FILES) + 3  # the section, the case and its card
    for number, review in enumerate(found):
        decides_and_signs(ravi, review, is_first=number == 0)


FIRST_FILES = ("course", "exam", "glossary", "section", "case", "case")
RIGHT = ("modify", "together")
"""What is right in the case of the short way, and in both that the course began with."""


def decides_and_signs(ravi: Visitor, review: str, *, is_first: bool) -> None:
    """Decide a case without its key, or read any other file; then agree."""
    if ravi.client.get(review).status_code == OK:
        page = ravi.get(review).html
        answer = next(one for one in RIGHT if f'value="{one}"' in page)
        ravi.submit({"choice": answer}, action="/lock")
    ravi.get(f"{review}/key")
    sign(ravi)
    if is_first:
        introduce(ravi)
        sign(ravi)


def publishes_the_first_version(ada: Counted) -> None:
    """Publish all drafts together; for a first version they are chosen already."""
    page = ada.page
    page.goto(f"{HOT_FILES}/publication")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(len(FIRST_FILES) + 3)
    ada.fill("Why is it published?", "It is new.")
    ada.press("Publish the chosen drafts")
    expect(page.get_by_text("drafts are published.")).to_be_visible()


def shows_the_course_to_everybody(ada: Counted) -> None:
    """Put the course into the catalog."""
    ada.press("Who can find it")
    ada.choose("Who can find it?", "Everyone")
    ada.press("Save")
