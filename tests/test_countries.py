"""No page, cache or kept copy of one country shows what belongs to another."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from cpd.content.country_loading import load_countries
from cpd.courses import offline_copy, sources
from cpd.kernel import memory
from cpd.web import country as country_of_reader
from cpd.web import fragments
from tests.factories import courses
from tests.factories.quizzes import Learner, critical, harmless_and_wrong, right
from tests.support.courses import SMALL
from tests.support.people import MAYA
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SLUG = "token-course"
COURSE = f"/courses/{SLUG}"
TOKENS = "{{emergency-number}}, {{crisis-line}}, the {{lift}}, {{38.4 C}}"
SHOWN = {
    "": ("your local emergency number", "a crisis line", "lift (hoist)", "101.1 °F (38.4 °C)"),
    "US": ("911", "988", "lift", "101.1 °F (38.4 °C)"),
    "GB": ("999", "116 123", "hoist", "38.4 °C (101.1 °F)"),
}
"""What pages say in place of the tokens, by country."""
VALUES = {
    "cases": (" +rationale: ",),
    "figures": ("alt: ",),
    "hazards": ("(?:rule|say|tell): ", " +- "),
    SLUG: (" +meaning: ",),
}
"""The beginnings of values that may hold tokens, by folder."""
FOREIGN = {
    "": ("911", "999", "988", "116 123", "38.4 °C (101.1 °F)"),
    "US": ("your local emergency number", "999", "116 123", "hoist", "38.4 °C (101.1 °F)"),
    "GB": ("your local emergency number", "911", "988", "lift", "101.1 °F (38.4 °C)"),
}
"""What must be on no page, by country."""
PAGES = (
    *("", "/sections/noticing", "/sections/adapting", "/safety/heat-stroke", "/safety/sunburn"),
    *("/tools/heat-card", "/tools/room-check", "/glossary", "/references", "/whole", "/exam"),
    "/whole?kept",
)


def write_course_with_tokens(parent: Path) -> Path:
    """Write the tiny course with tokens wherever they may stand, and return its folder."""
    folder = parent / SLUG
    shutil.copytree(SMALL, folder)
    for file in folder.rglob("*.md"):
        text = file.read_text("utf-8").replace("local emergency number", "number")
        for keys in VALUES.get(file.parent.name, ()):
            text = re.sub(rf"(?m)^({keys}“?)(?=[A-Z])", rf"\1Call {TOKENS}. ", text)
        if file.parent.name not in ("references", "lists"):
            text = f"{text.rstrip()}\n\nCall {TOKENS}.\n"
        file.write_text(text.replace(f"id: {SMALL.name}", f"id: {SLUG}"), "utf-8")
    return folder


def choose(visitor: Visitor, country: str) -> None:
    visitor.get("/country")
    visitor.post("/country", {"country": country or "ZZ", "next": ""})


def look(visitor: Visitor, paths: Sequence[str]) -> list[str]:
    """Fetch the pages in each country, and return what is wrong on them."""
    faults = []
    for country, shown in SHOWN.items():
        choose(visitor, country)
        for path in paths:
            answer = visitor.client.get(path)
            assert answer.status_code == 200, path
            html = answer.get_data(as_text=True).replace("\u00a0", " ").replace("&nbsp;", " ")
            text = re.sub(r"<[^>]*>", " ", html) + "".join(re.findall(r' alt="([^"]*)"', html))
            faults += [
                f"{path} shows {words} in {country}"
                for words in (*FOREIGN[country], "{{")
                if re.search(rf"(?<![\w(]){re.escape(words)}", text)
            ]
            if path != f"{COURSE}/references":
                lacking = [words for words in shown if words not in text]
                faults += [f"{path} lacks {words} in {country}" for words in lacking]
    return faults


def test_no_page_shows_what_belongs_to_another_country(
    app: Flask, tmp_path: Path, maya: Visitor
) -> None:
    courses.publish(app, write_course_with_tokens(tmp_path))
    learner = Learner(app, MAYA, SLUG).study()
    first = learner.start()
    learner.answer_all(first, lambda key: critical(key) or harmless_and_wrong(key) or right(key))
    attempt = f"/attempts/{first}"
    paths = [*(f"{COURSE}{page}" for page in PAGES), f"{attempt}/cases/1"]
    assert look(maya, paths) == []
    learner.hand_in(first)
    assert look(maya, (f"{attempt}/result",)) == []


def test_control_a_cache_that_does_not_know_the_country_mixes_them_up(
    app: Flask, tmp_path: Path, maya: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses.publish(app, write_course_with_tokens(tmp_path))
    courses.enrol(app, MAYA, SLUG)
    monkeypatch.setattr(sources, "current_country_key", str)
    memory.clear_all_caches()
    paths = [f"{COURSE}{page}" for page in ("/sections/noticing", "/whole", "/whole?kept")]
    faults = look(maya, paths)
    memory.clear_all_caches()
    for path in paths:
        assert f"{path} shows your local emergency number in US" in faults
        assert f"{path} shows your local emergency number in GB" in faults


def test_fragments_are_cached_by_country(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    number = app.jinja_env.from_string(
        "{% macro number() %}{{ fill_token('emergency-number') }}{% endmacro %}"
    )
    macro = vars(number.module)["number"]

    def show(country: str) -> str:
        cookie = f"{app.config['SESSION_COOKIE_NAME']}-country={country}"
        with app.test_request_context(headers={"Cookie": cookie}):
            return str(fragments.render_cached_fragment(macro))

    assert [show(country) for country in ("US", "GB", "US")] == ["911", "999", "911"]
    monkeypatch.setattr(fragments, "current_country_key", str)
    memory.clear_all_caches()
    assert [show(country) for country in ("US", "GB")] == ["911", "911"]  # the control
    memory.clear_all_caches()


def test_a_browser_that_has_a_page_of_one_country_fetches_that_of_another(
    stranger: Visitor,
) -> None:
    path = "/courses/small-course/glossary"
    choose(stranger, "US")
    has = {"If-None-Match": stranger.get(path).header("ETag")}
    assert stranger.get(path, headers=has, status=304).body == b""
    choose(stranger, "GB")
    answer = stranger.get(path, headers=has)
    assert "In an emergency, call 999." in answer.text
    assert "Cookie" in answer.header("Vary")


def test_a_kept_copy_belongs_to_a_country_and_to_a_version_of_its_numbers(
    app: Flask, maya: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device renews what it keeps once the edition on the page differs."""
    courses.enrol(app, MAYA)

    def edition(country: str) -> str:
        choose(maya, country)
        html = maya.get("/courses/small-course/sections/noticing").html
        return html.partition('data-edition="')[2].partition('"')[0]

    known = {country: edition(country) for country in SHOWN}
    assert "" not in known.values()
    assert len(set(known.values())) == len(known)
    later = {**load_countries(), "US": replace(load_countries()["US"], version="later")}
    monkeypatch.setattr(country_of_reader, "load_countries", lambda: later)
    assert edition("US") not in known.values()
    monkeypatch.setattr(offline_copy, "current_country_key", str)
    assert edition("US") == edition("GB")  # the control
