"""Reading and checking the files of authorities; `rules/authority_file.py` says what they hold."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from cpd.content import frontmatter
from cpd.content.frontmatter import Fault, FrontMatter
from cpd.content.schema_faults import build_schema_faults
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import AuthorityFile

FOLDER = Path(__file__).parent / "authorities"


class BrokenAuthorityError(RuntimeError):
    """A file has faults; `cpd content check` lists them all."""


@cache
def load_authorities(folder: Path = FOLDER) -> Mapping[str, Authority]:
    """Return all authorities by their slugs, in the order of their names.

    Raises BrokenAuthorityError for a file with faults.
    """
    found = [_read_authority(path) for path in _list_files(folder)]
    by_name = sorted(found, key=lambda authority: authority.file.short_name.casefold())
    return {authority.slug: authority for authority in by_name}


def _read_authority(path: Path) -> Authority:
    authority, faults = check_authority_file(path)
    if authority is None:
        raise BrokenAuthorityError(str(faults[0]))
    return authority


def find_authority_faults(folder: Path = FOLDER) -> list[Fault]:
    """Return the faults of all files."""
    return [fault for path in _list_files(folder) for fault in check_authority_file(path)[1]]


def find_stale_authorities(today: date, folder: Path = FOLDER) -> list[Fault]:
    """Return a warning for each authority whose sources were last read too long ago."""
    return [
        Fault(
            str(path),
            1,
            f"The sources of {authority.file.name} were last read on {authority.file.checked}.",
            "Read each of them again, and enter the day as 'checked'.",
        )
        for path in _list_files(folder)
        for authority in [check_authority_file(path)[0]]
        if authority is not None and authority.is_stale(today)
    ]


def _list_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def check_authority_file(path: Path) -> tuple[Authority | None, list[Fault]]:
    """Return the authority in a file unless it has faults, and the faults."""
    raw = path.read_bytes()
    text = frontmatter.decode_file(str(path), raw)
    source = text if isinstance(text, Fault) else frontmatter.parse_yaml(str(path), text)
    if not isinstance(source, FrontMatter):
        return None, [source]
    try:
        file = AuthorityFile.model_validate(source.data)
    except ValidationError as error:
        return None, build_schema_faults(error, AuthorityFile, source)
    if path.name != f"{file.slug}.yaml":
        message = f"The slug is '{file.slug}', but the file is called '{path.name}'."
        return None, [Fault(str(path), 1, message, f"Call the file {file.slug}.yaml.")]
    return Authority(file, hashlib.sha256(raw).hexdigest()[:12]), []
