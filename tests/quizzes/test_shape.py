"""What an exam shows never tells by its shape whether an answer was right.

Several learners go through every case of a pool, each with other answers to every question. What
they see may differ in their own answers, and in nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask

from cpd.authoring.sources.disk import shipped_course_folders
from cpd.db import unit_of_work
from tests.factories import accounts, courses
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import Person
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ANSWERS = 5
"""The five decisions; no question here has more answers."""
APART = (0, 2, 4)
"""Answers far enough apart for the many cases that are shipped, which `cpd content check` compares
way by way as well."""
_OWN = re.compile(
    r"att_\w+|evt_\w+"
    r'|(?<=name="csrf_token" value=")[^"]+|(?<=data-token=")[^"]+'
    r'|<span class="dec d[1-5]">.*?</span></span>'
)
"""What is a learner's own on a page: ids, tokens, a decision in its sign."""
_BOLD = re.compile("(?<!<span>)<b>(.*?)</b>")
_OPTION = re.compile(
    r'name="choice" value="([^"]+)"[^>]*>(?:<svg.*?</svg>)?<span>(?:<b>)?(.*?)</(?:b|span)>'
)


@dataclass
class Sitter:
    """Somebody who gives the answer of one number to every question, and keeps what they see."""

    visitor: Visitor
    public_id: str
    number: int
    said: set[str] = field(default_factory=set)
    """Their own answers, as pages show them."""
    seen: dict[str, list[str]] = field(default_factory=dict)
    """By the title of the case."""

    def sit(self) -> None:
        """Go through all cases, then look at the list and at the last page."""
        self.visitor.get(f"/attempts/{self.public_id}/decisions")
        position = 1
        while "</form>" in (page := self._get(f"cases/{position}", (200, 404))):
            (title,) = re.findall(r"<h1>(.*?)</h1>", page)
            self.seen[title] = list(self._case(position, page))
            position += 1
        decisions = re.split(r'<li data-position="[0-9]+">', self._get("decisions"))
        assert len(decisions) == position == len(self.seen) + 1
        for title, listed in zip(self.seen, decisions[1:], strict=True):
            self.seen[title].append(self._bare(listed))
        self.seen["handing in"] = [self._bare(self._get("submission"))]

    def _case(self, position: int, page: str) -> Iterator[str]:
        path = f"cases/{position}"
        while True:
            yield self._bare(page)
            goes_on = 'name="go" value="on"' in page
            yield self._post(path, page, choice=self._choose(page), go="on" if goes_on else "next")
            yield self._bare(self._get(path))
            if not goes_on:
                return
            asked = self._get(f"{path}/move-on")
            yield self._bare(asked)
            yield self._post(f"{path}/move-on", asked)
            page = self._get(path)
            if 'name="choice"' not in page:
                yield self._bare(page)
                return

    def _choose(self, page: str) -> str:
        options: list[tuple[str, str]] = _OPTION.findall(page)
        assert 1 < len(options) <= ANSWERS
        value, words = options[self.number % len(options)]
        self.said.add(words)
        return value

    def _get(self, path: str, status: tuple[int, ...] = (200,)) -> str:
        answer = self.visitor.client.get(f"/attempts/{self.public_id}/{path}")
        assert answer.status_code in status, path
        return answer.text

    def _post(self, path: str, page: str, **sent: str) -> str:
        """Post what the page holds, and return where that leads."""
        form = page[page.index("<form") :]
        for name in ("step", "after", "event_id"):
            (found,) = re.findall(rf'name="{name}" value="([^"]*)"', form)[:1]
            sent[name] = found
        sent["csrf_token"] = self.visitor.token
        answer = self.visitor.client.post(f"/attempts/{self.public_id}/{path}", data=sent)
        assert answer.status_code == 303, answer.text
        return _OWN.sub("…", answer.location)

    def _bare(self, page: str) -> str:
        """Return a page without what is this learner's own."""

        def hidden(bold: re.Match[str]) -> str:
            return "…" if bold[1] in self.said else bold[0]

        page = _BOLD.sub(hidden, page)
        return _OWN.sub("…", page.replace(" checked>", ">"))


def sitters(app: Flask, slug: str, numbers: Sequence[int]) -> list[Sitter]:
    accounts.password_hash()
    made = []
    for number in numbers:
        person = Person(f"p{number}", "Pat Morgan", "gives the answers of one number")
        with app.app_context(), unit_of_work() as session:
            row = accounts.add_person(session, email=person.email, name=person.full_name)
            row.legal_name, row.without_licence = person.full_name, True
        courses.enrol(app, person, slug)
        visitor = accounts.let_in(Visitor(app, person.name), person)
        public_id = Learner(app, person, slug).start_with_every_case()
        made.append(Sitter(visitor, public_id, number))
    return made


def cases_that_tell(app: Flask, slug: str, numbers: Sequence[int] = range(ANSWERS)) -> set[str]:
    """Return the titles of the cases in which learners with other answers see something else."""
    first, *others = sitters(app, slug, numbers)
    for one in (first, *others):
        one.sit()
    return {
        title
        for title, seen in first.seen.items()
        if any(other.seen[title] != seen for other in others)
    }


@pytest.mark.parametrize(
    ("folder", "numbers"),
    [
        pytest.param(courses.FOLDER, range(ANSWERS), id=f"of {courses.FOLDER.name}"),
        *(
            pytest.param(folder, APART, id=f"of {folder.name}", marks=pytest.mark.soak)
            for folder in shipped_course_folders()
        ),
    ],
)
def test_no_exam_case_tells(
    app: Flask, clock: MovedClock, folder: Path, numbers: Sequence[int]
) -> None:
    assert cases_that_tell(app, courses.publish(app, folder), numbers) == set()


def test_a_case_whose_story_ends_after_some_answers_tells(
    app: Flask, clock: MovedClock, older_pocket: str
) -> None:
    """The control: an older version could hold such a case."""
    assert cases_that_tell(app, older_pocket) == {"Bela is hot and dry"}
