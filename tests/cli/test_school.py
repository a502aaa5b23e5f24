"""`cpd school`: making schools and saying who belongs to them."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from cpd.cli.main import cli
from cpd.organisations import actions
from cpd.organisations.actions import SlugTakenError
from tests.support.people import MAYA

Cpd = Callable[..., Result]
MADE = ("add", "École du Port", "--kind", "clinic", "--zone", "Europe/Paris")


@pytest.fixture
def cpd(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Cpd:
    """Runs the command on this test's database."""
    monkeypatch.setattr("cpd.cli.school.create_app_or_exit", lambda: app)
    return lambda *words: CliRunner().invoke(cli, ["school", *words])


def test_a_school_is_made_joined_left_and_closed(cpd: Cpd) -> None:
    assert cpd(*MADE).output.startswith("École du Port is at /schools/ecole-du-port.\n")
    facts = "ecole-du-port\tÉcole du Port\tclinic\tEurope/Paris"
    assert cpd("list").output == f"{facts}\topen\t0\n"
    joined = cpd("join", "ecole-du-port", MAYA.email)
    assert joined.output == f"{MAYA.email} belongs to École du Port.\n"
    assert cpd("list").output == f"{facts}\topen\t1\n"
    assert cpd("close", "ecole-du-port").output == "École du Port is closed.\n"
    assert cpd("join", "ecole-du-port", MAYA.email).exit_code == 1
    assert cpd("leave", "ecole-du-port", MAYA.email).exit_code == 0
    assert cpd("list").output == f"{facts}\tclosed\t0\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "\u200b"), "This name cannot be used."),
        (("add", "学校"), "'' cannot be part of a URL."),
        (("add", "Hill", "--slug", "Hill Clinic"), "'Hill Clinic' cannot be part of a URL."),
        (("add", "Hill", "--zone", "Mars/Base"), "There is no time zone Mars/Base."),
        (("add", "ECOLE du port"), "Another school is called ecole-du-port in URLs."),
        (("join", "absent", MAYA.email), "There is no school absent. List them with: cpd school"),
        (("join", "ecole-du-port", "nobody@example.org"), "nobody@example.org has no account."),
    ],
)
def test_what_cannot_be_done_is_said(cpd: Cpd, words: tuple[str, ...], said: str) -> None:
    cpd(*MADE)
    refused = cpd(*words)
    assert refused.exit_code == 1
    assert said in refused.output


def test_a_slug_that_was_taken_just_now(cpd: Cpd, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_args: object, **_named: object) -> None:
        raise SlugTakenError

    monkeypatch.setattr(actions, "create_school", taken)
    assert "Another school is called" in cpd(*MADE).output
