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
    assert "no address is entered here yet" in client.get("/provider/complaints").text
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
    assert any(line.get("file") == str(own) for line in lines()), "the log names what is wrong"
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
