"""What may be said of the provider: read from settings and from the command line alike."""

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

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PNG = b"\x89PNG\r\n\x1a\n"
_LARGEST_LOGO = 200_000
"""In bytes: it comes with pages and stands in every certificate."""
_LONGEST_NUMBER = 60
_LONGEST_POSTAL = 400


def of_settings(settings: Settings) -> Profile:
    """Return what the settings say; raises SettingsError for a page that cannot be read."""
    return Profile(
        name=settings.provider_name,
        contact=settings.provider_contact,
        complaints=settings.provider_complaints,
        pages=pages_in(settings.provider_pages) if settings.provider_pages else {},
    )


def read(field: str, given: str) -> Any:
    """Return the value of a field as the profile holds it; raises SettingsError with the fix."""
    reader = FIELDS.get(field)
    if reader is None:
        (close, *_) = (*get_close_matches(field, FIELDS, n=1), "")
        remedy = f"did you mean {close}?" if close else f"use one of {', '.join(FIELDS)}."
        raise SettingsError(f"The provider has no field {field}: {remedy}")
    return reader(field, given.strip())


def pages_in(folder: Path) -> dict[str, str]:
    """Return the Markdown texts of a folder by name; raises SettingsError for one that is none.

    Some editors put a mark at a text's beginning.
    """
    return {file.stem: _text(file) for file in sorted(folder.glob("*.md"))}


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text: save it again as UTF-8.") from None
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}.") from None


def _name(field: str, given: str) -> str:
    name = setting_values.one_line(given)
    setting_values.refuse_unprintable(field, name)
    return name


def _address(field: str, given: str) -> str:
    setting_values.refuse_unreachable(field, given)
    return given


def _line(longest: int) -> Callable[[str, str], str]:
    def read_line(field: str, given: str) -> str:
        found = single_line.clean(given, longest=longest, needs_letter=False)
        if given and found.fault is not None:
            raise SettingsError(
                f"{field} is {given!r}: use one line of at most {longest} characters, without any "
                "sign that cannot be seen."
            )
        return found.text

    return read_line


def _colour(field: str, given: str) -> str:
    if given and not _COLOUR.fullmatch(given.lower()):
        raise SettingsError(f"{field} is {given!r}: use # and six digits of 0-9 and a-f.")
    return given.lower()


def _logo(field: str, given: str) -> bytes:
    if not given:
        return b""
    file = setting_values.place(field, given)
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_LOGO + 1)
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}.") from None
    if not content.startswith(_PNG):
        raise SettingsError(f"{file} is no picture in PNG: save it again in that format.")
    if len(content) > _LARGEST_LOGO:
        raise SettingsError(
            f"{file} is larger than {_LARGEST_LOGO // 1000} kB: save it again in a smaller size."
        )
    return content


def _signatories(field: str, given: str) -> list[dict[str, str]]:
    found = []
    for one in given.split(";") if given else ():
        name, _, title = (part.strip() for part in one.partition(","))
        if any(single_line.clean(part).fault is not None for part in (name, title)):
            raise SettingsError(
                f"{field} is {given!r}: write a name, a comma and a title for each person, with a "
                "semicolon between them, such as 'Ines Duarte, Director; Ravi Nair, Clinical lead'."
            )
        found.append(vars(Signatory(single_line.clean(name).text, single_line.clean(title).text)))
    return found


def _pages(field: str, given: str) -> dict[str, str]:
    if not given:
        return {}
    folder = setting_values.place(field, given)
    setting_values.refuse_no_folder(field, folder)
    return pages_in(folder)


FIELDS: Mapping[str, Callable[[str, str], Any]] = {
    "name": _name,
    "number": _line(_LONGEST_NUMBER),
    "contact": _address,
    "complaints": _address,
    "postal": _line(_LONGEST_POSTAL),
    "colour": _colour,
    "logo": _logo,
    "signatories": _signatories,
    "pages": _pages,
}
"""What can be set, and how each value is read; for `pages` it is a folder, for `logo` a file."""
