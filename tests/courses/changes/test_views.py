"""What the newest version of a course changed, for somebody who takes an older one."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from cpd.courses import queries
from cpd.db import db
from cpd.kernel import memory
from tests.factories import courses
from tests.factories.courses import SLUG, altered, course_of
from tests.quizzes.exam_visitor import in_order
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

COURSE = f"/courses/{SLUG}"
CHANGES = f"{COURSE}/changes"
CARD = f"{COURSE}/safety/sunburn"
SECTION = f"{COURSE}/sections/noticing"
NOTICE = "This course was updated on 25 November 2026."

SIGNS = ("postpone:\n    - Blisters\n", "emergency:\n    - Blisters and a fever\n")
CHANGED_CARD = {"hazards/sunburn.md": SIGNS}
CHANGED = CHANGED_CARD | {
    "sections/01-noticing.md": ("Fainting", "Swooning"),
    "tools/room-check.md": ("Water on the table", "A jug of water on the table"),
    "figures/cool-down.md": ("title: ", "title: Now, "),
    "glossary.md": ("meaning: ", "meaning: In short, "),
    "cases/leo-as-usual.md": ("title: Leo", "title: Dear Leo"),
    "cases/quinn-dizzy.md": ("title: Quinn", "title: Dear Quinn"),
}


@pytest.fixture
def update(app: Flask, clock: MovedClock, tmp_path: Path) -> "Publish":
    """Publishes a version of the course two days after Maya began it."""
    courses.enrol(app, MAYA)
    clock.advance(days=2)
    return Publish(app, tmp_path)


class Publish:
    def __init__(self, app: Flask, parent: Path) -> None:
        self.app, self.parent, self.count = app, parent, 0

    def __call__(self, changes: Mapping[str, tuple[str, str]], *, new: str = "") -> None:
        self.count += 1
        folder = altered(self.parent / str(self.count), changes)
        if new:
            card = (folder / "hazards/fainting.md").read_text()
            (folder / f"hazards/{new}.md").write_text(card.replace("fainting\nt", f"{new}\nt", 1))
        courses.publish(self.app, folder)


def test_who_takes_the_newest_version_is_told_so(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    assert maya.get(CHANGES, status=303).location == COURSE
    assert "This is the newest version of this course." in maya.follow().text


def test_a_card_is_shown_as_it_was_and_as_it_is(update: Publish, maya: Visitor) -> None:
    update(CHANGED_CARD)
    page = maya.get(CHANGES).page
    assert page.h1 == "What changed since you began"
    assert in_order(
        page.text,
        NOTICE,
        "You stay on the version you began",
        "Safety topics",
        "Burnt skin Changed",
        "In your version",
        "Not today: reschedule Blisters (no longer)",
        "Change the plan Red, sore skin",
        "The rule Leave the burnt skin alone.",
        "Now",
        "Emergency: call now Blisters and a fever (new)",
        "Change the plan Red, sore skin",
        "The rule Leave the burnt skin alone.",
    )
    assert page.links()["Read the new card : Burnt skin"] == f"{CARD}?newest=1"


def test_the_newest_text_of_a_card_is_open_to_who_takes_an_older_one(
    update: Publish, maya: Visitor
) -> None:
    update(CHANGED_CARD)
    own = maya.get(CARD).page
    assert "This card was changed on 25 November 2026." in own.text
    assert "fever" not in own.text.partition("The signs")[2].partition("The rule")[0]
    newest = maya.get(own.links()["Read the new text"])
    assert "Emergency: call now Blisters and a fever" in newest.text
    assert "This is the newest text, of 25 November 2026." in newest.text
    assert "the version you began, of 23 November 2026." in newest.text
    assert "data-keep" not in newest.html, "the copy on a phone is of one's own version"
    assert "was changed" not in maya.get(f"{COURSE}/safety/fainting").text


def test_everything_that_is_read_is_listed_and_no_case(update: Publish, maya: Visitor) -> None:
    update(CHANGED, new="chills")
    page = maya.get(CHANGES).page
    assert in_order(
        page.text,
        *("Safety topics", "Burnt skin Changed", "Fainting New"),
        *("Sections", "Noticing heat illness", "Changed"),
        *("Sheets", "Changed", "Pictures", "Changed", "Glossary", "Changed"),
    )
    assert "Leo" not in page.text
    assert "Quinn" not in page.text
    links = set(page.links().values())
    assert {f"{COURSE}/{rest}?newest=1" for rest in (
        "safety/chills", "sections/noticing", "tools/room-check", "glossary"
    )} <= links  # fmt: skip
    for link in links:
        if link.endswith("?newest=1"):
            assert "This is the newest text" in maya.get(link).text, link


def test_the_newest_text_of_a_section_is_read_and_not_ended(update: Publish, maya: Visitor) -> None:
    update(CHANGED)
    assert "Swooning" not in maya.get(SECTION).html
    page = maya.get(f"{SECTION}?newest=1").page
    assert "Swooning" in page.text
    assert page.forms == []
    within = [href for href in page.links().values() if href.startswith(f"{COURSE}/safety/")]
    assert within
    assert all("newest=1" in href for href in within), "one stays in the version one reads"
    (picture,) = page.all("img")
    assert "newest=1" in picture.get("src", "")
    maya.get(picture.get("src", "").replace("&amp;", "&"))


def test_a_notice_stands_on_course_and_sections_while_it_applies(
    app: Flask, update: Publish, maya: Visitor, zoe: Visitor
) -> None:
    for path in (COURSE, SECTION):
        assert "was updated" not in maya.get(path).text
    update(CHANGED_CARD)
    courses.enrol(app, ZOE)
    for path in (COURSE, SECTION, f"{COURSE}/sections/adapting"):
        page = maya.get(path).page
        assert f"{NOTICE} You stay on the version you began. One safety topic" in page.text
        assert page.links()["See what changed"] == CHANGES
        assert "was updated" not in zoe.get(path).text, "she began with the newest"
    assert "was updated" not in maya.get(f"{COURSE}/whole?kept").text


def test_a_version_that_only_changes_cases_asks_for_no_attention(
    update: Publish, maya: Visitor
) -> None:
    update({"cases/leo-as-usual.md": ("title: Leo", "title: Dear Leo")})
    assert "was updated" not in maya.get(COURSE).text
    assert "Nothing that you read has changed" in maya.get(CHANGES).text


def test_an_old_text_that_is_published_again_has_not_changed(
    update: Publish, maya: Visitor
) -> None:
    update(CHANGED_CARD)
    update({"sections/01-noticing.md": ("Fainting", "Swooning")})
    text = maya.get(CHANGES).text
    assert "Burnt skin" not in text
    assert "Noticing heat illness" in text


def test_a_card_that_was_taken_out_is_named(update: Publish, zoe: Visitor) -> None:
    update({}, new="chills")
    courses.enrol(update.app, ZOE)
    update({"sections/01-noticing.md": ("Fainting", "Swooning")})
    assert in_order(zoe.get(CHANGES).text, "Safety topics", "Fainting Removed", "Sections")
    own = zoe.get(f"{COURSE}/safety/chills").text
    assert "This card was removed from the course on 25 November 2026." in own
    assert "Read the new text" not in own


def test_only_who_takes_the_course_may_look(app: Flask, stranger: Visitor, zoe: Visitor) -> None:
    for visitor in (stranger, zoe):
        assert "opens when you start" in visitor.get(CHANGES, status=403).page.h1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_costs_the_same_however_much_changed(update: Publish, maya: Visitor) -> None:
    def cost(path: str) -> int:
        maya.get(path)
        with asked(update.app) as statements:
            maya.get(path)
        return len(statements)

    before = cost(SECTION)
    update(CHANGED_CARD)
    few = {path: cost(path) for path in (CHANGES, SECTION, COURSE, CARD)}
    update(CHANGED, new="chills")
    many = {path: cost(path) for path in (CHANGES, SECTION, COURSE, CARD)}
    assert few == many
    assert (many[CHANGES], many[SECTION]) == (3, before + 1)
    memory.clear_all_caches()
    with asked(update.app) as cold:
        maya.get(CHANGES)
    assert len(cold) == 7


def test_one_version_is_compared_with_the_newest_only(update: Publish) -> None:
    update(CHANGED_CARD)
    with update.app.app_context():
        of = course_of(MAYA)
        assert (of.is_newest, of.is_newer_than_enrolled) == (False, False)
        newest = queries.find_newest_course_version(db.session(), SLUG, of.enrolment)
        assert newest is not None
        assert (newest.is_newest, newest.is_newer_than_enrolled) == (True, True)
        assert queries.find_newest_course_version(db.session(), "nothing", None) is None
