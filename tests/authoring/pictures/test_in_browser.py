"""With the script, a large photo is made smaller and its line goes to where the cursor was."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from cpd.web.reading import MOST_BYTES
from tests.authoring.editor.test_autosave import sign_in
from tests.authoring.editor.test_editor import begin, text_of
from tests.factories import accounts
from tests.factories.pictures import save
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA
from tests.support.server import LiveServer
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_large_photo_goes_to_the_cursor(
    app: Flask,
    clock: MovedClock,
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    tmp_path: Path,
) -> None:
    clock.close()  # the server's clock is the machine's
    ada = accounts.let_in(Visitor(app, "ada"), ADA)
    draft = begin(ada)
    context = new_context(base_url=live_server.url)
    sign_in(app, ada, context, live_server)
    page = context.new_page()
    page.goto(draft)
    photo = tmp_path / "jane.png"
    photo.write_bytes(save(Image.effect_noise((1500, 1100), 60).convert("RGB"), "PNG"))
    assert photo.stat().st_size > MOST_BYTES
    body = page.locator("#body")
    body.fill("Leo, 36.\n\n**Plan:** 60 minutes.")
    body.evaluate("it => { it.focus(); it.setSelectionRange(8, 8); }")
    page.get_by_label("The picture", exact=True).set_input_files(photo)
    page.get_by_label("What does the picture show?").fill("His forearm.")
    page.get_by_role("button", name="Add it at the cursor").click()
    expect(page.get_by_text("The picture is in the text.")).to_be_visible(timeout=20_000)
    saved = page.locator("#draft [name=text]")  # what the script has saved last
    expect(saved).to_have_value(re.compile("media:"), timeout=20_000)
    before, _, after = text_of(app, draft).partition("\n![His forearm.](media:")
    assert before.endswith("Leo, 36.\n")
    assert after.endswith(")\n\n**Plan:** 60 minutes.\n")

    page.goto(f"{draft}/picture")  # the page that works without the script shrinks a photo too
    page.get_by_label("The picture", exact=True).set_input_files(photo)
    page.get_by_label("What does the picture show?").fill("His wrist.")
    page.get_by_label("At the end of which text?").select_option("The client")
    page.get_by_role("button", name="Add the picture").click()
    expect(page.get_by_text("The picture was added")).to_be_visible(timeout=20_000)
    assert text_of(app, draft).count("](media:") == 2
