"""Each fact of a certificate as it is printed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from cpd.certificates.rules.codes import format_code
from cpd.content.languages import is_romanized, mark_text
from cpd.kernel import percentages


def printed_facts(snapshot: Mapping[str, Any]) -> dict[str, str]:
    """Return each fact as it is printed, in the order of the page, without empty facts.

    Licenses are missing if the snapshot does not have them because it is old, or the public one.

    The keys are those of the snapshot. The PDF, the verify page and the output of `cpd verify` use
    the same words, so that they can be compared.
    """
    language = str(snapshot["language"]["tag"])
    words = {
        "provider": snapshot["provider"]["name"],
        "demonstration": snapshot["demonstration"],
        "title": snapshot["title"],
        "name": snapshot["name"],
        "licences": _format_licenses(snapshot),
        "statement": snapshot["statement"],
        "course": _mark_title(snapshot["course"], language),
        "marker": snapshot["marker"],
        "credit": _format_credit(snapshot["credit"]),
        "issued_for": snapshot.get("issued_for", {}).get("name", ""),
        "completed": _format_completion(snapshot["completed"]),
        "score": _format_score(snapshot["score"]),
        "pass_mark": _format_percent(snapshot["pass_mark"]),
        "activity": snapshot["activity"],
        "place": snapshot.get("place", ""),
        "reading": snapshot["reading"]["arithmetic"],
        "subjects": mark_text("; ".join(snapshot["subjects"]), language),
        "authors": _format_authors(snapshot["authors"], language)
        if "instructor" not in snapshot
        else "",
        "instructor": _format_authors(snapshot.get("instructor", ()), language),
        "provider_number": snapshot.get("provider_number", ""),
        "course_number": snapshot.get("course_number", ""),
        "signatories": "; ".join(
            ", ".join(part for part in (one["name"], one["title"]) if part)
            for one in snapshot.get("signatories", ())
        ),
        "sign_off": snapshot["sign_off"],
        "version": _format_version(snapshot["version"]),
        "language": snapshot["language"]["name"],
        "contact": snapshot["provider"]["contact"],
        "corrects": _format_correction(snapshot),
        "worksheet": _format_worksheet(snapshot),
        "approvals": ", ".join(snapshot.get("approvals", ())),
        "issued_at": _format_minute(datetime.fromisoformat(snapshot["issued_at"])),
        "code": format_code(snapshot["code"]),
        "verify_at": snapshot["verify_at"],
        "key": snapshot["key"],
    }
    return {name: text for name, text in words.items() if text}


def _format_credit(credit: Mapping[str, str]) -> str:
    """Return why there is credit, or none; the amount of a claim stands in the marker."""
    if "unit" in credit:
        return credit["reason"]
    return f"Credit: {credit['amount']}. {credit['reason']}"


def _format_authors(authors: Iterable[Mapping[str, str]], language: str) -> str:
    return mark_text("; ".join(_format_author(author) for author in authors), language)


def _format_worksheet(snapshot: Mapping[str, Any]) -> str:
    worksheet = snapshot.get("worksheet")
    if not worksheet:
        return ""
    amount, unit = worksheet["computed"], snapshot["credit"]["unit"]
    computed = f"{amount} {unit} computed; " if amount else ""
    return f"{computed}SHA-256 {worksheet['hash']}"


def _mark_title(title: str, language: str) -> str:
    """Mark a title with its language, unless it is a wording in Latin letters for certificates."""
    return title if is_romanized(str(title), language) else mark_text(title, language)


def format_day(day: date) -> str:
    """Return a day as it is printed: 22 November 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def format_licenses(licenses: Iterable[tuple[str, str]]) -> str:
    """Return licenses as they are printed, each an authority and a number."""
    return "; ".join(f"{authority}: {number}" for authority, number in licenses)


def _format_licenses(snapshot: Mapping[str, Any]) -> str:
    stated = snapshot.get("licences", {"held": ()})["held"]
    return format_licenses((license_["authority"], license_["number"]) for license_ in stated)


def _format_correction(snapshot: Mapping[str, Any]) -> str:
    corrects = snapshot.get("corrects")
    if not corrects:
        return ""
    first = _format_minute(datetime.fromisoformat(corrects["first_issued_at"]))
    words = {"name": "the name", "licences": "the license"}
    what = " and ".join(words[fact] for fact in sorted(corrects["facts"], reverse=True))
    return f"{what[0].upper()}{what[1:]}; first issued on {first}"


def _format_minute(instant: datetime) -> str:
    instant = instant.astimezone(UTC)
    return f"{format_day(instant.date())}, {instant:%H:%M} UTC"


def _format_completion(completed: Mapping[str, str]) -> str:
    return f"{format_day(date.fromisoformat(completed['on']))} ({completed['zone']})"


def _format_score(score: Mapping[str, int]) -> str:
    if score["earned"] == score["possible"]:  # kept in lowest terms, where this would read 1/1
        return f"{_format_percent(score)} (full marks)"
    return f"{_format_percent(score)} ({score['earned']}/{score['possible']} of full marks)"


def _format_percent(share: Mapping[str, int]) -> str:
    return percentages.format_percent(Fraction(share["earned"], share["possible"]))


def _format_author(author: Mapping[str, str]) -> str:
    role = f" ({author['role']})" if author["role"] else ""
    return ", ".join(part for part in (author["name"], author["credentials"]) if part) + role


def _format_version(version: Mapping[str, Any]) -> str:
    published = format_day(date.fromisoformat(version["published_on"]))
    return f"{version['number']}, of {published} ({version['id']})"
