"""The documentation keeps up with the code."""

import re
from pathlib import Path

from scripts.docs import pages
from tests.support.house import ROOT, name_of, tracked

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]*)[^)]*\)")


def test_pages_made_from_the_code_have_not_drifted() -> None:
    for path, text in pages():
        assert path.read_text() == text, f"{name_of(path)} is out of date: run make docs"


def dead_links(page: Path, text: str) -> list[str]:
    return [link for link in LINK.findall(text) if link and not (page.parent / link).exists()]


def test_links_between_pages_lead_somewhere() -> None:
    written = [p for p in tracked() if p.suffix == ".md" and "library" not in p.parts]
    found = {name_of(page): dead_links(page, page.read_text()) for page in written}
    assert {name: links for name, links in found.items() if links} == {}


def test_a_dead_link_is_found() -> None:
    text = "[a](README.md) [b](nowhere.md#part) [c](https://example.org/) [d](#part)"
    assert dead_links(ROOT / "page.md", text) == ["nowhere.md"]


def settings_read(source: str) -> set[str]:
    return set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', source))


def test_every_setting_is_explained_and_no_other() -> None:
    read = settings_read((ROOT / "cpd" / "config.py").read_text())
    explained = re.findall(
        r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    assert sorted(explained) == sorted(read)
    assert "DATABASE_URL" in read
