"""The fields of the provider, as parsed from the settings and the command line."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cpd import setting_values
from cpd.config import Settings
from cpd.kernel import single_line
from cpd.provider.rules.profile import Profile, Signatory
from cpd.setting_values import SettingsError

_COLOR = re.compile(r"#[0-9a-f]{6}")
_PNG = b"\x89PNG\r\n\x1a\n"
_LARGEST_LOGO = 200_000
"""In bytes: it is sent with pages and embedded in every certificate."""
_LONGEST_NUMBER = 60
_LONGEST_POSTAL = 400


def profile_from_settings(settings: Settings) -> Profile:
    """Return the provider in the settings; raises SettingsError for a page that cannot be read."""
    return Profile(
        name=settings.provider_name,
        contact=settings.provider_contact,
        complaints=settings.provider_complaints,
        pages=read_page_files(settings.provider_pages) if settings.provider_pages else {},
    )


def parse_field(field: str, given: str) -> Any:
    """Return the value of a field as the profile holds it; raises SettingsError with the fix."""
    parse = FIELDS.get(field)
    if parse is None:
        (close, *_) = (*get_close_matches(field, FIELDS, n=1), "")
        remedy = f"did you mean {close}?" if close else f"use one of {', '.join(FIELDS)}."
        raise SettingsError(f"The provider has no field {field}: {remedy}")
    return parse(field, given.strip())


def read_page_files(folder: Path) -> dict[str, str]:
    """Return the Markdown texts of a folder by name; raises SettingsError for an unreadable file.

    A byte order mark, which some editors write, is removed.
    """
    return {file.stem: _read_text_file(file) for file in sorted(folder.glob("*.md"))}


def _read_text_file(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text: save it again as UTF-8.") from None
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}.") from None


def _parse_name(field: str, given: str) -> str:
    name = setting_values.parse_name(given)
    setting_values.refuse_unprintable_name(field, name)
    return name


def _parse_contact(field: str, given: str) -> str:
    setting_values.refuse_invalid_contact(field, given)
    return given


def _make_line_parser(longest: int) -> Callable[[str, str], str]:
    def parse_line(field: str, given: str) -> str:
        line = single_line.clean_line(given, longest=longest, needs_letter=False)
        if given and line.fault is not None:
            raise SettingsError(
                f"{field} is {given!r}: use one line of at most {longest} characters, without "
                "invisible characters."
            )
        return line.text

    return parse_line


def _parse_color(field: str, given: str) -> str:
    if given and not _COLOR.fullmatch(given.lower()):
        raise SettingsError(f"{field} is {given!r}: use # and six digits of 0-9 and a-f.")
    return given.lower()


def _read_logo_file(field: str, given: str) -> bytes:
    if not given:
        return b""
    file = setting_values.parse_path(field, given)
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_LOGO + 1)
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}.") from None
    if not content.startswith(_PNG):
        raise SettingsError(f"{file} is not a PNG picture: save it again in that format.")
    if len(content) > _LARGEST_LOGO:
        raise SettingsError(
            f"{file} is larger than {_LARGEST_LOGO // 1000} kB: save it again in a smaller size."
        )
    return content


def _parse_signatories(field: str, given: str) -> list[dict[str, str]]:
    signatories = []
    for signatory in given.split(";") if given else ():
        name, _, title = (part.strip() for part in signatory.partition(","))
        if any(single_line.clean_line(part).fault is not None for part in (name, title)):
            raise SettingsError(
                f"{field} is {given!r}: write a name, a comma and a title for each person, with a "
                "semicolon between them, such as 'Ines Duarte, Director; Ravi Nair, Clinical lead'."
            )
        signatories.append(
            vars(Signatory(single_line.clean_line(name).text, single_line.clean_line(title).text))
        )
    return signatories


def _read_pages_from_folder(field: str, given: str) -> dict[str, str]:
    if not given:
        return {}
    folder = setting_values.parse_path(field, given)
    setting_values.refuse_missing_folder(field, folder)
    return read_page_files(folder)


FIELDS: Mapping[str, Callable[[str, str], Any]] = {
    "name": _parse_name,
    "number": _make_line_parser(_LONGEST_NUMBER),
    "contact": _parse_contact,
    "complaints": _parse_contact,
    "postal": _make_line_parser(_LONGEST_POSTAL),
    "colour": _parse_color,
    "logo": _read_logo_file,
    "signatories": _parse_signatories,
    "pages": _read_pages_from_folder,
}
"""What can be set, and how each value is parsed: `pages` is a folder, `logo` a file."""
