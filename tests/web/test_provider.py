"""The provider's pages: their own words where there are any, and the settings, escaped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cpd.config import SettingsError
from cpd.content.render import MAX_CHARACTERS
from cpd.web import provider, provider_texts
from tests.support.pages import check
from tests.web.conftest import MakeShell

FACTS = {
    "provider_name": "Harbour <b>& _Sons_",
    "provider_contact": "courses@harbour.example",
    "provider_complaints": "https://harbour.example/complaints",
}


def test_each_page_is_whole_and_says_who_and_where(make_shell: MakeShell) -> None:
    client = make_shell(**FACTS).test_client()
    for name in provider.PAGES:
        page = client.get(f"/provider/{name}")
        check(page.text, name)
        assert "{" not in page.text, f"a fact of {name} was not filled in"
    contact = client.get("/provider/contact").text
    assert "Harbour &lt;b&gt;&amp; _Sons_" in contact
    assert '<a href="mailto:courses@harbour.example">' in contact
    assert (
        '<a href="https://harbour.example/complaints">' in client.get("/provider/complaints").text
    )
    assert client.get("/provider/pricing").status_code == 404


def test_without_an_address_the_page_says_so(make_shell: MakeShell) -> None:
    client = make_shell().test_client()
    assert "there is no address here yet" in client.get("/provider/complaints").text
    told = make_shell(provider_contact="Room 4, Harbour House").test_client()
    assert "Write to Room 4, Harbour House." in told.get("/provider/complaints").text


def test_a_providers_own_text_replaces_the_shipped_one(
    make_shell: MakeShell, tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    own = tmp_path / "cost.md"
    own.write_text("**Forty pounds.** <script>alert(1)</script> See [@nobody] and [this](/x).")
    client = make_shell(provider_pages=tmp_path).test_client()
    page = client.get("/provider/cost").text
    assert "<strong>Forty pounds.</strong>" in page
    assert "<script>alert" not in page
    named = [line["line"] for line in lines() if line.get("file") == "cost.md"]
    assert named == [1, 1, 1], "the log names what is wrong"
    assert "What is stored" in client.get("/provider/privacy").text, "the others stay"
    own.write_text("Fifty.")
    assert "Forty" in client.get("/provider/cost").text, "rendered once"


def test_a_text_that_cannot_be_rendered_is_named(make_shell: MakeShell, tmp_path: Path) -> None:
    (tmp_path / "terms.md").write_text("a" * (MAX_CHARACTERS + 1))
    app = make_shell(provider_pages=tmp_path)
    app.testing = True
    with pytest.raises(provider.ProviderTextError, match=r"terms\.md"):
        app.test_client().get("/provider/contact")


def test_a_text_that_cannot_be_read_stops_the_start(make_shell: MakeShell, tmp_path: Path) -> None:
    (tmp_path / "terms.md").write_bytes("Vierzig Pfund für alles.".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"terms\.md is not UTF-8 text: save it again"):
        make_shell(provider_pages=tmp_path)


def test_a_folder_that_cannot_be_read_stops_the_start(
    make_shell: MakeShell, tmp_path: Path
) -> None:
    (tmp_path / "terms.md").symlink_to(Path("/proc/self/mem"))  # nobody reads it from the start
    with pytest.raises(SettingsError, match=r"terms\.md cannot be read: Input/output error"):
        make_shell(provider_pages=tmp_path)


def test_the_shipped_texts_have_nothing_to_mend(
    make_shell: MakeShell, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    make_shell().test_client().get("/provider/terms")
    assert [line for line in lines() if line["event"] == "provider page"] == []


def test_every_page_has_its_text() -> None:
    assert {file.stem for file in provider_texts.SHIPPED.glob("*.md")} == set(provider.PAGES)


def said(folder: Path) -> list[tuple[str, int, str]]:
    found = provider_texts.collect_faults_in_folder(folder)
    return [(Path(fault.file).name, fault.line, fault.message) for fault in found]


def test_the_shipped_texts_have_no_fault() -> None:
    assert provider_texts.collect_faults_in_folder(None) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("Pay:\n- by card", 2, "The item '- by card' would run into"),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", 3, "has 3 cells"),
        ("Pay.[^1]", 1, "there are no footnotes"),
        ("Known [@smith-2020].", 1, "'smith-2020' would be left out"),
        ("See [heat](hazard:heat).", 1, "'hazard:heat' belongs to a course"),
        ("Look.\n\n![](figure:positions)", 3, "'figure:positions' belongs to a course"),
        ("[____ Your name]", 1, "Blanks and checkboxes are not allowed here."),
        ("By {provider}.\nTo {contcat}.", 2, "'{contcat}' would be shown as written."),
        ("Write [here](mailto:{contact}).", 1, "the detail itself becomes one"),
        ("a" * (MAX_CHARACTERS + 1), 1, "are allowed"),
    ],
)
def test_what_would_be_lost_in_a_text_has_its_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    (tmp_path / "cost.md").write_text(text, encoding="utf-8")
    ((file, at, message),) = said(tmp_path)
    assert (file, at) == ("cost.md", line)
    assert says in message


def test_the_text_of_the_home_page_begins_with_its_title(tmp_path: Path) -> None:
    home = tmp_path / "home.md"
    home.write_text("- a list\n- first")
    assert said(tmp_path) == [("home.md", 1, "The home page would keep its usual title.")]
    home.write_text("A title.\n\n- a list")
    assert said(tmp_path) == []


def test_a_file_that_belongs_to_no_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "prices.md").write_text("Forty pounds.", encoding="utf-8")
    (tmp_path / "logo.txt").write_text("A boat.", encoding="utf-8")
    assert said(tmp_path) == [("prices.md", 1, "This file belongs to no page.")]


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "cost.md").write_bytes(b"Vierzig Pfund f\xfcr alles.")
    assert said(tmp_path) == [("cost.md", 1, "The file is not UTF-8 text.")]


def test_a_mark_at_the_beginning_hides_no_heading(make_shell: MakeShell, tmp_path: Path) -> None:
    (tmp_path / "cost.md").write_text("\ufeff## Prices {#prices}\n", encoding="utf-8")
    page = make_shell(provider_pages=tmp_path).test_client().get("/provider/cost").text
    assert '<h2 id="prices">Prices</h2>' in page
