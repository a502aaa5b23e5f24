"""The page checks work: a good page passes, and each fault added to it is found."""

import pytest

from tests.support import pages
from tests.support.pages import Page

GOOD = """<!doctype html>
<html lang="en"><head><title>Sign in</title><link rel="stylesheet" href="/static/a.css"></head>
<body><main><!-- a comment --><h1>Sign in</h1>
<form method="post" action="/sign-in"><input type="hidden" name="csrf_token" value="abc">
<label for="mail">Address</label><input id="mail" name="mail" aria-describedby="hint">
<p id="hint">The one you signed up with.</p>
<fieldset><legend>Which?</legend><label><input type="radio" name="which" value="1"> One</label>
<label><input type="radio" name="which" value="2" checked> Two</label></fieldset>
<label>Stay<input type="checkbox" name="stay"></label>
<label>Role<select name="role" required><option value="">Choose one</option></select></label>
<dl><dt>Since</dt><dd>May</dd><dt>Until</dt><dd>June</dd></dl>
<label>Zone<select name="zone"><option>Rome</option><option selected>Paris</option></select></label>
<label>Note<textarea name="note">
as it is</textarea></label>
<button>Go</button></form>
<p><a href="#hint">Hint</a> <img src="/static/a.svg" alt=""></p></main></body></html>"""


def faults(html: str) -> list[str]:
    return pages.faults(Page(html))


def test_a_good_page_has_no_fault() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('<html lang="en">', "<html>", "names no language"),
        ("<title>Sign in</title>", "<title></title>", "no title"),
        ("<h1>Sign in</h1>", "<h2>Sign in</h2>", "0 h1 headings"),
        ("<h1>Sign in</h1>", "<h1>Sign</h1><h1>in</h1>", "2 h1 headings"),
        ('<p id="hint">', '<p id="hint"></p><p id="hint">', "'hint' stands 2 times"),
        ('href="#hint"', 'href="#hind"', "'#hind', which is not there"),
        ('aria-describedby="hint"', 'aria-describedby="hind"', "'hind', which is not there"),
        ('<label for="mail">Address</label>', "", "the field 'mail' has no label"),
        ("<label>Note<textarea", "<label>Note</label><p><textarea", "'note' has no label"),
        ("<fieldset><legend>Which?</legend>", "<div>", "stands in no group"),
        ("<button>Go</button>", "<button></button>", "a button says nothing"),
        ("<h1>", '<h1 style="color: red">', "a h1 has the attribute style"),
        ("<h1>", '<h1 onclick="alert(1)">', "a h1 has the attribute onclick"),
        ("<h1>", "<script>alert(1)</script><h1>", "an inline script"),
        ("</head>", "<style>h1 { color: red }</style></head>", "an inline style"),
        ('href="/static/a.css"', 'href="https://example.org/a.css"', "comes from elsewhere"),
        ('src="/static/a.svg"', 'src="//example.org/a.svg"', "comes from elsewhere"),
        ('href="#hint"', 'href="javascript:alert(1)"', "runs a script"),
        (' alt=""', "", "no alt"),
        ('<input type="hidden" name="csrf_token" value="abc">', "", "no token against forgery"),
        ('name="mail"', 'name="mail" maxlength="9"', "'mail' is cut without a word"),
        ('<option value="">Choose one', '<option value="x">Choose one', "is no placeholder"),
        ("Choose one", "", "an option of 'role' says nothing"),
        ("<dt>Until</dt>", "<dt>Since</dt>", "the term 'Since' stands 2 times in one dl"),
        ("<main>", "<div>", "no single main"),
        ('name="mail"', 'name="mail" type="password" value="x"', "'mail' is sent back"),
        (
            "</h1>",
            '</h1><div class="summary"><a href="#hint">1</a><a href="#mail">2</a></div>',
            "another order than their fields: ['hint', 'mail']",
        ),
    ],
)
def test_each_fault_is_found(good: str, bad: str, said: str) -> None:
    assert good in GOOD
    broken = GOOD.replace(good, bad)
    if "<div>" in bad:
        broken = broken.replace("</fieldset>" if "field" in good else "</main>", "</div>")
    if "</label><p>" in bad:
        broken = broken.replace("</textarea></label>", "</textarea></p>")
    assert any(said in fault for fault in faults(broken)), faults(broken)


def test_what_does_not_parse_is_refused_with_its_place() -> None:
    with pytest.raises(AssertionError, match="not valid HTML at line 3"):
        faults(GOOD.replace("</h1>", "</h2>"))


def test_a_form_is_read_as_a_browser_would_send_it() -> None:
    (form,) = Page(GOOD).forms
    assert form.fields == [
        ("csrf_token", "abc"),
        ("mail", ""),
        ("which", "2"),
        ("role", ""),
        ("zone", "Paris"),
        ("note", "as it is"),
    ]
    assert "stay" in form.names


def test_a_page_found_good_is_known_again_whatever_its_token_and_ids() -> None:
    pages.check(GOOD, "here")
    known = len(pages._seen)
    pages.check(GOOD.replace('value="abc"', 'value="xyz"'), "here")
    assert len(pages._seen) == known
    with pytest.raises(AssertionError, match="here:\n- a h1 has the attribute style"):
        pages.check(GOOD.replace("<h1>", '<h1 style="">'), "here")
