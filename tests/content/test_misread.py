"""Each kind of markup that would be misread, left over or dropped: its fault, its right form."""

import pytest

from cpd.content import frontmatter
from cpd.content.frontmatter import Fault, FrontMatter
from cpd.content.renderer_process import convert_markdown

FAULTS = [
    # lists
    ("Before you touch:\n- wash\n- dry", 2, "The item '- wash' would run into"),
    ("Before you touch:\n1. wash", 2, "The item '1. wash' would run into"),
    ("- wash\n  - palms\n- dry", 2, "'- palms' is indented too little to be nested"),
    ("1. wash\n   - palms", 2, "The item '- palms' would run into"),
    ("- wash\n1. dry", 2, "The item '1. dry' would run into"),
    ("- wash\n\n  - palms", 3, "'- palms' is indented too little to be nested"),
    ("- wash\n\n  1. palms", 3, "'1. palms' is indented too little"),
    ("- wash\n\n  both hands", 3, "'both hands' is indented too little"),
    ("- wash\n- dry\nThen begin.", 3, "'Then begin.' would run into the item"),
    ("- wash\n-dry", 2, "'-dry' would run into"),
    ("1.wash\n2.dry", 2, "'2.dry' would run into"),
    (
        "1) wash\n2) dry",
        1,
        "'1) wash' would be shown as it is written: this is not read as an item",
    ),
    ("a) wash\nb) dry", 2, "'b) dry' would run into"),
    ("• wash\n• dry", 1, "'• wash' would be shown as it is written: this is not read as an item"),
    ("-\u00a0wash", 1, "this is not read as an item"),
    ("1. wash\n3. dry", 2, "'3. dry' would be shown as number 2."),
    ("1. wash\n\n3. dry", 3, "'3. dry' would be shown as number 2."),
    ("1. wash\n2. dry\n\n1. warm", 4, "'1. warm' would be shown as number 3."),
    ("2. wash\n2. dry", 2, "'2. dry' would be shown as number 3."),
    ("12345. wash", 1, "a number too long"),
    ("- wash\n\n    - palms\n- dry", 4, "'- dry' would become part of the item above it"),
    ("- [ ] wash", 1, "'[ ]' would be shown as written: there are no checkboxes"),
    ("- [x] wash", 1, "'[x]' would be shown as written: there are no checkboxes"),
    # tables
    ("| a | b |\n|---|---|\n| 1 | 2 | lost |", 3, "has 3 cells, but the table has 2 columns"),
    ("| a | b |\n|---|---|\n| 1 |", 3, "has 1 cell, but the table has 2 columns"),
    ("| a | b |\n|---|---|\n| 1 | 2 |\nThen.", 4, "The row 'Then.' has 1 cell"),
    ("a | b\n--- | ---\n| 1 | 2 |", 3, "has 4 cells"),
    (
        "See:\n| a | b |\n|---|---|",
        2,
        "'| a | b |' would be shown as it is written: this is not read as a table",
    ),
    ("| a | b |\n| 1 | 2 |", 1, "this is not read as a table"),
    ("| a | b |\n|---|\n| 1 | 2 |", 1, "this is not read as a table"),
    ("a | b\n1 | 2", 2, "this is not read as a table"),
    ("| a | b |\n|---|---|\n| 1 | 2 |\n| c | d |\n|---|---|", 5, "begins a second table"),
    ("| a | b |\n|---|---|\n| 1 | 2 |\n- c | d", 4, "The item '- c | d' would be shown as a row"),
    # boxes
    ("!!! caution\nDo not touch.", 2, "The box is empty"),
    ("!!! caution\n  Do not touch.", 2, "The box is empty"),
    ("!!! caution\n    Hot.\nDo not touch.", 3, "'Do not touch.' is outside the box"),
    ("!!! caution\n    Hot.\n\n  Do not touch.", 4, "'Do not touch.' is indented too little"),
    ("!!! caution Hot skin\n    Stop.", 1, "has words after the kind"),
    ('!!! caution "Hot" skin\n    Stop.', 1, "this does not make a box"),
    ("!!! caution 'Hot'\n    Stop.", 1, "this does not make a box"),
    ('!!! caution "Hot [@a-1]"\n    Stop.', 1, "The title of a box can only be plain text."),
    ('!!! caution "**Hot**"\n    Stop.', 1, "The title of a box can only be plain text."),
    ("- wash\n    !!! caution\n        Hot.", 2, "this does not make a box"),
    ("::: caution\nHot.\n:::", 1, "this does not make a box"),
    ("??? note\n    Hot.", 1, "this does not make a box"),
    ("> [!NOTE]\n> Hot.", 1, "'[!NOTE]' would be shown as written"),
    # quotations, amounts, programs, headings
    ("A fever of\n> 38 °C", 2, "The quotation '> 38 °C' starts right below"),
    ("> 38 °C: call.", 1, "without the >"),
    ("- > 38 °C: call.", 1, "without the >"),
    ("> Rest.\nThen call.", 2, "'Then call.' would run into the quotation"),
    ("> Rest.\n- call", 2, "The item '- call' would run into"),
    ("Look:\n\n    at this", 3, "'at this' is indented under nothing"),
    ("Look:\n~~~\nat\n~~~", 2, "'~~~' would be shown as it is written"),
    ("```\nat\n```", 1, "'```' would be shown as it is written"),
    ("Two\nlines\n=====", 3, "this does not make a heading"),
    ("## Heat ## {#heat}", 1, "The heading 'Heat ##' ends in # characters"),
    ("- wash\n    ## Heat {#heat}", 2, "this is not read as a heading"),
    ("Heat\n: is warm", 2, "there are no definition lists"),
    # definitions
    ("Wash.[^1]\n\n[^1]: Twenty seconds.", 1, "there are no footnotes"),
    ("Wash.\n\n[^1]: Twenty.", 3, "'[^1]:' is not used anywhere"),
    ("Wash.\n\n[Note]: important", 3, "'[note]:' is not used anywhere"),
    ("Wash.\n\n[//]: # (a comment)", 3, "'[//]:' is not used anywhere"),
    ("[a]\n\n[a]: https://a.example/\n[a]: https://b.example/", 3, "'[a]:' is defined twice"),
    ("Wash.\n\n*[MS]: multiple sclerosis", 3, "'*[MS]:' is not used anywhere"),
    ("MS.\n\n*[MS]: one\n*[MS]: two", 3, "'*[MS]:' is defined twice"),
    ("MS.\n\n*[MS]:", 3, "this does not explain an abbreviation"),
    # what is left in a text
    ("Do **not touch.", 1, "The emphasis at '**not'"),
    ("Do ** not ** touch.", 1, "The emphasis at '**'"),
    ("Do *not\n\ntouch*.", 1, "The emphasis at '*not'"),
    ("Do _not touch.", 1, "The emphasis at '_not'"),
    ("Take *5 mg.", 1, "The emphasis at '*5'"),
    ("See *[a](section:b).", 1, "The emphasis at '*'"),
    ("3*2 and 2*5", 1, "The emphasis at '3*2' begins inside a word"),
    ("Say `stop.", 1, "The backtick at '`stop.'"),
    ("See [here] (https://a.example/).", 1, "does not make a link"),
    ("See [here](https://a.example/ b).", 1, "leads to a place that is not allowed"),
    ("See [here](https://a.example/", 1, "does not make a link"),
    ("See [text][missing].", 1, "'[text][missing].' does not make a link"),
    ("See [[heat]].", 1, "does not make a link"),
    ("See (section:heat#signs).", 1, "does not make a link"),
    ("See ![heat].", 1, "does not make a link"),
    ("Write to <me@a.example>.", 1, "'<me@a.example>.' does not make a link"),
    ('See [here](https://a.example/ "Heat").', 1, "'Heat' is the title of a link"),
    ("See [](https://a.example/).", 1, "has no words"),
    ("Known [@smith-2020 since.", 1, "'[@smith-2020' does not make a citation"),
    ("Known [ @smith-2020].", 1, "does not make a citation"),
    ("Known (@smith-2020).", 1, "a citation stands in brackets"),
    ("Wash {#wash} it.", 1, "only headings have anchors"),
    ("Wash {.big} it.", 1, "only headings have anchors"),
    ("Wash {: .big}", 1, "only headings have anchors"),
    ("Do ~~not~~ touch.", 1, "there is no strikethrough"),
    ("Do ==not== touch.", 1, "there is no strikethrough"),
    ("Wash.<br>Dry.", 1, "HTML has no effect"),
    ("Wash <!-- hands -->.", 1, "HTML has no effect"),
    ("Wash <b>hands</b>.", 1, "HTML has no effect"),
    ("Wash.\\\nDry.", 1, "The backslash at"),
    (r"Wash \~ dry.", 1, r"The backslash at '\~'"),
]


@pytest.mark.parametrize(("text", "line", "says"), FAULTS)
def test_what_would_be_misread_is_a_fault_with_line_and_remedy(
    text: str, line: int, says: str
) -> None:
    head = "---\nid: a\n---\nAn opening.\n\n"
    source = frontmatter.parse_front_matter("a.md", head + text)
    assert isinstance(source, FrontMatter)
    found = [one for one in convert_markdown(source.body).problems if says in one.message]
    assert found, [one.message for one in convert_markdown(source.body).problems]
    assert source.locate_line_in_body(found[0].needle) == head.count("\n") + line
    assert found[0].remedy


SOUND = [
    ("Before you touch:\n\n- wash\n- dry", "<li>wash</li>"),
    ("- wash\n    - palms\n    - backs\n        - nails\n- dry", "<li>palms</li>"),
    ("- wash\n    1. palms", "<ol>"),
    ("- wash\n\n    Both hands.\n\n- dry", "<p>Both hands.</p>"),
    ("- wash\n  both hands\n- dry", "wash\n  both hands"),
    (" - wash\n - dry", "<li>dry</li>"),
    ("+ wash\n+ dry", "<li>dry</li>"),
    ("1. wash\n1. dry", "<li>dry</li>"),
    ("1. wash\n\n1. dry", "<p>dry</p>"),
    ("3. wash\n4. dry", '<ol start="3">'),
    ("1. wash\n\nThen:\n\n2. dry", '<ol start="2">'),
    ("- **Wash**: hands\n- *Dry*: all", "<strong>Wash</strong>"),
    ("| a | b |\n|---|---|\n| 1 | |\n| `x|y` | 3\\|4 |", "<td>3|4</td>"),
    ("a | b\n--- | ---\n1 | 2", "<td>2</td>"),
    ("!!! caution\n\n    Hot.", "</b> Hot."),
    ('!!! caution "Say "stop" now"\n    Hot.', "stop"),
    ("Claim.\n!!! caution\n    Hot.\n## Next {#next}", "</b> Hot."),
    ("!!! monday\n    - Ask\n\n        more\n    - Then", "Then"),
    ("> Rest.\n> Call.\n\nThen.", "<blockquote>"),
    ("> 1. If it is new, stop.\n> 2. Call.", "<blockquote>"),
    (r"\> 38 °C: call.", "<p>&gt; 38 °C"),
    ("A fever of > 38 °C, < 40 °C, <24 h, p <0.05.", "&gt; 38 °C, &lt; 40"),
    ("## Heat {#heat} ##", '<h2 id="heat">Heat</h2>'),
    ("Heat {#heat}\n-----", '<h2 id="heat">Heat</h2>'),
    ("One  \ntwo", "<br>"),
    ("It is mild (grade 1 or\n2) today.", "2) today"),
    ("It is -5 °C.\n-5 °C is cold.", "-5 °C is cold"),
    ("[Here][a], or [a].\n\n[A]: https://a.example/", '<a href="https://a.example/">Here</a>'),
    (r"\[Note]: important", "[Note]: important"),
    ("[Note]: two words", "[Note]: two words"),
    ("MS.\n\n*[MS]: multiple sclerosis", "<abbr"),
    ("*[Here](https://a.example/)* and *[@a-1]*", "<em><a"),
    ("“**Bold**”, *it*, ***both***, **a *b* c**, **F**ace", "<strong>F</strong>ace"),
    (r"2 * 3, 5*3, \*x, snake_case, \`x\`", "snake_case"),
    ("`**`, `[^1]`, `<br>`", "<code>**</code>"),
    ("https://a.example/a_b_c?d=*e and [x](https://a.example/_b_)", "a_b_c"),
    ("<https://a.example/_b_>", '<a href="https://a.example/_b_">'),
    ("[sic], [2020], (see below) [a] (b)", "[a] (b)"),
    ("R&D &amp; A&nbsp;B &copy; 2020", "R&amp;D &amp; A&nbsp;B © 2020"),
    ("[____ Name] [____ Said: 4 lines]", 'data-lines="4"'),
]


@pytest.mark.parametrize(("text", "shown"), SOUND)
def test_what_is_written_right_has_no_fault(text: str, shown: str) -> None:
    found = convert_markdown(text)
    assert found.problems == ()
    assert shown in found.html


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("rule: Wait 2 days #unless a doctor says so", 2, "'#unless a doctor says so' would be"),
        ("rule: #wait", 2, "'#wait' would be left out"),
        ("say: “Lie 𝒳 down” # now", 2, "'# now'"),
        ('say: "Lie down" # now', 2, "'# now'"),
        ("say: 'Lie down'# now", 2, "'# now'"),
        ("signs:\n  - Fever # above 38", 3, "'# above 38'"),
        ("signs: [Fever, Cold] # both", 2, "'# both'"),
        ("signs: [Fever, # above 38\n  Cold]", 2, "'# above 38'"),
        ("steps: # three\n  - id: a", 2, "'# three'"),
        ("facts: >- # as told\n  Fever", 2, "'# as told'"),
        ("facts: | # as told\n  Fever", 2, "'# as told'"),
        ("facts: She says\n  no # for now", 3, "'# for now'"),
        ("facts: >-\n  Before:\n  - wash\n  - dry\nid: a", 4, "'- wash' would run into"),
        ("facts: >-\n  See:\n  | a | b |\nid: a", 4, "'| a | b |' would run into"),
        ("facts: Before\n  - wash", 3, "'- wash' would run into"),
        ('facts: "Before\n  1. wash"', 3, "'1. wash\"' would run into"),
    ],
)
def test_what_yaml_would_drop_or_join_is_a_fault(text: str, line: int, says: str) -> None:
    found = frontmatter.parse_front_matter("a.md", f"---\n{text}\n---\n")
    assert isinstance(found, Fault), found
    assert found.line == line
    assert says in found.message
    assert found.remedy


def test_a_message_shows_no_placeholder() -> None:
    """While Markdown is read, control characters stand for what was read already."""
    problems = convert_markdown("Wash <a href='&#106;ava'>hands</a>.").problems
    assert any("HTML has no effect" in problem.message for problem in problems)
    assert not any("\x03" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a: "x # y"', "x # y"),
        ("a: 'x # y'", "x # y"),
        ("a: x#y", "x#y"),
        ("# said\na: x\n  # said\nb: y", "x"),
        ("a: |\n  x # y\n  # z\n  - w", "x # y\n# z\n- w\n"),
        ("a: >-\n  x # y\n  z", "x # y z"),
        ("a: >-\n  x\n\n  - y", "x\n- y"),
        ('a: "x\n  # y"', "x # y"),
    ],
)
def test_a_number_sign_in_a_value_is_kept(text: str, value: str) -> None:
    found = frontmatter.parse_front_matter("a.md", f"---\n{text}\n---\n")
    assert isinstance(found, FrontMatter), found
    assert found.data["a"] == value


def test_a_published_ledger_keeps_its_comments() -> None:
    found = frontmatter.parse_yaml("ledger.yaml", "- on: 2026-01-01 # as agreed\n")
    assert isinstance(found, FrontMatter), found
