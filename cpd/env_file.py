"""A file of settings, in the form that systemd's `EnvironmentFile=` reads, and stricter.

systemd reads every accepted file in the same way. What systemd would skip, glue together, or read
differently from one version to the next is reported as a fault with its line. No fault repeats a
value, which may be a password.
"""

import re
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from cpd.config import (
    ENV_FILE,
    NAMES,
    SettingsError,
    is_unknown_setting_name,
    unknown_setting_message,
)

_ALIKE = 0.8
"""A name this similar to one of our settings is treated as a typo."""
_SKIPPED = re.compile(r"[ \t]*([#;][^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_NAME = re.compile(r"[ \t]*([^=\r\n]*?)[ \t]*=[ \t]*")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r"((?:[^\\\r\n]|\\(?!\r|\Z).)*)", re.DOTALL)
_LOOKS_LIKE_A_COMMENT = re.compile(r"(?:\A|[ \t\n])#")
_REST = re.compile(r"[ \t]*(?:\r\n|\r|\n|\Z)")


class _EntryError(ValueError):
    """What is wrong with one entry."""


@dataclass(frozen=True)
class EnvFile:
    """The values in a settings file, and the line of each."""

    path: Path
    values: Mapping[str, str]
    lines: Mapping[str, int]


def load_named_settings_file(environ: MutableMapping[str, str]) -> EnvFile | None:
    """Add the settings file to the environment, whose own variables win, as with systemd.

    Returns what was added; None when CPD_ENV_FILE names no file. Raises SettingsError.
    """
    named = environ.get(ENV_FILE)
    if named is None:
        return None
    file = read_settings_file(Path(named).absolute())
    faults = [
        f"{file.path}:{file.lines[name]}: {fault}"
        for name, value in file.values.items()
        if (fault := _find_fault_of_setting(name, value))
    ]
    if faults:
        raise SettingsError("\n".join(faults))
    taken = {name: value for name, value in file.values.items() if name not in environ}
    environ.update(taken)
    return EnvFile(file.path, taken, file.lines)


@contextmanager
def add_line_to_settings_errors(file: EnvFile | None) -> Iterator[None]:
    """Add the line in the file to a SettingsError that the block raises."""
    try:
        yield
    except SettingsError as fault:
        name = re.split(r"[ =]", str(fault), maxsplit=1)[0]
        if file is None or name not in file.values:
            raise
        raise SettingsError(f"{file.path}:{file.lines[name]}: {fault}") from None


def _find_fault_of_setting(name: str, value: str) -> str:
    """Return what is wrong with having a setting in a file, or nothing."""
    if name == ENV_FILE:
        return f"{ENV_FILE} cannot be set inside a settings file: remove it."
    is_ours = is_unknown_setting_name(name) or get_close_matches(name.upper(), NAMES, cutoff=_ALIKE)
    if name not in NAMES and is_ours:
        return unknown_setting_message(name)
    path = value.removeprefix("sqlite:///") if name == "DATABASE_URL" else value
    is_place = name in {"CPD_INSTANCE", "CPD_PROVIDER_PAGES"} or path != value
    if is_place and path and not path.startswith("/"):
        return (
            f"{name} is not an absolute path, so its meaning would depend on the current folder: "
            "begin it with /."
        )
    return ""


def read_settings_file(path: Path) -> EnvFile:
    """Read a settings file; raises SettingsError with every fault in it."""
    try:
        return parse_settings_file(path.read_bytes().decode(), path)
    except OSError as fault:
        raise SettingsError(f"{path} cannot be read: {fault.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text: save it again as UTF-8.") from None


def parse_settings_file(text: str, path: Path) -> EnvFile:
    """Parse a settings file; raises SettingsError with every fault in it."""
    if "\0" in text or "\ufeff" in text:
        raise SettingsError(
            f"{path} holds a null character or a byte order mark: save it again as plain UTF-8."
        )
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults, position = [], 0
    while position < len(text):
        line = text.count("\n", 0, position) + 1
        try:
            name, value, position = _parse_entry(text, position)
        except _EntryError as fault:
            faults.append(f"{path}:{line}: {fault}")
            position = text.find("\n", position) + 1 or len(text)
            continue
        if name in values:
            faults.append(f"{path}:{line}: {name} is also set in line {lines[name]}: keep one.")
        elif name:
            values[name], lines[name] = value, line
    if faults:
        raise SettingsError("\n".join(faults))
    return EnvFile(path, values, lines)


def _parse_entry(text: str, position: int) -> tuple[str, str, int]:
    """Return the name and value that begin here, and where they end; a comment has no name."""
    if skipped := _SKIPPED.match(text, position):
        if (skipped[1] or "").endswith("\\"):
            raise _EntryError(
                "A comment ends in a backslash, and some versions of systemd treat the next line "
                "as part of it: remove the backslash."
            )
        return "", "", skipped.end()
    named = _NAME.match(text, position)
    if named is None:
        raise _EntryError("This line sets nothing: write NAME=value, or # before a comment.")
    if not _PLAIN_NAME.fullmatch(named[1]):
        remedy = "leave out 'export'" if named[1].startswith("export ") else "use A-Z, 0-9 and _"
        raise _EntryError(f"The text before = is not a variable name: {remedy}.")
    value, end = _parse_value(text, named.end())
    if not (rest := _REST.match(text, end)):
        raise _EntryError(_describe_text_after_value(named[1], text[end]))
    return named[1], value, rest.end()


def _describe_text_after_value(name: str, char: str) -> str:
    """Return what is wrong with the text where the line should end."""
    if char == "\\":
        return f"{name}: no line follows the last backslash: remove it, or save the file with LF."
    if char in "'\"":
        return f"{name}: the quotation mark that opens here is never closed."
    return f"{name}: nothing may follow the closing quotation mark; systemd would add it."


def _parse_value(text: str, position: int) -> tuple[str, int]:
    """Return the value that begins here and where it ends, or None for an unclosed quote."""
    quote = text[position : position + 1]
    form = {"'": _SINGLE, '"': _DOUBLE}.get(quote, _BARE)
    match = form.match(text, position)
    if match is None:
        return "", position
    if quote == "'":
        return match[1], match.end()
    if quote == '"':
        return re.sub(r"\\(.)", _unescape_in_double_quotes, match[1], flags=re.DOTALL), match.end()
    if _LOOKS_LIKE_A_COMMENT.search(match[1]):
        raise _EntryError(
            "systemd treats a comment after a value as part of it. Write comments on lines of "
            "their own. If # belongs to the value, put the value in quotation marks."
        )
    return _unescape_unquoted_value(match[1]), match.end()


def _unescape_in_double_quotes(match: re.Match[str]) -> str:
    """Return what a backslash in double quotation marks means."""
    if match[1] == "\n":
        return ""
    return match[1] if match[1] in '"\\`$' else match[0]


def _unescape_unquoted_value(raw: str) -> str:
    """Return a value without quotation marks: a backslash keeps what follows, and joins lines."""
    value, end = "", 0
    for part in re.findall(r"\\.|[^\\]", raw, re.DOTALL):
        value += "" if part == "\\\n" else part[-1]
        if part not in {" ", "\t"}:
            end = len(value)
    return value[:end]
