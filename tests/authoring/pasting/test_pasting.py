"""Text from word processors: what is kept, what is lost and named, and that nothing runs."""

import pytest

from cpd.authoring.pasting.converting import Loss, convert_pasted_text
from tests.support.visitor import Visitor

GOOGLE = """<b style="font-weight:normal" id="docs-internal-guid-1"><h1>Heat</h1>
<p><span style="font-weight:700">Bold</span> <span style="font-style:italic">soft</span> a*b</p>
<ul><li><p>one</p></li><li>two<ul><li>deep</li></ul></li></ul>
<table><tr><td><p>a</p></td><td><p>b</p><p>c</p></td></tr><tr><td>1</td></tr></table></b>"""
WORD = """<p class=MsoListParagraphCxSpFirst><![if !supportLists]><span
style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span><![endif]>First <b>item</b></p>
<p class=MsoListParagraphCxSpLast><span
style='mso-list:Ignore'>·<span>&nbsp;</span></span>Second</p>
<p class=MsoNormal>Text<br>goes on</p>
<p class=MsoListParagraph>1.&nbsp;Number</p><p class=MsoListParagraph>Bare</p>
<h2>Head</h2><p>&gt; 38 degrees</p>"""
PLAIN = "Head\r\n•\tone\r\n•\ttwo\r\n\r\nA\tB\r\n1\t2\r\n1.\tfirst\r\nend"
HOSTILE = """<p onclick="x()">Hi<script>x()</script><img src=x onerror=x()>
<a href="javascript:x()">go</a> <a href="https://example.org/">there</a> <a>bare</a></p>"""


@pytest.mark.parametrize(
    ("pasted", "markdown", "losses"),
    [
        pytest.param(
            GOOGLE,
            "## Heat\n\n**Bold** *soft* a\\*b\n\n- one\n- two\n    - deep\n\n"
            "| a | b c |\n| --- | --- |\n| 1 |  |",
            {},
            id="Google Docs",
        ),
        pytest.param(
            WORD,
            "- First **item**\n- Second\n\nText goes on\n\n1. Number\n\n- Bare\n\n### Head\n\n"
            "\\> 38 degrees",
            {},
            id="Word",
        ),
        pytest.param(
            PLAIN,
            "Head\n\n- one\n- two\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n1. first\n\nend",
            {Loss.FORMATTING: 1},
            id="plain",
        ),
        pytest.param(
            HOSTILE,
            "Hi\ngo [there](https://example.org/) bare",
            {Loss.PICTURE: 1},
            id="hostile",
        ),
        pytest.param(
            '<p><u>a</u> <s>b</s> H<sub>2</sub> <span style="color:red">c</span> '
            '<a href="#d">d</a></p><table><tr><td colspan="2">e</td></tr></table>',
            "a b H2 c d\n\n| e |\n| --- |",
            dict.fromkeys(
                [Loss.UNDERLINE, Loss.STRUCK, Loss.RAISED, Loss.COLOR, Loss.LINK, Loss.MERGED], 1
            ),
            id="what is lost",
        ),
        pytest.param("", "", {}, id="nothing"),
    ],
)
def test_it_becomes_the_markdown_of_a_course(
    pasted: str, markdown: str, losses: dict[Loss, int]
) -> None:
    made = convert_pasted_text(pasted)
    assert made.markdown == markdown
    assert made.losses == losses


def test_the_page_shows_the_text_and_names_what_is_lost(ada: Visitor) -> None:
    ada.get("/authoring/pasting")
    page = ada.submit({"pasted": HOSTILE}, action="/pasting", status=200)
    assert "Pictures were left out." in page.text
    assert page.html.count("onerror") == 1, "only in the field with what was pasted"
    ada.submit({"pasted": ""}, action="/pasting", status=422)


def test_a_script_gets_the_same_as_json(ada: Visitor) -> None:
    ada.get("/authoring/pasting")
    told = ada.post(
        "/authoring/pasting/markdown", {"pasted": "<p><u>a</u> <b>b</b></p>"}, status=200
    )
    assert told.json == {"markdown": "a **b**", "losses": ["Underlining was removed."]}
    ada.post("/authoring/pasting/markdown", {"pasted": ""}, status=422)
