"""Records: whatever fact is changed, the check names it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cpd.certificates.rules.record import (
    HEADING,
    WHOLE_SNAPSHOT,
    Finding,
    Record,
    RecordFaultError,
    Verdict,
    build_manifest,
    changed_facts,
    judge_record,
)
from cpd.kernel import canonical
from tests.factories.certificates import facts, first_form

FACTS = facts()


def record(snapshot: str | None = None, signed: str | None = None) -> Record:
    return Record(
        snapshot=canonical.encode_json(FACTS).decode() if snapshot is None else snapshot,
        manifest=build_manifest(FACTS) if signed is None else signed,
        signature="signature",
        key_id=FACTS["key"],
    )


def with_fact(name: str, value: Any) -> Record:
    return record(canonical.encode_json(FACTS | {name: value}).decode())


def test_the_manifest_can_be_made_by_hand() -> None:
    lines = build_manifest(FACTS).splitlines()
    whole = hashlib.sha256(canonical.encode_json(FACTS)).hexdigest()
    name = hashlib.sha256(b'"Maya Chidinma Okafor"').hexdigest()
    assert lines[:2] == [HEADING, f"{WHOLE_SNAPSHOT} {whole}"]
    assert f"name {name}" in lines
    assert [line.split()[0] for line in lines[2:]] == sorted(FACTS)


def test_nothing_changed() -> None:
    assert changed_facts(record()) == ()


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_changed_fact_is_named(name: str) -> None:
    assert changed_facts(with_fact(name, "something else")) == (name,)


@pytest.mark.parametrize("name", sorted(FACTS.keys() - {"licences"}))
def test_every_missing_fact_is_named(name: str) -> None:
    rest = {key: value for key, value in FACTS.items() if key != name}
    assert changed_facts(record(canonical.encode_json(rest).decode())) == (name,)


def test_the_public_record_is_genuine_without_licences() -> None:
    public = record().without_holder_facts()
    assert "MT 004711" not in public.snapshot
    assert FACTS["licences"]["salt"] not in public.snapshot
    assert public.withheld_facts == {"licences"}
    assert (record().withheld_facts, changed_facts(public)) == (frozenset(), ())
    assert changed_facts(replace(public, snapshot=public.snapshot.replace("Maya", "Zoë"))) == (
        "name",
    )


def test_what_is_left_out_of_a_record_leaves_its_form_as_it_is() -> None:
    public = record().without_holder_facts()
    twice = public.snapshot.replace('"name":', '"name":"Zoë","name":')
    assert changed_facts(replace(public, snapshot=twice)) == (WHOLE_SNAPSHOT,)


def test_licences_cannot_be_put_in_or_exchanged() -> None:
    """The control: what may be left out may still not be another."""
    other = {"salt": FACTS["licences"]["salt"], "held": []}
    assert changed_facts(with_fact("licences", other)) == ("licences",)
    old = record(signed=build_manifest(first_form(FACTS)))
    assert changed_facts(old) == ("licences", "schema")


def test_a_record_of_before_is_genuine_and_withholds_nothing() -> None:
    facts = first_form(FACTS)
    old = record(canonical.encode_json(facts).decode(), build_manifest(facts))
    assert (changed_facts(old), old.withheld_facts, old.without_holder_facts()) == (
        (),
        frozenset(),
        old,
    )


def test_what_cannot_be_read_is_not_shown() -> None:
    assert record("nonsense with MT 004711").without_holder_facts().snapshot == ""
    assert record("nonsense").withheld_facts == frozenset()


def test_an_added_fact_is_named() -> None:
    assert changed_facts(with_fact("award", "Best of the year")) == ("award",)


def test_two_changed_facts_are_both_named() -> None:
    found = canonical.encode_json(FACTS | {"name": "Zoë", "course": "Surgery"}).decode()
    assert changed_facts(record(found)) == ("course", "name")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text + " ", id="a space at the end"),
        pytest.param(lambda text: text.replace('"name":', '"name":"Zoë","name":'), id="said twice"),
        pytest.param(lambda text: json.dumps(json.loads(text)), id="another form"),
        pytest.param(lambda text: text[:-1], id="cut short"),
        pytest.param(lambda text: f"[{text}]", id="a list"),
        pytest.param(lambda text: text.replace("4321", "4321.0"), id="a float"),
        pytest.param(lambda text: text.replace("4321", "[" * 5000 + "]" * 5000), id="a deep list"),
        pytest.param(lambda text: text.replace("Maya", "\\ud800"), id="half a character"),
    ],
)
def test_a_snapshot_in_another_form_is_no_snapshot(spoil: Callable[[str], str]) -> None:
    assert changed_facts(record(spoil(record().snapshot))) == (WHOLE_SNAPSHOT,)


@pytest.mark.parametrize("signed", ["", "another heading\n", f"{HEADING}\nname\n"])
def test_a_manifest_that_is_none_vouches_for_nothing(signed: str) -> None:
    assert changed_facts(record(signed=signed)) == tuple(sorted(FACTS))


def test_control_without_the_whole_a_fact_said_twice_would_pass() -> None:
    twice = record().snapshot.replace('"name":', '"name":"Zoë","name":')
    parts = "".join(
        line
        for line in build_manifest(FACTS).splitlines(keepends=True)
        if not line.startswith(WHOLE_SNAPSHOT)
    )
    whole = hashlib.sha256(twice.encode()).hexdigest()
    assert changed_facts(record(twice, f"{parts}{WHOLE_SNAPSHOT} {whole}\n")) == ()


@pytest.mark.parametrize(
    ("is_key_known", "signature_fits", "name", "finding"),
    [
        (True, True, None, Finding.GENUINE),
        (True, True, "name", Finding.CHANGED),
        (True, False, None, Finding.FORGED),
        (True, False, "name", Finding.FORGED),
        (False, False, None, Finding.UNKNOWN_KEY),
        (False, False, "name", Finding.UNKNOWN_KEY),
    ],
)
def test_verdicts(
    is_key_known: bool, signature_fits: bool, name: str | None, finding: Finding
) -> None:
    judged = record() if name is None else with_fact(name, "something else")
    verdict = judge_record(judged, is_key_known=is_key_known, signature_fits=signature_fits)
    assert verdict == Verdict(finding, () if name is None else (name,))
    assert verdict.is_genuine is (finding is Finding.GENUINE)


def test_a_record_reads_back_from_its_text() -> None:
    assert Record.from_json(record().to_json()) == record()
    assert Record.from_json(record().to_json().encode()) == record()
    assert record().parsed_facts == FACTS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "does not say"),
        ('{"form": "cpd certificate 99"}', "does not say"),
        ('{"form": "cpd certificate 1"}', "missing"),
        (record().to_json().replace('"signature":"signature"', '"signature":7'), "missing"),
        (record().to_json().replace('"signature":"s', '"signature":"\\ud800'), "is not text"),
        ('"' + "x" * 70_000 + '"', "larger"),
        (b"\xff\xfe{", "not JSON"),
        ("[" * 30_000, "not JSON"),
    ],
)
def test_what_is_no_record(text: str, said: str) -> None:
    with pytest.raises(RecordFaultError, match=said):
        Record.from_json(text)


@pytest.mark.parametrize(("text", "said"), [("{", "not JSON"), ("[]", "not a JSON object")])
def test_facts_that_are_none(text: str, said: str) -> None:
    with pytest.raises(RecordFaultError, match=said):
        record(text).parsed_facts  # noqa: B018 - reading it raises
