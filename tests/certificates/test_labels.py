"""What is said of codes and facts."""

import pytest
from flask import Flask

from cpd.certificates import labels, panels
from cpd.certificates.rules.codes import (
    CodeFault,
    build_code_from_random_text,
    format_code,
    parse_code,
)
from cpd.certificates.rules.printed_facts import printed_facts
from tests.factories.certificates import facts
from tests.support.missing_packages import take_away

CODE = format_code(build_code_from_random_text("K7QF2MXR4T9WP1AC3DHZ6NVB8E"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the code that is printed on the certificate."),
        (CODE.replace("Z", "U"), "No code has the character “U”: look at the fourth group."),
        (
            CODE.replace("MXR4T", "MXR"),
            "The second group is too long or too short: look at MXR.",
        ),
        (CODE.replace("-", "")[:-1], "A code has 31 letters and digits, and this has 30."),
        (
            CODE.replace("9WP1A", "9WPLB"),
            "The third group does not fit: look at 9WPLB, and at letter 4 of the last.",
        ),
        (
            CODE.replace("K7QF2", "7KQF2").replace("6NVB8", "6NVB9"),
            "Several groups do not fit: look at 7KQF2, 6NVB9.",
        ),
        (CODE.replace("-E", "-F"), f"The last group does not fit: look at F{CODE[-5:]}."),
    ],
)
def test_what_is_said_of_a_code(typed: str, said: str) -> None:
    fault = parse_code(typed)
    assert isinstance(fault, CodeFault)
    assert labels.code_fault_message(fault) == said


def test_every_fact_has_a_label_and_a_place() -> None:
    made = facts()
    assert set(made) | set(printed_facts(made)) - set(labels.LABELS) == set(made)
    shown = labels.label_printed_facts(printed_facts(made))
    assert shown[0] == ("Name", "Maya Chidinma Okafor")
    assert len(shown) == len(printed_facts(made))


def test_a_fact_that_no_certificate_has_stands_for_itself() -> None:
    assert labels.label_of_fact("award") == "award"


@pytest.mark.parametrize(("name", "signs"), [("Zoë Łukasiewicz", ""), ("𒀀 Maya 𒀁", "𒀀 𒀁")])
def test_what_is_said_of_a_name_before_it_is_printed(app: Flask, name: str, signs: str) -> None:
    with app.test_request_context():
        said = panels.unsupported_characters_warning(name)
    assert (said or "").startswith(f"The fonts of this site lack {signs}," if signs else "")
    assert bool(said) is bool(signs)
    assert "install" not in (said or "")


def test_without_the_extra_any_name_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch, "typst")
    assert panels.unsupported_characters_warning("王小明") is None
