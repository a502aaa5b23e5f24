from cpd.content.extract import ExtractedBox, extract_bold_texts, extract_boxes
from cpd.content.renderer_process import convert_markdown

TEXT = """
!!! corrected
    Before any heading.

## One {#one}

Claim.

!!! evidence
    Not this.

### Deeper {#deeper}

Claim.

!!! corrected "The article said more"
    Two trials, not three.

    - a list

!!! monday
    - Ask

!!! corrected
    After the slip.
"""


def test_boxes_of_a_kind_stand_under_their_headings() -> None:
    found = extract_boxes(convert_markdown(TEXT).html, "corrected")
    assert [box.anchor for box in found] == ["", "deeper", "on-monday"]
    assert found[1].html.startswith("<p><b>The article said more.</b> Two trials, not three.</p>")
    assert found[1].html.endswith("</ul>")
    assert found[0] == ExtractedBox("", found[0].html)


def test_there_may_be_none() -> None:
    assert extract_boxes(convert_markdown("## One {#one}").html, "corrected") == []


def test_bold_words_stand_under_their_headings() -> None:
    text = "**First**.\n\n## One {#one}\n\nA **heat *illness*** and **“Go”**."
    assert extract_bold_texts(convert_markdown(text).html) == [
        ("", "First"),
        ("one", "heat illness"),
        ("one", "“Go”"),
    ]
