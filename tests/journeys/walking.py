"""A learner on the pages of the site, doing what a person's hands and eyes would."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from playwright.sync_api import Error, Locator, Page, TimeoutError, expect  # noqa: A004

from cpd.cases.front import Answer
from cpd.cases.key import CaseKey, StepKey
from cpd.courses.models import Enrolment
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db
from cpd.quizzes.keys import find_stored_keys
from cpd.quizzes.practice import cases
from tests.factories.courses import SLUG
from tests.factories.quizzes import Choose, Learner, right
from tests.support.people import PASSWORD

COURSE = f"/courses/{SLUG}"
"""The course of most tests."""
SECTIONS = ("noticing", "adapting")
BREATH = 300
"""Milliseconds until an address that did not open is tried again."""
HERE = re.compile(r"/attempts/(\w+)/cases/(\d+)")
P = ParamSpec("P")
T = TypeVar("T")


class DroppedError(Exception):
    """A request came to nothing."""


def patiently(
    step: Callable[Concatenate["Walker", P], T],
) -> Callable[Concatenate["Walker", P], T]:
    """Do a step again, from the page on which it began, when anything in it came to nothing.

    What a lost request leaves behind has many faces: no page, half a page, the page before.
    """

    @wraps(step)
    def insisting(walker: "Walker", /, *args: P.args, **kwargs: P.kwargs) -> T:
        here = walker.page.url
        for _ in range(walker.patience):
            try:
                return step(walker, *args, **kwargs)
            except (DroppedError, Error, AssertionError):
                walker.go(here)
        return step(walker, *args, **kwargs)

    return insisting


def ticked(answer: Answer) -> list[str]:
    """Return the values of the fields that an answer ticks."""
    return list(answer["choices"]) if "choices" in answer else [str(answer["choice"])]


def once(bad: Callable[[StepKey], Answer | None]) -> Choose:
    """Choose something bad at the first step that allows it, and what is right everywhere else."""
    done: list[StepKey] = []

    def choose(key: StepKey) -> Answer | None:
        given = None if done else bad(key)
        if given is not None:
            done.append(key)
        return given or right(key)

    return choose


@dataclass
class Walker:
    """Somebody on a page; the right answers come from the keys in the database."""

    page: Page
    learner: Learner
    patience: int = 0
    """How often they try again what came to nothing."""
    sections: Sequence[str] = SECTIONS
    """Those of the course that its learner takes."""
    _keys: dict[str, dict[int, CaseKey]] = field(default_factory=dict)

    # Coming and going

    @patiently
    def ask_for_an_email(self) -> None:
        """Ask to open an account."""
        self.go("/sign-up")
        self.page.get_by_label("Email address").fill(self.learner.named.email)
        self.press(self.page.get_by_role("button", name="Send the code"))

    @patiently
    def type_code(self, code: str) -> None:
        """Type the code of the email into the page that is still open."""
        if not self.page.url.endswith("/sign-up/account"):
            self.page.get_by_label("Code").fill(code)
            self.press(self.page.get_by_role("button", name="Continue"))

    @patiently
    def open_account(self) -> None:
        """Choose a name and a password."""
        button = self.page.get_by_role("button", name="Open the account")
        if button.count():
            self.page.get_by_label("Name").fill(self.learner.named.full_name)
            self.page.get_by_label("New password").first.fill(PASSWORD)
            self.page.get_by_label("New password again").fill(PASSWORD)
            self.press(button)
        else:  # it was opened, and only the answer was lost
            self.sign_in()

    @patiently
    def sign_in(self) -> "Walker":
        """Sign in through the form, which is not shown to who is signed in already."""
        self.go("/sign-in")
        if "/sign-in" not in self.page.url:
            return self
        self.page.get_by_label("Email address").fill(self.learner.named.email)
        self.page.get_by_label("Password").first.fill(PASSWORD)
        self.press(self.page.get_by_role("button", name="Sign in"))
        return self

    @patiently
    def sign_out(self) -> None:
        """Sign out by the link at the foot of the page."""
        link = self.page.get_by_role("link", name="Sign out")
        if link.count():
            self.press(link)
            self.press(self.page.get_by_role("button", name="Sign out"))

    def go(self, path: str) -> None:
        """Open an address, as often as it takes."""
        for left in reversed(range(self.patience + 1)):
            try:
                self.page.goto(path)
            except Error:
                if not left:
                    raise
                self.page.wait_for_timeout(BREATH)
            else:
                return

    def press(self, button: Locator) -> None:
        """Press what leads to another address, and wait until it is there."""
        before = self.page.url
        try:
            button.click()
            self.page.wait_for_url(lambda url: url != before)
        except TimeoutError as error:
            if not self.patience:
                raise
            raise DroppedError from error
        except Error as error:
            raise DroppedError from error
        if self.page.url.startswith("chrome-error:"):
            raise DroppedError

    def h1(self, text: str | re.Pattern[str]) -> None:
        """Check which page this is."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    # Studying

    @property
    def course(self) -> str:
        """The address of the course, or of the assignment under which it is taken."""
        return f"/courses/{CourseAddress(self.learner.slug, self.learner.context)}"

    @patiently
    def begin_course(self) -> None:
        """Start the course, or open it where it was started."""
        self.go(self.course)
        button = self.page.get_by_role("button", name="Start this course")
        link = self.page.get_by_role("link", name="Begin with section 1")
        self.press(button if button.count() else link)
        expect(self.page).to_have_url(re.compile(f"/sections/{self.sections[0]}$"))

    def study(self) -> None:
        """Decide every practice case and end every section."""
        for section in self.sections:
            expect(self.page).to_have_url(re.compile(f"{section}(#.*)?$"))
            for case in self.page.locator("section.case[id^='case-']").all():
                self.practice(str(case.get_attribute("id")).removeprefix("case-"))
            self.end_section()

    @patiently
    def end_section(self) -> None:
        """End a section, or leave the one that was ended."""
        button = self.page.get_by_role("button", name="Done, continue")
        onwards = self.page.get_by_label("Section to section").get_by_role("link").last
        self.press(button if button.count() else onwards)

    @patiently
    def practice(self, case: str) -> None:
        """Decide a practice case rightly, to its end."""
        card = self.page.locator(f"#case-{case}")
        key = self._practice_key(case)
        while (asked := card.locator("form")).count():
            step = asked.locator("input[name=step]").input_value()
            self.tick(asked, right(key.step_by_id(step)))
            self.press(asked.get_by_role("button", name="Decide, and see why"))
            expect(card.locator(".mine").last).to_contain_text(re.compile("Right|It belongs here"))
            self.go(self.page.url.partition("#")[0])

    def _practice_key(self, case: str) -> CaseKey:
        with self.learner.app.app_context():
            enrolment: Enrolment = self.learner.enrolment()
            found = next(
                one
                for one in cases.find_practice_cases(
                    db.session(), None, enrolment.course_revision_id
                )
                if one.case.id == case
            )
            return find_stored_keys(db.session(), [found.text.id])[found.text.id]

    # The exam

    @property
    def attempt(self) -> str:
        """The public id of the try on the page."""
        found = HERE.search(self.page.url)
        assert found, f"{self.page.url} is no case of an exam"
        return found[1]

    @property
    def position(self) -> int:
        """The number of the case on the page."""
        found = HERE.search(self.page.url)
        assert found, f"{self.page.url} is no case of an exam"
        return int(found[2])

    @property
    def key(self) -> CaseKey:
        """The key of the case on the page."""
        if self.attempt not in self._keys:
            with self.learner.app.app_context():
                self._keys[self.attempt] = self.learner.keys(self.learner.attempt(self.attempt))
        return self._keys[self.attempt][self.position]

    @property
    def step(self) -> StepKey:
        """The key of the question that is open on the page."""
        return self.key.step_by_id(self.page.locator("#case input[name=step]").input_value())

    @patiently
    def start_exam(self) -> None:
        """Start a try from the exam's page, or go on with it; the name to print comes first."""
        self.go(f"{self.course}/exam")
        button = self.page.get_by_role("button", name="Start the exam")
        again = self.page.get_by_role("link", name="Continue your open try")
        self.press(button if button.count() else again)
        if not HERE.search(self.page.url):
            self.state_details("America/Chicago")
            self.press(button)
        expect(self.page).to_have_url(HERE)

    def state_details(self, zone: str) -> None:
        """Say what certificates are to print, and return to the exam."""
        self.page.get_by_label("Full legal name").fill(self.learner.named.full_name)
        self.page.get_by_label("I have no license").check()
        self.page.get_by_label("Which time zone").select_option(zone)
        self.press(self.page.get_by_role("button", name="Save and return to the exam"))

    def open_case(self, position: int) -> None:
        """Open a case by the map of cases."""
        self.press(self.page.locator(f".map a[data-position='{position}']"))

    def tick(self, form: Locator, answer: Answer) -> None:
        """Tick an answer, and no more than it."""
        wanted = ticked(answer)
        boxes = form.locator("input[type=checkbox][name=choice]:checked")
        for value in boxes.evaluate_all("boxes => boxes.map((box) => box.value)"):
            if value not in wanted:
                form.locator(f"input[name=choice][value='{value}']").uncheck()
        for value in wanted:
            form.locator(f"input[name=choice][value='{value}']").check()

    def go_on(self) -> None:
        """Press the button of the bar."""
        self.press(self.page.locator(".bar button"))

    def lock(self) -> None:
        """Go on with an answer that locks: the site asks once, on a page of its own or in this."""
        self.page.locator(".bar button").click()
        button = self.page.get_by_role("button", name="Lock it and continue")
        button.wait_for()
        try:
            with self.page.expect_navigation():  # the next question may have the same address
                button.click()
        except TimeoutError as error:
            if not self.patience:
                raise
            raise DroppedError from error

    @patiently
    def decide(self, choose: Choose = right) -> None:
        """Answer the case on the page to its end; the site then shows what comes next."""
        position = self.position
        while self.page.locator("#case input[name=choice]").count():
            answer = choose(self.step)
            assert answer is not None
            self.tick(self.page.locator("#case"), answer)
            if not self.page.locator("#ask").count():
                self.go_on()
                return
            self.lock()
            assert self.position == position
        self.go_on()

    def decide_all(self, choose: Choose = right) -> None:
        """Answer every case from here to the last."""
        while HERE.search(self.page.url):
            self.decide(choose)
        self.h1("Your decisions, before you submit")

    @patiently
    def hand_in(self) -> None:
        """Hand in, from the list of decisions."""
        if self.page.url.endswith("/result"):
            return
        self.press(self.page.get_by_role("link", name="Continue to submission"))
        expect(self.page.get_by_label("Your name")).to_have_value(self.learner.named.full_name)
        self.page.get_by_label("I answered these cases myself").check()
        self.press(self.page.get_by_role("button", name="Submit now"))

    # To begin where the exam does

    def sit_down(self) -> "Walker":
        """Sign in, with everything read and practised already, and start a try."""
        self.learner.study()
        self.sign_in()
        self.start_exam()
        return self

    def go_to(self, wanted: Callable[[CaseKey], bool]) -> None:
        """Open the first case whose key is as wanted."""
        self.attempt, self.key  # noqa: B018 - reads the keys
        found = [at for at, key in self._keys[self.attempt].items() if wanted(key)]
        assert found, "the exam brings no such case"
        if found[0] != self.position:
            self.open_case(found[0])


def asks_before_locking(key: CaseKey) -> bool:
    """Say whether a case has more than one question."""
    return len(key.steps) > 1


def is_flat_decision(key: CaseKey) -> bool:
    """Say whether a case asks for one decision and no more."""
    return len(key.steps) == 1 and key.steps[0].kind == "decision"
