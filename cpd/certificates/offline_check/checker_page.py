"""Building the page: its keys, words, script and style in one file that loads nothing."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Template

from flask_babel import gettext as _
from markupsafe import escape

from cpd.certificates import labels
from cpd.certificates.rules.record import Finding

_GROUP = 4
"""How many digits of a fingerprint stand together."""


def format_fingerprint(public_key: str) -> str:
    """Return the SHA-256 of a raw public key, in groups that can be compared by eye."""
    raw = base64.urlsafe_b64decode(public_key + "=" * (-len(public_key) % 4))
    digits = hashlib.sha256(raw).hexdigest()
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def build_offline_check(keys: Mapping[str, str], *, issuer: str, made_on: str) -> str:
    """Return the page that checks certificates against these public keys, by key id."""
    pinned = [
        {"key_id": key_id, "public_key": key, "fingerprint": format_fingerprint(key)}
        for key_id, key in sorted(keys.items())
    ]
    script, style = _read_resource_file("check.js"), _read_resource_file("style.css")
    words = _build_words_of_page(issuer, made_on)
    data = {
        "keys": pinned,
        "words": _build_words_of_results(issuer, made_on),
        "labels": {name: str(label) for name, label in labels.LABELS.items()},
        "technical": sorted(labels.TECHNICAL),
    }
    return Template(_read_resource_file("skeleton.txt")).substitute(
        {name: escape(text) for name, text in words.items()},
        policy=_build_policy(script, style),
        style=style,
        script=script,
        data=json.dumps(data).replace("<", "\\u003c"),
        keys="".join(
            f"<div><dt>{escape(key['key_id'])}</dt>"
            f'<dd class="code">{escape(key["fingerprint"])}</dd></div>'
            for key in pinned
        ),
    )


def _build_policy(script: str, style: str) -> str:
    """Return the policy of a page that runs this script alone and cannot reach any address."""
    return (
        f"default-src 'none'; script-src {_hash_source(script)}; "
        f"style-src {_hash_source(style)}; base-uri 'none'; form-action 'none'"
    )


def _hash_source(source: str) -> str:
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _build_words_of_page(issuer: str, made_on: str) -> Mapping[str, str]:
    return {
        "issuer": issuer,
        "title": _("Check certificates without a connection"),
        "lead": _(
            "This page checks certificates that were issued by %(issuer)s. It works on this "
            "device alone: it sends nothing, and it opens no other page.",
            issuer=issuer,
        ),
        "no_script": _("This page needs JavaScript. Allow it in your browser and open it again."),
        "choose": _("Choose certificates, or drop them here"),
        "hint": _("The PDF or image of a certificate, or its record (JSON)."),
        "unable": _(
            "This browser cannot check Ed25519 signatures, so nothing can be checked here. Open "
            "the page in Chrome or Edge 137, Firefox 130, Safari 17, or a later version of one "
            "of them."
        ),
        "keys_title": _("Keys in this page"),
        "keys_lead": _(
            "They were put here on %(day)s. If somebody else gave you this page, ask %(issuer)s "
            "for the fingerprints of its keys and compare them with these.",
            day=made_on,
            issuer=issuer,
        ),
    }


def _build_words_of_results(issuer: str, made_on: str) -> Mapping[str, str]:
    findings = {finding.value: str(labels.FINDINGS[finding]) for finding in Finding}
    return {
        **findings,
        "unknown_key": _("Not checked: it was signed with a key that is not in this page."),
        "genuine_record": _("Genuine: the record is exactly as it was signed."),
        "genuine_file": _("The record inside this file is genuine. Its page was not compared."),
        "compare": _("Compare these facts with the copy that you were given."),
        "state_unknown": _(
            "Only the issuer’s page can say whether the certificate has been replaced or "
            "withdrawn since. Its address is among the facts."
        ),
        "changed_advice": _("Do not rely on it. Ask the provider."),
        "forged_advice": _("Do not rely on it. Ask the provider."),
        "unknown_key_advice": _(
            "If it was issued by %(issuer)s after %(day)s, download this page again. Otherwise it "
            "comes from somebody else.",
            issuer=issuer,
            day=made_on,
        ),
        "differing": _("Different from what was signed:"),
        "withheld": _("Not in this record, because only the holder may show it."),
        "fingerprint": _("Fingerprint of the key"),
        "not_checked": _("Not checked."),
        "no_record": _(
            "This file does not contain exactly one record of a certificate. Choose the file as "
            "it was downloaded; a scan or a photo cannot be checked here."
        ),
        "too_large": _("This file is larger than any certificate."),
    }


@cache
def _read_resource_file(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text("utf-8")
