"""The documentation matches the code."""

import re
import textwrap
from dataclasses import fields
from pathlib import Path

import pytest

from cpd import env_file
from cpd.config import ENV_FILE, NAMES, Settings
from scripts.docs import build_generated_pages
from tests.support.house import ROOT, name_of, tracked

FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]*)[^)]*\)")


def test_pages_made_from_the_code_have_not_drifted() -> None:
    for path, text in build_generated_pages():
        assert path.read_text() == text, f"{name_of(path)} is out of date: run make docs"


def dead_links(page: Path, text: str) -> list[str]:
    found = LINK.findall(FENCED.sub("", text))
    return [link for link in found if link and not (page.parent / link).exists()]


def test_links_between_pages_lead_somewhere() -> None:
    written = [p for p in tracked() if p.suffix == ".md" and "library" not in p.parts]
    found = {name_of(page): dead_links(page, page.read_text()) for page in written}
    assert {name: links for name, links in found.items() if links} == {}


def test_a_dead_link_is_found() -> None:
    text = "[a](README.md) [b](nowhere.md#part) [c](https://example.org/) [d](#part)"
    assert dead_links(ROOT / "page.md", text) == ["nowhere.md"]
    assert dead_links(ROOT / "page.md", f"```\n{text}\n```\n") == []


NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|js|css|html|typ))`")
"""A file or folder in backticks; an address begins with a slash, and a pattern holds a sign."""
TAUGHT = [ROOT / "CONTRIBUTING.md", ROOT / "README.md", *(ROOT / "docs/developers").glob("*.md")]


def absent_files(text: str, files: list[str]) -> set[str]:
    """Return which of the named files and folders are nowhere in the repository."""
    return {
        name
        for name in NAMED.findall(FENCED.sub("", text))
        if not any(f"/{name.rstrip('/')}/" in f"/{file}/" for file in files)
    }


def test_files_that_the_pages_for_developers_name_are_there() -> None:
    files = [name_of(path) for path in tracked()]
    found = {name_of(page): absent_files(page.read_text(), files) for page in TAUGHT}
    made = {"instance/", "instance/keys/", "keys/"}  # by a start
    assert {name: gone - made for name, gone in found.items() if gone - made} == {}


def test_a_file_that_is_gone_is_found() -> None:
    text = (
        "`rules/draw.py`, `kernel/`, `rules/raffle.py`, `/verify/keys.json`, `a/<b>/c.py`, `in.py`"
    )
    files = ["cpd/quizzes/rules/draw.py", "cpd/kernel/clock.py", "cpd/begin.py"]
    assert absent_files(text, files) == {"rules/raffle.py", "in.py"}


PROMISE = re.compile(r"no\s+decision\s+(?:of\s+yours|that)\s+(?:could|would|might)")
"""Only a critical decision fails an exam; an unsafe one earns nothing, and is named."""


def promises(text: str) -> list[str]:
    return PROMISE.findall(re.sub(r'"\s+"', "", text))


def test_no_text_promises_more_than_grading_does() -> None:
    texts = [path for path in tracked() if path.suffix in {".md", ".html", ".py", ".typ", ".txt"}]
    found = [name_of(path) for path in texts if promises(path.read_text())]
    assert found == []


def test_such_a_promise_is_found() -> None:
    said = ("and no decision ", "that could have harmed the client")
    assert promises("".join(said))
    assert promises('"' + '"\n        "'.join(said) + '"'), "split across lines, as in code"
    assert not promises("and no critical decision")


PAGE = ROOT / "docs/settings.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| `(.+?)`.* \| (.+) \|$", re.MULTILINE)
"""A setting's row: variable, default, example, explanation."""


def settings_read(source: str) -> set[str]:
    return set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', source))


def test_every_setting_is_explained_and_no_other() -> None:
    read = settings_read((ROOT / "cpd" / "config.py").read_text())
    explained = [row[0] for row in ROW.findall(PAGE.read_text())]
    assert sorted(explained) == sorted({*read, ENV_FILE}) == sorted(NAMES)
    assert "DATABASE_URL" in read
    assert len(read) == len(fields(Settings)) - 1, "all except `testing`, which no variable sets"


def test_what_holds_without_a_setting_is_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = Settings.from_environ({})
    found = {
        ENV_FILE: "nothing",
        "CPD_INSTANCE": f"`{here.instance_dir.name}`",
        "DATABASE_URL": f"`{here.database_url.rpartition('/')[2]}` in the instance folder",
        "CPD_PUBLIC_URL": f"`{here.public_url}`",
        "CPD_PROXIES": f"`{here.proxies}`",
        "CPD_SECRET_KEY": here.secret_key
        or "made at first run, in `secret-key` in the instance folder",
        "CPD_PROVIDER_NAME": f"`{here.provider_name}`",
        "CPD_PROVIDER_CONTACT": here.provider_contact or "nothing",
        "CPD_PROVIDER_COMPLAINTS": here.provider_complaints or "the contact",
        "CPD_PROVIDER_PAGES": here.provider_pages or "nothing",
        "CPD_MAIL_SERVER": here.mail_server or "nothing",
        "CPD_MAIL_FROM": here.mail_from or "`letters@` and the host of `CPD_PUBLIC_URL`",
        "CPD_SHIPPED_COURSES": f"`{int(here.shipped_courses)}`",
        "CPD_DEMO": f"`{int(here.demo)}`",
    }
    assert {row[0]: row[1] for row in ROW.findall(PAGE.read_text())} == found


@pytest.mark.parametrize("row", ROW.findall(PAGE.read_text()), ids=lambda row: row[0])
def test_every_example_of_a_setting_is_accepted(row: tuple[str, ...], tmp_path: Path) -> None:
    name, _, example, _ = row
    given = {
        "CPD_SECRET_KEY": example.replace("...", "x" * 32),
        "CPD_PROVIDER_PAGES": str(tmp_path),  # it must exist
    }.get(name, example)
    Settings.from_environ({"CPD_INSTANCE": str(tmp_path), name: given})


OPERATING = ROOT / "docs/operating.md"
ENV = "/etc/cpd/cpd.env"


def blocks(page: Path) -> list[str]:
    """Return the fenced blocks, as they would be pasted."""
    return [
        textwrap.dedent(found)
        for found in re.findall(r"```\n(.*?)```", page.read_text(), re.DOTALL)
    ]


def test_the_settings_files_in_the_pages_are_read(tmp_path: Path) -> None:
    found = [
        block for page in (OPERATING, PAGE) for block in blocks(page) if "CPD_INSTANCE=" in block
    ]
    assert len(found) == 2
    for block in found:
        file = env_file.parse_settings_file(block, Path(ENV))
        Settings.from_environ(file.values)
        assert file.values["CPD_PROVIDER_NAME"] == "Harbour Continuing Education"


def test_the_unit_and_the_commands_read_one_file() -> None:
    found = blocks(OPERATING)
    (unit,) = (block for block in found if "[Service]" in block)
    assert f"EnvironmentFile={ENV}\n" in unit
    assert any(f"export {ENV_FILE}={ENV}\n" in block for block in found)
    assert f"`{ENV}`:" in OPERATING.read_text()


def test_decisions_are_numbered_and_listed() -> None:
    folder = ROOT / "docs/adr"
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    lines = (folder / "README.md").read_text()
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", lines, re.MULTILINE)
    assert [name for _, _, name in listed] == [path.name for path in pages]
    for (number, title, name), path in zip(listed, pages, strict=True):
        assert name.startswith(f"{int(number):04}-")
        assert path.read_text().startswith(f"# {number}. {title}\n")
