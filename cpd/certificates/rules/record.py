"""The signed record of a certificate: its snapshot, the signed manifest, and what was changed.

The manifest is plain text: a heading, the SHA-256 of the whole snapshot, and the SHA-256 of each
fact's canonical form, one per line. The signature covers the manifest, so anybody with just a
public key can tell which fact was changed, not only that something was.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from cpd.kernel import canonical

HEADING = "cpd certificate 1"
WHOLE_SNAPSHOT = "snapshot"
"""The name of the manifest line for the whole snapshot."""
RECORD_FILE_NAME = "certificate-record.json"
"""The record as a download, and as an attachment inside other files."""
WITHHELD = frozenset({"licences"})
"""Facts that only the holder shows; the public record has only their manifest lines."""
_MAX_BYTES = 64 * 1024


class RecordFaultError(ValueError):
    """A file contains no readable record; the message says why."""


_UNREADABLE = (RecordFaultError, RecursionError, TypeError, UnicodeEncodeError)
"""What is raised for facts without a canonical form."""


@dataclass(frozen=True)
class Record:
    """All that is needed to check a certificate against a public key."""

    snapshot: str
    manifest: str
    signature: str
    """Ed25519 over the manifest's bytes, base64url without padding."""
    key_id: str

    def to_json(self) -> str:
        """Return the record as it is embedded in files; the same record gives the same text."""
        return canonical.encode_json({"form": HEADING, **self.__dict__}).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Record":
        """Read an embedded record; raises RecordFaultError."""
        if len(text) > _MAX_BYTES:
            raise RecordFaultError("The record is larger than any certificate's.")
        data = _parse_json_or_raise(text, "The record is not JSON.")
        fields = tuple(cls.__dataclass_fields__)
        if not isinstance(data, dict) or data.get("form") != HEADING:
            raise RecordFaultError(f"The record does not say that it is a {HEADING!r}.")
        if not all(_is_encodable_text(data.get(name)) for name in fields):
            raise RecordFaultError("A part of the record is missing or is not text.")
        return cls(**{name: data[name] for name in fields})

    def without_holder_facts(self) -> "Record":
        """Return the record for everybody, without what only the holder shows.

        A snapshot that cannot be read is left out entirely, because nobody knows what is in it.
        """
        try:
            facts = {name: fact for name, fact in self.parsed_facts.items() if name not in WITHHELD}
            return replace(self, snapshot=canonical.encode_json(facts).decode())
        except _UNREADABLE:
            return replace(self, snapshot="")

    @property
    def withheld_facts(self) -> frozenset[str]:
        """The facts that were signed and are left out here."""
        try:
            return (WITHHELD & _parse_manifest(self.manifest).keys()) - self.parsed_facts.keys()
        except RecordFaultError:
            return frozenset()

    @property
    def parsed_facts(self) -> dict[str, Any]:
        """The snapshot as data; raises RecordFaultError if it is not a JSON object."""
        facts = _parse_json_or_raise(self.snapshot, "The facts of the record are not JSON.")
        if not isinstance(facts, dict):
            raise RecordFaultError("The facts of the record are not a JSON object.")
        return facts


class Finding(StrEnum):
    """What a check of a record found.

    None of them tells whether a certificate is still valid: that is its state.
    """

    GENUINE = "genuine"
    CHANGED = "changed"
    """The signature is good, but some facts are not the ones that were signed."""
    FORGED = "forged"
    """The signature does not match the manifest."""
    UNKNOWN_KEY = "unknown_key"
    """The key is not a trusted one."""


@dataclass(frozen=True)
class Verdict:
    """The finding, and the facts that are not as they were signed."""

    finding: Finding
    changed: tuple[str, ...] = ()

    @property
    def is_genuine(self) -> bool:
        """Whether every fact is as a trusted key signed it."""
        return self.finding is Finding.GENUINE


def judge_record(record: Record, *, is_key_known: bool, signature_fits: bool) -> Verdict:
    """Return the verdict on a record whose signature over the manifest was checked."""
    differing = changed_facts(record)
    if not is_key_known:
        return Verdict(Finding.UNKNOWN_KEY, differing)
    if not signature_fits:
        return Verdict(Finding.FORGED, differing)
    return Verdict(Finding.CHANGED if differing else Finding.GENUINE, differing)


def build_manifest(snapshot: Mapping[str, Any]) -> str:
    """Return the text that is signed for a snapshot."""
    digests = {name: canonical.hash_json(value) for name, value in sorted(snapshot.items())}
    whole = hashlib.sha256(canonical.encode_json(dict(snapshot))).hexdigest()
    lines = [f"{name} {digest}" for name, digest in digests.items()]
    return "".join(f"{line}\n" for line in (HEADING, f"{WHOLE_SNAPSHOT} {whole}", *lines))


def changed_facts(record: Record) -> tuple[str, ...]:
    """Return the facts that differ from what was signed; `snapshot` when no single fact does.

    A missing fact that may be withheld does not count. This says nothing about the signature.
    """
    signed = _parse_manifest(record.manifest)
    try:
        facts = record.parsed_facts
        digests = {name: canonical.hash_json(value) for name, value in facts.items()}
    except _UNREADABLE:
        return (WHOLE_SNAPSHOT,)
    names = signed.keys() - {WHOLE_SNAPSHOT} - record.withheld_facts | digests.keys()
    differing = sorted(name for name in names if signed.get(name) != digests.get(name))
    is_whole = (
        record.snapshot == canonical.encode_json(facts).decode()
        if record.withheld_facts
        else signed.get(WHOLE_SNAPSHOT) == hashlib.sha256(record.snapshot.encode()).hexdigest()
    )
    return tuple(differing) if differing or is_whole else (WHOLE_SNAPSHOT,)


def _parse_json_or_raise(text: str | bytes, fault: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise RecordFaultError(fault) from None


def _is_encodable_text(value: object) -> bool:
    """Tell whether this is text that can be encoded: half a surrogate pair cannot."""
    return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)


def _parse_manifest(text: str) -> dict[str, str]:
    """Return the digests by fact; empty for a text that is not a manifest."""
    heading, *lines = text.splitlines() or [""]
    if heading != HEADING or any(line.count(" ") != 1 for line in lines):
        return {}
    return dict(line.split(" ") for line in lines)
